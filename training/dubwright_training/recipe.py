"""Every number of the recipe, in one place.

`recipe()` is what `models/*.onnx` were made with. `smoke()` is the same with hardly any steps, for the test.
"""

from dataclasses import asdict, dataclass, field, replace
from typing import Any

LIP_NAMES = (
    "opening",
    "area",
    "height",
    "width",
    "innerWidth",
    "protrusion",
    "jaw",
    "component1",
    "component2",
    "component3",
    "component4",
    "component5",
)
"""The product's lip features; the feature tools say theirs, and a difference stops the run."""

LIP_RATE_HZ = 50
"""Moments per second that the networks answer for; moment j is centred on (j + 0.5) * 20 ms."""

MEL_RATE_HZ = 100
MEL_BANDS = 80


@dataclass(frozen=True)
class SynthesisRecipe:
    """How much speech is synthesised, and how varied."""

    espeak_utterances: int = 1700
    flite_utterances: int = 1600
    festival_utterances: int = 1600
    formant_utterances: int = 0
    """Vowels and closures of our own making, where neither program is installed: enough for a smoke test only."""
    salad_share: float = 0.25
    """Share of utterances that are random words: no grammar to learn by heart."""
    vocabulary_share: float = 0.3
    """Share of English utterances made of words from this repository's documents: our sentences have few words."""
    words_per_minute: tuple[int, int] = (120, 215)
    pitch: tuple[int, int] = (25, 75)
    pitch_range: tuple[int, int] = (25, 85)
    volume: tuple[int, int] = (60, 130)
    word_gap_10ms: tuple[int, int] = (0, 4)
    longest_seconds: float = 14.0


@dataclass(frozen=True)
class TargetRecipe:
    """How lips seen and lips made up become targets."""

    least_seconds: float = 1.2
    unsure_opening: float = 0.1
    """Moments whose opening (z-scored) is nearer to the limit of closed do not teach the closed output."""
    pause_closed_weight: float = 0.3
    """How much a pause of synthetic speech teaches the closed output: some speakers rest with open lips."""


@dataclass(frozen=True)
class AugmentRecipe:
    """What is done to sounds so that any voice, microphone and room will do."""

    crop_moments: int = 256
    """Five seconds: r over shorter crops does not teach how a sentence swells and ebbs."""
    level_seconds: float = 6.0
    """The level of a crop is taken from so much sound around it, as the product takes it from the whole."""
    warp: float = 0.2
    synthetic_warp: float = 0.18
    speed: float = 0.15
    equaliser_nats: float = 0.6
    noise_share: float = 0.5
    noise_below_peak_nats: tuple[float, float] = (1.5, 8.0)
    babble_share: float = 0.05
    babble_below_nats: tuple[float, float] = (1.5, 4.5)
    reverb_share: float = 0.3
    reverb_seconds: tuple[float, float] = (0.15, 0.6)
    reverb_gain: tuple[float, float] = (0.05, 0.5)
    band_mask_share: float = 0.3
    level_shift_nats: float = 0.2


@dataclass(frozen=True)
class SamplingRecipe:
    """Whom the crops are drawn from."""

    speaker_power: float = 0.5
    """A speaker is drawn by this power of their seconds: people count, not minutes."""
    most_seconds: float = 60.0
    """More of one speaker does not make them drawn more often."""
    equal_synthesisers: bool = True
    """Each program is drawn alike: hundreds of espeak-ng's voices are cousins, a few cut from recordings are people."""


@dataclass(frozen=True)
class NetworkRecipe:
    """The trunk that both models of sound share."""

    channels: int = 128
    kernel: int = 3
    dilations: tuple[int, ...] = (1, 2, 4, 1, 2, 4)
    dropout: float = 0.15
    rules_have_own_head: bool = True
    """Made-up lips are predicted by a head of their own, so that the one that saw films need not believe the rules."""
    rules_share: tuple[float, ...] = (0.7, 0.7, 0.7, 0.7, 0.7, 0.0, 0.5, 0.0, 0.0, 0.0, 0.0, 0.0)
    """How much of the rules' head is added to the films' in the end, in the order of `LIP_NAMES`: films know few
    people, rules know all voices, and their mistakes differ."""


@dataclass(frozen=True)
class FitRecipe:
    """One optimisation."""

    steps: int
    batch: int = 16
    learning_rate: float = 1e-3
    weight_decay: float = 1e-2
    warm_up_steps: int = 50
    last_rate: float = 0.02
    """Share of the learning rate at the last step; what others start from ends early."""
    average_decay: float = 0.985
    """Weights are averaged over the last half of the steps."""
    synthetic_batch: int = 5
    """Crops of synthetic speech beside those of films; 0 for none."""
    synthetic_weight: float = 1.0


@dataclass(frozen=True)
class LossRecipe:
    """What counts as wrong."""

    squared: float = 0.5
    correlation: float = 0.7
    closed: float = 0.25
    phoneme: float = 0.4
    """Synthetic speech only: which kind of sound it is."""
    feature_weights: tuple[float, ...] = (2.0, 1.5, 0.7, 1.0, 0.7, 0.7, 0.7, 1.0, 1.0, 0.5, 0.3, 0.3)
    """In the order of `LIP_NAMES`."""
    synthetic_feature_weights: tuple[float, ...] = (
        1.0,
        1.0,
        0.6,
        1.0,
        0.7,
        0.8,
        0.6,
        0.0,
        0.0,
        0.0,
        0.0,
        0.0,
    )
    """Rules for made-up lips know nothing of the components."""


@dataclass(frozen=True)
class LagRecipe:
    """How far sound and picture of the sources are apart, found by the network itself on speakers held out."""

    rounds: int = 2
    """The first by what synthetic speech taught, which has seen nobody, where there is any."""
    folds: int = 3
    largest_ms: float = 200.0
    least_correlation: float = 0.35
    least_correlation_of_rules: float = 0.2
    least_gain: float = 0.015
    """A lag is corrected only where the correlation at it is so much better than where the film stands."""
    pooled_below_seconds: float = 4.0
    """Clips shorter than this share one lag with the other clips of their speaker."""


@dataclass(frozen=True)
class ExpertRecipe:
    """The network that knows whether lips and sound belong together."""

    fit: FitRecipe = FitRecipe(steps=450, batch=8, learning_rate=1.5e-3, synthetic_batch=0)
    trunk_learning_rate: float = 3e-4
    embedding: int = 64
    lip_channels: int = 96
    lip_dilations: tuple[int, ...] = (1, 2, 4)
    ignored_neighbours: int = 3
    """Moments this near to the right one are neither right nor wrong."""
    largest_scale: float = 30.0
    lip_gain_noise: float = 0.15
    lip_offset_noise: float = 0.15
    lip_jitter: float = 0.1
    lip_dropout: float = 0.1
    """Share of lip features blanked: the expert should not lean on one."""


@dataclass(frozen=True)
class Recipe:
    """All of it."""

    seed: int = 20261122
    synthesis: SynthesisRecipe = field(default_factory=SynthesisRecipe)
    target: TargetRecipe = field(default_factory=TargetRecipe)
    augment: AugmentRecipe = field(default_factory=AugmentRecipe)
    sampling: SamplingRecipe = field(default_factory=SamplingRecipe)
    network: NetworkRecipe = field(default_factory=NetworkRecipe)
    loss: LossRecipe = field(default_factory=LossRecipe)
    pretrain: FitRecipe = FitRecipe(steps=2000, batch=10, last_rate=0.3)
    lips: FitRecipe = FitRecipe(steps=400, batch=10)
    lips_leave_out: tuple[str, ...] = ("rendered",)
    """Sources that find lags and teach the expert, but not the lips: rendered lips are the rules over again, and as
    films they drown the few people (r of opening on people never taught: 0.58 with them, 0.60 without)."""
    lag_fit: FitRecipe = FitRecipe(steps=220, batch=10, learning_rate=5e-4)
    lag: LagRecipe = field(default_factory=LagRecipe)
    expert: ExpertRecipe = field(default_factory=ExpertRecipe)
    figure_folds: int = 2

    def as_dict(self) -> dict[str, Any]:
        """All numbers as plain data: what a stage depends on."""
        return asdict(self)


def recipe() -> Recipe:
    """The recipe of the bundled models."""
    return Recipe()


def smoke() -> Recipe:
    """The same road in a minute: too few steps to learn, enough to break."""
    small = FitRecipe(steps=6, batch=4, synthetic_batch=2, warm_up_steps=2)
    return Recipe(
        synthesis=SynthesisRecipe(
            espeak_utterances=12, flite_utterances=2, festival_utterances=0, formant_utterances=6
        ),
        network=NetworkRecipe(channels=16, dilations=(1, 2)),
        pretrain=small,
        lips=small,
        lag_fit=small,
        lag=LagRecipe(folds=2, rounds=2),
        # The test's only films are rendered.
        lips_leave_out=(),
        expert=ExpertRecipe(fit=replace(small, synthetic_batch=0), embedding=16, lip_channels=16),
        figure_folds=2,
    )
