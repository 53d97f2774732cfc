"""The networks. None of them normalises over time, so that a sound heard in blocks gives the same answer."""

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .recipe import LIP_NAMES, LIP_RATE_HZ, MEL_BANDS, MEL_RATE_HZ, ExpertRecipe, NetworkRecipe
from .visemes import KIND_COUNT

LONGEST_REACH_MS = 700.0
"""How much sound on either side the product gives the networks beside a block."""


class MomentNorm(nn.Module):
    """Layer normalisation over the channels of each moment on its own."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(channels)

    def forward(self, x: Tensor) -> Tensor:
        """[B, C, T] to [B, C, T]."""
        normalised: Tensor = self.norm(x.transpose(1, 2))
        return normalised.transpose(1, 2)


class ResidualBlock(nn.Module):
    """A dilated convolution beside a short cut."""

    def __init__(self, channels: int, kernel: int, dilation: int, dropout: float) -> None:
        super().__init__()
        self.spread = nn.Conv1d(channels, channels, kernel, padding=dilation * (kernel // 2), dilation=dilation)
        self.norm = MomentNorm(channels)
        self.mix = nn.Conv1d(channels, channels, 1)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor) -> Tensor:
        """[B, C, T] to [B, C, T]."""
        change: Tensor = self.dropout(self.mix(F.gelu(self.norm(self.spread(x)))))
        return x + change


class SoundTrunk(nn.Module):
    """From mel at 100 Hz to features at 50 Hz."""

    def __init__(self, recipe: NetworkRecipe) -> None:
        """Build it.

        Raises:
            ValueError: the recipe hears further than `LONGEST_REACH_MS`, which blocks could not give.

        """
        super().__init__()
        reach = 2 / MEL_RATE_HZ + 2 / MEL_RATE_HZ
        reach += sum(recipe.dilations) * (recipe.kernel // 2) / LIP_RATE_HZ
        self.reach_ms = 1000 * reach
        if self.reach_ms > LONGEST_REACH_MS:
            raise ValueError(f"the network hears {self.reach_ms:.0f} ms to either side, more than it may")
        channels = recipe.channels
        self.hear = nn.Conv1d(MEL_BANDS, channels, 5, padding=2)
        self.hear_norm = MomentNorm(channels)
        # Frames 2j - 1 to 2j + 2: their middle is the middle of moment j.
        self.halve = nn.Conv1d(channels, channels, 4, stride=2, padding=1)
        self.halve_norm = MomentNorm(channels)
        self.dropout = nn.Dropout(recipe.dropout)
        self.blocks = nn.ModuleList(
            ResidualBlock(channels, recipe.kernel, dilation, recipe.dropout) for dilation in recipe.dilations
        )

    def forward(self, mel: Tensor) -> Tensor:
        """[B, 80, 2N] to [B, C, N]."""
        x = F.gelu(self.hear_norm(self.hear(mel)))
        x = self.dropout(F.gelu(self.halve_norm(self.halve(x))))
        for block in self.blocks:
            x = block(x)
        return x


class LipsNetwork(nn.Module):
    """What lips do, from sound."""

    def __init__(self, recipe: NetworkRecipe) -> None:
        super().__init__()
        self.trunk = SoundTrunk(recipe)
        self.shape_head = nn.Conv1d(recipe.channels, len(LIP_NAMES), 1)
        self.closed_head = nn.Conv1d(recipe.channels, 1, 1)
        self.rule_head = (
            nn.Conv1d(recipe.channels, len(LIP_NAMES), 1) if recipe.rules_have_own_head else self.shape_head
        )
        self.kind_head = nn.Conv1d(recipe.channels, KIND_COUNT, 1)

    def forward(self, mel: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """[1, 80, 2N] to shape [1, 12, N], closed [1, 1, N] (logit), features [1, C, N]: the exported interface."""
        features = self.trunk(mel)
        return self.shape_head(features), self.closed_head(features), features

    @torch.no_grad()
    def fold_rules(self, shares: Sequence[float]) -> None:
        """Add each feature's share of the rules' answer to the films' answer, for good: both heads are linear."""
        if self.rule_head is self.shape_head:
            return
        share = torch.tensor(shares, device=self.shape_head.weight.device)
        for mine, rules in (
            (self.shape_head.weight, self.rule_head.weight),
            (self.shape_head.bias, self.rule_head.bias),
        ):
            if mine is None or rules is None:
                continue
            by_feature = share.view(-1, *([1] * (mine.dim() - 1)))
            mine.copy_((mine + by_feature * rules) / (1 + by_feature))

    def rules(self, mel: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Training on synthetic speech: lips by the rules, closed [B, 1, N], kinds of sound [B, K, N]."""
        features = self.trunk(mel)
        return self.rule_head(features), self.closed_head(features), self.kind_head(features)


class SoundExpert(nn.Module):
    """Sound as unit vectors, one a moment."""

    def __init__(self, network: NetworkRecipe, recipe: ExpertRecipe) -> None:
        super().__init__()
        self.trunk = SoundTrunk(network)
        self.first = nn.Conv1d(network.channels, recipe.lip_channels, 1)
        self.second = nn.Conv1d(recipe.lip_channels, recipe.embedding, 1)

    def forward(self, mel: Tensor) -> Tensor:
        """[B, 80, 2N] to [B, D, N]."""
        return F.normalize(self.second(F.gelu(self.first(self.trunk(mel)))), dim=1)


class LipsExpert(nn.Module):
    """Lips as unit vectors, one a moment."""

    def __init__(self, recipe: ExpertRecipe) -> None:
        super().__init__()
        channels = recipe.lip_channels
        self.see = nn.Conv1d(len(LIP_NAMES), channels, 5, padding=2)
        self.norm = MomentNorm(channels)
        self.blocks = nn.ModuleList(ResidualBlock(channels, 3, dilation, 0.1) for dilation in recipe.lip_dilations)
        self.out = nn.Conv1d(channels, recipe.embedding, 1)

    def forward(self, lips: Tensor) -> Tensor:
        """[B, 12, N] to [B, D, N]."""
        x = F.gelu(self.norm(self.see(lips)))
        for block in self.blocks:
            x = block(x)
        return F.normalize(self.out(x), dim=1)


def parameter_count(module: nn.Module) -> int:
    """How many numbers a network has."""
    return sum(parameter.numel() for parameter in module.parameters())


def pick_device() -> torch.device:
    """A graphics card if there is one, else the processor."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")
