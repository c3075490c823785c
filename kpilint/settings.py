"""What holds for a goals file: command line, then its lint: block, then the folders above it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from kpilint.errors import FileProblem, Misuse
from kpilint.finding import Severity
from kpilint.goals.goalfile import GoalSet
from kpilint.goals.slip import near
from kpilint.i18n import _, listed
from kpilint.linter import Config, codes, config_of, rule_named

_LEVELS = tuple(str(level) for level in Severity)


class Settings(NamedTuple):
    """Which rules run, and what of them shows and fails; None where nothing was said."""

    config: Config
    fail_on: Severity | None = None
    min_severity: Severity | None = None
    offline: bool | None = None
    baseline: Path | None = None


def of(goals: GoalSet, chosen: Config) -> Settings:
    """The settings of one goals file, key by key; what stands nearer to the user wins.

    ``chosen`` is what the command line says; its rules to ignore come on top of the others.
    """
    own, shared = config_of(goals), _project(goals.folder)
    config = Config(
        select=chosen.select or own.select or tuple(shared.get("select", ())),
        ignore=chosen.ignore + tuple(shared.get("ignore", ())),
        options=_joined(own.options, shared.get("options", {})),
    )
    fail_on, shown = shared.get("fail-on"), shared.get("min-severity")
    return Settings(
        config,
        fail_on=Severity[fail_on.upper()] if fail_on else None,
        min_severity=Severity[shown.upper()] if shown else None,
        offline=shared.get("offline"),
        baseline=shared.get("baseline"),
    )


def lowest(levels: Sequence[Severity | None], usual: Severity) -> Severity:
    """The level that holds for several files at once: the strictest that one of them asks for."""
    return min((level or usual for level in levels), default=usual)


Options = Mapping[str, Mapping[str, Any]]


def _joined(near: Options, far: Options) -> Options:
    return {name: {**far.get(name, {}), **near.get(name, {})} for name in {**far, **near}}


def _project(folder: Path) -> Mapping[str, Any]:
    """``[tool.kpilint]`` of every pyproject.toml from here to the top of the checkout, joined."""
    joined: dict[str, Any] = {}
    for path in projects(folder):
        if not path.is_file():
            continue
        table = _read(path)
        options = _joined(joined.get("options", {}), table.get("options", {}))
        joined = {**table, **joined, "options": options}
    return joined


def projects(folder: Path) -> Iterator[Path]:
    """Where a pyproject.toml counts, be there one or not: the nearest first.

    What lies above the checkout belongs to someone else.
    """
    folder = folder.absolute()
    for above in (folder, *folder.parents):
        yield above / "pyproject.toml"
        if (above / ".git").exists():
            return


def _read(path: Path) -> Mapping[str, Any]:
    import tomllib  # few goals files have a pyproject.toml above them

    try:
        content = path.read_text(encoding="utf-8")
        if "kpilint" not in content:
            return {}
        table = _table(_table(tomllib.loads(content), "tool"), "kpilint")
        for key, value in table.items():
            if key not in _KEYS:
                message = _("[tool.kpilint] has no key {key}.", key=key)
                raise ValueError(message + near(key, _KEYS))
            _KEYS[key](key, value)
        if "baseline" in table:
            table = {**table, "baseline": path.parent / table["baseline"]}
    except (ValueError, OSError, Misuse) as problem:  # faults of TOML and UTF-8 are ValueErrors
        message = _("{path} cannot be read: {reason}", path=path, reason=problem)
        raise FileProblem(message) from None
    return table


def _table(above: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = above.get(name, {})
    if not isinstance(value, dict):
        raise ValueError(_("{key} must be a table.", key=name))
    return value


def _rules(key: str, value: Any) -> None:
    if not isinstance(value, list) or not all(isinstance(word, str) for word in value):
        example = '["A", "S001"]'
        raise ValueError(_("{key} must be a list such as {example}.", key=key, example=example))
    codes(value)


def _options(key: str, value: Any) -> None:
    rules = _table({key: value}, key)
    for word in rules:
        rule, given = rule_named(word), _table(rules, word)
        refusals = (rule.refusal(option, given[option]) for option in given)
        for refusal in filter(None, refusals):
            raise ValueError(refusal)


def _level(key: str, value: Any) -> None:
    if value not in _LEVELS:
        raise ValueError(_("{key} must be one of {words}.", key=key, words=listed(_LEVELS)))


def _flag(key: str, value: Any) -> None:
    if not isinstance(value, bool):
        raise ValueError(_("{key} must be true or false.", key=key))


def _path(key: str, value: Any) -> None:
    if not isinstance(value, str) or not value:
        example = '"kpilint-baseline.json"'
        raise ValueError(_("{key} must be a path such as {example}.", key=key, example=example))


_KEYS = {
    "select": _rules,
    "ignore": _rules,
    "options": _options,
    "fail-on": _level,
    "min-severity": _level,
    "offline": _flag,
    "baseline": _path,
}
