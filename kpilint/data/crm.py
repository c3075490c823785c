"""What the columns of CRM exports mean: the heading aliases of ``crm.yaml``."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from kpilint.data.headings import folded
from kpilint.errors import SourceProblem
from kpilint.goals.source import Source
from kpilint.i18n import _, listed

_CERTAIN = 1.5  # the weight from which a preset is believed, see ``recognised``


@dataclass(frozen=True, slots=True)
class Preset:
    """The canonical columns of one kind of export, each with the headings that mean it."""

    name: str
    aliases: Mapping[str, tuple[str, ...]]
    stages: tuple[tuple[str, re.Pattern[str]], ...]

    def columns(self, headings: Iterable[str], stages: Mapping[str, str]) -> dict[str, str]:
        """Canonical names and the headings that they stand for.

        ``stages`` maps folded spellings of stages to the names that stage columns get. Where two
        pipelines have a stage of one name, its columns are told apart by their pipelines.
        """
        known = {folded(h): h for h in reversed(list(headings))}
        found = {
            name: next(known[folded(a)] for a in aliases if folded(a) in known)
            for name, aliases in self.aliases.items()
            if any(folded(a) in known for a in aliases)
        }
        return found | self._stage_columns(known.values(), stages)

    def _stage_columns(self, headings: Iterable[str], named: Mapping[str, str]) -> dict[str, str]:
        short: dict[str, list[tuple[str, str]]] = {}
        for heading in reversed(list(headings)):
            match = self._stage(heading)
            if match:
                verb, stage, pipeline = match
                name = f"{verb}_{named.get(folded(stage), stage)}"
                short.setdefault(name, []).append((f"{name} ({pipeline})", heading))
        return {
            name if len(columns) == 1 else full: heading
            for name, columns in short.items()
            for full, heading in columns
        }

    def _stage(self, heading: str) -> tuple[str, str, str] | None:
        for verb, pattern in self.stages:
            if match := pattern.fullmatch(heading.strip()):
                parts = match.groupdict()
                return verb, parts["stage"], parts.get("pipeline") or ""
        return None


@cache
def _book() -> Mapping[str, Any]:
    text = files("kpilint.data").joinpath("crm.yaml").read_text(encoding="utf-8")
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    book: Mapping[str, Any] = yaml.load(text, loader)
    return book


@cache
def presets() -> tuple[str, ...]:
    """The names that ``preset:`` may have."""
    return tuple(_book()["presets"])


def kinds_of(columns: Iterable[str]) -> dict[str, str]:
    """What the cells of canonical columns hold where it is not text; stage columns hold time."""
    listed = {name: kind for kind, names in _book()["kinds"].items() for name in names}
    verbs = tuple(f"{verb}_" for verb in _book()["stages"])
    staged = {name: "time" for name in columns if name.startswith(verbs)}
    return staged | {name: listed[name] for name in columns if name in listed}


def key_of(preset: str) -> str:
    """The canonical column that tells the records of a preset apart; it is listed first."""
    return str(next(iter(_book()["presets"][preset])))


def recognised(headings: Sequence[str]) -> str | None:
    """The preset that explains these headings best; None where that would be a guess in the dark.

    A heading counts for less the more presets know it: all of HubSpot's have an owner. Records that
    no preset is for are told by explaining as many headings.
    """
    weights = {name: _weight(_preset(name), headings) for name in presets()}
    best = max(weights, key=lambda name: weights[name])
    if weights[best] < _CERTAIN:
        return None
    present = {folded(heading) for heading in headings}
    told = {name: present & set(map(folded, h)) for name, h in _book()["telling"].items()}
    own = {folded(heading) for heading in _preset(best).columns(headings, {}).values()}
    explained = len(own | told.get(best, set()))
    others = (len(found) for name, found in told.items() if name not in presets())
    return best if explained > max(others) else None


def _weight(preset: Preset, headings: Sequence[str]) -> float:
    known = (folded(heading) for heading in preset.columns(headings, {}).values())
    return sum(1 / _knowing().get(heading, 1) for heading in known)


@cache
def _knowing() -> Mapping[str, int]:
    """How many presets know each heading."""
    return Counter(
        heading
        for columns in _book()["presets"].values()
        for heading in {folded(alias) for aliases in columns.values() for alias in aliases}
    )


def preset_of(source: Source) -> Preset | None:
    """The preset that a source names, or None; SourceProblem with did-you-mean if unknown."""
    if source.preset is None:
        return None
    if source.preset not in presets():
        near = get_close_matches(source.preset, presets(), n=1, cutoff=0.5)
        message = _(
            "{read} is no preset; there are {presets}.",
            read=source.preset,
            presets=listed(presets()),
        )
        hint = _(" Did you mean {near}?", near=near[0]) if near else ""
        raise SourceProblem(message + hint, source=source.name)
    return _preset(source.preset)


def _preset(name: str) -> Preset:
    stages = tuple(
        (verb, re.compile(pattern, re.IGNORECASE))
        for verb, patterns in _book()["stages"].items()
        for pattern in patterns
    )
    aliases = {column: tuple(known) for column, known in _book()["presets"][name].items()}
    return Preset(name, aliases, stages)
