"""Speed of training: real points a second, beside a bare nn.LSTM on dense batches of the same size.

    python benchmarks/train.py DATA... [--steps N] [--threads N]

Both run alternately in one process, so that a noisy machine disturbs them alike; the ratio is what counts. Training
includes reading, augmentation, the mixture's likelihood, clipping, Adam and the mean of the weights.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

import torch

from pentrace.training.config import TrainConfig
from pentrace.training.run_folder import RunFolder, hardware
from pentrace.training.train import _Trainer


class _Bare:
    """The floor: nn.LSTM(3, H), a loss that costs nothing, no optimiser."""

    def __init__(self, config: TrainConfig, device: torch.device) -> None:
        self.lstm = torch.nn.LSTM(3, config.hidden, config.layers).to(device)
        self.device = device

    def run(self, steps: int, lines: int) -> float:
        """Seconds of one forward and backward pass over [steps, lines]."""
        x = torch.randn(steps, lines, 3, device=self.device)
        _wait(self.device)
        begin = time.perf_counter()
        self.lstm(x)[0].sum().backward()
        _wait(self.device)
        return time.perf_counter() - begin


def _wait(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("data", nargs="+", type=Path)
    parser.add_argument("--steps", type=int, default=60, help="updates that are timed")
    parser.add_argument("--batch", type=int, default=TrainConfig().batch)
    parser.add_argument("--threads", type=int)
    arguments = parser.parse_args()
    if arguments.threads:
        torch.set_num_threads(arguments.threads)
    config = TrainConfig(batch=arguments.batch)
    with tempfile.TemporaryDirectory() as folder:
        trainer = _Trainer(config, arguments.data, arguments.data, RunFolder(Path(folder)), "benchmark", {})
        bare = _Bare(config, trainer.accelerator.device)
        points = dense = 0
        seconds = bare_seconds = 0.0
        warm_up = 3
        begin = time.perf_counter()
        for count, batch in enumerate(trainer._epoch()):
            trainer._batch(batch)
            if count >= warm_up:
                seconds += time.perf_counter() - begin
                points += batch.points
                for window in batch.windows(config.window):
                    steps, lines = window.mask.shape
                    bare_seconds += bare.run(steps, lines)
                    dense += steps * lines
            if trainer.state.step >= arguments.steps:
                break
            begin = time.perf_counter()
    train, floor = points / seconds, dense / bare_seconds
    print(f"{hardware()}, {torch.get_num_threads()} threads, batch {config.batch}, window {config.window}")
    print(f"training   {train:>10,.0f} real points/s ({points:,} points)")
    print(f"bare LSTM  {floor:>10,.0f} points/s, dense")
    print(f"ratio      {train / floor:>10.2f}")


if __name__ == "__main__":
    main()
