"""Leads are found where they are and not where they are not; what cannot be asked says why."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import kpilint as kl
from kpilint.analysis.leads.direction import detectable, power_at
from kpilint.analysis.leads.leadlag import LeadLag, lead_lag
from kpilint.analysis.stats import FloatArray
from kpilint.errors import Misuse
from kpilint.i18n import speaking
from tests.benchmarks.leadlag_rates import ASKED, World, rates

ROOT = Path(__file__).parents[3]
SALES = ROOT.parent / "shared" / "data" / "leading_sales"
PAIRS = 1500
WAVE = np.sin(np.arange(40) * 1.7) + np.arange(40) % 3


def led(n: int, lag: int, seed: int = 0, r: float = 0.9) -> tuple[FloatArray, FloatArray]:
    rng = np.random.default_rng(seed)
    x, y = rng.standard_normal((2, n + 12))
    y[lag:] = r * x[: len(x) - lag] + np.sqrt(1 - r * r) * y[lag:]
    return x[12:], y[12:]


@pytest.mark.skipif(not SALES.exists(), reason="the third-party data set is not at hand")
def test_box_and_jenkins_sales_follow_their_indicator_by_three() -> None:
    y, x = (pd.read_csv(SALES / name)["value"] for name in ("BJsales.csv", "BJsales.lead.csv"))
    result = lead_lag(x.to_numpy(), y.to_numpy())
    assert (result.lag, result.first_lag, result.direction) == (3, 3, "leads")
    assert result.p_value <= 0.0005


@pytest.mark.parametrize("n", [24, 36, 52, 104])
@pytest.mark.parametrize(
    "name", ["autoregression", "random walk", "season, same phase", "counts (Poisson)"]
)
def test_series_without_a_lead_are_left_alone(name: str, n: int) -> None:
    assert not rates(World(name, n), PAIRS).exceeds(0.055)


@pytest.mark.parametrize("n", [24, 52, 104])
def test_breaks_at_one_time_are_no_lead(n: int) -> None:
    found = rates(World("break at one time", n), PAIRS)
    assert not found.exceeds(0.065)
    assert not found.exceeds(0.05, ahead=True)


@pytest.mark.parametrize("n", [24, 104])
@pytest.mark.parametrize("name", ["closing with months or quarters", "growth of 1 % a step"])
def test_what_closes_with_the_month_or_grows_is_no_lead(name: str, n: int) -> None:
    assert not rates(World(name, n), PAIRS).exceeds(0.055)


@pytest.mark.parametrize("n", [36, 52])
def test_bridged_gaps_raise_no_leads(n: int) -> None:
    assert not rates(World("autoregression", n, missing=0.2), PAIRS).exceeds(0.055)


@pytest.mark.parametrize(("n", "place"), [(36, 2), (52, 1), (104, 0), (104, 1)])
def test_leads_are_found(n: int, place: int) -> None:
    found = rates(World("lead", n, r=(0.3, 0.5, 0.7)[place]), PAIRS)
    assert not found.misses(ASKED[n][place] - 0.02)
    assert found.direction / found.any > 0.97


@pytest.mark.parametrize(
    ("lag", "direction"), [(4, "leads"), (1, "leads"), (0, "moves together"), (-3, "follows")]
)
def test_the_direction(lag: int, direction: str) -> None:
    x, y = led(80, abs(lag))
    result = lead_lag(x, y) if lag >= 0 else lead_lag(y, x)
    assert (result.direction, result.lag, result.first_lag) == (direction, lag, lag)


def test_the_sign_and_its_interval() -> None:
    x, y = led(104, 2)
    r, low, high = lead_lag(x, -y).at(2)
    assert low < r < high < 0
    with speaking("en"):
        assert "falls" in lead_lag(x, -y).text()


def test_the_table_has_a_row_a_lag() -> None:
    table = lead_lag(*led(60, 2), max_lag=5).table()
    assert list(table) == ["lag", "r", "low", "high", "p"]
    assert table["lag"].tolist() == list(range(-5, 6))
    assert ((table["low"] <= table["r"]) & (table["r"] <= table["high"])).all()


def test_nothing_detectable_says_how_little_would_show() -> None:
    x, y = np.random.default_rng(11).standard_normal((2, 40))
    result = lead_lag(x, y, 6)
    assert (result.lag, result.first_lag, result.direction) == (None, None, "not detectable")
    with speaking("en"):
        assert f"{result.detectable:.2f}" in result.text()


@pytest.mark.parametrize("n", [40, 104, 150])
def test_what_is_detectable_shows_four_times_out_of_five(n: int) -> None:
    smallest = float(detectable(np.asarray(float(n)), 12, 13))
    assert power_at(smallest, n, 12, 13) == pytest.approx(0.8)


@pytest.mark.parametrize("values", [np.zeros(40), np.full(40, np.nan), WAVE[:2]])
def test_a_series_that_cannot_be_compared_gives_a_result_that_says_why(values: FloatArray) -> None:
    with np.errstate(all="raise"):
        result = lead_lag(values, WAVE[: len(values)])
    assert result.direction == "not detectable"
    assert result.text() == result.reason != ""
    assert result.table().empty
    assert len(result.figure().data) == len(result.shifted().data) - 1
    assert result._repr_html_()


def weekly(values: FloatArray, start: str = "2024-01-07", zone: str | None = None) -> pd.Series:
    index = pd.date_range(start, periods=len(values), freq="7D", tz=zone)
    return pd.Series(values, index=index, name="calls")


@pytest.mark.parametrize(
    ("x", "y", "words"),
    [
        (WAVE, WAVE[:-1], "one length"),
        (np.append(WAVE[:-1], np.inf), WAVE, "infinite"),
        (["many"] * 40, WAVE, "no row of numbers"),
        (np.stack([WAVE, WAVE]), WAVE, "no row of numbers"),
        (weekly(WAVE), WAVE, "has dates"),
        (pd.concat([weekly(WAVE), weekly(WAVE[:1])]), weekly(WAVE), "two values"),
        (weekly(WAVE), pd.Series(WAVE, pd.period_range("2023-01", periods=40, freq="M")), "grain"),
        (weekly(WAVE, zone="Asia/Tokyo"), weekly(WAVE), "time zones"),
        (weekly(WAVE), pd.Series(WAVE, pd.date_range("2020", periods=40, freq="YS")), "apart"),
    ],
)
def test_what_cannot_be_matched_is_misuse(x: object, y: object, words: str) -> None:
    with speaking("en"), pytest.raises(Misuse, match=words):
        lead_lag(x, y)  # type: ignore[arg-type]


def test_dates_are_put_in_order_and_matched() -> None:
    x, y = led(80, 3)
    turned = weekly(x).sample(frac=1, random_state=1)
    result = lead_lag(turned, weekly(y[2:], "2024-01-21"))
    assert (result.lag, result.grain, result.n) == (3, "week", 78)


def test_a_lag_as_long_as_the_series_is_refused() -> None:
    with speaking("en"):
        assert "at most 30" in lead_lag(WAVE, WAVE[::-1], 35).reason


@pytest.fixture(scope="module")
def calls() -> kl.GoalSet:
    return kl.read(ROOT / "data_samples" / "goals.yaml")


def test_the_sample_company_s_calls_lead_wins_by_six_weeks(calls: kl.GoalSet) -> None:
    with kl.Dataset.of(calls) as data:
        result = LeadLag.of(calls, leading="calls", lagging="won_count", as_of="2026-10-31")(data)
    assert (result.direction, result.lag, result.first_lag) == ("leads", 6, 6)
    assert result.last_day == date(2026, 11, 19)
    with speaking("en"):
        assert "after 19 Nov 2026 no longer reaches 受注数 of FY2026 Q3" in result.text()
        assert any("per working day" in remark for remark in result.remarks())


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"leading": "callz"}, "calls"),
        ({"grain": "day"}, "week or month"),
        ({"as_of": "soon"}, "soon"),
    ],
)
def test_what_the_goals_file_does_not_know_is_misuse(
    changed: dict[str, str], words: str, calls: kl.GoalSet
) -> None:
    asked = {"leading": "calls", "lagging": "won_count", **changed}
    with speaking("en"), kl.Dataset.of(calls) as data, pytest.raises(Misuse, match=words):
        LeadLag.of(calls, **asked)(data)  # type: ignore[arg-type]
