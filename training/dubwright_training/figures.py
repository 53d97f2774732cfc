"""Figures of many clips, gathered for people and for the cards."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from .evaluate import FIGURE_FEATURES, ExpertFigures, LipFigures

SHORTEST_SECONDS = 2.5
"""A correlation over less means nothing: chance alone has a deviation of 0.14."""


@dataclass(frozen=True)
class Figures:
    """What was measured on people whom the networks had not seen."""

    lips: tuple[LipFigures, ...]
    expert: tuple[ExpertFigures, ...]

    def summary(self) -> dict[str, float]:
        """Means over clips (lips) and over windows (expert); what the cards say."""
        said: dict[str, float] = {}
        long_enough = [one for one in self.lips if one.seconds >= SHORTEST_SECONDS] or list(self.lips)
        if long_enough:
            said["clips"] = len(long_enough)
            said["seconds"] = round(sum(one.seconds for one in long_enough), 1)
            for name in FIGURE_FEATURES:
                said[f"r {name}"] = _mean([one.correlation[name] for one in long_enough])
            areas = [one.closed_auc for one in long_enough if one.closed_auc is not None]
            if areas:
                said["closed AUC"] = _mean(areas)
        for title, values, windows in (
            ("in sync preferred, 1 s", "in_sync_preferred_1s", "windows_1s"),
            ("offset within 40 ms, 2 s", "offset_found_2s", "windows_2s"),
        ):
            counts = np.array([getattr(one, windows) for one in self.expert], float)
            if counts.sum() > 0:
                shares = [getattr(one, values) for one in self.expert]
                said[title] = round(float(np.average(shares, weights=counts)), 3)
        return said

    def show(self) -> None:
        """Print one line a clip and the summary."""
        experts = {one.name: one for one in self.expert}
        for one in self.lips:
            line = " ".join(f"{name} {r:+.2f}" for name, r in one.correlation.items())
            expert = experts.get(one.name)
            sync = (
                f" | in sync {expert.in_sync_preferred_1s:.2f}, offset {expert.offset_found_2s:.2f}"
                if expert is not None and expert.windows_2s
                else ""
            )
            closed = "" if one.closed_auc is None else f" closed {one.closed_auc:.2f}"
            print(f"  {one.name[:44]:44s} {one.seconds:5.1f} s  {line}{closed}{sync}")
        print("  " + ", ".join(f"{name} {value:g}" for name, value in self.summary().items()), flush=True)


def _mean(values: Sequence[float]) -> float:
    return round(float(np.mean(values)), 3)


def write_figures(figures: Figures, path: Path) -> None:
    """Keep figures for a later stage."""
    path.write_text(json.dumps(asdict(figures)), encoding="utf-8")


def read_figures(path: Path) -> Figures:
    """What `write_figures` kept."""
    kept = json.loads(path.read_text(encoding="utf-8"))
    return Figures(
        lips=tuple(LipFigures(**one) for one in kept["lips"]),
        expert=tuple(ExpertFigures(**one) for one in kept["expert"]),
    )
