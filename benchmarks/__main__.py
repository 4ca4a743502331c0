"""Runs the benchmarks, all or those named: python -m benchmarks [engine | cell_kinds | takes | page | wall | ...] ...

Those that need IAM-OnDB look for it where the tests do, and are left out with a message when it is not there.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DATA = Path(os.environ.get("PENTRACE_SHARED_DATA", ROOT.parent / "shared/data"))

TABLE: dict[str, list[str]] = {
    "engine": [],
    "cell_kinds": [],
    "takes": [],
    "page": [],
    "frames": [],
    "field": [],
    "wall": [],
    "cells": [],
    "recogniser": [str(DATA / "iam-ondb-val1.parquet")],
    "ink": [str(DATA)],
    "train": [str(DATA / "iam-ondb-train.parquet")],
    "hand": [str(DATA / "iam-ondb-val1.parquet")],
}
"""Each benchmark and the data that it is given."""
ON_REQUEST = {"hand"}
"""Those that are run only when they are named: they measure what is learnt, not speed."""


def main(names: list[str]) -> int:
    """Runs benchmarks one after the other; returns the first exit status that is not zero."""
    if unknown := [name for name in names if name not in TABLE]:
        print(f"benchmarks: expected {', '.join(TABLE)}, found {unknown[0]}", file=sys.stderr)
        return 2
    status = 0
    for name in names or [name for name in TABLE if name not in ON_REQUEST]:
        missing = [path for path in TABLE[name] if not Path(path).exists()]
        if missing:
            print(f"{name}: left out, {missing[0]} is not there", file=sys.stderr)
            continue
        print(f"\n== {name}", flush=True)
        command = [sys.executable, "-m", f"benchmarks.{name}", *TABLE[name]]
        status = status or subprocess.run(command, cwd=ROOT, check=False).returncode
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
