"""Lips from sound: on synthetic speech first, then on films with some synthetic speech beside them."""

from collections.abc import Sequence

import torch
from torch import Tensor

from .clips import Clip
from .dataset import Batch, BatchMaker
from .fit import minimise
from .losses import closed_loss, kind_loss, lip_loss
from .network import LipsNetwork, pick_device
from .recipe import FitRecipe, Recipe

Weights = dict[str, Tensor]


def synthetic_loss(network: LipsNetwork, batch: Batch, recipe: Recipe) -> Tensor:
    """Loss of made-up lips by the rules' own head."""
    lips, closed, kinds = network.rules(batch.mel)
    return (
        lip_loss(lips, batch.lips, batch.lip_weight, recipe.loss)
        + recipe.loss.closed * closed_loss(closed, batch.closed, batch.closed_weight)
        + recipe.loss.phoneme * kind_loss(kinds, batch.kind)
    )


def film_loss(network: LipsNetwork, batch: Batch, recipe: Recipe) -> Tensor:
    """Loss of lips seen."""
    shape, closed, _ = network(batch.mel)
    wrong = lip_loss(shape, batch.lips, batch.lip_weight, recipe.loss)
    return wrong + recipe.loss.closed * closed_loss(closed, batch.closed, batch.closed_weight)


def train_lips(
    films: Sequence[Clip],
    synthetic: Sequence[Clip],
    start: Weights | None,
    recipe: Recipe,
    fit: FitRecipe,
    *,
    seed: int,
    title: str,
) -> LipsNetwork:
    """Train a network, from `start` if given. Without films it learns the rules alone."""
    torch.manual_seed(seed)
    device = pick_device()
    network = LipsNetwork(recipe.network)
    if start is not None:
        network.load_state_dict(start)
    network.to(device)
    film_batches = BatchMaker(films, recipe.augment, recipe.sampling, seed) if films else None
    synthetic_size = fit.synthetic_batch if films else fit.batch
    synthetic_batches = (
        BatchMaker(synthetic, recipe.augment, recipe.sampling, seed + 1) if synthetic and synthetic_size > 0 else None
    )

    def step_loss() -> Tensor:
        loss = torch.zeros((), device=device)
        if film_batches is not None:
            loss = loss + film_loss(network, film_batches.draw(fit.batch).to(device), recipe)
        if synthetic_batches is not None:
            weight = fit.synthetic_weight if films else 1.0
            loss = loss + weight * synthetic_loss(network, synthetic_batches.draw(synthetic_size).to(device), recipe)
        return loss

    groups = [{"params": list(network.parameters()), "lr": fit.learning_rate}]
    minimise(network, groups, step_loss, fit, title)
    if films and synthetic:
        network.fold_rules(recipe.network.rules_share)
    return network.cpu()


def weights_of(network: LipsNetwork) -> Weights:
    """A copy to start others from."""
    return {name: value.detach().cpu().clone() for name, value in network.state_dict().items()}
