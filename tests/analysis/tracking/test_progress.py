"""One goal day by day: the course ends at the actual, the fan at the forecast."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

import kpilint as kl
from kpilint.analysis.tracking.progress import Progress, ProgressResult
from kpilint.analysis.untold import Untold
from kpilint.errors import Misuse
from kpilint.i18n import LANGUAGES, speaking

GOALS = Path(__file__).parents[3] / "data_samples" / "goals.yaml"


@pytest.fixture(scope="module")
def data() -> Iterator[kl.Dataset]:
    with kl.Dataset.of(kl.read(GOALS)) as opened:
        yield opened


def progress(data: kl.Dataset, goal: str, as_of: str = "2026-10-31") -> ProgressResult:
    found = Progress.of(data.goals, goal, as_of=as_of)(data)
    assert isinstance(found, ProgressResult)
    return found


@pytest.mark.parametrize("goal", ["revenue_q3", "price_q3", "first_response_h2"])
def test_the_course_ends_at_the_actual_and_the_fan_at_the_forecast(
    data: kl.Dataset, goal: str
) -> None:
    found = progress(data, goal)
    rows, status = found.table(), found.status
    assert status.forecast is not None
    made = rows[rows["actual"].notna()].iloc[-1]
    assert (made["day"], made["actual"]) == (date(2026, 10, 31), status.actual)
    due = rows[rows["expected"].notna()].iloc[-1]
    assert (due["day"], due["expected"]) == (status.period and status.period.end, status.target)
    fan = rows[rows["middle"].notna()]
    assert list(fan.iloc[0][["low", "middle", "high"]]) == [status.actual] * 3
    ends = (status.forecast.p10, status.forecast.p50, status.forecast.p90)
    assert tuple(fan.iloc[-1][["low", "middle", "high"]]) == pytest.approx(ends)
    width = fan["high"] - fan["low"]
    assert (width.diff().dropna() >= -1e-6 * width.max()).all()


def test_the_pace_that_is_needed_closes_the_gap(data: kl.Dataset) -> None:
    found = progress(data, "wins_q3")
    assert found.pace is not None
    assert found.pace.made * 21 == pytest.approx(22)  # 21 working days in October 2026, 22 wins
    assert found.pace.needed * 39 == pytest.approx(80 - 22)  # 19 in November, 20 in December


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_face(data: kl.Dataset, language: str) -> None:
    found = progress(data, "revenue_q3", "2026-10-20")
    with speaking(language):
        assert "受注金額" in found.text()
        assert len(found.readable()) == 4  # today and three months' ends
        texts = [note.text for note in found.figure().layout.annotations]
    assert any("2.8" in text or "280" in text for text in texts)  # the target line is named


def test_what_has_not_begun_is_a_sentence(data: kl.Dataset) -> None:
    found = Progress.of(data.goals, "wins_q3", as_of="2026-09-01")(data)
    assert isinstance(found, Untold)
    with speaking("en"):
        assert (
            "has not begun" in Progress.of(data.goals, "wins_q3", as_of="2026-09-01")(data).text()
        )


def test_misuse(data: kl.Dataset) -> None:
    with speaking("en"), pytest.raises(Misuse, match="There is no goal nowhere"):
        Progress.of(data.goals, "nowhere", as_of="2026-09-01")
