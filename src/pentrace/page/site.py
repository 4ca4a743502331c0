"""The page as files: what `pentrace serve` hands out and `pentrace site` writes.

Addresses are relative, with `/` between their parts:

    index.html  assets/*  *.wasm          the built page
    recogniser.safetensors                the weights of recogniser.wasm, byte for byte
    checkpoints/index.json                [{"name", "file", "default", ...}], the default one first
    checkpoints/FILE                      checkpoints and their atlases, byte for byte

A written site also has the Content-Security-Policy of the local app: in a `_headers` file, which Netlify, Cloudflare
Pages and others apply, and in a <meta> element for other hosts (which cannot forbid framing).
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from pentrace.atlas import atlas
from pentrace.checkpoint import MAX_FILE, Checkpoint, decode, recogniser_weights
from pentrace.engine.text.recogniser import RECOGNISER
from pentrace.engine.writer import DEFAULT_CHECKPOINT, TEXT_CHECKPOINT
from pentrace.errors import AtlasError, CheckpointError, PageError
from pentrace.files import read, reason, write

STATIC = Path(__file__).parents[1] / "static"
MARKER = ".pentrace-site.json"
"""Lists the files that were written, so that the next run recognises the folder and can delete old files."""

# Scripts, styles, workers and data from the page's own host only; nothing inline; WebAssembly, but no eval.
POLICY = {
    "default-src": "'none'",
    "script-src": "'self' 'wasm-unsafe-eval'",
    "worker-src": "'self'",
    "style-src": "'self'",
    "font-src": "'self'",
    "img-src": "'self' data: blob:",
    "connect-src": "'self'",
    "manifest-src": "'self'",
    "base-uri": "'none'",
    "form-action": "'none'",
    "frame-ancestors": "'none'",
}

HEADERS = {
    "Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in POLICY.items()),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
"""Sent with every answer."""

_INCLUDED = {DEFAULT_CHECKPOINT: "default", TEXT_CHECKPOINT: "text"}
"""The checkpoints that come with the package, by what the index calls them."""

HASHED = "assets/"
"""Files in this folder have a hash of their content in their names, so browsers may cache them for ever."""
KEEP = "public, max-age=31536000, immutable"
CHECK = "no-cache"


def page_files(checkpoints: Sequence[Path], tell: Callable[[str], object] = str) -> dict[str, bytes]:
    """Every file of the page by its address; the first of the checkpoints is the one the page starts with.

    An atlas that cannot be read, or belongs to other weights than the checkpoint beside it, is left out, and `tell`
    is called with a sentence that says so. Raises PageError when the page was not built, CheckpointError when a
    checkpoint cannot be used.
    """
    reader = read(RECOGNISER, recogniser_weights.MAX_FILE, CheckpointError)
    return dict(built_files(STATIC)) | {RECOGNISER.name: reader} | checkpoint_files(checkpoints, tell)


def built_files(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Address and content of each file of the built page. Links are not followed, since they may lead elsewhere."""
    if not (folder / "index.html").is_file() or not (folder / "engine.wasm").is_file():
        raise PageError(
            "the page was not built: in a clone of the repository run `make page`, or install a wheel"
        )
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            yield path.relative_to(folder).as_posix(), path.read_bytes()


def checkpoint_files(paths: Sequence[Path], tell: Callable[[str], object]) -> dict[str, bytes]:
    """The checkpoints and their index by address. Each is checked whole, so that the page gets none it must refuse."""
    files: dict[str, bytes] = {}
    index: list[dict[str, str | bool]] = []
    for path in paths:
        blob = read(path, MAX_FILE, CheckpointError)
        checkpoint = decode(blob, path.name)
        file = unused_name(path.stem, {str(entry["file"]) for entry in index})
        files[f"checkpoints/{file}"] = blob
        entry: dict[str, str | bool] = {"name": checkpoint.name, "file": file, "default": not index}
        if (own := _INCLUDED.get(path.resolve())) is not None:
            entry["included"] = own
        if checkpoint.architecture.text is not None:
            entry["text"] = True
        try:
            if (found := matching_atlas(path, checkpoint)) is not None:
                entry["atlas"] = file.removesuffix(".safetensors") + atlas.SUFFIX
                files[f"checkpoints/{entry['atlas']}"] = found
        except AtlasError as error:
            tell(f"left out: {error}")
        index.append(entry)
    files["checkpoints/index.json"] = json.dumps(index, ensure_ascii=False, indent=1).encode()
    return files


def matching_atlas(path: Path, checkpoint: Checkpoint) -> bytes | None:
    """The atlas beside a checkpoint's file. Raises AtlasError for one that is broken or was made for another."""
    beside = atlas.beside(path)
    if not beside.is_file():
        return None
    found = read(beside, atlas.MAX_FILE, AtlasError)
    if not atlas.decode(found, str(beside)).belongs_to(checkpoint):
        raise AtlasError(
            f"{beside}: an atlas of other weights than {path.name}; make it again with `pentrace atlas`"
        )
    return found


def unused_name(stem: str, used: set[str]) -> str:
    """A file name that needs no quoting in an address and differs from the used ones even without case."""
    plain = re.sub(r"[^A-Za-z0-9._-]+", "-", stem).strip("-.") or "checkpoint"
    names = (f"{plain}{number}.safetensors" for number in ("", *(f"-{n}" for n in range(2, len(used) + 3))))
    lowered = {name.lower() for name in used}
    return next(name for name in names if name.lower() not in lowered)


def write_site(folder: Path, files: Mapping[str, bytes], force: bool = False) -> None:
    """Writes the page (see page_files) as a folder for any web host.

    A new folder is written completely or not at all. In a folder that an earlier call wrote, each file is replaced by
    one move, index.html last, and files that are no longer needed are deleted. Other files stay. Raises PageError if
    the folder has other files, unless `force`.
    """
    contents = site_files(files)
    try:
        if not folder.exists():
            write_new(folder, contents)
        elif not folder.is_dir():
            raise PageError(f"{folder}: expected a folder or a new name, found a file")
        else:
            earlier = earlier_files(folder)
            if earlier is None and any(folder.iterdir()) and not force:
                raise PageError(
                    f"{folder}: there are files in it that `pentrace site` did not write; "
                    "name another folder, or add --force to write beside them"
                )
            write_over(folder, contents, earlier or set())
    except OSError as error:
        name = str(error.filename or folder).replace(str(beside(folder)), str(folder))
        raise PageError(f"{name}: cannot be written ({reason(error)})") from error


def site_files(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The page's files and those for web hosts; index.html and the marker last."""
    extra = {
        "_headers": host_headers().encode(),
        # GitHub Pages would leave out files whose names begin with an underscore.
        ".nojekyll": b"",
        "index.html": with_policy(files["index.html"]),
    }
    contents = {name: content for name, content in files.items() if name not in extra} | extra
    return contents | {MARKER: json.dumps(sorted(contents), indent=1).encode()}


def host_headers() -> str:
    """The `_headers` file of Netlify, Cloudflare Pages and others: a path, then its headers, indented."""
    headers = "".join(f"  {name}: {value}\n" for name, value in HEADERS.items())
    return f"/*\n{headers}/{HASHED}*\n  Cache-Control: {KEEP}\n"


def with_policy(index: bytes) -> bytes:
    """index.html with the policy as the first element of its head."""
    policy = "; ".join(f"{name} {value}" for name, value in POLICY.items() if name != "frame-ancestors")
    before, head, after = index.partition(b"<head>")
    if not head:
        raise PageError(
            "the built page's index.html: expected a <head>, found none; rebuild it with `make page`"
        )
    return before + head + f'<meta http-equiv="Content-Security-Policy" content="{policy}">'.encode() + after


def earlier_files(folder: Path) -> set[str] | None:
    """The addresses that an earlier call wrote to the folder; None if there was none."""
    try:
        names = json.loads((folder / MARKER).read_bytes())
    except FileNotFoundError:
        return None
    except (ValueError, RecursionError):
        names = None
    if not isinstance(names, list) or not all(isinstance(name, str) and is_inside(name) for name in names):
        raise PageError(
            f"{folder / MARKER}: expected a list of this folder's files, found something else; delete it"
        )
    return set(names)


def is_inside(address: str) -> bool:
    """Whether a relative address stays in its folder."""
    return bool(address) and not re.search(r"(^|/)(\.\.|\.|)(/|$)|[\\:\0]", address)


def beside(folder: Path) -> Path:
    """The temporary name under which a new folder is written."""
    return folder.with_name(f".{folder.name}.{os.getpid()}.tmp")


def write_new(folder: Path, contents: Mapping[str, bytes]) -> None:
    """Writes to a folder beside the new one, then moves it into place."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    temporary = beside(folder)
    try:
        for name, content in contents.items():
            path = temporary / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        temporary.rename(folder)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def write_over(folder: Path, contents: Mapping[str, bytes], earlier: set[str]) -> None:
    """Replaces file by file, and deletes what only the earlier page had."""
    for name, content in contents.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        write(path, content, PageError)
    for name in earlier - contents.keys():
        (folder / name).unlink(missing_ok=True)
