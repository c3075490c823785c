"""lint(goals, data): which rules run on what, in which order, and what excuses set aside."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

from kpilint.errors import Misuse, Unavailable
from kpilint.finding import Excused, Finding, Findings, Subject, Title, Unchecked
from kpilint.goals.dates import read_date
from kpilint.goals.excuse import Excuse
from kpilint.goals.goal import Goal
from kpilint.goals.goalfile import GoalSet
from kpilint.goals.slip import near
from kpilint.i18n import _, speaking
from kpilint.rule import DATA, HISTORY, LEDGER, Cannot, Flaw, Rule, code_of, matches
from kpilint.rules import ALL

if TYPE_CHECKING:
    from kpilint.data.dataset import Dataset
    from kpilint.data.measure import Series

RULES: Mapping[str, Rule] = {rule.code: rule for rule in ALL}


@dataclass(frozen=True, slots=True)
class Config:
    """Which rules run, and with which options; codes, prefixes such as ``A``, names or ALL."""

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    options: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def rules(self) -> frozenset[str]:
        """The codes that are selected and not ignored."""
        chosen = codes(self.select or ("ALL",))
        return chosen - codes(self.ignore)


def codes(words: Iterable[str]) -> frozenset[str]:
    """The codes that words select (see ``matches``); Misuse where one selects nothing."""
    found: set[str] = set()
    for word in words:
        matched = matches(word, ALL)
        if not matched:
            raise _no_rule(word)
        found |= matched
    return frozenset(found)


def rule_named(word: str) -> Rule:
    """The rule of that code or name; Misuse for another word."""
    code = code_of(word, ALL)
    if code is None:
        raise _no_rule(word)
    return RULES[code]


def _no_rule(word: str) -> Misuse:
    message = _("There is no rule {rule}.", rule=word)
    return Misuse(message + (near(word.upper(), RULES) or near(word, [r.name for r in ALL])))


def lint(
    goals: GoalSet,
    data: Dataset | None = None,
    *,
    as_of: date | str | None = None,
    config: Config | None = None,
    language: str | None = None,
) -> Findings:
    """Check goals, and with ``data`` what the sources say of them, as known on ``as_of``.

    Without ``data`` the rules that need it are reported as not checked. Raises
    :class:`~kpilint.errors.Misuse` for a rule that does not exist.
    """
    spoken = language or goals.language
    with speaking(spoken):
        day = _day(as_of)
        run = _Run(goals, data, day, config or config_of(goals))
        findings, unchecked = run.all()
    return Findings(
        day, findings, unchecked, len(goals), spoken, run.config.rules(), _titles(goals)
    )


def _titles(goals: GoalSet) -> dict[Subject, Title]:
    """What readers call each goal and metric."""
    named = {Subject("goal", g.id): Title(g.title, g.owner) for g in reversed(goals.goals)}
    metrics = goals.metrics.values()
    return named | {Subject("metric", m.name): Title(m.label or m.name) for m in metrics}


def _day(as_of: date | str | None) -> date:
    if not isinstance(as_of, str):
        return as_of or date.today()
    try:
        return read_date(as_of)
    except ValueError as problem:
        raise Misuse(str(problem)) from None


def config_of(goals: GoalSet) -> Config:
    """What the ``lint:`` block says; a selection with an unknown rule (E002) selects all."""
    block = goals.lint
    if block is None:
        return Config()
    known = all(matches(word, ALL) for word in block.select)
    return Config(select=block.select if known else (), options=block.options)


class _Run:
    """One linting: what has fired so far, and what rules may ask for."""

    def __init__(self, goals: GoalSet, data: Dataset | None, as_of: date, config: Config) -> None:
        self.goals = goals
        self.as_of = as_of
        self.data = data
        self.config = config
        self.findings: list[Finding] = []
        self.unchecked: list[Unchecked] = []
        self.fired: set[tuple[str, Subject]] = set()
        self.decided: set[str] = set()
        self.file = Subject("file", goals.origin)
        self.excuses = tuple(_by_code(excuse) for excuse in goals.excuses)
        self.at_hand: dict[str, object] = {
            "goals": goals,
            "data": data,
            "as_of": as_of,
            "catalogue": RULES,
        }

    def all(self) -> tuple[tuple[Finding, ...], tuple[Unchecked, ...]]:
        reported = self.config.rules()
        order = _in_order(reported)
        self.decided |= reported
        self._tell_undecided()
        for rule in order:
            if rule.scope != "Excuse":
                self._rule(rule)
        spent = self._set_aside()
        for rule in order:
            if rule.scope == "Excuse":
                self._excuses(rule, spent)
        findings = [f for f in self.findings if f.code in reported]
        unchecked = tuple(u for u in self.unchecked if u.code in reported)
        return tuple(sorted(findings, key=_place)), unchecked

    def _rule(self, rule: Rule) -> None:
        missing = self._missing(rule)
        if missing is not None:
            self.decided.discard(rule.code)
            if missing:
                self._take(rule, Cannot(missing), self.file)
            return
        options = self._options(rule)
        for entry, subject in self._subjects(rule):
            blocked = any(
                (code, s) in self.fired
                for code in (rule.code, *rule.requires)
                for s in (subject, self.file)
            )
            if blocked:
                self.decided.discard(rule.code)
            else:
                self._check(rule, entry, subject, options)

    def _tell_undecided(self) -> None:
        """What the reader of a table left open, which blocks what builds on it."""
        for code, kind, name, reason in self.goals.undecided:
            subject = Subject(kind, name)
            self._take(RULES[code], Cannot(reason), subject)
            self.fired.add((code, subject))

    def _check(self, rule: Rule, entry: Any, subject: Subject, options: Mapping[str, Any]) -> None:
        try:
            asked = [self._ask(name, entry) for name in rule.asks]
            for said in rule.check(entry, *asked, **options):
                self._take(rule, said, subject)
        except Unavailable as problem:
            self._take(rule, Cannot(str(problem)), subject)

    def _take(self, rule: Rule, said: Flaw | Cannot, subject: Subject) -> None:
        about = said.about or subject
        if isinstance(said, Cannot):
            self.decided.discard(rule.code)
            unsaid = Unchecked(rule.code, rule.name, about, said.reason, self.file.id)
            self.unchecked.append(unsaid)
            return
        self.fired.add((rule.code, about))
        self.findings.append(
            Finding(
                code=rule.code,
                name=rule.name,
                severity=said.severity or rule.severity,
                message=said.message,
                span=said.at,
                subject=about,
                evidence=said.evidence,
                related=said.related,
            )
        )

    def _missing(self, rule: Rule) -> str | None:
        """Why a rule cannot run at all here; empty where nobody would expect it to."""
        if self.data is None and rule.needs & {DATA, HISTORY}:
            return _("The data was not looked at (--offline).")
        return self._unrecorded if LEDGER in rule.needs else None

    @cached_property
    def _unrecorded(self) -> str | None:
        """Why earlier runs cannot be asked; empty where there were none yet, as at a first check."""
        places = (self.goals.folder / name for name in (".kpilint", "reports"))
        if not self.goals.has("ledger") and not any(place.exists() for place in places):
            return ""  # nothing was ever kept here, and the ledger takes its time to import

        from kpilint.data.ledger import Ledger

        ledger = Ledger.of(self.goals)
        try:
            if self.data is None:
                there = ledger.expected or (ledger.file is not None and ledger.file.exists())
                return _("The data was not looked at (--offline).") if there else ""
            if ledger.begun:
                return None
        except Unavailable as problem:
            return str(problem)
        return _("There is no record of earlier runs yet.") if ledger.expected else ""

    def _options(self, rule: Rule) -> Mapping[str, Any]:
        """The options given for a rule that it has; E002 tells of the others."""
        for word, given in self.config.options.items():
            if code_of(word, (rule,)):
                return {name: value for name, value in given.items() if rule.takes(name, value)}
        return {}

    def _subjects(self, rule: Rule) -> Iterator[tuple[Any, Subject]]:
        goals = self.goals
        match rule.scope:
            case "Goal":
                for number, goal in enumerate(goals.goals):
                    yield goal, Subject("goal", goal.id or f"goals[{number}]")
            case "Metric":
                yield from ((m, Subject("metric", m.name)) for m in goals.metrics.values())
            case "Source":
                yield from ((s, Subject("source", s.name)) for s in goals.sources.values())
            case "FunnelSpec":
                yield from ((f, Subject("funnel", f.name)) for f in goals.funnels.values())
            case "GoalSet":
                yield goals, self.file
            case _:
                raise AssertionError(f"{rule.code} has the unknown scope {rule.scope}")

    def _ask(self, name: str, entry: Any) -> object:
        return self._history(entry) if name == "history" else self.at_hand[name]

    def _history(self, goal: Goal) -> Series:
        """What was known of the goal's metric before its period began."""
        from kpilint.data.measure import history

        metric = self.goals.metric_of(goal)
        if self.data is None or metric is None or goal.period is None:
            raise Unavailable(_("The goal has no metric or period to look back on."))
        until = min(self.as_of, goal.period.start - timedelta(days=1))
        grain = "month" if goal.period.months() else "week"
        return history(self.data, self.goals, metric, grain=grain, until=until)

    def _set_aside(self) -> frozenset[Excuse]:
        """Mark what is excused; returns the excuses that were of use."""
        by_rule: dict[str, list[Excuse]] = {}
        for excuse in self.excuses:
            by_rule.setdefault(excuse.rule, []).append(excuse)
        spent: set[Excuse] = set()
        for number, finding in enumerate(self.findings):
            for excuse in by_rule.get(finding.code, ()):
                if excuse.covers(finding):
                    spent.add(excuse)
                    if not excuse.expired(self.as_of):
                        excused = Excused(excuse.reason, excuse.until)
                        self.findings[number] = replace(finding, excused=excused)
        return frozenset(spent)

    def _excuses(self, rule: Rule, spent: frozenset[Excuse]) -> None:
        self.at_hand |= {"spent": spent, "decided": frozenset(self.decided)}
        for excuse in self.excuses:
            subject = Subject("excuse", excuse.rule)  # no line: a baseline must know it again
            self._check(rule, excuse, subject, self._options(rule))


def _by_code(excuse: Excuse) -> Excuse:
    """An excuse that calls its rule by name, as one for the rule's code."""
    code = code_of(excuse.rule, ALL)
    return excuse if code in {None, excuse.rule} else replace(excuse, rule=code)


def _place(finding: Finding) -> tuple[str, str, int, int, str]:
    span = finding.span
    return span.path, span.sheet or "", span.line, span.column, finding.code


@lru_cache
def _in_order(chosen: frozenset[str]) -> tuple[Rule, ...]:
    """The chosen rules and those that they require, each after what it requires."""
    ordered: dict[str, Rule] = {}

    def add(rule: Rule) -> None:
        for code in sorted(rule.requires):
            add(RULES[code])
        ordered.setdefault(rule.code, rule)

    for rule in ALL:
        if rule.code in chosen:
            add(rule)
    return tuple(ordered.values())
