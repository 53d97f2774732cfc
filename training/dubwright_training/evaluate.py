"""Figures: how well a network does on people whom it has not seen."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from .clips import Clip
from .mel import Floats, level_of, normalise
from .network import LipsExpert, LipsNetwork, SoundExpert
from .recipe import LIP_NAMES, LIP_RATE_HZ

FIGURE_FEATURES = ("opening", "width", "protrusion", "jaw")
_SEARCH_MS = 600
_SHIFTED_FROM_MS = 240
_WITHIN_MS = 40
_STEP_MS = 1000 // LIP_RATE_HZ


@dataclass(frozen=True)
class LipFigures:
    """One clip."""

    name: str
    seconds: float
    close_up: bool
    correlation: dict[str, float]
    closed_auc: float | None
    """Area under the ROC of the closed output; None where the clip has only one kind of moment."""


@dataclass(frozen=True)
class ExpertFigures:
    """One clip."""

    name: str
    close_up: bool
    windows_1s: int
    in_sync_preferred_1s: float
    """Share of 1-s windows and wrong offsets (240 to 600 ms) where being in sync looks better."""
    windows_2s: int
    offset_found_2s: float
    """Share of 2-s windows whose offset is found within 40 ms."""


def correlation(a: NDArray[np.floating], b: NDArray[np.floating], weight: NDArray[np.floating]) -> float:
    """Pearson's r where the weight is not 0; 0 when one of the two never moves."""
    seen = weight > 0
    if seen.sum() < 3:
        return 0.0
    x, y = a[seen].astype(np.float64), b[seen].astype(np.float64)
    x, y = x - x.mean(), y - y.mean()
    power = float(np.sqrt((x * x).sum() * (y * y).sum()))
    return float((x * y).sum() / power) if power > 1e-9 else 0.0


def area_under_roc(score: NDArray[np.floating], positive: NDArray[np.bool_]) -> float | None:
    """Chance that a positive scores higher than a negative (ties count half); None without one of either."""
    positives, negatives = int(positive.sum()), int((~positive).sum())
    if positives == 0 or negatives == 0:
        return None
    _, place, count = np.unique(score, return_inverse=True, return_counts=True)
    mean_rank = np.cumsum(count) - (count - 1) / 2
    rank_sum = mean_rank[place][positive].sum()
    return float((rank_sum - positives * (positives + 1) / 2) / (positives * negatives))


def network_input(clip: Clip) -> torch.Tensor:
    """The mel of a whole clip as the product shows it: [1, 80, 2N]."""
    return torch.from_numpy(normalise(clip.mel, level_of(clip.mel)).T[None].copy())


@torch.no_grad()
def predict(network: LipsNetwork, clip: Clip) -> tuple[Floats, Floats]:
    """Lips [N, 12] and the closed logit [N] of a clip, dropout off."""
    network.eval()
    shape, closed, _ = network(network_input(clip))
    return shape[0].numpy().T, closed[0, 0].numpy()


@torch.no_grad()
def predict_by_rules(network: LipsNetwork, clip: Clip) -> Floats:
    """Lips [N, 12] as the rules of synthetic speech would have them; the components mean nothing."""
    network.eval()
    return network.rules(network_input(clip))[0][0].numpy().T


def lip_figures(network: LipsNetwork, clip: Clip) -> LipFigures:
    """How well a network predicts the lips of a clip."""
    shape, logit = predict(network, clip)
    known = clip.closed_weight > 0
    return LipFigures(
        name=clip.name,
        seconds=clip.seen_seconds,
        close_up=clip.close_up,
        correlation={
            name: correlation(shape[:, place], clip.lips[:, place], clip.lip_weight)
            for place, name in enumerate(LIP_NAMES)
            if name in FIGURE_FEATURES
        },
        closed_auc=area_under_roc(logit[known], clip.closed[known] > 0.5),
    )


@torch.no_grad()
def offset_similarity(sound: SoundExpert, lips: LipsExpert, clip: Clip) -> NDArray[np.float64]:
    """[offsets, N]: cosine of sound(t + offset) and lips(t), offsets -600 to 600 ms by 20; NaN beyond the ends."""
    sound.eval()
    lips.eval()
    heard = sound(network_input(clip))[0].numpy()
    seen = lips(torch.from_numpy(clip.lips.T[None].copy()))[0].numpy()
    moments = seen.shape[1]
    furthest = _SEARCH_MS // _STEP_MS
    similarity = np.full((2 * furthest + 1, moments), np.nan)
    for offset in range(-furthest, furthest + 1):
        start, end = max(0, -offset), min(moments, moments - offset)
        if end > start:
            similarity[offset + furthest, start:end] = (
                heard[:, start + offset : end + offset] * seen[:, start:end]
            ).sum(axis=0)
    similarity[:, clip.lip_weight <= 0] = np.nan
    return similarity


def _windows(similarity: NDArray[np.float64], seconds: float) -> NDArray[np.float64]:
    """Means over windows, [offsets, windows], a quarter of a window apart; only windows known at every offset."""
    length = int(seconds * LIP_RATE_HZ)
    starts = range(0, similarity.shape[1] - length + 1, max(1, length // 4))
    means = [similarity[:, start : start + length].mean(axis=1) for start in starts]
    whole = [mean for mean in means if not np.isnan(mean).any()]
    return np.stack(whole, axis=1) if whole else np.zeros((similarity.shape[0], 0))


def expert_figures(sound: SoundExpert, lips: LipsExpert, clip: Clip) -> ExpertFigures:
    """How well the expert tells in-sync from shifted on a clip whose lag has been corrected."""
    similarity = offset_similarity(sound, lips, clip)
    furthest = _SEARCH_MS // _STEP_MS
    offsets_ms = (np.arange(2 * furthest + 1) - furthest) * _STEP_MS
    one, two = _windows(similarity, 1.0), _windows(similarity, 2.0)
    shifted = one[np.abs(offsets_ms) >= _SHIFTED_FROM_MS]
    found = offsets_ms[two.argmax(axis=0)] if two.shape[1] else np.zeros(0)
    return ExpertFigures(
        name=clip.name,
        close_up=clip.close_up,
        windows_1s=one.shape[1],
        in_sync_preferred_1s=float((one[furthest] > shifted).mean()) if one.shape[1] else 0.0,
        windows_2s=two.shape[1],
        offset_found_2s=float((np.abs(found) <= _WITHIN_MS).mean()) if two.shape[1] else 0.0,
    )


def folds_of(clips: Sequence[Clip], count: int) -> dict[str, int]:
    """Speaker to fold: nobody is in two, and the folds are about equally long; always the same answer."""
    seconds: dict[str, float] = {}
    for clip in clips:
        seconds[clip.speaker] = seconds.get(clip.speaker, 0.0) + clip.seen_seconds
    lengths = [0.0] * count
    fold: dict[str, int] = {}
    for speaker in sorted(seconds, key=lambda name: (-seconds[name], name)):
        shortest = lengths.index(min(lengths))
        fold[speaker] = shortest
        lengths[shortest] += seconds[speaker]
    return fold
