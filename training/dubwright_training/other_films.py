"""Films that do not teach: those we measure on, and rendered speakers, whose truth is known."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from .clips import Clip, ClipOrigin, film_clip
from .evaluate import predict
from .features import FilmFeatures, extract_films, known_films, read_film
from .lags import agreement, lag_from
from .network import LipsNetwork
from .recipe import Recipe
from .sources import FILM_SUFFIXES, Film, Source, find_films

_LAG_ROUNDS = 2


class OtherFilms:
    """The films below a folder (or one film) that are not among those that teach."""

    def __init__(self, folder: Path | None, teaching: Sequence[Film], sources: list[Source], out: Path) -> None:
        self._out = out
        self._films: dict[str, Path] = {}
        for path in self._paths(folder, teaching, sources):
            self._films[path.stem.replace(" ", "_")] = path

    @staticmethod
    def _paths(folder: Path | None, teaching: Sequence[Film], sources: list[Source]) -> list[Path]:
        if folder is None:
            return []
        if folder.is_file():
            return [folder]
        taken = {film.path.resolve() for film in teaching}
        # What may teach is not measured on even where it did not: it is too like what did.
        taken |= {film.path.resolve() for film in find_films(folder, sources)[0]}
        films = (path for path in sorted(folder.rglob("*")) if path.suffix.lower() in FILM_SUFFIXES)
        return [path for path in films if path.resolve() not in taken]

    def extract(self, jobs: int | None) -> None:
        """Make features of those that have none yet."""
        extract_films(list(self._films.items()), self._out, jobs)

    def clips(self, recipe: Recipe, network: LipsNetwork | None) -> list[Clip]:
        """Their clips; with a network, lags are put right first, without one they stand as they are."""
        found: list[Clip] = []
        for name in known_films(self._out, list(self._films)):
            film = read_film(self._out, name)
            lag_ms = 0.0 if network is None else settled_lag_ms(film, recipe, network)
            clip = _clip_at(film, recipe, lag_ms, name)
            if clip is not None:
                found.append(clip)
        return found


def _clip_at(film: FilmFeatures, recipe: Recipe, lag_ms: float, name: str) -> Clip | None:
    return film_clip(name, film, recipe.target, ClipOrigin(name, "", True), lag_ms)


def settled_lag_ms(film: FilmFeatures, recipe: Recipe, network: LipsNetwork) -> float:
    """How late a film's sound is by what a network predicts from it."""
    # Whole films by themselves, and only to measure on: a weaker sign is enough than for teaching.
    limits = replace(recipe.lag, least_correlation=recipe.lag.least_correlation_of_rules)
    lag_ms = 0.0
    for _ in range(_LAG_ROUNDS):
        clip = _clip_at(film, recipe, lag_ms, "")
        if clip is not None:
            seen = agreement(predict(network, clip)[0], clip, recipe.lag.largest_ms)
            lag_ms += lag_from([seen], limits)
    return lag_ms
