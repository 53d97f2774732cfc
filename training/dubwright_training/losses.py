"""What counts as wrong."""

import torch
import torch.nn.functional as F
from torch import Tensor

from .recipe import ExpertRecipe, LossRecipe

_SMALLEST_POWER = 1e-2


def lip_loss(shape: Tensor, lips: Tensor, weight: Tensor, recipe: LossRecipe) -> Tensor:
    """Squares and correlation of every feature over every crop, averaged by the features' weights.

    Args:
        shape: [B, 12, L], predicted.
        lips: [B, 12, L], true.
        weight: [B, 12, L], 0 where nothing is known; per feature it also scales the feature's say.
        recipe: the weights.

    """
    seen = (weight > 0).to(shape.dtype)
    count = seen.sum(dim=2, keepdim=True).clamp(min=1)
    squares = (((shape - lips) ** 2) * seen).sum(dim=2) / count[:, :, 0]
    a = (shape - (shape * seen).sum(dim=2, keepdim=True) / count) * seen
    b = (lips - (lips * seen).sum(dim=2, keepdim=True) / count) * seen
    powers = ((a * a).sum(dim=2) + _SMALLEST_POWER) * ((b * b).sum(dim=2) + _SMALLEST_POWER)
    correlation = (a * b).sum(dim=2) / powers.sqrt()
    features = torch.tensor(recipe.feature_weights, dtype=shape.dtype, device=shape.device)
    say = weight.amax(dim=2) * features
    wrong = recipe.squared * squares + recipe.correlation * (1 - correlation)
    return (wrong * say).sum() / say.sum().clamp(min=1e-6)


def closed_loss(logit: Tensor, closed: Tensor, weight: Tensor) -> Tensor:
    """Cross entropy of closed lips; logit [B, 1, L], closed and weight [B, L]."""
    wrong = F.binary_cross_entropy_with_logits(logit[:, 0], closed, reduction="none")
    return (wrong * weight).sum() / weight.sum().clamp(min=1)


def kind_loss(logits: Tensor, kind: Tensor) -> Tensor:
    """Cross entropy of the kind of sound; logits [B, K, L], kind [B, L]."""
    if bool((kind < 0).all()):
        return logits.sum() * 0
    return F.cross_entropy(logits, kind)


def contrast_loss(sound: Tensor, lips: Tensor, seen: Tensor, scale: Tensor, recipe: ExpertRecipe) -> Tensor:
    """InfoNCE within each clip: of all moments, only one belongs (A. van den Oord et al. 2018).

    Args:
        sound: [B, D, L], unit length.
        lips: [B, D, L], unit length.
        seen: [B, L], whether lips are known.
        scale: how sharply to tell apart.
        recipe: the expert's.

    """
    similarity = torch.einsum("bdi,bdj->bij", sound, lips) * scale
    moments = torch.arange(similarity.shape[1], device=similarity.device)
    distance = (moments[:, None] - moments[None]).abs()
    neighbour = (distance > 0) & (distance <= recipe.ignored_neighbours)
    known = seen > 0
    similarity = similarity.masked_fill(neighbour[None], -1e4)
    similarity = similarity.masked_fill(~(known[:, :, None] & known[:, None, :]), -1e4)
    right = moments[None].expand(similarity.shape[:2])
    by_sound = F.cross_entropy(similarity.transpose(1, 2), right, reduction="none")
    by_lips = F.cross_entropy(similarity, right, reduction="none")
    return ((by_sound + by_lips) / 2 * known).sum() / known.sum().clamp(min=1)
