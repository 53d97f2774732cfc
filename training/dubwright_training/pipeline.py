"""From media to models, stage by stage; what is done stays done in the work folder."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path

import torch

from . import export
from .calibrate import expert_bias_ms, lips_bias_ms
from .cards import Card, data_used, write_cards
from .clips import Clip, ClipOrigin, film_clip, synthetic_clip
from .evaluate import expert_figures, folds_of, lip_figures
from .features import FilmFeatures, extract_films, known_films, read_film, read_mel
from .figures import Figures, read_figures, write_figures
from .lags import estimate_lags
from .network import LipsExpert, LipsNetwork, SoundExpert, parameter_count
from .other_films import OtherFilms
from .recipe import Recipe
from .sources import Film, find_films, load_sources
from .stages import Ledger
from .synthesis import read_utterances, synthesise, texts_sha256
from .train_expert import train_expert
from .train_lips import train_lips, weights_of

VERSION = "1"


@dataclass(frozen=True)
class Folders:
    """Where things come from and go to."""

    media: Path
    held_out: Path | None
    """Films that may not teach, to measure on."""
    rendered: Path | None
    """A rendered speaker, whose sound and picture belong together exactly: calibrates the expert."""
    work: Path
    models: Path
    reference: Path | None = None
    """Where to write PyTorch's own answers, to compare other runtimes with."""


class Pipeline:
    """One run."""

    def __init__(self, folders: Folders, recipe: Recipe, jobs: int | None = None) -> None:
        self._folders, self._recipe, self._jobs = folders, recipe, jobs
        self._work = folders.work
        self._ledger = Ledger(folders.work)
        self._sources = load_sources()
        self._films, self._refused = find_films(folders.media, self._sources)
        others = self._work / "other-films"
        self._held_out = OtherFilms(folders.held_out, self._films, self._sources, others)
        self._rendered = OtherFilms(folders.rendered, self._films, self._sources, others)

    def run(self) -> None:
        """All stages."""
        recipe, once = self._recipe, self._ledger.once
        self._show_sources()
        self._extract()
        spoken = once("synthesis", [asdict(recipe.synthesis), recipe.seed, texts_sha256()], self._synthesise)
        start = once("pretrain", [spoken, self._recipe_of_lips(), asdict(recipe.pretrain)], self._pretrain)
        films = [film.id for film in self._known]
        lags = once("lags", [start, films, asdict(recipe.lag), asdict(recipe.lag_fit)], self._estimate_lags)
        lips_on = [lags, asdict(recipe.lips), recipe.lips_leave_out]
        expert_on = [lips_on, asdict(recipe.expert)]
        once("lips", lips_on, self._train_lips)
        once("expert", expert_on, self._train_expert)
        measured = once("figures", [expert_on, recipe.figure_folds], self._measure_folds)
        self._finish(measured)

    def _recipe_of_lips(self) -> dict[str, object]:
        recipe = self._recipe
        parts = (recipe.target, recipe.augment, recipe.sampling, recipe.network, recipe.loss)
        return {type(part).__name__: asdict(part) for part in parts} | {"seed": recipe.seed}

    # Films and sounds

    def _show_sources(self) -> None:
        print(f"{len(self._films)} films may teach, {len(self._refused)} may not", flush=True)
        for refused in self._refused[:20]:
            print(f"  refused: {refused}")
        if len(self._refused) > 20:
            print(f"  ... and {len(self._refused) - 20} more")
        for source in self._sources:
            its = [film for film in self._films if film.source.id == source.id]
            if its:
                people = len({film.speaker for film in its})
                print(f"  {source.id}: {len(its)} films of {people} people, {source.licence}")

    def _extract(self) -> None:
        extract_films([(film.id, film.path) for film in self._films], self._work / "films", self._jobs)
        self._held_out.extract(self._jobs)
        self._rendered.extract(self._jobs)

    def _synthesise(self) -> None:
        utterances = synthesise(self._recipe.synthesis, self._recipe.seed, self._work / "synthetic")
        minutes = sum(one.seconds for one in utterances) / 60
        languages = sorted({one.language for one in utterances})
        print(f"  {len(utterances)} utterances, {minutes:.0f} minutes, in {', '.join(languages) or 'no language'}")

    @cached_property
    def _known(self) -> list[Film]:
        complete = set(known_films(self._work / "films", [film.id for film in self._films]))
        return [film for film in self._films if film.id in complete]

    @cached_property
    def _film_features(self) -> dict[str, FilmFeatures]:
        return {film.id: read_film(self._work / "films", film.id) for film in self._known}

    @cached_property
    def _synthetic(self) -> list[Clip]:
        folder = self._work / "synthetic"
        return [
            synthetic_clip(one, read_mel(folder, one.id), self._recipe.target, self._recipe.loss)
            for one in read_utterances(folder)
        ]

    def _clips_at(self, lags: dict[str, float]) -> list[Clip]:
        clips = [
            film_clip(
                film.id,
                self._film_features[film.id],
                self._recipe.target,
                ClipOrigin(film.speaker, film.source.id, film.source.close_up),
                lags.get(film.id, 0.0),
            )
            for film in self._known
        ]
        return [clip for clip in clips if clip is not None]

    @cached_property
    def _clips(self) -> list[Clip]:
        return self._clips_at(json.loads((self._work / "lags.json").read_text(encoding="utf-8")))

    # Training

    def _pretrain(self) -> None:
        recipe = self._recipe
        network = LipsNetwork(recipe.network)
        print(f"  {parameter_count(network)} parameters, hears {network.trunk.reach_ms:.0f} ms to either side")
        if self._synthetic:
            network = train_lips([], self._synthetic, None, recipe, recipe.pretrain, seed=recipe.seed, title="rules")
        torch.save(weights_of(network), self._work / "pretrained.pt")

    def _lips_network(self, clips: Sequence[Clip], title: str, number: int, *, for_lags: bool = False) -> LipsNetwork:
        recipe = self._recipe
        start = torch.load(self._work / "pretrained.pt", weights_only=True)
        fit = recipe.lag_fit if for_lags else recipe.lips
        if not for_lags:
            clips = [clip for clip in clips if clip.source not in recipe.lips_leave_out]
        seed = recipe.seed + 100 * number
        return train_lips(clips, self._synthetic, start, recipe, fit, seed=seed, title=title)

    def _estimate_lags(self) -> None:
        lags = estimate_lags(
            self._clips_at,
            lambda clips, number: self._lips_network(clips, f"lags {number + 1}", number + 1, for_lags=True),
            self._recipe.lag,
            in_sync={film.id for film in self._known if film.source.in_sync},
            rules=self._pretrained() if self._synthetic else None,
        )
        (self._work / "lags.json").write_text(json.dumps(lags), encoding="utf-8")

    def _measure_folds(self) -> None:
        lips, experts = [], []
        folds = folds_of(self._clips, self._recipe.figure_folds)
        for fold in sorted(set(folds.values())):
            unseen = [clip for clip in self._clips if folds[clip.speaker] == fold]
            others = [clip for clip in self._clips if folds[clip.speaker] != fold]
            if not others:
                continue
            network = self._lips_network(others, f"lips without fold {fold + 1}", 20 + fold)
            pair = self._expert_pair(others, network, 20 + fold)
            lips += [lip_figures(network, clip) for clip in unseen]
            experts += [expert_figures(*pair, clip) for clip in unseen]
        figures = Figures(tuple(lips), tuple(experts))
        figures.show()
        write_figures(figures, self._work / "figures.json")

    def _expert_pair(self, clips: Sequence[Clip], start: LipsNetwork, number: int) -> tuple[SoundExpert, LipsExpert]:
        seed = self._recipe.seed + 100 * number
        return train_expert(clips, start, self._recipe, seed=seed, title="expert")

    def _train_lips(self) -> None:
        network = self._lips_network(self._clips, "lips", 0) if self._clips else self._pretrained()
        torch.save(weights_of(network), self._work / "lips.pt")

    def _pretrained(self) -> LipsNetwork:
        network = LipsNetwork(self._recipe.network)
        network.load_state_dict(torch.load(self._work / "pretrained.pt", weights_only=True))
        return network

    def _train_expert(self) -> None:
        pair = self._expert_pair(self._clips or self._synthetic, self._load_lips(), 0)
        torch.save([part.state_dict() for part in pair], self._work / "expert.pt")

    def _load_lips(self) -> LipsNetwork:
        network = LipsNetwork(self._recipe.network)
        network.load_state_dict(torch.load(self._work / "lips.pt", weights_only=True))
        return network.eval()

    def _load_expert(self) -> tuple[SoundExpert, LipsExpert]:
        sound = SoundExpert(self._recipe.network, self._recipe.expert)
        lips = LipsExpert(self._recipe.expert)
        states = torch.load(self._work / "expert.pt", weights_only=True)
        sound.load_state_dict(states[0])
        lips.load_state_dict(states[1])
        return sound.eval(), lips.eval()

    # Models and cards

    def _finish(self, measured: str) -> None:
        print(f"models ({measured})", flush=True)
        network, pair = self._load_lips(), self._load_expert()
        by_folds = read_figures(self._work / "figures.json").summary()
        shown = {"speakers held out": by_folds} if by_folds else {}
        held_out = self._held_out.clips(self._recipe, network)
        if held_out:
            figures = Figures(
                tuple(lip_figures(network, clip) for clip in held_out),
                tuple(expert_figures(*pair, clip) for clip in held_out),
            )
            figures.show()
            shown["films never taught"] = figures.summary()
        models = self._folders.models
        models.mkdir(parents=True, exist_ok=True)
        lips_path = export.export_lips(network, models)
        sound_path, mouth_path = export.export_expert(*pair, models)
        if self._folders.reference is not None:
            by_file = {lips_path.name: network, sound_path.name: pair[0], mouth_path.name: pair[1]}
            export.write_reference(by_file, self._folders.reference)
        in_sync = self._rendered.clips(self._recipe, None)
        bias, lag_bias = expert_bias_ms(*pair, in_sync), lips_bias_ms(network, in_sync, self._recipe.lag)
        everything = [*self._clips, *self._synthetic]
        lips_from = [clip for clip in everything if clip.source not in self._recipe.lips_leave_out]
        lips_taught = data_used(lips_from, self._sources)
        # The expert's trunk starts from the lips network: what taught that one taught it too.
        taught = data_used(everything, self._sources)
        seed = self._recipe.seed
        cards = [
            Card("lips-from-sound", lips_path, lips_taught, seed, shown, {"lagBiasMs": lag_bias}),
            Card("sync-sound", sound_path, taught, seed, shown, {"biasMs": bias}),
            Card("sync-lips", mouth_path, taught, seed, shown, {"biasMs": bias}),
        ]
        write_cards(cards, models, VERSION)
        print(
            f"written: {', '.join(card.path.name for card in cards)}, bundled.json",
            flush=True,
        )
