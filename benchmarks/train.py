"""Speed of training: real points a second, beside a bare nn.LSTM on dense batches of the same size.

    python -m benchmarks.train DATA... [--steps N] [--threads N] [--paths NAME...]

The paths are those by which pentrace can train here: the C++ with products in tiles (AMX) or in vectors (AVX-512
BF16), and PyTorch. They and the bare LSTM take turns in one process, so that a busy machine disturbs them alike; the
ratios are what counts. Training includes reading, augmentation, the mixture's likelihood, clipping, Adam and the mean
of the weights.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from pathlib import Path

import torch

from pentrace.training.config import TrainConfig
from pentrace.training.recurrence import accelerated
from pentrace.training.run_folder import RunFolder, hardware
from pentrace.training.train import _Trainer

SWITCH = "PENTRACE_AVX512"
"""Environment variable that chooses a path (pentrace/training/avx512)."""
PATHS = {"tiles": "C++, tiles", "vectors": "C++, vectors", "off": "PyTorch"}


class Clock:
    """Points and seconds."""

    def __init__(self) -> None:
        self.points, self.seconds = 0, 0.0

    @property
    def speed(self) -> float:
        return self.points / self.seconds if self.seconds else 0.0


class Bare:
    """The floor: nn.LSTM(3, H), a loss that costs nothing, no optimiser."""

    def __init__(self, config: TrainConfig, device: torch.device) -> None:
        self.lstm = torch.nn.LSTM(3, config.hidden, config.layers).to(device)
        self.device = device
        self.clock = Clock()

    def run(self, steps: int, lines: int) -> None:
        """One forward and backward pass over [steps, lines]."""
        x = torch.randn(steps, lines, 3, device=self.device)
        _wait(self.device)
        begin = time.perf_counter()
        self.lstm(x)[0].sum().backward()
        _wait(self.device)
        self.clock.seconds += time.perf_counter() - begin
        self.clock.points += steps * lines


def _wait(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("data", nargs="+", type=Path)
    parser.add_argument("--steps", type=int, default=60, help="updates that are timed")
    parser.add_argument("--batch", type=int, default=TrainConfig().batch)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--paths", nargs="+", choices=PATHS, default=list(PATHS))
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    config = TrainConfig(batch=arguments.batch)
    paths = {path: Clock() for path in arguments.paths if path == "off" or _runs(path)}
    with tempfile.TemporaryDirectory() as folder:
        trainer = _Trainer(config, arguments.data, arguments.data, RunFolder(Path(folder)), "benchmark", {})
        bare = Bare(config, trainer.accelerator.device)
        for count, batch in enumerate(trainer._epoch()):
            path = list(paths)[count % len(paths)]
            os.environ[SWITCH] = path
            begin = time.perf_counter()
            trainer._batch(batch)
            _wait(trainer.accelerator.device)
            if count >= len(paths):  # each path has had a batch to warm up
                paths[path].seconds += time.perf_counter() - begin
                paths[path].points += batch.points
                for window in batch.windows(config.window):
                    bare.run(*window.mask.shape)
            if trainer.state.step >= arguments.steps:
                break
    print(f"{hardware()}, {torch.get_num_threads()} threads, batch {config.batch}, window {config.window}")
    print(f"{'bare LSTM':14}{bare.clock.speed:>10,.0f} points/s, dense")
    for path, clock in paths.items():
        ratio = clock.speed / bare.clock.speed
        print(f"{PATHS[path]:14}{clock.speed:>10,.0f} real points/s  {ratio:5.2f} times the bare LSTM")


def _runs(path: str) -> bool:
    os.environ[SWITCH] = path
    return accelerated(torch.empty(0), torch.bfloat16) is not None


if __name__ == "__main__":
    main()
