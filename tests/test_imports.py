"""Who may import whom (CONTRIBUTING.md has the same map in words)."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import pentrace

SOURCE = Path(__file__).resolve().parent.parent / "src/pentrace"

# From the bottom up: a module imports from its own row and the rows before it, never in a circle.
ROWS = (
    {"errors"},
    {"architecture", "files", "ink", "oklab"},
    {
        "alignment",
        "cell_colours",
        "checkpoint",
        "config",
        "distill",
        "features",
        "following",
        "formats",
        "futures",
        "futures_svg",
        "interventions",
        "order",
        "recurrence",
        "score",
        "tiles",
        "wasm",
    },
    {"batches", "dataset", "engine", "iam", "model", "runfolder", "start", "teaching", "validate"},
    {
        "atlas",
        "atlas_build",
        "atlas_features",
        "atlas_rows",
        "cell_picture",
        "effects",
        "evaluate",
        "measures",
        "neaten",
        "plots",
        "presets",
        "realism",
        "similar",
        "trace",
        "train",
        "writer",
    },
    {"serve", "site", "widget"},
    {"cli"},
)
TRAINING = {"model", "recurrence", "runfolder", "start", "teaching", "tiles", "train", "validate"}
"""The only ones that import PyTorch. Others import them inside the function that needs them, if at all."""
TRAINING_PACKAGES = {"torch", "accelerate"}


def modules() -> Iterator[tuple[str, Path]]:
    """Dotted name, within the package, and file of each module."""
    for path in sorted(SOURCE.rglob("*.py")):
        parts = path.relative_to(SOURCE).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        if name not in {"", "__main__"}:
            yield name, path


def imports(path: Path, everywhere: bool) -> set[str]:
    """Full names of what a file imports: everywhere in it, or only what runs when it is imported itself."""
    found = set()
    nodes: list[ast.AST] = [ast.parse(path.read_text(encoding="utf-8"))]
    while nodes:
        node = nodes.pop()
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: write imports in full"
            assert node.module is not None
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
        elif not everywhere and (
            is_for_types(node) or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        ):
            continue
        nodes.extend(ast.iter_child_nodes(node))
    return found


def is_for_types(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"


def own(imported: set[str]) -> set[str]:
    """The first part of each name that lies in the package: the module or folder that the map knows."""
    return {name.split(".")[1] for name in imported if name.startswith("pentrace.")}


NAMED = dict(modules())
TOP = {name: name.split(".")[0] for name in NAMED}
ROW = {name: number for number, row in enumerate(ROWS) for name in row}


@pytest.mark.parametrize("module", NAMED)
def test_imports_run_downward(module: str) -> None:
    assert TOP[module] in ROW, f"{module} is not on the map: give it a row in tests/test_imports.py"
    here = ROW[TOP[module]]
    upward = {
        name for name in own(imports(NAMED[module], everywhere=True)) if name in ROW and ROW[name] > here
    }
    assert not upward, f"{module} imports {upward}, which lie above it"


def test_no_imports_in_a_circle() -> None:
    edges: dict[str, set[str]] = {}
    for name, path in NAMED.items():
        edges.setdefault(TOP[name], set()).update(own(imports(path, everywhere=True)) - {TOP[name]})
    done: set[str] = set()

    def visit(name: str, way: tuple[str, ...]) -> None:
        assert name not in way, f"a circle: {' -> '.join((*way, name))}"
        if name not in done:
            for following in edges.get(name, ()):
                visit(following, (*way, name))
            done.add(name)

    for name in edges:
        visit(name, ())


@pytest.mark.parametrize("module", NAMED)
def test_only_training_imports_pytorch(module: str) -> None:
    if TOP[module] not in TRAINING:
        # The command of training sets the threads of PyTorch, once it runs.
        inside = TOP[module] != "cli"
        packages = {name.split(".")[0] for name in imports(NAMED[module], everywhere=inside)}
        assert not packages & TRAINING_PACKAGES
        assert not own(imports(NAMED[module], everywhere=False)) & TRAINING, "import it where it is needed"


def test_everything_else_works_without_pytorch() -> None:
    free = [name for name in NAMED if TOP[name] not in TRAINING]
    statements = "".join(f"import pentrace.{name}\n" for name in free)
    program = f"import sys\n{statements}assert not {TRAINING_PACKAGES!r} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", program], check=True)


def test_importing_pentrace_is_cheap() -> None:
    program = (
        "import sys\nbefore = set(sys.modules)\nimport pentrace\n"
        "print(*sorted({name.split('.')[0] for name in set(sys.modules) - before} - sys.stdlib_module_names))"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True
    ).stdout
    assert loaded.split() == ["pentrace"]


@pytest.mark.parametrize("module", [name for name in NAMED if TOP[name] != "cli"])
def test_only_the_command_line_prints_or_exits(module: str) -> None:
    for node in ast.walk(ast.parse(NAMED[module].read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in {"print", "exit", "sys.exit", "os._exit"}:
            pytest.fail(f"{module}, line {node.lineno}: {ast.unparse(node.func)}")
        if isinstance(node, ast.Name) and node.id == "SystemExit":
            pytest.fail(f"{module}, line {node.lineno}: SystemExit")


def test_every_public_name_is_there_on_demand() -> None:
    for name in pentrace.__all__:
        assert getattr(pentrace, name)
    assert dir(pentrace) == sorted(pentrace.__all__)
    with pytest.raises(AttributeError, match="module 'pentrace' has no attribute 'Wrtier'"):
        _ = pentrace.Wrtier  # type: ignore[attr-defined]
