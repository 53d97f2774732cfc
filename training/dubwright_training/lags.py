"""How late the sound of every film is, and films with that put right.

Half of all films in the wild have sound and picture apart by 40 ms or more; a network that learns from them as they are
learns to blur. The first round asks a network that knows synthetic speech only; each further one trains on all speakers
but a fold and predicts the lips of that fold. Each film's lips are then moved to where they agree best. Positive: the
sound comes late.
"""

from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from .clips import Clip
from .evaluate import correlation, folds_of, predict, predict_by_rules
from .mel import Floats
from .network import LipsNetwork
from .recipe import LIP_NAMES, LIP_RATE_HZ, LagRecipe

_SAY = {"opening": 1.0, "area": 1.0, "width": 0.7, "jaw": 0.4}
"""Which features vote on the lag, and how much."""
_STEP_MS = 1000 / LIP_RATE_HZ


@dataclass(frozen=True)
class LagEstimate:
    """What one clip says about its lag."""

    seconds: float
    curve: NDArray[np.float64]
    """Agreement at every lag from `-largest_ms` to `largest_ms`, 20 ms apart."""


def agreement(prediction: Floats, clip: Clip, largest_ms: float) -> LagEstimate:
    """How well predicted lips [N, 12] agree with the seen ones at every lag."""
    furthest = int(largest_ms / _STEP_MS)
    moments = len(clip.lips)
    curve = np.zeros(2 * furthest + 1)
    for step in range(-furthest, furthest + 1):
        # Sound that is late by `step`: what it says at t was seen at t - step.
        heard = slice(max(0, step), min(moments, moments + step))
        seen = slice(max(0, -step), min(moments, moments - step))
        for name, say in _SAY.items():
            place = LIP_NAMES.index(name)
            r = correlation(prediction[heard, place], clip.lips[seen, place], clip.lip_weight[seen])
            curve[step + furthest] += say * r
    return LagEstimate(clip.seen_seconds, curve / sum(_SAY.values()))


def lag_from(estimates: Sequence[LagEstimate], recipe: LagRecipe) -> float:
    """The lag in ms on which these clips agree, between steps by a parabola; 0 when they do not agree on one."""
    weights = [estimate.seconds for estimate in estimates]
    curve = np.average([estimate.curve for estimate in estimates], axis=0, weights=weights)
    best = int(curve.argmax())
    middle = len(curve) // 2
    if curve[best] < recipe.least_correlation or curve[best] - curve[middle] < recipe.least_gain:
        return 0.0
    if best in (0, len(curve) - 1):
        # Still rising at the edge: it is something else than a lag.
        return 0.0
    left, top, right = curve[best - 1 : best + 2]
    between = 0.5 * (left - right) / min(left - 2 * top + right, -1e-9)
    return float((best - middle + between) * _STEP_MS)


def lag_groups(clips: Sequence[Clip], recipe: LagRecipe) -> dict[str, list[Clip]]:
    """Clips that share a lag: a long one by itself, the short ones of a speaker together."""
    groups: dict[str, list[Clip]] = {}
    for clip in clips:
        is_short = clip.seconds < recipe.pooled_below_seconds
        groups.setdefault(clip.speaker if is_short else clip.name, []).append(clip)
    return groups


def estimate_lags(
    clips_at: Callable[[dict[str, float]], list[Clip]],
    train: Callable[[list[Clip], int], LipsNetwork],
    recipe: LagRecipe,
    *,
    in_sync: Set[str],
    rules: LipsNetwork | None,
) -> dict[str, float]:
    """Lag of every film by name, in ms.

    Args:
        clips_at: the clips with these lags put right (missing ones: 0).
        train: a network from clips; the number tells fold and round apart.
        recipe: rounds, folds, limits.
        in_sync: names of films whose lag is known to be 0.
        rules: a network that synthetic speech alone has taught, for the first round.

    """
    lags: dict[str, float] = {}
    for round_number in range(recipe.rounds):
        clips = clips_at(lags)
        by_rules = rules if round_number == 0 else None
        if by_rules is not None:
            limits = replace(recipe, least_correlation=recipe.least_correlation_of_rules)
            told = {clip.name: agreement(predict_by_rules(by_rules, clip), clip, recipe.largest_ms) for clip in clips}
        else:
            limits, told = recipe, _told_by_folds(clips, train, recipe, round_number)
        movable = [clip for clip in clips if clip.name not in in_sync]
        for group in lag_groups(movable, recipe).values():
            estimates = [told[clip.name] for clip in group if clip.name in told]
            change = lag_from(estimates, limits) if estimates else 0.0
            for clip in group:
                lags[clip.name] = lags.get(clip.name, 0.0) + change
        print(f"  round {round_number + 1}: {describe(np.array(list(lags.values()) or [0.0]))}", flush=True)
    return lags


def _told_by_folds(
    clips: list[Clip], train: Callable[[list[Clip], int], LipsNetwork], recipe: LagRecipe, round_number: int
) -> dict[str, LagEstimate]:
    """What networks say of the speakers that they have not seen."""
    folds = folds_of(clips, recipe.folds)
    told: dict[str, LagEstimate] = {}
    for fold in range(recipe.folds):
        held_out = [clip for clip in clips if folds[clip.speaker] == fold]
        others = [clip for clip in clips if folds[clip.speaker] != fold]
        if not held_out or not others:
            continue
        network = train(others, round_number * recipe.folds + fold)
        for clip in held_out:
            told[clip.name] = agreement(predict(network, clip)[0], clip, recipe.largest_ms)
    return told


def describe(lags_ms: NDArray[np.float64]) -> str:
    """Lags in one line."""
    late = float((np.abs(lags_ms) >= 40).mean())
    low, middle, high = np.percentile(lags_ms, [10, 50, 90])
    return (
        f"{len(lags_ms)} films, median {middle:+.0f} ms, 10 % below {low:+.0f}, 10 % above {high:+.0f}, "
        f"{100 * late:.0f} % off by 40 ms or more"
    )
