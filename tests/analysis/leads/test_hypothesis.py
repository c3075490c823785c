"""Hypotheses are supported, refuted, or left open, and verdicts do not flicker."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np
import pytest

import kpilint as kl
from kpilint.analysis.leads.hypothesis import Hypotheses, HypothesesResult
from kpilint.analysis.leads.judgement import Verdict, judge, standing
from kpilint.analysis.leads.leadlag import lead_lag
from kpilint.errors import Misuse
from kpilint.i18n import speaking
from tests.analysis.leads.test_leadlag import led

SAMPLE = Path(__file__).parents[3] / "data_samples"
S, R, N = "supported", "refuted", "not detectable"


@pytest.mark.parametrize(
    ("n", "lag", "claimed", "sign", "verdict"),
    [
        (104, 3, (2, 4), 1, S),
        (104, 3, (2, 4), -1, N),  # the other way round, at a power that is too low
        (150, 3, (2, 4), -1, R),
        (150, 3, (6, 8), 1, R),
        (40, 3, (6, 8), 1, N),
    ],
)
def test_a_claim_against_its_lags(
    n: int, lag: int, claimed: tuple[int, int], sign: int, verdict: str
) -> None:
    found = lead_lag(*led(n, lag, seed=3), max_lag=12).lagged
    assert found is not None
    evidence = judge(found, *claimed, sign=sign)
    assert evidence.verdict == verdict
    assert evidence.low <= evidence.r <= evidence.high
    assert claimed[0] <= evidence.lag <= claimed[1]


def test_chance_supports_no_more_than_one_claim_in_twenty() -> None:
    rng = np.random.default_rng(9)
    verdicts = []
    for _pair in range(400):
        x, y = rng.standard_normal((2, 150))
        found = lead_lag(x, y, 8).lagged
        assert found is not None
        verdicts.append(judge(found, 4, 8).verdict)
    assert verdicts.count("supported") <= 30
    assert verdicts.count("refuted") > 100


def test_a_true_lead_is_not_refuted() -> None:
    found = [lead_lag(*led(150, 5, seed, r=0.3), max_lag=8).lagged for seed in range(200)]
    verdicts = [judge(each, 4, 8).verdict for each in found if each is not None]
    assert verdicts.count("refuted") <= 10


@pytest.mark.parametrize(
    ("own", "stands"),
    [
        ([S], [N]),
        ([S, S], [N, S]),
        ([S, N, S, N], [N, N, N, N]),
        ([S, S, R, S, R, R, R], [N, S, S, S, S, R, R]),
    ],
)
def test_a_verdict_changes_after_two_agreeing_months(
    own: list[Verdict], stands: list[Verdict]
) -> None:
    assert list(standing(own)) == stands


@pytest.fixture(scope="module", autouse=True)
def english() -> Iterator[None]:
    with speaking("en"):
        yield


def test_the_sample_company_s_hypothesis_is_supported() -> None:
    goals = kl.read(SAMPLE / "goals.yaml")
    with kl.Dataset.of(goals) as data:
        result = Hypotheses.of(goals, as_of="2026-10-31")(data)
    (claim,) = result.claims
    assert (claim.verdict, claim.since, claim.grain) == ("supported", date(2026, 5, 31), "week")
    assert (claim.low, claim.high, len(claim.months)) == (5, 7, 7)
    assert "supported since the end of May 2026" in result.text()
    assert result._repr_html_()
    assert len(result.table()) == 7
    assert result.figure().data


def test_no_hypotheses_is_said() -> None:
    assert "no hypotheses" in HypothesesResult(()).text()
    assert HypothesesResult(()).figure().layout.title.text


@pytest.mark.parametrize("effect", [0.0, 1.0, -0.3])
def test_an_effect_is_a_correlation(effect: float) -> None:
    goals = kl.read(SAMPLE / "goals.yaml")
    with pytest.raises(Misuse, match="between 0 and 1"):
        Hypotheses.of(goals, effect=effect)
