"""The best so far, and what goes beyond it."""

from __future__ import annotations

import numpy as np
import pytest

from kpilint.analysis.planning.feasibility import Beyond, best_of, beyond

MONTHS = np.array([[5.0, 1.0, 4.0, 4.0], [1.0, 1.0, 1.0, 1.0]])


@pytest.mark.parametrize(("months", "best"), [(1, [5, 1]), (2, [8, 2]), (4, [14, 4])])
def test_the_best_of_as_many_months_in_a_row(months: int, best: list[float]) -> None:
    assert best_of(MONTHS, months).tolist() == best


@pytest.mark.parametrize("months", [0, 5])
def test_no_best_without_as_many_months(months: int) -> None:
    assert np.isnan(best_of(MONTHS, months)).all()


def test_only_what_exceeds_its_best_is_beyond() -> None:
    assert beyond([9, 2, 3], [8, 2, float("nan")]) == (Beyond(0, 9, 8),)
