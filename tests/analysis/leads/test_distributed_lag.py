"""A leader's worth: found where there is one, denied where there is none, never from the future."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from kpilint.analysis.leads.distributed_lag import forecasts, worth
from kpilint.analysis.leads.leadlag import lead_lag
from kpilint.i18n import speaking
from tests.analysis.leads.test_leadlag import led
from tests.analysis.leads.test_whitening import remembering


def test_a_leader_lowers_the_error() -> None:
    with speaking("en"):
        result = worth(lead_lag(*led(104, 3, r=0.8)))
        assert result.shown
        assert "more exact" in result.text()
        assert len(result.readable()) == 2
    table = result.table()
    assert list(table) == ["at", "actual", "own", "led", "lag"]
    assert set(table["lag"]) == {3}
    assert [trace.mode for trace in result.figure().data] == ["markers", "lines", "lines"]


def test_strangers_are_worth_nothing() -> None:
    pairs = zip(remembering(60, 80, 0.6, 21), remembering(60, 80, 0.6, 22), strict=True)
    made = [forecasts(x, y, 3, 8) for x, y in pairs]
    assert sum(each.p_value <= 0.05 and each.gain > 0 for each in made) <= 9  # 6 at 10 %
    assert np.mean([each.gain for each in made]) < 0


@pytest.mark.parametrize("steps", [1, 4])
def test_a_forecast_knows_nothing_of_what_came_after(steps: int) -> None:
    x, y = led(70, steps)
    at = 60
    known = forecasts(x, y, steps, 8)
    x[at - steps + 1 :], y[at - steps + 1 :] = 99.0, -99.0
    blind = forecasts(x, y, steps, 8)
    place = int(np.flatnonzero(known.at == at)[0])
    assert (known.own[place], known.led[place]) == (blind.own[place], blind.led[place])


@pytest.mark.parametrize(("n", "words"), [(104, "no worth"), (24, "too few")])
def test_where_there_is_nothing_to_try_it_says_so(n: int, words: str) -> None:
    x, y = led(n, 3, r=0.97) if n == 24 else np.random.default_rng(31).standard_normal((2, n))
    with speaking("en"):
        result = worth(lead_lag(x, y, 6))
        assert words in result.text()
    assert result.table().empty
    assert result.readable().empty
    assert result.figure().layout.title.text


def test_dates_are_kept() -> None:
    weeks = pd.period_range("2024-01-01", periods=104, freq="W-SUN")
    x, y = (pd.Series(each, weeks) for each in led(104, 3))
    assert worth(lead_lag(x, y)).table()["at"].iloc[-1] == weeks[-1]
