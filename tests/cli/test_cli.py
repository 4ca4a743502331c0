"""The command line, as a person meets it: what it prints, where, and with which exit status."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from dataclasses import replace
from pathlib import Path

import pytest

import pentrace
from pentrace.checkpoint import Checkpoint, hand, load, save
from pentrace.checkpoint.architecture import Architecture
from pentrace.cli import main
from pentrace.cli.common.output import tell_size
from pentrace.cli.reference import commands, help_of, reference
from pentrace.ink import Ink
from pentrace.page.serve import listen
from tests.hands import no_changes


def fails(capsys: pytest.CaptureFixture[str], *arguments: str, status: int = 1) -> str:
    """The one line that a command says on stderr when it fails, without its beginning."""
    assert main(list(arguments)) == status
    output = capsys.readouterr()
    assert output.out == ""
    assert re.fullmatch(r"pentrace: [^\n]+\n", output.err), output.err
    return output.err.removeprefix("pentrace: ").rstrip("\n")


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"{pentrace.__version__}\n"


@pytest.mark.parametrize("arguments", [[], ["-h"], ["--help"], ["import"], ["data"], ["explain"]])
def test_help_comes_without_being_asked_for(capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    assert main(arguments) == 0
    output = capsys.readouterr()
    assert output.out.startswith("Usage: pentrace")
    assert output.err == ""


@pytest.mark.parametrize("command", [" ".join(words) for words in commands()])
def test_every_command_has_examples_that_begin_with_itself(command: str) -> None:
    text = help_of(command.split())
    assert max(map(len, text.splitlines())) <= 80
    if command not in ("import", "data", "explain"):
        assert re.search(rf"Examples:\n +pentrace {command}", text)


def test_the_written_reference_is_not_stale(repository: Path) -> None:
    assert (repository / "docs/cli.md").read_text(encoding="utf-8") == reference(), "run `make docs`"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["write", "--seeed", "3"],
            "No such option: --seeed (Possible options: --seed) (see pentrace write --help)",
        ),
        (["writ"], "No such command 'writ'. Did you mean 'write'? (see pentrace --help)"),
        (["continue"], "Missing argument 'INK' (see pentrace continue --help)"),
        (
            ["write", "--steps", "many"],
            "Invalid value for '--steps': Input should be a valid integer, "
            "unable to parse string as an integer (see pentrace write --help)",
        ),
        (
            ["serve", "--port", "70000"],
            "Invalid value for '--port': Input should be less than or equal to 65535 (see pentrace serve --help)",
        ),
        (
            ["import", "distil"],
            "No such command 'distil'. Did you mean 'distill'? (see pentrace import --help)",
        ),
    ],
)
def test_wrong_usage_is_one_line_and_status_2(
    capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    assert fails(capsys, *arguments, status=2) == message


def test_info_says_what_a_checkpoint_is(capsys: pytest.CaptureFixture[str], tiny_checkpoint: Path) -> None:
    assert main(["info", str(tiny_checkpoint)]) == 0
    words = dict(re.split(r"  +", line, maxsplit=1) for line in capsys.readouterr().out.splitlines())
    assert words["name"] == "tiny"
    assert words["model"] == "LSTM, 4 cells, 2 mixture components, 193 weights"
    assert words["terms"] == "free"
    assert words["units"] == "1 model unit = 40 raw units"


def test_info_names_layer_normalisation(capsys: pytest.CaptureFixture[str], golden: Path) -> None:
    file = str(golden / "tiny-ln.safetensors")
    assert main(["info", file]) == 0
    assert "LSTM with layer normalisation, 2 layers of 30 cells, " in capsys.readouterr().out
    assert main(["info", file, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["architecture"]["cell"] == "lstm-ln"


def test_info_names_a_code(capsys: pytest.CaptureFixture[str], golden: Path) -> None:
    file = str(golden / "tiny-hyper.safetensors")
    assert main(["info", file]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert "LSTM with layer normalisation modulated by a code of 5 numbers, 2 layers of 30 cells, " in shown
    assert main(["info", file, "--json"]) == 0
    described = json.loads(capsys.readouterr().out)["architecture"]
    assert described == {"cell": "lstm-hyper", "layers": 2, "hidden": 30, "mixtures": 5, "code": 5}


def test_info_says_whether_a_hand_holds_ink(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, golden: Path
) -> None:
    base, path = load(golden / "tiny-text.safetensors"), tmp_path / "mine.hand.safetensors"
    learned = hand.Hand(base.sha256, no_changes(base), 1, 2, 0, 6.0, 5.5, 0.5)
    hand.save(learned, path)
    assert main(["info", str(path)]) == 0
    out = capsys.readouterr().out
    assert "50% of what changed" in out
    assert "not in the file" in out
    hand.save(replace(learned, ink=(Ink([(0, 0), (1, 2)], [False, True]),), texts=("a",)), path)
    assert main(["info", str(path)]) == 0
    assert "1 lines, 2 points, are in the file" in capsys.readouterr().out
    assert main(["info", str(path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["ink"] == [{"points": 2, "text": "a"}]


def test_info_as_json(capsys: pytest.CaptureFixture[str], tiny_checkpoint: Path) -> None:
    assert main(["info", str(tiny_checkpoint), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["architecture"] == {"cell": "lstm", "layers": 1, "hidden": 4, "mixtures": 2}
    assert found["bytes"] == tiny_checkpoint.stat().st_size
    assert found["data"]["terms"] == "free"
    assert found["score"] is None


def test_words_of_a_file_cannot_steer_the_terminal(
    capsys: pytest.CaptureFixture[str], tiny_checkpoint: Path, tmp_path: Path
) -> None:
    tiny = load(tiny_checkpoint)
    data = tiny.data | {"terms": "\x1b]0;title\x07[bold]free\nname  other"}
    save(
        Checkpoint(tiny.architecture, tiny.tensors, name="\x1b[31mred", data=data),
        tmp_path / "red.safetensors",
    )
    assert main(["info", str(tmp_path / "red.safetensors")]) == 0
    output = capsys.readouterr().out
    assert "\x1b" not in output
    assert "\x07" not in output
    assert "\ufffd[31mred" in output
    assert "[bold]free\ufffdname  other" in output


def test_a_file_that_is_no_checkpoint_is_named(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "junk.safetensors").write_bytes(b"junk")
    message = fails(capsys, "info", str(tmp_path / "junk.safetensors"))
    assert message == "junk.safetensors: expected a safetensors file, found something else (header too small)"
    assert "cannot be read (No such file or directory)" in fails(capsys, "info", str(tmp_path / "none"))
    assert "cannot be read (Is a directory)" in fails(capsys, "info", str(tmp_path))


def test_import_iam(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    folder = tmp_path / "iamondb"
    line = (
        '<WhiteboardCaptureSession><StrokeSet><Stroke><Point x="1" y="2" time="0.1"/></Stroke></StrokeSet>{}'
    )
    for name, end in {
        "a01-000u-01": "</WhiteboardCaptureSession>",
        "a01-000u-02": "",
        "b01-001z-01": "",
    }.items():
        path = folder / f"lineStrokes/{name[:3]}/{name[:7]}/{name}.xml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(line.format(end))
    (folder / "ascii/a01/a01-000").mkdir(parents=True)
    (folder / "ascii/a01/a01-000/a01-000u.txt").write_text("OCR:\n\nhello\n\nCSR:\n\nhello\nthere\n")
    (folder / "trainset.txt").write_text("a01-000u\n")
    for name in ("testset_v.txt", "testset_t.txt", "testset_f.txt"):
        (folder / name).touch()
    out = tmp_path / "data"
    assert main(["import", "iam", str(folder), "-o", str(out)]) == 0
    output = capsys.readouterr()
    assert output.out == f"{out}: 1 line (train 1, val1 0, val2 0, test 0); 2 problems, named above\n"
    assert re.search(r"^a01-000u-02\.xml: .*; left out$", output.err, re.MULTILINE)
    assert "b01-001z: unknown form: in none of the split lists; left out\n" in output.err
    assert main(["import", "iam", str(folder), "-o", str(out), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["lines"] == {"train": 1, "val1": 0, "val2": 0, "test": 0}
    message = fails(capsys, "import", "iam", str(tmp_path / "none"), "-o", str(out))
    assert message == f"{tmp_path / 'none'}: expected lineStrokes/**/*.xml of IAM-OnDB, found none"


def test_import_distill(capsys: pytest.CaptureFixture[str], shared_data: Path, tmp_path: Path) -> None:
    out = tmp_path / "deep/distill.safetensors"
    assert main(["import", "distill", str(shared_data / "distill/b64_weights.json"), "-o", str(out)]) == 0
    assert capsys.readouterr().out.startswith(f"{out}: Distill 2016; weights CC BY 4.0")
    assert load(out).architecture == Architecture(layers=1, hidden=500, mixtures=20)


def test_import_distill_of_something_else(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "b64.json").write_text("[1]")
    message = fails(capsys, "import", "distill", str(tmp_path / "b64.json"), "-o", str(tmp_path / "out"))
    assert message == "b64.json: expected a list of 5 weight arrays, found 1 entries"
    assert not (tmp_path / "out").exists()


def test_site(capsys: pytest.CaptureFixture[str], tiny_checkpoint: Path, tmp_path: Path) -> None:
    out = tmp_path / "public"
    assert main(["site", str(out), "-c", str(tiny_checkpoint)]) == 0
    assert re.match(rf"{out}: \d+ files, \d\.\d MB", capsys.readouterr().out)
    assert (out / "index.html").is_file()
    assert (out / "checkpoints/tiny.safetensors").read_bytes() == tiny_checkpoint.read_bytes()
    # a reader can type on every page, whichever checkpoint it starts with
    index = json.loads((out / "checkpoints/index.json").read_text())
    assert [(entry["file"], entry.get("text")) for entry in index] == [
        ("tiny.safetensors", None),
        ("text.safetensors", True),
    ]
    assert main(["site", str(out), "-c", str(tiny_checkpoint)]) == 0
    (tmp_path / "other").mkdir()
    (tmp_path / "other/thesis.tex").touch()
    capsys.readouterr()
    assert "add --force" in fails(capsys, "site", str(tmp_path / "other"), "-c", str(tiny_checkpoint))


def test_write_and_continue(
    capsys: pytest.CaptureFixture[str], tiny_checkpoint: Path, tmp_path: Path
) -> None:
    model = ["-c", str(tiny_checkpoint)]
    first, again, more = (str(tmp_path / name) for name in ("first.json", "again.json", "more.svg"))
    assert main(["write", "--seed", "7", "--steps", "50", "-o", first, *model]) == 0
    assert capsys.readouterr().out == f"{first}: 50 steps, seed 7, variation 0.6\n"
    assert main(["write", "--seed", "7", "--steps", "50", "-o", again, *model]) == 0
    assert Path(first).read_bytes() == Path(again).read_bytes()
    capsys.readouterr()
    assert main(["continue", first, "--seed", "1", "--steps", "30", "-o", more, *model]) == 0
    assert capsys.readouterr().out == f"{more}: 51 points and 30 more, seed 1, variation 0.6\n"
    assert "<svg" in Path(more).read_text(encoding="utf-8")
    assert main(["write", "--prime", first, "--steps", "20", "-o", str(tmp_path / "hand.png"), *model]) == 0
    assert (tmp_path / "hand.png").read_bytes().startswith(b"\x89PNG")


def test_what_is_written_is_shown_when_it_goes_nowhere_else(
    capsys: pytest.CaptureFixture[str], tiny_checkpoint: Path
) -> None:
    assert main(["write", "--steps", "50", "-c", str(tiny_checkpoint)]) == 0
    *picture, summary = capsys.readouterr().out.splitlines()
    assert re.fullmatch(r"50 steps, seed \d+, variation 0\.6", summary)
    assert any("\u2801" <= character <= "\u28ff" for line in picture for character in line)


def test_ink_that_cannot_be_read_or_written(
    capsys: pytest.CaptureFixture[str], tiny_checkpoint: Path, tmp_path: Path
) -> None:
    model = ["-c", str(tiny_checkpoint)]
    ink = tmp_path / "ink.json"
    assert main(["write", "--steps", "5", "-o", str(ink), *model]) == 0
    capsys.readouterr()
    before = ink.read_bytes()
    assert ".docx" in fails(capsys, "write", "-o", str(tmp_path / "letter.docx"), *model)
    assert ".docx" in fails(capsys, "continue", str(tmp_path / "letter.docx"), *model)
    assert "No such file" in fails(capsys, "continue", str(tmp_path / "none.json"), *model)
    message = fails(capsys, "continue", str(ink), "-o", str(ink), *model)
    assert message == f"{ink}: this is the input; name another file with -o"
    assert "variation: expected a number of at least 0" in fails(capsys, "write", "--variation", "-1", *model)
    assert "seed: expected 0 to" in fails(capsys, "write", "--seed", "-1", *model)
    assert ink.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["ink.json"]


def test_a_port_in_use(capsys: pytest.CaptureFixture[str], tiny_checkpoint: Path) -> None:
    with listen("127.0.0.1", 0) as taken:
        taken.listen()
        port = taken.getsockname()[1]
        message = fails(capsys, "serve", "--no-open", "--port", str(port), "-c", str(tiny_checkpoint))
    assert message == f"port {port} is in use; choose another with --port, or a free one with --port 0"


def test_serve_says_where_it_is_and_ends_on_ctrl_c(tiny_checkpoint: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "pentrace",
        "serve",
        "--no-open",
        "--port",
        "0",
        "-c",
        str(tiny_checkpoint),
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        found = re.match(r"pentrace is at (http://127\.0\.0\.1:\d+/)", line)
        assert found is not None, line
        with urllib.request.urlopen(found[1], timeout=10) as page:
            assert b"pentrace" in page.read()
        process.send_signal(signal.SIGINT)
        rest, errors = process.communicate(timeout=10)
    assert (process.returncode, rest.strip(), errors) == (0, "", "")


def test_training_without_pytorch_says_how_to_get_it(tmp_path: Path) -> None:
    without = "import sys\nsys.modules['torch'] = None\nfrom pentrace.cli import main\nsys.exit(main())"
    command = [sys.executable, "-c", without, "train", "data", "--val", "data", "-o", str(tmp_path / "run")]
    outcome = subprocess.run(command, capture_output=True, text=True, check=False)
    assert outcome.returncode == 1
    assert (
        outcome.stderr
        == "pentrace: this needs PyTorch, which is not installed: pip install 'pentrace[train]'\n"
    )


def test_a_reader_that_stops_reading_is_no_error(tiny_checkpoint: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "pentrace", "info", "--json", str(tiny_checkpoint)]
    outcome = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, text=True, check=False)
    os.close(writing)
    assert outcome.stderr == ""


def test_a_terminal_without_the_characters_is_no_error(tiny_checkpoint: Path) -> None:
    command = [sys.executable, "-m", "pentrace", "write", "--steps", "50", "-c", str(tiny_checkpoint)]
    ascii_only = os.environ | {"PYTHONIOENCODING": "ascii:strict"}
    outcome = subprocess.run(command, capture_output=True, text=True, check=False, env=ascii_only)
    assert (outcome.returncode, outcome.stderr) == (0, "")
    assert "50 steps" in outcome.stdout


def test_a_browser_is_opened_unless_told_not_to(
    monkeypatch: pytest.MonkeyPatch, tiny_checkpoint: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from pentrace.page import serve as app

    opened: list[str] = []
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setattr("webbrowser.open", opened.append)
    monkeypatch.setattr(app, "run", lambda _, bound, started: started())
    for options in ([], ["--no-open"]):
        assert main(["serve", "--port", "0", *options, "-c", str(tiny_checkpoint)]) == 0
    printed = re.findall(r"http://\S+", capsys.readouterr().out)
    assert len(printed) == 2
    assert opened == printed[:1]


def test_loopback_is_the_default() -> None:
    with listen("127.0.0.1", 0) as bound:
        assert bound.family == socket.AF_INET
    assert "[default: 127.0.0.1]" in help_of(["serve"])


def test_what_cannot_be_read_of_an_ink_is_said_in_one_line(
    tmp_path: Path, tiny_checkpoint: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    drawing = tmp_path / "ink.svg"
    drawing.write_text('<svg><path d="M0 0L20 20L40 0L60 x"/></svg>')
    command = ["continue", str(drawing), "--steps", "20", "-c", str(tiny_checkpoint)]
    assert main([*command, "-o", str(tmp_path / "on.svg")]) == 0
    assert capsys.readouterr().err == (
        f"pentrace: {drawing}: path 1: drawn up to an error at character 20: expected a number, found 'x'"
        "; correct it to read the rest\n"
    )


def test_the_size_of_a_large_picture_is_told_before_it_is_drawn(capsys: pytest.CaptureFixture[str]) -> None:
    tell_size((100, 100))
    assert capsys.readouterr().err == ""
    tell_size((6000, 2000))
    assert capsys.readouterr().err == "pentrace: drawing 6,000 x 2,000 pixels\n"
