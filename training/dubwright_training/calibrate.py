"""The expert's own bias, from a film whose truth is known: the rendered speaker, whose lips and voice cannot drift."""

from collections.abc import Sequence

import numpy as np

from .clips import Clip
from .evaluate import offset_similarity
from .network import LipsExpert, SoundExpert

_STEP_MS = 20.0


def measured_offset_ms(sound: SoundExpert, lips: LipsExpert, clip: Clip) -> float:
    """How late the expert hears the sound of a clip, in ms, between steps by a parabola."""
    curve = np.nanmean(offset_similarity(sound, lips, clip), axis=1)
    best = int(np.clip(curve.argmax(), 1, len(curve) - 2))
    left, top, right = curve[best - 1 : best + 2]
    between = 0.5 * (left - right) / min(left - 2 * top + right, -1e-9)
    return float((best - len(curve) // 2 + between) * _STEP_MS)


def bias_ms(sound: SoundExpert, lips: LipsExpert, in_sync: Sequence[Clip]) -> float:
    """What to subtract from measured offsets; 0 without a film to calibrate on."""
    if not in_sync:
        return 0.0
    return round(float(np.median([measured_offset_ms(sound, lips, clip) for clip in in_sync])), 1)
