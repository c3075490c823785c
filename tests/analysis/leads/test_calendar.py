"""Working days by week and month, all of them and those of some stretches."""

from __future__ import annotations

import numpy as np
import pandas as pd

from kpilint.analysis.leads.calendar import patterns


def test_months_count_their_working_days() -> None:
    months = patterns(pd.Period("2026-01", "M"), 4)
    assert months[0].tolist() == [20, 18, 21, 21]  # without Japan's holidays
    assert (months <= months[0]).all()


def test_a_month_s_last_days_fall_into_the_week_that_holds_them() -> None:
    weeks = patterns(pd.Period("2026-01-26", "W-SUN"), 3)
    assert weeks[2].tolist() == [2, 0, 0]  # 29 and 30 January; 31 January is a Saturday


def test_each_month_of_the_quarter_has_a_pattern_of_its_own() -> None:
    thirds = patterns(pd.Period("2026-01", "M"), 12)[[9, 14, 19]]
    assert (np.count_nonzero(thirds, axis=1) == 4).all()
    assert (np.count_nonzero(thirds, axis=0) == 1).all()
