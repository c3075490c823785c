"""What a screening of many pairs says: who leads whom, and what could not be compared."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from kpilint.analysis.leads.wording import DASH, bare, earlier, number, span
from kpilint.i18n import _

if TYPE_CHECKING:
    from kpilint.analysis.leads.screening import ScreeningResult

NAMED = 3  # how many pairs the verdict names


def directions() -> dict[str, str]:
    """What a reader calls each direction."""
    return {
        "leads": _("leads"),
        "moves together": _("moves together"),
        "follows": _("follows"),
        "not detectable": _("not detectable"),
    }


def verdict(result: ScreeningResult) -> str:
    """How many pairs lead, and the clearest of them by name."""
    pairs = result.pairs
    leads = pairs[pairs["direction"] == "leads"]
    if not len(pairs):
        return _("There is no pair of a leading and a lagging metric to compare.")
    if not len(leads):
        return _(
            "Among {pairs:pair|pairs} no lead is detectable with this many points.",
            pairs=len(pairs),
        )
    grain = result.screening.grain
    named = [
        _(
            "{leading} leads {lagging} by {span}",
            leading=result.title(row["leading"]),
            lagging=result.title(row["lagging"]),
            span=span(int(row["lag"]), grain),
        )
        for row in leads.head(NAMED).to_dict("records")
    ]
    return _(
        "Among {pairs:pair|pairs} {count:leads|lead}: {named}.",
        pairs=len(pairs),
        count=len(leads),
        named=_("; ").join(named) + (_(" and others") if len(leads) > NAMED else ""),
    )


def headline(result: ScreeningResult) -> str:
    """The finding as a chart's title."""
    leads = int((result.pairs["direction"] == "leads").sum())
    return _(
        "{count:of {pairs} pairs leads|of {pairs} pairs lead}", count=leads, pairs=len(result.pairs)
    )


def leaders(result: ScreeningResult) -> str:
    """The metrics that lead a result, as a chart's title."""
    pairs = result.pairs
    names = dict.fromkeys(pairs.loc[pairs["direction"] == "leads", "leading"])
    if not names:
        return _("No lead is detectable")
    return _("What leads: {names}", names=_(", ").join(result.title(name) for name in names))


def readable(result: ScreeningResult) -> pd.DataFrame:
    """One row a pair in the reader's words."""
    rows = result.pairs.to_dict("records")
    grain, words = result.screening.grain, directions()
    return pd.DataFrame(
        {
            _("Leading metric"): [result.title(row["leading"]) for row in rows],
            _("Lagging metric"): [result.title(row["lagging"]) for row in rows],
            _("Order"): [words[row["direction"]] for row in rows],
            _("Lead time"): [
                DASH if pd.isna(row["lag"]) else earlier(int(row["lag"]), grain) for row in rows
            ],
            _("Correlation (95% interval)"): [
                DASH
                if pd.isna(row["r"])
                else _(
                    "{r} ({low} to {high})",
                    r=number(row["r"]),
                    low=number(row["low"]),
                    high=number(row["high"]),
                )
                for row in rows
            ],
            _("q (all pairs together)"): [
                DASH if pd.isna(row["q"]) else bare(row["q"]) for row in rows
            ],
            "n": [row["n"] for row in rows],
        }
    )


def remarks(result: ScreeningResult) -> list[str]:
    """What was left out, each reason once."""
    reasons = dict.fromkeys(reason for reason in result.pairs["reason"] if reason)
    named = [_named(result, reason) for reason in reasons]
    said = _(
        "The correlation of a pair without a lead is its strongest; order in time is no proof that "
        "one moves the other."
    )
    return [*result.missing, *named, *([said] if len(result.pairs) else [])]


def _named(result: ScreeningResult, reason: str) -> str:
    """A reason with the metric's own title where it begins with its name in the file."""
    return next(
        (
            result.title(name) + reason.removeprefix(name)
            for name in sorted(result.series, key=len, reverse=True)
            if reason.startswith(name)
        ),
        reason,
    )
