"""The settings of a training: what is refused and in which words, and that they survive a file."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pentrace.checkpoint.architecture import Architecture, TextArchitecture
from pentrace.errors import ConfigError
from pentrace.training.config import MAX_FILE, TrainConfig


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("hiden = 3", "setting: expected one of hidden, .*, found 'hiden'"),
        ("hidden = 2.5", "hidden: expected a valid integer, found 2.5"),
        ("hidden = true", "hidden: expected a valid integer, found True"),
        ("bfloat16 = 1", "bfloat16: expected a valid boolean, found 1"),
        ("hidden = 0", "hidden: expected greater than or equal to 1, found 0"),
        ("hidden = 2049", "hidden: expected less than or equal to 2048, found 2049"),
        ("layers = 5", "layers: expected less than or equal to 4, found 5"),
        ("mixtures = 65", "mixtures: expected less than or equal to 64, found 65"),
        ("mixtures = 1", "mixtures: expected at least 2 with a rest_component, found 1"),
        (
            "seed = 9223372036854775808",
            "seed: expected less than 9223372036854775808, found 9223372036854775808",
        ),
        ("steps = 3000000000", "steps: expected less than or equal to 2147483647, found 3000000000"),
        ("dropout = 1", "dropout: expected less than 1, found 1"),
        ("clip = inf", "clip: expected a finite number, found inf"),
        ("clip = 1e400", "clip: expected a finite number, found inf"),
        ("learning_rate = nan", "learning_rate: expected a finite number, found nan"),
        ("learning_rate = 'high'", "learning_rate: expected a valid number, found 'high'"),
        ("hidden = {a = 1}", "hidden: expected a valid integer, found {'a': 1}"),
        ("[model]\nhidden = 3", "setting: expected one of hidden, .*, found 'model'"),
        ("hidden = ", "expected TOML"),
        ("hidden = " + "9" * 5000, "expected TOML"),
        ("hidden = " + "[" * 20000, "expected TOML"),
        ("#" * (MAX_FILE + 1), f"expected at most {MAX_FILE} bytes, found {MAX_FILE + 1}"),
    ],
)
def test_bad_settings_are_named(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "c.toml"
    path.write_text(text)
    with pytest.raises(ConfigError, match=f"c.toml: {message}") as caught:
        TrainConfig.from_toml(path)
    assert len(str(caught.value)) < 800


def test_a_file_that_is_not_text(tmp_path: Path) -> None:
    (tmp_path / "c.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match=re.escape("c.toml: expected TOML: 'utf-8' codec")):
        TrainConfig.from_toml(tmp_path / "c.toml")
    with pytest.raises(ConfigError, match=r"absent\.toml: cannot be read"):
        TrainConfig.from_toml(tmp_path / "absent.toml")


@pytest.mark.parametrize(
    "config", [TrainConfig(), TrainConfig(clip=2, left_out='"\\#é', code=0, bfloat16=False)]
)
def test_settings_survive_a_file(tmp_path: Path, config: TrainConfig) -> None:
    (tmp_path / "c.toml").write_text(config.to_toml())
    assert TrainConfig.from_toml(tmp_path / "c.toml") == config


def test_the_architecture_that_they_train() -> None:
    text = TextArchitecture("ab", hands=3)
    assert TrainConfig(hidden=8).architecture(text) == Architecture(1, 8, 20, True, 30, text)
    assert TrainConfig(normalised=False).architecture() == Architecture(1, 500, 20)
    assert TrainConfig(mixtures=1, rest_component=False).architecture().mixtures == 1
