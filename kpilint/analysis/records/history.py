"""The targets of a ledger, original, then and latest, each with what was attained of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from kpilint.analysis.records.course import Course, courses
from kpilint.data.ledger import Ledger, subject_of
from kpilint.errors import Misuse
from kpilint.goals.goalfile import GoalSet
from kpilint.goals.target import better
from kpilint.i18n import _

Pair = tuple[str, str]  # subject and period


@dataclass(frozen=True, slots=True)
class History:
    """The courses of goals; ``run`` is the last one, which looked from ``as_of``."""

    book: str
    run: str
    as_of: date
    courses: tuple[Course, ...]


def history(
    goals: GoalSet,
    ledger: Ledger,
    *,
    until: date = date.max,
    goal: str | None = None,
    whole: bool = False,
) -> History | None:
    """The courses of the goals in the last run that looked from ``until`` or before.

    With ``goal``, an id, those of that goal in all its periods; ``whole`` those of all goals in
    all periods. None where nothing is recorded. Raises Misuse for a goal that is not recorded.
    """
    last = ledger.last_run("target", until)
    if last is None:
        return None
    run, day = last
    held = ledger.periods("target", None if whole or goal is not None else run)
    if goal is not None:
        named = _subjects(goals, ledger, run, goal)
        held = {subject: periods for subject, periods in held.items() if subject in named}
        if not held:
            raise Misuse(_("The ledger has no goal {goal}.", goal=goal))
    wanted = [(subject, period) for subject, periods in held.items() for period in periods]
    file = {subject_of(g): (n, better(goals, g)) for n, g in reversed(list(enumerate(goals)))}

    def place(pair: Pair) -> tuple[int, Pair]:
        """As the file has the goals, those that it no longer has at the end; each by its periods."""
        return file.get(pair[0], (len(file), None))[0], pair

    found: list[Course] = []
    for subject, period in sorted(wanted, key=place):
        targets = ledger.held("target", period).get(subject, ())
        actuals = ledger.held("actual", period).get(subject, ())
        found += courses(targets, actuals, until, file.get(subject, (0, None))[1])
    return History(ledger.book, run, day, tuple(found))


def _subjects(goals: GoalSet, ledger: Ledger, run: str, goal: str) -> set[str]:
    """The identities that an id has in the file and had in the last run."""
    here = {subject_of(g) for g in goals if g.id == goal}
    told = ledger.records("target", run=run)
    return here | {r.entry.subject for r in told if r.entry.body.get("id") == goal}
