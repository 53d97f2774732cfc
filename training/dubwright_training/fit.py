"""The one optimisation loop, and the average of its weights."""

import math
import time
from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn

from .recipe import FitRecipe


class AveragedWeights:
    """An exponential average over the second half of the steps: steadier than the last step."""

    def __init__(self, module: nn.Module, decay: float) -> None:
        self._module, self._decay = module, decay
        self._mean: dict[str, Tensor] | None = None

    @torch.no_grad()
    def update(self) -> None:
        """Take in the current weights."""
        state = self._module.state_dict()
        if self._mean is None:
            self._mean = {name: value.detach().clone() for name, value in state.items()}
            return
        for name, value in state.items():
            self._mean[name].mul_(self._decay).add_(value, alpha=1 - self._decay)

    def apply(self) -> None:
        """Put the average in place of the weights."""
        if self._mean is not None:
            self._module.load_state_dict(self._mean)


def rate_at(step: int, recipe: FitRecipe) -> float:
    """Share of the learning rate: warming up, then half a cosine down to the last rate."""
    warm = min(1.0, (step + 1) / max(1, recipe.warm_up_steps))
    fall = 0.5 * (1 + math.cos(math.pi * step / recipe.steps))
    return warm * (recipe.last_rate + (1 - recipe.last_rate) * fall)


def minimise(
    module: nn.Module,
    groups: Sequence[dict[str, object]],
    step_loss: Callable[[], Tensor],
    recipe: FitRecipe,
    title: str,
) -> float:
    """Take `recipe.steps` steps down `step_loss`; weights end as their average. Returns the mean of the last losses.

    Args:
        module: what is trained and averaged.
        groups: AdamW's parameter groups, each with its `lr`.
        step_loss: the loss of a fresh batch.
        recipe: how long and how fast.
        title: for the lines of progress.

    """
    optimiser = torch.optim.AdamW(groups, weight_decay=recipe.weight_decay)
    full_rates = [group["lr"] for group in optimiser.param_groups]
    average = AveragedWeights(module, recipe.average_decay)
    recent: list[float] = []
    started = time.monotonic()
    module.train()
    for step in range(recipe.steps):
        for group, full in zip(optimiser.param_groups, full_rates, strict=True):
            group["lr"] = full * rate_at(step, recipe)
        loss = step_loss()
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(module.parameters(), 1.0)
        optimiser.step()
        if step >= recipe.steps // 2:
            average.update()
        recent = [*recent[-99:], loss.item()]
        if (step + 1) % 100 == 0 or step + 1 == recipe.steps:
            mean = sum(recent) / len(recent)
            print(f"  {title}: step {step + 1}, loss {mean:.3f}, {time.monotonic() - started:.0f} s", flush=True)
    average.apply()
    module.eval()
    return sum(recent) / max(1, len(recent))
