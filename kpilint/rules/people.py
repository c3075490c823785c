"""D: the people who are given targets are those of the data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from kpilint.data.people import names as names_in
from kpilint.errors import ColumnMissing, Unavailable
from kpilint.finding import Span, Subject
from kpilint.goals.goal import Goal
from kpilint.goals.goalfile import GoalSet
from kpilint.goals.metric import Metric
from kpilint.goals.written import excerpt, plain_name
from kpilint.i18n import _, listed
from kpilint.rule import DATA, WARNING, Cannot, Flaw, Flaws, rule

if TYPE_CHECKING:
    from kpilint.data.dataset import Dataset

_SHOWN = 5

Known = Mapping[str, str]  # names as the data writes them, by how they are compared


class _Named(NamedTuple):
    """A person whom the goals file names, and where."""

    name: str
    at: Span
    about: Subject | None = None  # the file, unless told


@rule("D007", WARNING, needs={DATA}, requires={"E005"})
def unknown_owner(goals: GoalSet, data: Dataset) -> Flaws:
    """Everybody who has a target, or stands in a team, is known to the data.

    A name that is written in another way than in the CRM has an actual of zero for ever. Names are
    held against the column that the metric names as ``person``; width, spaces and letter case do
    not count.

    Bad:
        teams: {営業1課: [営業A, 営業D]}
    Good:
        teams: {営業1課: [営業A, 営業B]}

    When to ignore: somebody who has just joined has no records yet.
    """
    directory = _Directory(goals, data)
    told: set[str] = set()
    for number, goal in enumerate(goals.goals):
        if goal.targets is None or not goal.targets.people:
            continue
        about = Subject("goal", goal.id or f"goals[{number}]")
        columns = directory.columns_of(goal)
        if not columns:
            message = _(
                "No metric of “{goal}” says which column names the person; write person: there.",
                goal=goal.title,
            )
            yield Cannot(message, about)
            continue
        people = [
            _Named(name, goal.targets.at("people", name), about) for name in goal.targets.people
        ]
        yield from directory.strangers(people, columns, told)
    members = [
        _Named(name, goals.at("teams", team, number))
        for team, names in goals.teams.items()
        for number, name in enumerate(names)
    ]
    yield from directory.strangers(members, directory.all_columns(), told)


class _Directory:
    """The names in the data's person columns, looked up once each."""

    def __init__(self, goals: GoalSet, data: Dataset) -> None:
        self.goals = goals
        self.data = data
        self.known: dict[tuple[str, str], Known | Unavailable] = {}

    def columns_of(self, goal: Goal) -> tuple[tuple[str, str], ...]:
        """Source and column of the persons of a goal's metric, or of what it is made of."""
        return self._columns(self.goals.behind(goal.metric))

    def all_columns(self) -> tuple[tuple[str, str], ...]:
        """Every person column that a metric names."""
        return self._columns(self.goals.metrics.values())

    def _columns(self, metrics: Iterable[Metric]) -> tuple[tuple[str, str], ...]:
        found = (
            (metric.source or "", metric.person)
            for metric in metrics
            if metric.person and metric.source in self.goals.sources
        )
        return tuple(dict.fromkeys(found))

    def strangers(
        self, people: list[_Named], columns: tuple[tuple[str, str], ...], told: set[str]
    ) -> Flaws:
        """Whoever is in none of the columns and has not been ``told`` of before."""
        if not people or not columns:
            return
        known: dict[str, str] = {}
        for source, column in columns:
            names = self._names(source, column)
            if isinstance(names, ColumnMissing):
                return  # M004 tells of it
            if isinstance(names, Unavailable):
                yield Cannot(str(names), Subject("source", source))
                return
            known |= names
        strangers = [each for each in people if plain_name(each.name) not in known]
        if len(strangers) == len(people) > 1:
            yield _nobody(people, columns, known)
            told |= {plain_name(each.name) for each in people}
            return
        for each in strangers:
            if plain_name(each.name) not in told:
                told.add(plain_name(each.name))
                yield _stranger(each, columns, known)

    def _names(self, source: str, column: str) -> Known | Unavailable:
        key = (source, column)
        if key not in self.known:
            try:
                self.known[key] = dict(self._read(source, column))
            except Unavailable as problem:
                self.known[key] = problem
        return self.known[key]

    def _read(self, source: str, column: str) -> Iterator[tuple[str, str]]:
        for name in names_in(self.data, source, column):
            yield plain_name(name), name


def _stranger(person: _Named, columns: tuple[tuple[str, str], ...], known: Known) -> Flaw:
    message = _(
        "“{name}” is not among the names in {columns}.",
        name=excerpt(person.name),
        columns=_listed(columns),
    )
    near = _near(person.name, known)
    hint = _(" Did you mean {near}?", near=near) if near else ""
    advice = " " + _("Write the name as the data does.")
    evidence = {"name": person.name, "near": near, "columns": [".".join(c) for c in columns]}
    return Flaw(person.at, message + hint + advice, evidence, about=person.about)


def _nobody(people: list[_Named], columns: tuple[tuple[str, str], ...], known: Known) -> Flaw:
    """None of several people is known: the column holds something else, such as numbers."""
    says = listed(f"“{excerpt(name)}”" for name in sorted(known.values())[:_SHOWN]) or "–"
    message = _(
        "None of the {count:person|people} named here is among the names in {columns}, which says "
        "{values}. Let person: name the column that holds their names.",
        count=len(people),
        columns=_listed(columns),
        values=says,
    )
    evidence = {"names": [each.name for each in people], "columns": [".".join(c) for c in columns]}
    return Flaw(people[0].at, message, evidence, about=people[0].about)


def _near(name: str, known: Known) -> str | None:
    """The name that was most likely meant, as the data writes it."""
    from difflib import get_close_matches

    found = get_close_matches(plain_name(name), list(known), n=1, cutoff=0.6)
    return known[found[0]] if found else None


def _listed(columns: tuple[tuple[str, str], ...]) -> str:
    return listed(_("{column} of {source}", column=c, source=s) for s, c in columns)
