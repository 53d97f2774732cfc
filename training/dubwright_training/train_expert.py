"""The expert: sound and lips of the same moment close together, all other moments of the clip far away."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from .clips import Clip
from .dataset import BatchMaker
from .fit import minimise
from .losses import contrast_loss
from .network import LipsExpert, LipsNetwork, SoundExpert, pick_device
from .recipe import ExpertRecipe, Recipe

_FIRST_LOG_SCALE = 2.3


def disturb_lips(lips: Tensor, recipe: ExpertRecipe) -> Tensor:
    """Lips as another mesh of another face might say them: [B, 12, L] to the same."""
    batch, features, _ = lips.shape
    device = lips.device
    gain = torch.exp(recipe.lip_gain_noise * torch.randn(batch, features, 1, device=device))
    offset = recipe.lip_offset_noise * torch.randn(batch, features, 1, device=device)
    kept = (torch.rand(batch, features, 1, device=device) >= recipe.lip_dropout).to(lips.dtype)
    return (lips * gain + offset + recipe.lip_jitter * torch.randn_like(lips)) * kept


class _Pair(nn.Module):
    """Both encoders and how sharply they tell apart, to be trained and averaged together."""

    def __init__(self, sound: SoundExpert, lips: LipsExpert) -> None:
        super().__init__()
        self.sound, self.lips = sound, lips
        self.log_scale = nn.Parameter(torch.tensor(_FIRST_LOG_SCALE))


def train_expert(
    clips: Sequence[Clip], start: LipsNetwork, recipe: Recipe, *, seed: int, title: str
) -> tuple[SoundExpert, LipsExpert]:
    """Train on clips whose lags are corrected; the sound's trunk starts as the one that predicts lips."""
    torch.manual_seed(seed)
    device = pick_device()
    expert = recipe.expert
    sound = SoundExpert(recipe.network, expert)
    sound.trunk.load_state_dict(start.trunk.state_dict())
    pair = _Pair(sound, LipsExpert(expert)).to(device)
    batches = BatchMaker(clips, recipe.augment, recipe.sampling, seed)

    def step_loss() -> Tensor:
        batch = batches.draw(expert.fit.batch).to(device)
        seen = batch.lip_weight.amax(dim=1)
        heard = pair.sound(batch.mel)
        shown = pair.lips(disturb_lips(batch.lips, expert))
        scale = pair.log_scale.exp().clamp(max=expert.largest_scale)
        return contrast_loss(heard, shown, seen, scale, expert)

    trunk = list(pair.sound.trunk.parameters())
    known = {id(parameter) for parameter in trunk}
    rest = [parameter for parameter in pair.parameters() if id(parameter) not in known]
    groups: list[dict[str, object]] = [
        {"params": trunk, "lr": expert.trunk_learning_rate},
        {"params": rest, "lr": expert.fit.learning_rate},
    ]
    minimise(pair, groups, step_loss, expert.fit, title)
    pair.cpu()
    return pair.sound, pair.lips
