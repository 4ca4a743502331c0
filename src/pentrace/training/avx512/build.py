"""Compiles the C++ beside this file on first use, and keeps the result in the user's cache folder."""

from __future__ import annotations

import ctypes
import functools
import hashlib
import logging
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
FLAGS = ("-O3", "-march=native", "-std=c++17", "-shared", "-fPIC", "-pthread", "-w")
NEEDED = {"avx512_bf16", "avx512bw", "avx512dq", "avx512vl"}
TILES = {"amx_tile", "amx_bf16"}
SWITCH = "PENTRACE_AVX512"
"""Environment variable: `tiles` or `vectors` asks for one kernel, `off` for none. By default the fastest is taken."""
_log = logging.getLogger(__name__)


def library() -> Any | None:
    """The compiled code for this processor; None where it cannot run, so that PyTorch does the work."""
    wanted = os.environ.get(SWITCH, "")
    if wanted == "off":
        return None
    return _loaded(("tiles", "vectors") if not wanted else (wanted,))


@functools.cache
def _loaded(kernels: tuple[str, ...]) -> Any | None:
    """The code with the first of these kernels that works here. One line of the log says why there is none."""
    features = set(_processor().split())
    possible = [kernel for kernel in kernels if features >= NEEDED | (TILES if kernel == "tiles" else set())]
    compiler = shutil.which("g++") or shutil.which("clang++")
    if not possible:
        return None
    if compiler is None:
        _log.warning("no C++ compiler was found: PyTorch trains, several times slower; install g++")
        return None
    for kernel in possible:
        try:
            loaded = ctypes.CDLL(str(built(compiler, " ".join(sorted(features)), kernel == "tiles")))
        except (subprocess.CalledProcessError, OSError) as error:
            reason = _why(error)
            continue
        if loaded.pentrace_prepare() == 0:
            return loaded
        reason = "Linux refused the use of tiles"
    _log.warning("the fast training code could not be compiled, so PyTorch trains, slower (%s)", reason)
    return None


def _processor() -> str:
    """What the processor can do, in the words of Linux; "" on other systems."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return ""
    return next((line.partition(":")[2] for line in lines if line.startswith("flags")), "")


def _why(error: Exception) -> str:
    """The line that matters of a compiler's output."""
    lines = (getattr(error, "stderr", "") or str(error)).strip().splitlines()
    return next((line for line in lines if "error" in line), lines[0])


def built(compiler: str, processor: str, tiles: bool) -> Path:
    """The shared library, compiled if it is not there yet. Raises CalledProcessError, OSError."""
    flags = [*FLAGS, f"-DTILES={int(tiles)}"]
    sources = [path for path in sorted(FOLDER.iterdir()) if path.suffix in (".cpp", ".h")]
    parts = [_run(compiler, "--version"), processor, *flags, *(path.read_text() for path in sources)]
    key = hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]
    folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "pentrace"
    library = folder / f"training-{key}.so"
    if not library.exists():
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder) as scratch:
            part = Path(scratch) / library.name
            _run(compiler, *flags, *(str(path) for path in sources if path.suffix == ".cpp"), "-o", str(part))
            part.replace(library)
    return library


def _run(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout  # noqa: S603
