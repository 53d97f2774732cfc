"""Other throats, microphones, rooms and company for a stretch of log-mel frames.

All of it before the level is taken out, as in life. Functions take and return log power [count, 80].
"""

import numpy as np
from numpy.typing import NDArray

from .mel import Floats
from .recipe import MEL_BANDS, MEL_RATE_HZ, AugmentRecipe

_REVERB_FALL_NATS = 13.8
"""60 dB, the definition of a reverberation time."""


def stretch_rows(rows: NDArray[np.generic], count: int) -> Floats:
    """Rows [n, k] resampled to `count` over the same time, linearly; both ends keep their half steps."""
    places = np.clip((np.arange(count) + 0.5) * len(rows) / count - 0.5, 0, len(rows) - 1)
    before = np.minimum(places.astype(int), max(0, len(rows) - 2))
    share = (places - before)[:, None].astype(np.float32)
    after = np.minimum(before + 1, len(rows) - 1)
    return rows[before].astype(np.float32) * (1 - share) + rows[after].astype(np.float32) * share


def warp_bands(mel: Floats, factor: float) -> Floats:
    """Another length of throat: what was in band b * factor is now in band b."""
    places = np.clip(np.arange(MEL_BANDS) * factor, 0, MEL_BANDS - 1.001)
    before = places.astype(int)
    share = (places - before).astype(np.float32)
    return mel[:, before] * (1 - share) + mel[:, before + 1] * share


def _curve(chance: np.random.Generator, knots: int, deviation: float) -> NDArray[np.float64]:
    places = np.linspace(0, MEL_BANDS - 1, knots)
    return np.interp(np.arange(MEL_BANDS), places, chance.normal(0, deviation, knots))


def _peak_of(mel: Floats) -> float:
    return float(np.percentile(mel.mean(axis=1), 95))


def add_noise(mel: Floats, chance: np.random.Generator, recipe: AugmentRecipe) -> Floats:
    """A steady noise of random colour."""
    level = _peak_of(mel) - chance.uniform(*recipe.noise_below_peak_nats)
    noise = level + _curve(chance, 4, 0.8) + chance.normal(0, 0.5, mel.shape)
    return np.logaddexp(mel, noise).astype(np.float32)


def add_babble(mel: Floats, other: Floats, chance: np.random.Generator, recipe: AugmentRecipe) -> Floats:
    """Somebody else in the background."""
    repeats = -(-len(mel) // len(other))
    background = np.tile(other, (repeats, 1))[: len(mel)]
    below = chance.uniform(*recipe.babble_below_nats)
    return np.logaddexp(mel, background - _peak_of(other) + _peak_of(mel) - below).astype(np.float32)


def add_reverb(mel: Floats, chance: np.random.Generator, recipe: AugmentRecipe) -> Floats:
    """A room: the power of every band dies away exponentially."""
    seconds = chance.uniform(*recipe.reverb_seconds)
    gain = chance.uniform(*recipe.reverb_gain)
    fall = np.exp(-_REVERB_FALL_NATS / (seconds * MEL_RATE_HZ))
    power = np.exp(mel.astype(np.float64))
    tail = np.zeros(mel.shape[1])
    wet = np.empty_like(power)
    for frame, arriving in enumerate(power):
        wet[frame] = arriving + gain * tail
        tail = fall * (tail + arriving * (1 - fall))
    return np.log(wet).astype(np.float32)


def another_recording(
    mel: Floats, other: Floats | None, chance: np.random.Generator, recipe: AugmentRecipe, warp: float
) -> Floats:
    """The same words from another throat, in another place, into another microphone."""
    mel = warp_bands(mel, chance.uniform(1 - warp, 1 + warp))
    if other is not None and chance.random() < recipe.babble_share:
        mel = add_babble(mel, other, chance, recipe)
    if chance.random() < recipe.reverb_share:
        mel = add_reverb(mel, chance, recipe)
    mel = mel + _curve(chance, 6, recipe.equaliser_nats).astype(np.float32)
    if chance.random() < recipe.noise_share:
        mel = add_noise(mel, chance, recipe)
    return mel.astype(np.float32)


def mask_bands(normalised: Floats, chance: np.random.Generator, recipe: AugmentRecipe) -> Floats:
    """Blanks a few neighbouring bands of a normalised mel now and then."""
    if chance.random() < recipe.band_mask_share:
        start = int(chance.integers(0, MEL_BANDS - 10))
        normalised[:, start : start + int(chance.integers(2, 10))] = 0
    return normalised
