"""What a rule is: one function, its docstring the manual page, its keyword defaults the options."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from math import isfinite
from typing import Any, NamedTuple

from kpilint.finding import Related, Severity, Span, Subject
from kpilint.goals.slip import near
from kpilint.goals.written import excerpt
from kpilint.i18n import _

DATA = "data"  # the sources themselves
HISTORY = "history"  # past values of the goal's metric
LEDGER = "ledger"  # earlier runs

ERROR, WARNING, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO


class Flaw(NamedTuple):
    """What a rule yields: where, what, and the evidence; ``about`` where the scope is wider.

    ``severity`` is given where this flaw weighs less than the rule.
    """

    at: Span
    message: str
    evidence: Mapping[str, object] = {}
    related: tuple[Related, ...] = ()
    about: Subject | None = None
    severity: Severity | None = None


class Cannot(NamedTuple):
    """What a rule yields when it cannot decide, and why."""

    reason: str
    about: Subject | None = None


Flaws = Iterator[Flaw | Cannot]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule as the linter sees it; everything here is read off the function."""

    code: str
    name: str
    severity: Severity
    scope: str  # Goal, Metric, Source, FunnelSpec, Excuse or GoalSet
    check: Callable[..., Flaws] = field(repr=False)
    needs: frozenset[str] = frozenset()
    requires: frozenset[str] = frozenset()
    asks: tuple[str, ...] = ()  # parameters after the first: what the linter hands in
    options: Mapping[str, Any] = field(default_factory=dict)

    def takes(self, option: str, value: object) -> bool:
        """Whether it has such an option, and the value is of the option's kind."""
        default = self.options.get(option)
        if isinstance(value, bool) or isinstance(default, bool):
            return isinstance(value, bool) and isinstance(default, bool)
        if isinstance(default, (int, float)):
            return isinstance(value, (int, float)) and isfinite(value)
        return option in self.options and isinstance(value, type(default))

    def refusal(self, option: str, value: object) -> str:
        """Why the option cannot be given so, as a sentence; nothing where it can."""
        if option not in self.options:
            message = _("Rule {rule} has no option {option}.", rule=self.code, option=option)
            return message + near(option, self.options)
        if self.takes(option, value):
            return ""
        return _(
            "The option {option} of {rule} cannot be {read}; write for example {default}.",
            option=option,
            rule=self.code,
            read=excerpt(str(value)),
            default=self.options[option],
        )

    @property
    def page(self) -> str:
        """The manual page in English, as written."""
        return self.check.__doc__ or ""


def matches(word: str, catalogue: Iterable[Rule]) -> frozenset[str]:
    """The codes that a word selects: ALL, a code, a prefix such as ``A``, or a name."""
    return frozenset(
        r.code for r in catalogue if word in {"ALL", r.name} or (word and r.code.startswith(word))
    )


def code_of(word: str, catalogue: Iterable[Rule]) -> str | None:
    """The code of the one rule that a word names by its code or name."""
    return next((r.code for r in catalogue if word in {r.code, r.name}), None)


def rule(
    code: str,
    severity: Severity,
    *,
    needs: set[str] | frozenset[str] = frozenset(),
    requires: set[str] | frozenset[str] = frozenset(),
) -> Callable[[Callable[..., Flaws]], Rule]:
    """Turn a function into a rule.

    The type of its first parameter is the scope. ``needs`` names what must be at hand (DATA,
    HISTORY, LEDGER), else the rule is reported as not checked; ``requires`` the rules that must
    not have fired on the same subject, or on the file.
    """

    def declare(function: Callable[..., Flaws]) -> Rule:
        body = function.__code__
        first, *asks = body.co_varnames[: body.co_argcount]
        return Rule(
            code=code,
            name=function.__name__.replace("_", "-"),
            severity=severity,
            scope=function.__annotations__[first],
            check=function,
            needs=frozenset(needs),
            requires=frozenset(requires),
            asks=tuple(asks),
            options=function.__kwdefaults__ or {},
        )

    return declare
