"""Every file of ink that both readers, Python's and the page's, must read alike: spec/golden/inks/cases.json."""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pentrace.errors import FormatError, InkWarning
from pentrace.ink import Ink
from pentrace.ink.formats import read

FOLDER = Path(__file__).parents[3] / "spec/golden/inks"
CASES: list[dict[str, Any]] = json.loads((FOLDER / "cases.json").read_text("utf-8"))
WRAPPED = {
    "svg": '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
    'width="100" height="100" viewBox="0 0 100 100">{}</svg>',
    "inkml": '<ink xmlns="http://www.w3.org/2003/InkML">{}</ink>',
}


def path_of(case: dict[str, Any], folder: Path) -> Path:
    """The file of a case, written where it is not one of the folder's."""
    if "file" in case:
        return FOLDER / str(case["file"])
    kind = next((kind for kind in ("svg", "inkml", "json") if kind in case), "text")
    path = folder / f"ink{case.get('suffix', f'.{kind}')}"
    text = json.dumps(case[kind]) if kind == "json" else WRAPPED.get(kind, "{}").replace("{}", case[kind], 1)
    path.write_bytes((case["text"] if kind == "text" else text).encode(case.get("encoding", "utf-8")))
    return path


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_every_case_is_read_as_the_list_says(case: dict[str, Any], tmp_path: Path) -> None:
    path = path_of(case, tmp_path)
    if "error" in case:
        with pytest.raises(FormatError) as caught:
            read(path)
        message = str(caught.value).removeprefix(f"{path}: ")
        # Python and the browser have their own words for broken XML and JSON.
        assert message.startswith(case["error"]) if case["error"].endswith(": ") else message == case["error"]
        assert "\n" not in message
        return
    with warnings.catch_warnings(record=True) as notes:
        warnings.simplefilter("always", InkWarning)
        ink = read(path)
    assert [str(note.message).removeprefix(f"{path}: ") for note in notes] == case.get("notes", [])
    check_strokes(ink, case)
    for name, column in (("time", ink.time), ("pressure", ink.pressure)):
        expected = case.get(name)
        assert (column is None) == (expected is None), name
        if column is not None and expected is not None:
            np.testing.assert_allclose(column, np.array(expected, np.float64), rtol=0, atol=1e-3)
    for name, size in (("scale", ink.scale), ("unit_mm", ink.unit_mm)):
        expected = case.get(name)
        assert (size is None) == (expected is None), name
        assert size is None or size == pytest.approx(expected, rel=1e-9), name


def check_strokes(ink: Ink, case: dict[str, Any]) -> None:
    strokes = [stroke.points for stroke in ink.strokes()]
    if "strokes" in case:
        assert [len(stroke) for stroke in strokes] == [len(stroke) for stroke in case["strokes"]]
        for stroke, expected in zip(strokes, case["strokes"], strict=True):
            np.testing.assert_allclose(stroke, expected, rtol=0, atol=1e-4)
        return
    ends = [
        [len(stroke), *(stroke[k].astype(np.float64).round(4).tolist() for k in (0, -1))]
        for stroke in strokes
    ]
    assert ends == case["ends"]
