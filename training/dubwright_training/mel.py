"""Level and colour of a sound taken out of its mel, as the product does it.

The product's `voice-mel.ts` is the one that counts. It cannot be called for every crop with noise mixed in, so the
arithmetic stands here again, and `check_probes` compares the two on every sound that is read.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

_FLOOR_NATS = 9.0
_LOUD_NATS = 4.5
_LOUDEST_QUANTILE = 0.95
_SPREAD = 2.5
_TOLERANCE = 2e-3


@dataclass(frozen=True)
class VoiceLevel:
    """How loud a voice is at its loudest (nats) and its mean spectrum over loud frames [80]."""

    peak: float
    mean: Floats


def level_of(mel: Floats) -> VoiceLevel:
    """Measure log-mel frames [count, 80]."""
    loudness = mel.mean(axis=1, dtype=np.float64)
    peak = float(np.sort(loudness)[int(_LOUDEST_QUANTILE * (len(loudness) - 1))])
    loud = mel[loudness > peak - _LOUD_NATS]
    mean = np.maximum(loud, peak - _FLOOR_NATS).mean(axis=0, dtype=np.float64)
    return VoiceLevel(peak, mean.astype(np.float32))


def normalise(mel: Floats, level: VoiceLevel) -> Floats:
    """Bring log-mel frames [count, 80] to the common level: the networks' input, but lying [count, 80]."""
    return ((np.maximum(mel, level.peak - _FLOOR_NATS) - level.mean) / _SPREAD).astype(np.float32)


def check_probes(name: str, mel: Floats, probes: Sequence[dict[str, Any]]) -> None:
    """Compare with frames that the product normalised.

    Raises:
        AssertionError: the product's normalisation is no longer the one above.

    """
    if len(mel) == 0:
        return
    ours = normalise(mel, level_of(mel))
    for probe in probes:
        difference = float(np.abs(ours[probe["frame"]] - np.asarray(probe["values"], np.float32)).max())
        if difference > _TOLERANCE:
            raise AssertionError(f"{name}: mel frame {probe['frame']} differs from the product's by {difference:.4f}")
