"""The networks' own bias, from films whose truth is known: rendered speakers, in sync by construction."""

from collections.abc import Sequence

import numpy as np

from .clips import Clip
from .evaluate import offset_similarity, predict
from .lags import agreement, lag_from
from .network import LipsExpert, LipsNetwork, SoundExpert
from .recipe import LagRecipe

_STEP_MS = 20.0


def measured_offset_ms(sound: SoundExpert, lips: LipsExpert, clip: Clip) -> float:
    """How late the expert hears the sound of a clip, in ms, between steps by a parabola."""
    curve = np.nanmean(offset_similarity(sound, lips, clip), axis=1)
    best = int(np.clip(curve.argmax(), 1, len(curve) - 2))
    left, top, right = curve[best - 1 : best + 2]
    between = 0.5 * (left - right) / min(left - 2 * top + right, -1e-9)
    return float((best - len(curve) // 2 + between) * _STEP_MS)


def expert_bias_ms(sound: SoundExpert, lips: LipsExpert, in_sync: Sequence[Clip]) -> float:
    """What to subtract from offsets measured by the expert; 0 without a film to calibrate on."""
    return _middle([measured_offset_ms(sound, lips, clip) for clip in in_sync])


def lips_bias_ms(network: LipsNetwork, in_sync: Sequence[Clip], recipe: LagRecipe) -> float:
    """What to subtract from lags measured by predicted lips; 0 without a film to calibrate on."""
    curves = [agreement(predict(network, clip)[0], clip, recipe.largest_ms) for clip in in_sync]
    return _middle([lag_from([curve], recipe) for curve in curves])


def _middle(values: Sequence[float]) -> float:
    return round(float(np.median(values)), 1) if values else 0.0
