"""Which time columns of a source tell what happened, and in which rows they only tell a plan."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from kpilint.goals.goalfile import GoalSet
from kpilint.goals.source import Source
from kpilint.goals.written import plain_name

if TYPE_CHECKING:
    from sqlglot import exp

# A CRM's close date is when a deal is hoped to close, until it has.
_PLAN = re.compile(
    r"clos(?:e|ed|ing)[ _]?(?:at|date|on)$|(?:^|[ _])(?:due|next)|deadline|expected|planned"
    r"|scheduled|forecast|expir|renewal|クローズ日|予定|見込|期限|期日|満了",
    re.IGNORECASE,
)
_WORDS = """
won lost closed closedwon closedlost 受注 受注済 失注 成約 契約 契約済 解約 完了 クローズ
"""
_DECIDED = frozenset(_WORDS.split())


class Happening(NamedTuple):
    """A time column or expression; ``wheres`` say, by any of them, which rows have happened.

    Without ``wheres`` all rows have.
    """

    time: str
    wheres: tuple[str, ...] = ()


def happenings(goals: GoalSet, source: Source) -> tuple[Happening, ...]:
    """The time columns of a source that the goals use, in the order in which they do.

    A column that holds plans, such as a close date, tells what happened only in rows that a
    ``where`` knows to be won, lost or otherwise decided.
    """
    uses: dict[str, list[str | None]] = {}
    for text, where in _uses(goals, source.name):
        uses.setdefault(text, []).append(where)
    ends = set(_ends(goals, source.name))
    decided = _DECIDED.union(*(_said(where) for where in ends))
    found = []
    for text, wheres in uses.items():
        if not _PLAN.search(text) and not _PLAN.search(source.columns.get(text, "")):
            found.append(Happening(text))
            continue
        sure = [w for w in wheres if w and (w in ends or _is_decided(w, decided))]
        if sure:
            found.append(Happening(text, tuple(dict.fromkeys(sure))))
    return tuple(found)


def _uses(goals: GoalSet, source: str) -> Iterator[tuple[str, str | None]]:
    """Each time column or expression with the condition under which it is read."""
    for metric in goals.metrics.values():
        if metric.source == source and metric.time:
            yield metric.time, metric.where
        if metric.source == source and metric.stock is not None:
            yield metric.stock.from_, metric.where
    for funnel in goals.funnels.values():
        if funnel.source == source:
            yield from ((s.entered, s.where) for s in funnel.steps if s.entered)


def _ends(goals: GoalSet, source: str) -> Iterator[str]:
    """The conditions that a funnel's last stage or its loss is known by."""
    for funnel in goals.funnels.values():
        if funnel.source == source:
            yield from (s.where for s in (*funnel.stages[-1:], funnel.lost) if s and s.where)


def _said(where: str) -> frozenset[str]:
    """The texts that a condition compares columns with."""
    return frozenset(text for _column, text in compared(where))


def _is_decided(where: str, decided: frozenset[str]) -> bool:
    """Whether a condition picks only rows that are decided, by one of its comparisons."""
    by_column: dict[str, set[str]] = {}
    for column, text in compared(where):
        by_column.setdefault(column, set()).add(text)
    return any(texts <= decided for texts in by_column.values())


def compared(where: str, *, folded: bool = True) -> tuple[tuple[str, str], ...]:
    """Columns and the texts that they must be equal to, one of each; nothing that is negated.

    Texts are compared as names are, unless they are wanted as written. What cannot be read
    compares nothing: E007 tells of it.
    """
    from sqlglot import exp

    from kpilint.data.expression import parse

    try:
        tree = parse(where)
    except ValueError:
        return ()
    found = []
    for node in tree.find_all(exp.EQ, exp.In):
        if node.find_ancestor(exp.Not) or node.args.get("negate"):
            continue
        sides = list(node.iter_expressions())
        columns = [side.name for side in sides if isinstance(side, exp.Column)]
        texts = [side.this for side in sides if _is_text(side)]
        found += [(column, text) for column in columns[:1] for text in texts]
    return tuple((c, plain_name(text) if folded else text) for c, text in dict.fromkeys(found))


def _is_text(node: exp.Expr) -> bool:
    from sqlglot import exp

    return isinstance(node, exp.Literal) and node.is_string
