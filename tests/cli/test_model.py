"""`pentrace train` and `pentrace evaluate`, as a person types them, on small lines made here."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pentrace.checkpoint import checkpoint as cp
from pentrace.cli import main
from pentrace.data.dataset import write_shards
from tests.training.test_train import TINY, waves


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("lines")
    write_shards(waves(24), folder, name="train")
    write_shards(waves(6, seed=1), folder, name="val")
    (folder / "tiny.toml").write_text(TINY.to_toml())
    return folder


@pytest.fixture(scope="module")
def trained(data: Path) -> Path:
    train, val = str(data / "train-00000.parquet"), str(data / "val-00000.parquet")
    run = data / "run"
    command = ["train", train, "--val", val, "-o", str(run), "--config", str(data / "tiny.toml")]
    assert main([*command, "--name", "waves", "--split", "even"]) == 0
    return run / "best.safetensors"


def test_a_checkpoint_says_where_it_comes_from(trained: Path) -> None:
    checkpoint = cp.load(trained)
    assert checkpoint.name == "waves"
    assert checkpoint.data["splits"] == ["even"]
    assert "non-commercial" in checkpoint.data["terms"]


def test_an_existing_run_is_kept(trained: Path, data: Path, capfd: pytest.CaptureFixture[str]) -> None:
    lines = str(data / "train-00000.parquet")
    assert main(["train", lines, "--val", lines, "-o", str(trained.parent)]) == 1
    error = capfd.readouterr().err.strip().splitlines()[-1]
    assert "found a run; continue it with --resume" in error


def test_engine_and_float_print_the_same_score(
    trained: Path, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    scores = []
    for extra in ([], ["--float"]):
        assert main(["evaluate", str(trained), str(data), "--json", *extra]) == 0
        scores.append(json.loads(capsys.readouterr().out))
    assert [score["through"] for score in scores] == ["engine", "float"]
    assert scores[0]["lines"] == 30
    assert scores[0]["nats_per_point"] == pytest.approx(scores[1]["nats_per_point"], abs=1e-3)


def test_a_run_is_scored_before_packing_and_after(
    trained: Path, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = str(data / "val-00000.parquet")
    assert main(["evaluate", str(trained.parent), lines, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["float"]["lines"] == found["packed"]["lines"] == 6
    assert found["cost"] == pytest.approx(
        found["packed"]["nats_per_point"] - found["float"]["nats_per_point"], abs=1e-4
    )
    assert 0 < abs(found["cost"]) < 0.01
    assert main(["evaluate", str(trained.parent / "last.safetensors"), lines, "--json"]) == 0
    last = json.loads(capsys.readouterr().out)
    assert last["nats_per_point"] == found["packed"]["nats_per_point"], "the same weights"
    assert main(["evaluate", str(trained.parent), lines]) == 0
    assert "packing costs" in capsys.readouterr().out


def test_a_folder_without_a_run_is_named(data: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", str(data), str(data / "val-00000.parquet")]) == 1
    assert "expected the folder of a run, found no state.safetensors" in capfd.readouterr().err


def test_a_score_is_recorded(
    trained: Path, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = tmp_path / "copy.safetensors"
    copy.write_bytes(trained.read_bytes())
    assert main(["evaluate", str(copy), str(data / "val-00000.parquet"), "--record"]) == 0
    score = cp.load(copy).score
    assert score is not None
    printed = capsys.readouterr().out.splitlines()
    assert printed[0].split()[:4] == ["score", f"{score['nats_per_point']:.4f}", "nats", "a"]
    assert (score["data"], score["lines"]) == ("val-00000", 6)


def test_samples_are_compared_and_drawn(
    trained: Path, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plot = tmp_path / "plot.svg"
    lines = str(data / "train-00000.parquet")
    command = ["evaluate", str(trained), lines, "--samples", "2", "--steps", "320", "--floor", lines]
    assert main([*command, "--plot", str(plot)]) == 0
    out = capsys.readouterr().out
    assert "stroke height" in out
    assert "of 2 samples collapse" in out
    assert plot.read_text().startswith("<?xml")
    assert main([*command, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["floor"]["curvature"] == 0
    assert 0 < found["distances"]["curvature"] <= 1


def test_what_a_user_gets_wrong(trained: Path, data: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", str(trained), str(data / "none.parquet")]) == 1
    assert "expected a Parquet file or a folder of them" in capfd.readouterr().err
    assert main(["evaluate", str(trained), str(data), "--samples", "2", "--record"]) == 2
    assert "--record writes a score" in capfd.readouterr().err
    bad = data / "bad.toml"
    bad.write_text("hiden = 3")
    run = str(data / "other")
    assert main(["train", str(data), "--val", str(data), "-o", run, "--config", str(bad)]) == 1
    assert "found 'hiden'" in capfd.readouterr().err


def test_a_plot_of_an_unknown_type_is_refused_before_the_work(
    trained: Path, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["evaluate", str(trained), str(data), "--samples", "100000", "--plot", str(data / "plot.txt")]
    assert main(command) == 1
    assert "plot.txt: expected a name that ends in .svg, .png, .pdf" in capsys.readouterr().err


def test_an_ink_that_cannot_be_continued_is_named(
    trained: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    far = tmp_path / "far.json"
    far.write_text(
        '{"format": "pentrace-ink", "format_version": 1, "scale": 1e300, "strokes": [{"x": [0, 9], "y": [0, 9]}]}'
    )
    assert main(["continue", str(far), "-c", str(trained), "--steps", "3"]) == 1
    assert (
        capsys.readouterr().err == f"pentrace: {far}: offsets: too large for float32 at a scale of 1e+300\n"
    )
