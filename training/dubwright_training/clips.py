"""Clips: what the networks learn from. Sound as mel, lips as z-scored features at 50 Hz, and how far to trust them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .features import FilmFeatures
from .mel import Floats
from .recipe import LIP_NAMES, LIP_RATE_HZ, LossRecipe, TargetRecipe
from .synthesis import Utterance
from .visemes import ARTICULATORS, curves_of

_OPENING = LIP_NAMES.index("opening")
UNKNOWN_KIND = -100
"""PyTorch's cross entropy passes over it."""


@dataclass(frozen=True)
class ClipOrigin:
    """Who speaks in a film, and where it is from."""

    speaker: str
    source: str
    close_up: bool


@dataclass(frozen=True)
class Clip:
    """Mel [2N, 80] (log power, not normalised) and lips for the same N moments."""

    name: str
    speaker: str
    source: str
    close_up: bool
    synthetic: bool
    mel: Floats
    lips: Floats
    """[N, 12], z-scored over the film."""
    lip_weight: Floats
    """[N]: 0 where the mouth was not seen."""
    feature_weight: Floats
    """[12]: which features mean something here."""
    closed: Floats
    """[N]: 1 the lips meet, 0 they do not."""
    closed_weight: Floats
    """[N]: 0 where nobody can tell."""
    kind: NDArray[np.int64]
    """[N]: kind of sound, `UNKNOWN_KIND` in films."""

    @property
    def seconds(self) -> float:
        """How long it is."""
        return len(self.lips) / LIP_RATE_HZ

    @property
    def seen_seconds(self) -> float:
        """How long the mouth is seen."""
        return float((self.lip_weight > 0).sum()) / LIP_RATE_HZ


def film_clip(name: str, film: FilmFeatures, recipe: TargetRecipe, origin: ClipOrigin, lag_ms: float) -> Clip | None:
    """The clip of a film whose sound is `lag_ms` late (sound minus picture): lips come from so much earlier.

    None when too little of a mouth is seen.
    """
    steps = round(1000 / LIP_RATE_HZ / film.fine_step_ms)
    shift = round(lag_ms / film.fine_step_ms)
    moments = min(len(film.mel) // 2, (len(film.lips) + max(0, shift)) // steps)
    rows = np.arange(moments) * steps - shift
    inside = (rows >= 0) & (rows < len(film.lips))
    rows = np.clip(rows, 0, max(0, len(film.lips) - 1))
    known = inside & film.seen[rows] if len(film.lips) else inside
    if known.sum() < recipe.least_seconds * LIP_RATE_HZ:
        return None
    lips = np.where(known[:, None], film.lips[rows], 0).astype(np.float32)
    opening = lips[:, _OPENING]
    sure = known & (np.abs(opening - film.closed_below) >= recipe.unsure_opening)
    return Clip(
        name=name,
        speaker=origin.speaker,
        source=origin.source,
        close_up=origin.close_up,
        synthetic=False,
        mel=film.mel[: 2 * moments],
        lips=lips,
        lip_weight=known.astype(np.float32),
        feature_weight=np.ones(len(LIP_NAMES), np.float32),
        closed=(opening <= film.closed_below).astype(np.float32),
        closed_weight=sure.astype(np.float32),
        kind=np.full(moments, UNKNOWN_KIND, np.int64),
    )


# How made-up articulators say the lip features; the components have no rule and weigh nothing.
_MIXTURE: dict[str, tuple[float, float, float, float]] = {
    # opening, width, protrusion, jaw
    "opening": (1.0, 0.0, 0.0, 0.0),
    "area": (0.95, 0.05, -0.05, 0.0),
    "height": (0.85, 0.0, 0.15, 0.0),
    "width": (0.0, 1.0, 0.0, 0.0),
    "innerWidth": (0.2, 1.0, -0.1, 0.0),
    "protrusion": (0.0, 0.0, 1.0, 0.0),
    "jaw": (0.0, 0.0, 0.0, 1.0),
}
_MIXTURE_MATRIX = np.array([_MIXTURE.get(name, (0.0,) * len(ARTICULATORS)) for name in LIP_NAMES])


def _loudness(mel: Floats) -> Floats:
    """[N] at 50 Hz: 0 for the quietest tenth of a sound, 1 for its loudest twentieth, smooth over 0.2 s."""
    power = np.log10(np.exp(mel.astype(np.float64)).mean(axis=1)).reshape(-1, 2).mean(axis=1)
    bell = np.hanning(13)
    smooth = np.convolve(np.pad(power, 6, mode="edge"), bell / bell.sum(), "valid")
    low, high = np.percentile(smooth, [10, 95])
    return ((smooth - low) / max(float(high - low), 1e-6)).astype(np.float32)


def synthetic_clip(utterance: Utterance, mel: Floats, recipe: TargetRecipe, losses: LossRecipe) -> Clip:
    """The clip of a synthetic utterance: lips by the rules of `visemes.py`."""
    moments = len(mel) // 2
    mel = mel[: 2 * moments]
    curves = curves_of(utterance.sounds, moments, _loudness(mel))
    lips = curves.articulators.astype(np.float64) @ _MIXTURE_MATRIX.T
    lips = (lips - lips.mean(axis=0)) / (lips.std(axis=0) + 1e-6)
    weight = np.where(curves.pause, recipe.pause_closed_weight, 1.0).astype(np.float32)
    # On the way to and from a closure lips are neither open nor shut.
    near = np.convolve(curves.closed, np.ones(5), "same") > 0
    weight[near & ~curves.closed] = 0
    return Clip(
        name=utterance.id,
        speaker=f"{utterance.source}/{utterance.voice}",
        source=utterance.source,
        close_up=False,
        synthetic=True,
        mel=mel,
        lips=lips.astype(np.float32),
        lip_weight=np.ones(moments, np.float32),
        feature_weight=np.asarray(losses.synthetic_feature_weights, np.float32),
        closed=(curves.closed | curves.pause).astype(np.float32),
        closed_weight=weight,
        kind=curves.kind,
    )
