"""What is said of hypotheses: their verdicts, since when, and on what evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from kpilint.analysis.leads.direction import POWER
from kpilint.analysis.leads.wording import DASH, bare, number, span
from kpilint.goals.period import month_of
from kpilint.i18n import _, language

if TYPE_CHECKING:
    from kpilint.analysis.leads.hypothesis import Claim, HypothesesResult
    from kpilint.analysis.leads.judgement import Evidence


def names() -> dict[str, str]:
    """What a reader calls each verdict."""
    return {
        "supported": _("supported"),
        "refuted": _("refuted"),
        "not detectable": _("not detectable"),
    }


def claimed(claim: Claim) -> str:
    """The claim itself: who leads whom, by how long."""
    length = span(claim.high, claim.grain)
    if claim.low != claim.high:
        length = _("{low} to {high}", low=claim.low, high=length)
    return _(
        "{leading} leads {lagging} by {span}",
        leading=claim.leading,
        lagging=claim.lagging,
        span=length,
    )


def verdicts(result: HypothesesResult) -> str:
    """One sentence a hypothesis."""
    if not result.claims:
        return _(
            "The goals file holds no hypotheses; write under hypotheses: what should lead what."
        )
    return " ".join(verdict(claim) for claim in result.claims)


def verdict(claim: Claim) -> str:
    """The claim with its verdict, and since when it stands."""
    said = {"claim": claimed(claim), "verdict": names()[claim.verdict]}
    if claim.since:
        return _("“{claim}”: {verdict} since the end of {month}.", month=_month(claim), **said)
    return _("“{claim}”: {verdict}.", **said)


def _month(claim: Claim) -> str:
    return month_of(claim.since).label(language()) if claim.since else DASH


def readable(result: HypothesesResult) -> pd.DataFrame:
    """One row a hypothesis: the claim, the verdict, since when, and the newest evidence."""
    return pd.DataFrame(
        {
            _("Hypothesis"): [claimed(claim) for claim in result.claims],
            _("Verdict"): [names()[claim.verdict] for claim in result.claims],
            _("Since"): [_month(claim) for claim in result.claims],
            _("Strongest claimed lag"): [_lag(claim) for claim in result.claims],
            _("Correlation (95% interval)"): [_strength(claim.evidence) for claim in result.claims],
            "p": [_chance(claim.evidence) for claim in result.claims],
            "n": [
                span(claim.evidence.n, claim.grain) if claim.evidence else DASH
                for claim in result.claims
            ],
        }
    )


def _known(evidence: Evidence | None) -> bool:
    return evidence is not None and not pd.isna(evidence.r)


def _lag(claim: Claim) -> str:
    evidence = claim.evidence
    return span(evidence.lag, claim.grain) if evidence and _known(evidence) else DASH


def _strength(evidence: Evidence | None) -> str:
    if evidence is None or not _known(evidence):
        return DASH
    r, low, high = (number(each) for each in (evidence.r, evidence.low, evidence.high))
    return _("{r} ({low} to {high})", r=r, low=low, high=high)


def _chance(evidence: Evidence | None) -> str:
    if evidence is None or not _known(evidence):
        return DASH
    return bare(evidence.p)


def remarks(result: HypothesesResult) -> list[str]:
    """How a verdict comes about, what is new this month, and what could not be judged."""
    said: list[str] = []
    for claim in result.claims:
        found = claim.evidence
        if found is None or found.reason:
            reason = claim.reason or (found.reason if found else "")
            said.append(
                _("“{claim}” cannot be judged: {reason}", claim=claimed(claim), reason=reason)
            )
        elif found.verdict != claim.verdict:
            said.append(
                _(
                    "By the month's figures alone, “{claim}” is {verdict}; a verdict changes once "
                    "two months in a row agree.",
                    claim=claimed(claim),
                    verdict=names()[found.verdict],
                )
            )
        elif found.verdict == "not detectable" and found.power < POWER:
            said.append(
                _(
                    "“{claim}”: a lead of the usual strength would have shown with a probability "
                    "of {power}% only; wait for more data before giving it up.",
                    claim=claimed(claim),
                    power=round(100 * found.power),
                )
            )
        said += claim.notes
    return list(dict.fromkeys(said))
