"""The official distribution of IAM-OnDB (Liwicki and Bunke, ICDAR 2005) as a data set.

It has one file for each line, lineStrokes/a01/a01-000/a01-000u-01.xml; the transcription of each form,
ascii/a01/a01-000/a01-000u.txt, with the lines of text after "CSR:"; and, for task t1, four lists of forms.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from pentrace.data.dataset import Line, check_whole, remove_shards, write_shards
from pentrace.errors import DataError, FormatError, InkError
from pentrace.files import read, reason
from pentrace.ink.formats import MAX_BYTES, iam
from pentrace.ink.formats._xml import parse

SPLITS = {
    "train": "trainset.txt",
    "val1": "testset_v.txt",
    "val2": "testset_t.txt",
    "test": "testset_f.txt",
}
"""Our name of each split and the list that holds its forms."""

_LINE = re.compile(r"(?P<form>.+)-(?P<number>[0-9]+)")


@dataclass(frozen=True)
class Problem:
    """Something that could not be imported: the `name` of the line, form or list, and what is wrong with it."""

    name: str
    what: str


@dataclass
class Summary:
    """The result of an import: lines by split, the shards written and all problems."""

    lines: dict[str, int] = field(default_factory=dict)
    shards: list[Path] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def import_iam(root: Path | str, out: Path | str) -> Summary:
    """Writes the lines of the official distribution in `root` as Parquet shards in `out`, split by split.

    Broken files, and forms in no list or in two, are left out and named in the summary. A line without transcription
    gets the text ''. Raises DataError if no line could be read.
    """
    root = Path(root)
    summary = Summary()
    splits = _splits(root, summary)
    files = _line_files(root, summary)
    texts = {path.stem: path for path in root.rglob("ascii/**/*.txt")}
    if not files:
        raise DataError(f"{root}: expected lineStrokes/**/*.xml of IAM-OnDB, found none")
    for form in sorted({form for form, _ in files} - splits.keys()):
        if not any(problem.name == form for problem in summary.problems):
            summary.problems.append(Problem(form, "unknown form: in none of the split lists; left out"))
    for split in SPLITS:
        chosen = [(form, path) for form, path in files if splits.get(form) == split]
        lines = _counted(_lines(chosen, split, texts, summary), split, summary)
        summary.shards += write_shards(lines, out, name=split)
    if not any(summary.lines.values()):
        first = summary.problems[0]
        raise DataError(
            f"{root}: no line could be read; first of {len(summary.problems)}: {first.name}: {first.what}"
        )
    for split in SPLITS:
        if not summary.lines.get(split):
            remove_shards(out, split)  # left by an earlier import
    return summary


def _splits(root: Path, summary: Summary) -> dict[str, str]:
    """Form -> split. A form in two lists is left out: it would leak from one split into the other."""
    splits: dict[str, str] = {}
    twice: dict[str, str] = {}
    for split, name in SPLITS.items():
        path = next(iter(sorted(root.rglob(name))), None)
        if path is None:
            summary.problems.append(Problem(name, f"missing list of forms: no lines for {split}"))
            continue
        try:
            forms = path.read_text(encoding="latin-1").split()
        except OSError as error:
            summary.problems.append(Problem(name, f"cannot be read ({reason(error)}): no lines for {split}"))
            continue
        for form in forms:
            if splits.setdefault(form, split) != split:
                twice[form] = f"in the lists of both {splits[form]} and {split}; left out"
    for form, what in sorted(twice.items()):
        del splits[form]
        summary.problems.append(Problem(form, what))
    return splits


def _line_files(root: Path, summary: Summary) -> list[tuple[str, Path]]:
    """(form, file) of every line, in the order of their names."""
    files: dict[str, tuple[str, Path]] = {}
    for path in sorted(root.rglob("lineStrokes/**/*.xml"), key=lambda path: path.stem):
        match = _LINE.fullmatch(path.stem)
        if match is None:
            summary.problems.append(Problem(path.name, "expected a name such as a01-000u-01.xml; left out"))
        elif path.stem in files:
            summary.problems.append(Problem(path.name, f"a second one, {path.parent}; left out"))
        else:
            files[path.stem] = (match["form"], path)
    return list(files.values())


def _lines(
    files: list[tuple[str, Path]], split: str, texts: dict[str, Path], summary: Summary
) -> Iterator[Line]:
    form_read, transcription = "", []
    for form, path in files:
        if form != form_read:
            form_read, transcription = form, _transcription(form, texts.get(form), summary)
        try:
            ink, notes = iam.read(parse(read(path, MAX_BYTES, FormatError)))
            check_whole(ink)
        except (DataError, FormatError, InkError) as error:
            summary.problems.append(Problem(path.name, f"{error}; left out"))
            continue
        summary.problems += [Problem(path.stem, note) for note in notes]
        number = int(path.stem.rpartition("-")[2])
        text = transcription[number - 1] if 1 <= number <= len(transcription) else ""
        if not text and transcription:
            summary.problems.append(Problem(path.stem, "no transcription; imported without text"))
        yield Line(path.stem, form, split, text, ink)


def _transcription(form: str, path: Path | None, summary: Summary) -> list[str]:
    """The lines of a form's text after "CSR:": what was written, not what was asked for."""
    if path is None:
        summary.problems.append(Problem(form, "no transcription; imported without text"))
        return []
    try:
        _, mark, text = path.read_text(encoding="latin-1").partition("CSR:")
    except OSError as error:
        what = f"transcription cannot be read ({reason(error)}); imported without text"
        summary.problems.append(Problem(form, what))
        return []
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not lines:
        what = "no text after CSR:" if mark else "no CSR: in its transcription"
        summary.problems.append(Problem(form, f"{what}; imported without text"))
    return lines


def _counted(lines: Iterator[Line], split: str, summary: Summary) -> Iterator[Line]:
    summary.lines[split] = 0
    for line in lines:
        summary.lines[split] += 1
        yield line
