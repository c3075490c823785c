"""What is different in a run from the same run before: its inputs and its numbers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, get_args

from kpilint.analysis.tracking.states import State, word
from kpilint.goals.display import show
from kpilint.i18n import _, language

Manifest = Mapping[str, Any]


def changes(before: Manifest | None, now: Manifest) -> tuple[str, ...]:
    """A sentence for each change; one that says so where there is none; empty without a before."""
    if before is None:
        return ()
    told = (*_circumstances(before, now), *_inputs(before, now), *_goals(before, now))
    return told or (_("Nothing has changed since the last time: same inputs, same numbers."),)


def _circumstances(before: Manifest, now: Manifest) -> Iterator[str]:
    if before.get("as_of") != now["as_of"]:
        yield _(
            "It is seen from {now}, before from {then}.", now=now["as_of"], then=before.get("as_of")
        )
    if before.get("language") != now["language"]:
        yield _("It is written in another language.")
    if before.get("parameters") != now["parameters"]:
        yield _("Notebooks have other parameters.")
    then = _mapping(before.get("versions"))
    for name, version in now["versions"].items():
        if then.get(name) != version:
            yield _(
                "{name} is version {now}, before {then}.",
                name=name,
                now=version,
                then=then.get(name),
            )


def _inputs(before: Manifest, now: Manifest) -> Iterator[str]:
    then, today = _by(before, "inputs", "name"), _by(now, "inputs", "name")
    for name, each in today.items():
        if name not in then:
            yield _("The input {name} is new.", name=name)
        elif then[name].get("sha256") != each["sha256"]:
            yield _("The input {name} has changed.", name=name)
    for name in then.keys() - today.keys():
        yield _("The input {name} is no longer used.", name=name)


def _goals(before: Manifest, now: Manifest) -> Iterator[str]:
    if "goals" not in before:  # written by an earlier version
        return
    then, today = _by(before, "goals", "goal"), _by(now, "goals", "goal")
    for name, goal in today.items():
        if name in then:
            yield from _figures(then[name], goal)
        else:
            yield _("The goal “{goal}” is new.", goal=goal["label"])
    for name, goal in then.items():
        if name not in today:
            yield _("The goal “{goal}” is gone.", goal=goal.get("label") or name)


def _figures(then: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    label = now["label"]
    if then.get("target") != now["target"]:
        yield _(
            "“{goal}”: the target is {now}, before {then}.",
            goal=label,
            now=_amount(now, "target"),
            then=_amount(then, "target"),
        )
    if then.get("actual") != now["actual"]:
        yield _(
            "“{goal}”: the actual value is {now}, before {then}.",
            goal=label,
            now=_amount(now, "actual"),
            then=_amount(then, "actual"),
        )
    if then.get("status") != now["status"]:
        yield _("“{goal}”: {now}, before {then}.", goal=label, now=_state(now), then=_state(then))


def _amount(goal: Mapping[str, Any], name: str) -> str:
    value = goal.get(name)
    return "–" if not isinstance(value, int | float) else show(value, goal.get("unit"), language())


def _state(goal: Mapping[str, Any]) -> str:
    state: Any = goal.get("status")
    return word(state) if state in get_args(State) else str(state)


def _by(manifest: Manifest, part: str, name: str) -> dict[str, Mapping[str, Any]]:
    """The entries of a part by one of their values; of two with one name the second has a 2."""
    found: dict[str, Mapping[str, Any]] = {}
    for each in map(_mapping, _list(manifest.get(part))):
        known = sum(told.get(name) == each.get(name) for told in found.values())
        found[f"{each.get(name)} {known + 1}" if known else str(each.get(name))] = each
    return found


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _list(value: object) -> Iterable[object]:
    return value if isinstance(value, list) else ()
