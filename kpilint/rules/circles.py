"""E: nothing serves itself, and nothing is made of itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from kpilint.finding import Span, Subject
from kpilint.goals.formula import read_formula
from kpilint.goals.goalfile import GoalSet
from kpilint.goals.metric import Metric
from kpilint.i18n import _
from kpilint.rule import ERROR, Flaw, Flaws, rule


@rule("E006", ERROR)
def circular_parent(goals: GoalSet) -> Flaws:
    """Goals do not serve each other in a circle, nor are metrics defined by each other.

    In a circle nothing is the end, so nothing can be the KGI, and nothing can be computed.

    Bad:
        goals:
          - {id: wins, parent: price}
          - {id: price, parent: wins}
    Good:
        goals:
          - {id: wins, parent: revenue}
          - {id: price, parent: revenue}
          - {id: revenue, role: kgi}
    """
    parents = {g.id: [g.parent] if g.parent else [] for g in goals.goals}
    for circle in _circles(parents):
        goal = goals.by_id[circle[0]]
        yield _circle(circle, goal.at("parent"), Subject("goal", goal.id))
    for circle in _circles({m.name: _made_of(m) for m in goals.metrics.values()}):
        metric = goals.metrics[circle[0]]
        place = metric.at("formula") if metric.formula else metric.at("numerator")
        yield _circle(circle, place, Subject("metric", metric.name))


def _circle(circle: list[str], place: Span, about: Subject) -> Flaw:
    path = " → ".join([*circle, circle[0]])
    message = _("These lead back to themselves: {path}. Cut the circle.", path=path)
    return Flaw(place, message, {"path": circle}, about=about)


def _made_of(metric: Metric) -> list[str]:
    names = list(metric.refers_to)
    if metric.formula:
        try:
            names += read_formula(metric.formula).names
        except ValueError:  # E007 tells of it
            return names
    return names


def _circles(edges: Mapping[str, list[str]]) -> Iterator[list[str]]:
    """Each circle once, from the member that a walk in the file's order meets first."""
    done: set[str] = set()
    for start in edges:
        path: dict[str, int] = {}  # the names on the way here, with their depth
        ahead = [iter([start])]
        while ahead:
            name = next(ahead[-1], None)
            if name is None:
                ahead.pop()
                if path:
                    done.add(path.popitem()[0])
            elif name in path:
                yield list(path)[path[name] :]
            elif name not in done and name in edges:
                path[name] = len(path)
                ahead.append(iter(edges[name]))
