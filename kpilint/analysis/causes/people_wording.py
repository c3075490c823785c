"""What a comparison of people says, in two languages; never more of them than was asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from kpilint.analysis.causes.segments_wording import sentences, step
from kpilint.analysis.funnels.wording import percent
from kpilint.goals.display import show
from kpilint.i18n import _, language

if TYPE_CHECKING:
    from kpilint.analysis.causes.people import PeopleResult, Standing


def verdict(result: PeopleResult) -> str:
    """Who is below peers, and at which stage."""
    if result.people.person is None:
        return _(
            "No metric of the source {source} says which column names the person; write person: "
            "there.",
            source=result.people.spec.source,
        )
    if len(result.known) < 2:
        return _("There are fewer than two people to compare.")
    if not any(each.p_value == each.p_value for each in result.standings):
        return _("Nobody has enough records yet to be compared with the others.")
    below = [each for each in result.apart if each.shrunk < each.expected]
    if below:
        return sentences(_told(result, each) for each in below)
    if result.apart:
        return _("Nobody falls behind; {count} stand out above their peers.", count=_above(result))
    return _(
        "Nobody can be told apart: with this many records the differences between {count} people "
        "are within chance.",
        count=len(result.known),
    )


def _above(result: PeopleResult) -> str:
    count = len({each.person for each in result.apart})
    return _("{count} people", count=count) if count > 1 else _("one person")


def _told(result: PeopleResult, each: Standing) -> str:
    values = {
        "person": result.called(each.person),
        "step": step(result.people.spec, each.stage),
        "rate": percent(each.shrunk, each.low, each.high),
        "expected": f"{each.expected * 100:.0f}",
    }
    if each.stage == len(result.people.spec.stages) - 1:
        return _(
            "{person} is weak at closing: {rate} at {step}, where peers reach {expected}% with the "
            "same mix.",
            **values,
        )
    if each.stage <= 2:
        return _(
            "{person} stumbles early: {rate} at {step}, where peers reach {expected}% with the same "
            "mix.",
            **values,
        )
    return _(
        "{person} falls behind midway: {rate} at {step}, where peers reach {expected}% with the same "
        "mix.",
        **values,
    )


def headline(result: PeopleResult) -> str:
    """The finding as a chart's title."""
    below = [each for each in result.apart if each.shrunk < each.expected]
    if not below:
        return _("Nobody falls behind peers who have the same mix")
    first = min(below, key=lambda each: each.p_value)
    return _(
        "{person} falls behind at {step}",
        person=result.called(first.person),
        step=step(result.people.spec, first.stage),
    )


def scope(result: PeopleResult) -> str:
    """Unit, number and period, as a chart's subtitle."""
    return _(
        "Points above or below peers with the same mix, with 95% intervals; n = {count}, the "
        "last {quarters:quarter|quarters}",
        count=f"{sum(each.entered for each in result.standings if each.stage == 1):,}",
        quarters=4,
    )


def readable(result: PeopleResult) -> pd.DataFrame:
    """Those who can be told apart."""
    return pd.DataFrame(
        [
            {
                _("Person"): result.called(each.person),
                _("Stage"): step(result.people.spec, each.stage),
                _("Records"): f"{each.entered:,}",
                _("Own rate (95% interval)"): percent(each.shrunk, each.low, each.high),
                _("Peers with the same mix"): f"{each.expected * 100:.0f}%",
            }
            for each in result.apart
        ]
    )


def remarks(result: PeopleResult) -> list[str]:
    """How it was compared."""
    if len(result.known) < 2:
        return []
    said = [
        _(
            "Each person is held against the others with records of the same kind and quarter; rates "
            "of few records are drawn towards that of the others. Of those told apart about 1 in 20 may "
            "be so by chance."
        )
    ]
    if not result.people.names:
        said.append(_("People are numbered; their names appear only when asked for (names=True)."))
    if result.unnamed:
        said.append(
            _(
                "{count:record at the stages names nobody and is|records at the stages name "
                "nobody and are} left out.",
                count=show(float(result.unnamed), "count", language()),
            )
        )
    return said
