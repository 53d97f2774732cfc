"""Features of films and sounds, by the product's own code: runs the node tools in `training/features`."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from .mel import Floats, check_probes
from .recipe import LIP_NAMES, MEL_BANDS, MEL_RATE_HZ

_TOOLS = Path(__file__).parent.parent / "features"


@dataclass(frozen=True)
class FilmFeatures:
    """What the product sees and hears in a film."""

    lips: Floats
    """[fine moments, 12]: z-scored, smoothed and read between frames as the product shows them to its networks."""
    seen: NDArray[np.bool_]
    """[fine moments]"""
    fine_step_ms: float
    """Row i of both lies at 10 ms + i * fine_step_ms."""
    closed_below: float
    """Opening (z-scored) up to which the product counts this mouth as closed."""
    mel: Floats
    """[100 Hz frames, 80], log power, not normalised."""


def node_program() -> str:
    """The Node that runs the tools: the repository's own, else the one on the path."""
    own = _TOOLS.parent.parent / "node_modules" / ".bin" / "node"
    found = str(own) if own.exists() else shutil.which("node")
    if found is None:
        raise RuntimeError("Node is missing: run `npm ci` in the repository first")
    return found


def run_tool(
    tool: str,
    out: Path,
    items: Sequence[tuple[str, Path]],
    on_line: Callable[[dict[str, Any]], None],
    jobs: int = 1,
) -> None:
    """Run a feature tool over (id, path) pairs, `jobs` processes at a time.

    Raises:
        RuntimeError: a tool failed as a whole; a single file that fails is a line with `error`.

    """
    shares = [items[start::jobs] for start in range(jobs)]
    with ThreadPoolExecutor(jobs) as pool:
        for _ in pool.map(lambda share: _run_share(tool, out, share, on_line), shares):
            pass


def _run_share(
    tool: str, out: Path, items: Sequence[tuple[str, Path]], on_line: Callable[[dict[str, Any]], None]
) -> None:
    if not items:
        return
    work_list = "".join(json.dumps({"id": name, "path": str(path.resolve())}) + "\n" for name, path in items)
    process = subprocess.Popen(
        [node_program(), str(_TOOLS / tool), str(out)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    )
    assert process.stdin is not None and process.stdout is not None
    # On the side: a list longer than the pipe would block us while the tool waits for us to read its answers.
    with ThreadPoolExecutor(1) as writer:
        writer.submit(_write_all, process.stdin, work_list)
        try:
            for line in process.stdout:
                on_line(json.loads(line))
        except BaseException:
            process.kill()
            raise
    if process.wait() != 0:
        raise RuntimeError(f"{tool} ended with {process.returncode}")


def _write_all(stream: IO[str], text: str) -> None:
    try:
        stream.write(text)
    finally:
        stream.close()


class ProgressPrinter:
    """Prints how far a tool has come, and which files failed."""

    def __init__(self, title: str, total: int) -> None:
        self._title, self._total, self._done = title, total, 0
        self.failures: list[str] = []

    def __call__(self, line: dict[str, Any]) -> None:
        """Take one line of a tool."""
        self._done += 1
        if "error" in line:
            self.failures.append(f"{line['id']}: {line['error']}")
            print(f"  {line['id']}: {line['error']}", flush=True)
        if self._done % max(1, self._total // 20) == 0 or self._done == self._total:
            print(f"  {self._title}: {self._done} of {self._total}", file=sys.stderr, flush=True)


def extract_films(films: Sequence[tuple[str, Path]], out: Path, jobs: int | None = None) -> list[str]:
    """Make features of films that have none yet. Returns what went wrong, one line a film."""
    progress = ProgressPrinter("films", len(films))
    run_tool("film-features.ts", out, films, progress, jobs or max(1, min(16, os.cpu_count() or 1)))
    return progress.failures


def extract_sounds(sounds: Sequence[tuple[str, Path]], out: Path) -> list[str]:
    """Make mel frames of sounds that have none yet. Returns what went wrong, one line a sound."""
    progress = ProgressPrinter("sounds", len(sounds))
    run_tool("voice-mel-files.ts", out, sounds, progress)
    return progress.failures


def read_mel(out: Path, name: str) -> Floats:
    """The checked log-mel frames [count, 80] of a sound."""
    facts = json.loads((out / f"{name}.json").read_text(encoding="utf-8"))
    if facts["melBands"] != MEL_BANDS or facts["melRateHz"] != MEL_RATE_HZ:
        raise AssertionError("the product's mel has changed: adapt recipe.py and the networks' interface")
    mel = np.fromfile(out / f"{name}.mel.f32", "<f4").reshape(-1, MEL_BANDS)
    check_probes(name, mel, facts["probes"])
    return mel


def read_film(out: Path, name: str) -> FilmFeatures:
    """The checked features of a film that `extract_films` has been through."""
    facts = json.loads((out / f"{name}.json").read_text(encoding="utf-8"))
    if tuple(facts["lipNames"]) != LIP_NAMES:
        raise AssertionError("the product's lip features have changed: adapt recipe.py")
    moments = np.fromfile(out / f"{name}.moments.f32", "<f4").reshape(-1, facts["fineMomentSize"])
    return FilmFeatures(
        lips=moments[:, : len(LIP_NAMES)].copy(),
        seen=moments[:, len(LIP_NAMES)] > 0,
        fine_step_ms=facts["fineStepMs"],
        closed_below=facts["closedBelow"],
        mel=read_mel(out, name),
    )


def known_films(out: Path, names: Sequence[str]) -> Iterator[str]:
    """Those of the films whose features are complete."""
    return (name for name in names if (out / f"{name}.json").exists())
