"""All metrics of a source in one question: how often it is asked, and whose fault it is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import duckdb
import ibis.expr.types as ir
import pytest
from ibis.backends.duckdb import Backend

from kpilint.data.dataset import Dataset
from kpilint.data.measure import history

Open = Callable[..., Dataset]
UNTIL = date(2026, 10, 31)
DEALS = """id,stage,opened,closed,amount
1,won,2026-08-01,2026-09-01,100
2,won,2026-09-01,2026-10-31,200
3,lost,2026-10-01,2026-10-31,
"""
METRICS = """
  won: {source: t, agg: count, where: stage = 'won', time: closed}
  closed: {source: t, agg: count, time: Closed}
  value: {source: t, agg: sum, column: amount, where: stage = 'won', time: closed}
  again: {label: Value, source: t, agg: sum, column: amount, where: stage = 'won', time: closed}
  rate: {numerator: won, denominator: closed}
  opened: {source: t, agg: count, time: opened}
"""


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The columns of each question by period that the engine is asked."""
    answer, seen = Backend.to_pyarrow, []

    def listen(backend: Backend, question: ir.Expr, /, **how: object) -> object:
        if isinstance(question, ir.Table) and "period" in question.columns:
            seen.append(" ".join(question.columns))
        return answer(backend, question, **how)

    monkeypatch.setattr(Backend, "to_pyarrow", listen)
    return seen


def told(data: Dataset, metric: str, grain: str = "month") -> list[float]:
    found = history(data, data.goals, data.goals.metrics[metric], grain=grain, until=UNTIL)
    return [float(value) for value in found]


def test_a_source_is_asked_once_for_each_time_and_grain(opened: Open, asked: list[str]) -> None:
    data = opened(DEALS, metrics=METRICS)
    assert [told(data, name) for name in ("won", "closed", "value", "again", "rate")] == [
        [1, 1], [1, 2], [100, 200], [100, 200], [1, 0.5],
    ]  # fmt: skip
    assert asked == ["period value0 n0 value1 n1 value2 n2"]
    assert told(data, "opened") == [1, 1, 1]
    assert len(told(data, "won", "week")) == 8
    assert len(asked) == 3
    data.close()
    assert told(data, "won") == [1, 1]
    assert len(asked) == 4


def test_an_expression_that_fails_takes_no_other_with_it(opened: Open, asked: list[str]) -> None:
    too_large = "amount + 9999999999 * 9999999999"
    bad = f"  bad: {{source: t, agg: sum, column: {too_large}, time: closed}}\n"
    missing = "  missing: {source: t, agg: sum, column: nothing, time: closed}\n"
    data = opened(DEALS, metrics=METRICS + bad + missing)
    assert told(data, "won") == [1, 1]
    assert told(data, "value") == [100, 200]
    with pytest.raises(duckdb.Error):
        told(data, "bad")
    assert len(asked) == 6  # together and alone
