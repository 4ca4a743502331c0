"""Speed of training: real points a second, beside a bare nn.LSTM on dense batches of the same size.

    python -m benchmarks.train DATA... [--steps N] [--threads N] [--paths NAME...]

The paths are those by which pentrace can train here: the C++ with products in tiles (AMX) or in vectors (AVX-512
BF16), and PyTorch. They and the bare LSTM take turns in one process, so that a busy machine disturbs them alike; the
ratios are what counts. With one thread on a CPU the clock is the processor time of the process. Training includes
augmentation, the mixture's likelihood, clipping, Adam and the mean of the weights.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
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
    """Points and seconds of one of those that are compared."""

    def __init__(self, device: torch.device) -> None:
        self.points, self.seconds = 0, 0.0
        self.device = device
        alone = device.type == "cpu" and torch.get_num_threads() == 1
        self.now = time.process_time if alone else time.perf_counter

    @contextmanager
    def timed(self, points: int) -> Iterator[None]:
        """Counts the time of what runs inside."""
        self._wait()
        begin = self.now()
        yield
        self._wait()
        self.seconds += self.now() - begin
        self.points += points

    def _wait(self) -> None:
        if self.device.type == "cuda":
            torch.cuda.synchronize()

    @property
    def speed(self) -> float:
        return self.points / self.seconds if self.seconds else 0.0


class Bare:
    """The floor: nn.LSTM(3, H), a loss that costs nothing, no optimiser."""

    def __init__(self, config: TrainConfig, device: torch.device) -> None:
        self.lstm = torch.nn.LSTM(3, config.hidden, config.layers).to(device)
        self.clock = Clock(device)

    def run(self, steps: int, lines: int) -> None:
        """One forward and backward pass over [steps, lines]."""
        x = torch.randn(steps, lines, 3, device=self.clock.device)
        with self.clock.timed(steps * lines):
            self.lstm(x)[0].sum().backward()


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
    names = [path for path in arguments.paths if path == "off" or _runs(path)]
    with tempfile.TemporaryDirectory() as folder:
        trainer = _Trainer(config, arguments.data, arguments.data, RunFolder(Path(folder)), "benchmark", {})
        device = trainer.accelerator.device
        bare, paths = Bare(config, device), {name: Clock(device) for name in names}
        for count, batch in enumerate(trainer._epoch()):
            path = names[count % len(names)]
            os.environ[SWITCH] = path
            # the first batch of each path is to warm up
            clock = paths[path] if count >= len(names) else Clock(device)
            with clock.timed(batch.points):
                trainer._batch(batch)
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
