"""Batches of crops."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from .augment import another_recording, mask_bands, stretch_rows
from .clips import UNKNOWN_KIND, Clip
from .mel import Floats, level_of, normalise
from .recipe import LIP_NAMES, MEL_BANDS, MEL_RATE_HZ, AugmentRecipe, SamplingRecipe


@dataclass(frozen=True)
class Batch:
    """Crops of L moments."""

    mel: Tensor
    """[B, 80, 2L], normalised."""
    lips: Tensor
    """[B, 12, L]"""
    lip_weight: Tensor
    """[B, 12, L]"""
    closed: Tensor
    """[B, L]"""
    closed_weight: Tensor
    """[B, L]"""
    kind: Tensor
    """[B, L], `UNKNOWN_KIND` where it is not known."""

    def to(self, device: torch.device) -> "Batch":
        """The same on a device."""
        return Batch(
            *(
                part.to(device)
                for part in (self.mel, self.lips, self.lip_weight, self.closed, self.closed_weight, self.kind)
            )
        )


def shares_of(clips: Sequence[Clip], sampling: SamplingRecipe) -> NDArray[np.float64]:
    """How often each clip is drawn: by its speaker first, then by its length among the speaker's clips."""
    spoken: dict[str, float] = {}
    for clip in clips:
        spoken[clip.speaker] = spoken.get(clip.speaker, 0.0) + clip.seconds
    say = {
        speaker: min(seconds, sampling.most_seconds) ** sampling.speaker_power for speaker, seconds in spoken.items()
    }
    shares = np.array([say[clip.speaker] * clip.seconds / spoken[clip.speaker] for clip in clips])
    if sampling.equal_synthesisers and all(clip.synthetic for clip in clips):
        by_source: dict[str, float] = {}
        for clip, share in zip(clips, shares, strict=True):
            by_source[clip.source] = by_source.get(clip.source, 0.0) + share
        shares = np.array([share / by_source[clip.source] for clip, share in zip(clips, shares, strict=True)])
    return shares / shares.sum()


class BatchMaker:
    """Draws crops from clips and makes each another recording; every draw from one seeded generator."""

    def __init__(self, clips: Sequence[Clip], recipe: AugmentRecipe, sampling: SamplingRecipe, seed: int) -> None:
        """Prepare to draw; there must be at least one clip."""
        if not clips:
            raise ValueError("no clips to draw from")
        self._clips = clips
        self._recipe = recipe
        self._chance = np.random.default_rng(seed)
        self._shares = shares_of(clips, sampling)

    def draw(self, size: int) -> Batch:
        """One batch."""
        length = self._recipe.crop_moments
        mel = np.zeros((size, MEL_BANDS, 2 * length), np.float32)
        lips = np.zeros((size, len(LIP_NAMES), length), np.float32)
        lip_weight = np.zeros_like(lips)
        closed = np.zeros((size, length), np.float32)
        closed_weight = np.zeros_like(closed)
        kind = np.full((size, length), UNKNOWN_KIND, np.int64)
        for place, index in enumerate(self._chance.choice(len(self._clips), size, p=self._shares)):
            clip = self._clips[int(index)]
            start, taken, count = self._window(len(clip.lips))
            mel[place, :, : 2 * count] = self._sound(clip, start, taken, count).T
            inside = slice(start, start + taken)
            lips[place, :, :count] = stretch_rows(clip.lips[inside], count).T
            seen = self._nearest(clip.lip_weight[inside], count)
            lip_weight[place, :, :count] = clip.feature_weight[:, None] * seen
            closed[place, :count] = self._nearest(clip.closed[inside], count)
            closed_weight[place, :count] = self._nearest(clip.closed_weight[inside], count)
            kind[place, :count] = self._nearest(clip.kind[inside], count)
        parts = (mel, lips, lip_weight, closed, closed_weight, kind)
        return Batch(*(torch.from_numpy(part) for part in parts))

    def _window(self, moments: int) -> tuple[int, int, int]:
        """Where a crop starts, how many moments it takes, and how many they become by another speed."""
        length = self._recipe.crop_moments
        speed = self._chance.uniform(1 - self._recipe.speed, 1 + self._recipe.speed)
        taken = min(moments, round(length * speed))
        start = int(self._chance.integers(0, moments - taken + 1))
        return start, taken, max(1, min(length, round(taken / speed)))

    def _sound(self, clip: Clip, start: int, taken: int, count: int) -> Floats:
        recipe, chance = self._recipe, self._chance
        margin = max(0, int(recipe.level_seconds * MEL_RATE_HZ) - 2 * taken) // 2
        first = max(0, 2 * start - margin)
        around = clip.mel[first : 2 * (start + taken) + margin]
        other = self._clips[int(chance.integers(0, len(self._clips)))]
        background = other.mel if other is not clip else None
        warp = recipe.synthetic_warp if clip.synthetic else recipe.warp
        around = another_recording(around, background, chance, recipe, warp)
        normalised = normalise(around, level_of(around))[2 * start - first : 2 * (start + taken) - first]
        normalised = normalised + np.float32(chance.normal(0, recipe.level_shift_nats) / 2.5)
        return mask_bands(stretch_rows(normalised, 2 * count), chance, recipe)

    @staticmethod
    def _nearest(values: np.ndarray, count: int) -> np.ndarray:
        places = ((np.arange(count) + 0.5) * len(values) / count).astype(int)
        return values[np.minimum(places, len(values) - 1)]
