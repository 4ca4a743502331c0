"""spec/golden/atlas.json: metadata of a small atlas, and what is said of each way to damage it.

Python and the page change the metadata in every single way (tests.atlases.damaged) and must say the same of each.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from pentrace.atlas.metadata import problem
from tests.atlases import damaged, make_atlas, make_effect

GOLDEN = Path(__file__).parents[2] / "spec/golden/atlas.json"
VALUES: list[object] = [None, True, -1, 1.5, 1e301, "", "[/x]", "\u0007", [], [0], {}]


def main() -> None:
    """Writes the file."""
    # Through JSON, so that no part is the same object as another.
    about = json.loads(json.dumps(make_atlas().with_effects([make_effect()]).about))
    said = [problem(other) or "" for _, other in damaged(about, VALUES)]
    made = {
        "about": about,
        "values": VALUES,
        "damaged": len(said),
        "refused": sum(map(bool, said)),
        "sha256": hashlib.sha256("\n".join(said).encode()).hexdigest(),
    }
    GOLDEN.write_text(json.dumps(made, indent=1) + "\n", encoding="utf-8")
