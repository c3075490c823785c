"""E: the file can be read, and what it refers to is there."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping

from kpilint.finding import Related, Span, Subject
from kpilint.goals.excuse import Lint
from kpilint.goals.expression import check
from kpilint.goals.formula import read_formula
from kpilint.goals.goal import Goal
from kpilint.goals.goalfile import GoalSet
from kpilint.goals.node import Entry, Fault, told
from kpilint.goals.slip import meant, near
from kpilint.goals.target import better
from kpilint.i18n import _
from kpilint.rule import ERROR, Flaw, Flaws, Rule, code_of, matches, rule
from kpilint.rules.references import Reference, references
from kpilint.rules.units import mismatches

_HINTS = 50  # did-you-mean clauses in one run


def _faults(goals: GoalSet, code: str) -> Iterator[Flaw]:
    faults = [fault for fault in goals.faults if fault.code == code]
    ordered = sorted(goals.goals, key=_start) if faults else []
    for fault in faults:
        yield Flaw(fault.span, fault.message, fault.evidence, about=_about(fault, ordered))


def _start(goal: Goal) -> tuple[str, int, int]:
    mark = goal.node.start_mark
    return goal.origin, mark.line + 1, mark.column + 1


def _about(fault: Fault, ordered: list[Goal]) -> Subject | None:
    """The goal that a fault stands in, so that an excuse or a baseline can name it."""
    if fault.span.cell:
        return Subject("goal", fault.goal) if fault.goal else None
    place = (fault.span.path, fault.span.line, fault.span.column)
    before = bisect_right(ordered, place, key=_start)
    goal = ordered[before - 1] if before else None
    if goal is None or not goal.id or goal.origin != fault.span.path:
        return None
    end = goal.node.end_mark
    return Subject("goal", goal.id) if place[1:] <= (end.line + 1, end.column + 1) else None


@rule("E001", ERROR)
def invalid_yaml(goals: GoalSet) -> Flaws:
    """The file is readable YAML.

    A file that cannot be read as YAML hides every other fault: bad indentation, tabs, a key that
    stands twice, aliases that unfold without end, a file of over 10 MB, text that is not UTF-8.

    Bad:
        goals:
          - id: revenue
            id: revenue_q3
    Good:
        goals:
          - id: revenue_q3
    """
    yield from _faults(goals, "E001")


@rule("E002", ERROR)
def unknown_key(goals: GoalSet, catalogue: Mapping[str, Rule]) -> Flaws:
    """Every key is part of the goals language.

    A mistyped key would be dropped in silence, and with it what you meant to say. The same holds
    for the rules and options of the lint: block, and for the rules of excuses.

    Files that belong together by include: have one time zone, fiscal year and currency. What an
    included file says of these otherwise has no effect, and is told here too.

    Bad:
        goals:
          - {id: wins, taget: 13件}
    Good:
        goals:
          - {id: wins, target: 13件}
    """
    for flaw in _faults(goals, "E002"):
        yield flaw._replace(message=flaw.message + _translated(flaw))
    for excuse in goals.excuses:
        if code_of(excuse.rule, catalogue.values()) is None:
            yield _no_rule(excuse.rule, excuse.span, catalogue)
    for number, word in enumerate(goals.lint.select if goals.lint else ()):
        if goals.lint and not matches(word, catalogue.values()):
            yield _no_rule(word, goals.lint.at("select", number), catalogue)
    if goals.lint is not None:
        yield from _unknown_options(goals.lint, catalogue)


def _translated(flaw: Flaw) -> str:
    """The key that a goal's key in Japanese stands for, as a heading of a table would."""
    key = str(flaw.evidence.get("key", ""))
    if key.isascii() or flaw.about is None:
        return ""
    from kpilint.goals.table.heading import heading  # few files have such a key

    role = heading(key).role
    meant_by = {"deadline": "period", "note": None, "number": None}.get(role or "", role)
    return _(" Did you mean {near}?", near=meant_by) if meant_by in Goal.keys else ""


def _no_rule(word: str, place: Span, catalogue: Mapping[str, Rule]) -> Flaw:
    message = _("There is no rule {rule}.", rule=word)
    hint = near(word.upper(), catalogue) or near(word, [r.name for r in catalogue.values()])
    return Flaw(place, message + hint, {"rule": word})


def _unknown_options(lint: Lint, catalogue: Mapping[str, Rule]) -> Flaws:
    for word, options in lint.options.items():
        known = catalogue.get(code_of(word, catalogue.values()) or "")
        if known is None:
            yield _no_rule(word, lint.at("options", word), catalogue)
            continue
        for option, value in options.items():
            refusal = known.refusal(option, value)
            if refusal and option in known.options:
                place = lint.at("options", word, option)
                yield Flaw(place, refusal, {"option": option, "read": str(value)})
            elif refusal:
                slip = told(meant(option, known.options.keys() - options.keys()))
                place = lint.key_at("options", word, option)
                yield Flaw(place, refusal, {"option": option, **slip})


@rule("E003", ERROR)
def unreadable_value(goals: GoalSet) -> Flaws:
    """Targets, periods, dates, durations and units can be read.

    What cannot be read cannot be reached. A target is a number with its unit, a period names its
    start and end.

    Bad:
        goals:
          - {id: wins, target: たくさん, period: 2026-13}
    Good:
        goals:
          - {id: wins, target: 13件, period: 2026-10}
    """
    yield from _faults(goals, "E003")


@rule("E004", ERROR)
def duplicate_id(goals: GoalSet) -> Flaws:
    """An id stands for one thing.

    Parents, pairs and the history of a goal refer to ids; with two of one name nobody knows
    which is meant.

    Bad:
        goals:
          - {id: wins, label: 受注数}
          - {id: wins, label: 受注単価}
    Good:
        goals:
          - {id: wins, label: 受注数}
          - {id: price, label: 受注単価}
    """
    named = (
        [(g.id, g.at("id")) for g in goals.goals],
        [(h.id, h.at("id")) for h in goals.hypotheses],
    )
    across = [(second.name, first.at(), second.at()) for first, second in goals.duplicates]
    for entries in named:
        seen: dict[str, Span] = {}
        for name, place in entries:
            if name:
                first = seen.setdefault(name, place)
                across += [(name, first, place)] if first is not place else []
    for name, first, second in across:
        message = _(
            "The id {id} is taken already, on line {line}. Give one of the two another id.",
            id=name,
            line=first.line,
        )
        related = (Related(first, _("the first {id}", id=name)),)
        yield Flaw(second, message, {"id": name}, related, Subject("goal", name))


@rule("E005", ERROR)
def unresolved_reference(goals: GoalSet) -> Flaws:
    """Metrics, sources, parents, pairs, teams, funnels and stages that are named are defined.

    Silent while an included file cannot be read.

    Bad:
        goals:
          - {id: wins, metric: won_cuont}
    Good:
        goals:
          - {id: wins, metric: won_count}
    """
    if goals.partial:
        return  # it may be defined in the file that could not be read
    hints: dict[tuple[str, str], str] = {}  # looking for the nearest of many names is slow
    slips: dict[tuple[str, str], str | None] = {}
    for found in references(goals):
        if found.name in found.known:
            continue
        asked = found.kind, found.name
        if asked not in hints:
            few = len(hints) < _HINTS
            hints[asked] = near(found.name, found.known) if few else ""
            slips[asked] = meant(found.name, found.known, name=True) if few else None
        message = _("{kind} {name} is not defined.", kind=_kind_name(found), name=found.name)
        message += hints[asked]
        evidence = {"kind": found.kind, "name": found.name, **_slip(found, slips[asked])}
        yield Flaw(found.at, message, evidence, about=found.about)


def _slip(found: Reference, slip: str | None) -> dict[str, object]:
    """What was meant; never a team, which answers for targets, nor the thing itself."""
    return told(slip) if found.kind != "team" and slip != found.about.id else {}


def _kind_name(found: Reference) -> str:
    return {
        "metric": _("The metric"),
        "source": _("The source"),
        "goal": _("The goal"),
        "funnel": _("The funnel"),
        "stage": _("The stage"),
        "team": _("The team"),
        "preset": _("The preset"),
    }[found.kind]


@rule("E007", ERROR)
def unsafe_expression(goals: GoalSet) -> Flaws:
    """A where or column is a plain expression over its own source's columns, a formula over metrics.

    Goals files travel by mail. An expression that reads files, other tables or runs a statement
    is refused by name, before anything is opened. Put a heading with brackets or spaces in double
    quotes.

    Bad:
        metrics:
          wins: {source: deals, agg: count, where: "stage = 'won'; DROP TABLE deals"}
    Good:
        metrics:
          wins: {source: deals, agg: count, where: "stage = 'won'"}
    """
    for entry, key, text, about in _expressions(goals):
        try:
            if key == "formula":
                read_formula(text)
            else:
                check(text)
        except ValueError as problem:
            yield Flaw(entry.at(key), str(problem), {"expression": text[:200]}, about=about)


def _expressions(goals: GoalSet) -> Iterator[tuple[Entry, str, str, Subject]]:
    for metric in goals.metrics.values():
        about = Subject("metric", metric.name)
        for key in ("where", "column", "formula"):
            if text := getattr(metric, key):
                yield metric, key, text, about
    for funnel in goals.funnels.values():
        about = Subject("funnel", funnel.name)
        for step in funnel.steps:
            if step.where:
                yield step, "where", step.where, about


@rule("E008", ERROR, requires={"E006", "E007"})
def unit_mismatch(goals: GoalSet) -> Flaws:
    """A target is written in what its metric measures, and factors multiply out.

    30% of yen, or a product of children whose units are not the parent's: one of the two is not
    what was meant.

    Bad:
        metrics:
          won_revenue: {source: deals, agg: sum, column: amount, time: closed_at, unit: JPY}
        goals:
          - {id: revenue, metric: won_revenue, target: 30%}
    Good:
        metrics:
          won_revenue: {source: deals, agg: sum, column: amount, time: closed_at, unit: JPY}
        goals:
          - {id: revenue, metric: won_revenue, target: 3,900万円}
    """
    yield from mismatches(goals)


@rule("E009", ERROR, requires={"M001"})
def direction_conflict(goal: Goal, goals: GoalSet) -> Flaws:
    """A bound in the target agrees with the direction of its metric.

    "2時間以内" on a metric that is better when higher says two things at once.

    Bad:
        target: ≤ 13件
    Good:
        target: 13件以上
    """
    metric = goals.metric_of(goal)
    if metric is None or metric.better is None or goal.target is None:
        return
    implied = {"<=": "lower", ">=": "higher"}.get(goal.target.bound or "")
    if implied and implied != better(goals, goal):
        message = _(
            "The target “{target}” wants a {implied} value, but the metric {metric} says "
            "better: {better}. Change one of the two.",
            target=goal.target.text,
            implied=_("lower") if implied == "lower" else _("higher"),
            metric=metric.name,
            better=metric.better,
        )
        evidence = {"target": goal.target.text, "better": metric.better}
        related = (Related(metric.at("better"), _("the metric's direction")),)
        yield Flaw(goal.at("target"), message, evidence, related)
