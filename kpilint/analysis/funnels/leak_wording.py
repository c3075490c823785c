"""How the value at stake is said."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from kpilint.analysis.funnels import wording
from kpilint.goals.display import show
from kpilint.i18n import _, language

if TYPE_CHECKING:
    from kpilint.analysis.funnels.funnel import FunnelResult
    from kpilint.analysis.funnels.leak import Leak
    from kpilint.analysis.funnels.shortfall import Range


def verdict(result: FunnelResult) -> str:
    """Orders and money with their intervals, or why there are none."""
    worst, lost = result.worst, result.shortfall
    if worst is None:
        return _(
            "No stage has fallen below its own past, so that no value at stake can be put on one."
        )
    if worst.delayed:
        return _(
            "{step} has become slower, but lets hardly fewer through: of those of {quarter} "
            "{since}% have moved on by now, of those before {past}%. No value at stake is put on a "
            "delay.",
            step=wording.arrow(result, worst),
            quarter=wording.quarter(result, worst),
            since=f"{worst.since * 100:.0f}",
            past=f"{worst.past_since * 100:.0f}",
        )
    if lost is None:
        return _(
            "Nobody has come through the later stages yet, so that the value at stake of "
            "{step} cannot be told.",
            step=wording.arrow(result, worst),
        )
    said = {
        "step": wording.arrow(result, worst),
        "quarter": wording.quarter(result, worst),
        "missing": wording.whole(lost.missing),
        "wins": ranged(lost.wins, "count"),
    }
    if lost.money is None:
        return _(
            "At {step}, {missing} fewer moved on in {quarter} than its own past would have let "
            "through: that is {wins} at the last stage.",
            **said,
        )
    return _(
        "At {step}, {missing} fewer moved on in {quarter} than its own past would have let "
        "through: that is {wins} in orders, and a value at stake of {money}.",
        money=ranged(lost.money, result.funnel.currency),
        **said,
    )


def headline(result: FunnelResult) -> str:
    """The finding as a chart's title: the money at stake, or the orders where no money is known."""
    worst, lost = result.worst, result.shortfall
    if worst is None or worst.delayed or lost is None:
        return _("No value at stake can be told")
    step = wording.arrow(result, worst)
    if lost.money is None:
        wins = _shown(lost.wins.value, "count")
        return _("{step} costs about {wins:order|orders} a quarter", step=step, wins=wins)
    money = _shown(lost.money.value, result.funnel.currency)
    return _("{step} costs about {money} a quarter", step=step, money=money)


def ranged(told: Range, unit: str) -> str:
    """A value with its interval, to the two figures that such an interval leaves."""
    value, low, high = (_shown(each, unit) for each in (told.value, told.low, told.high))
    return _("about {value} (from {low} to {high})", value=value, low=low, high=high)


def _shown(value: float, unit: str) -> str:
    rounded = round(value) if unit == "count" else float(f"{value:.1e}")
    return show(rounded, unit, language())


def scope(result: FunnelResult) -> str:
    """Unit, number and period, as a subtitle."""
    worst = result.worst
    if worst is None:
        return wording.scope(result)
    unit = result.funnel.currency if result.price else _("orders")
    return _(
        "{unit}, 95% interval; {step}, n = {count}, {quarter}",
        unit=unit,
        step=wording.arrow(result, worst),
        count=f"{worst.entered:,}",
        quarter=wording.quarter(result, worst),
    )


def readable(leak: Leak) -> pd.DataFrame:
    """One row for orders and one for money."""
    names = {"wins": _("Orders missing"), "money": _("Value at stake")}
    units = {"wins": "count", "money": leak.flow.funnel.currency}
    rows = [
        [names[row["what"]], *(_shown(row[c], units[row["what"]]) for c in ("value", "low", "high"))]
        for row in leak.table().to_dict("records")
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=[_("In a quarter"), _("Estimate"), _("From"), _("To")])


def remarks(result: FunnelResult) -> list[str]:
    """What the value rests on, and what would overstate it."""
    worst, lost, price = result.worst, result.shortfall, result.price
    if worst is None or lost is None or worst.fall is None:
        return []
    unit = result.funnel.currency if lost.money else "count"
    said = [
        _(
            "Counted are those who move on within {days:day|days}, the rates of the later stages "
            "in the end, and the mean amount of the orders; as if nothing else had changed.",
            days=worst.days,
        )
        if lost.money
        else _(
            "Counted are those who move on within {days:day|days} and the rates of the later "
            "stages in the end; as if nothing else had changed. With amount: in the funnel it "
            "has a price.",
            days=worst.days,
        )
    ]
    if lost.good is not None and lost.good > (lost.money or lost.wins).value:
        said.append(
            _(
                "Measured by a good quarter ({rate}%) it would be {value}; such a measure "
                "overstates, since no usual quarter comes up to a good one.",
                rate=f"{worst.fall.good * 100:.0f}",
                value=_shown(lost.good, unit),
            )
        )
    if price is not None and price.negative:
        said.append(
            _(
                "{count:order has a negative amount and counts as it stands|orders have a "
                "negative amount and count as they stand}.",
                count=wording.whole(price.negative),
            )
        )
    return said
