"""The hypotheses: the verdict of the run before beside that of this one."""

from __future__ import annotations

from kpilint.analysis.leads import hypothesis_wording as wording
from kpilint.i18n import _
from kpilint.monthly.blocks import Table
from kpilint.monthly.month import Month

DASH = "–"


def verdicts(month: Month) -> Table | None:
    """One row a hypothesis: what was said of it then and now; None without any."""
    if not month.hypotheses:
        return None
    week = month.order.period.kind == "week"
    then = _("Last week") if week else _("Last month")
    now = _("This week") if week else _("This month")
    head = (_("Hypothesis"), then, now, _("Change"))
    names, before = wording.names(), month.before
    rows = []
    for claim in month.hypotheses:
        last = before.hypotheses.get(claim.hypothesis.id)
        told = names.get(last, last) if last else DASH
        change = _change(last, claim.verdict, known=bool(before.run))
        rows.append((wording.claimed(claim), told, names[claim.verdict], change))
    return Table(head, tuple(rows))


def _change(last: str | None, now: str, *, known: bool) -> str:
    if last is None:
        return _("New") if known else DASH
    return _("unchanged") if last == now else _("changed")
