"""A month made by hand: goals with their states, notebooks with their outputs, no data behind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import plotly.graph_objects as go
from nbformat import NotebookNode, v4

from kpilint.analysis.tracking.attainment import Part
from kpilint.analysis.tracking.status import Forecast, GoalStatus, StatusResult
from kpilint.finding import Finding, Findings, Severity, Span, Subject
from kpilint.goals.goalfile import GoalSet, read
from kpilint.goals.period import read_period
from kpilint.monthly.blocks import FIGURE
from kpilint.monthly.manifest import Input, Order
from kpilint.monthly.month import Before, Month

MADE: Any = v4  # it has no types
AS_OF = date(2026, 10, 31)
GOALS = """
organization: みほん㈱ <b>&</b>
language: en
fiscal_year_start: 4
teams: {North: [Ann Lee, 佐藤 健一]}
metrics:
  revenue: {label: Revenue, source: deals, agg: sum, column: amount, time: closed, unit: JPY}
  orders: {label: Orders, definition: Signed, source: deals, agg: count, time: closed, unit: count}
goals:
  - {id: revenue, label: Revenue, role: kgi, metric: revenue, department: field_sales, owner: Sales,
     period: 2026-Q3, target: 3900万円, action: Walk through stalled deals, review: weekly}
  - {id: orders, label: Orders, role: kpi, metric: orders, department: field_sales, owner: Ann Lee,
     period: 2026-Q3, target: 13, action: Ask for the order, review: monthly}
  - {id: calls, label: Calls, role: info, metric: orders, department: inside_sales,
     period: 2026-10, target: 400}
"""


def goal_set(text: str = GOALS) -> GoalSet:
    """The goals of a file that is not there."""
    return read("goals.yaml", source=text)


def forecast(probability: float | None = 0.31, *, p90: float = 42e6, past: int = 12) -> Forecast:
    """A forecast around 37.8 million; without a probability it is a guess."""
    guess = probability is None
    return Forecast(34.1e6, 37.8e6, p90, probability, 6 if guess else past, guess, by_deals=False)


def state_of(goals: GoalSet, name: str, **changes: Any) -> GoalStatus:
    """How a goal of the set stands; in money, a third of it made, unless said otherwise."""
    goal = goals.by_id[name]
    plain = GoalStatus(
        goal=goal.id,
        label=goal.title,
        role=goal.role,
        owner=goal.owner,
        unit="JPY",
        better="higher",
        period=goal.period,
        target=39e6,
        original_target=39e6,
        actual=12.5e6,
        attainment=12.5 / 39,
        original_attainment=12.5 / 39,
        expected_by_now=13.3e6,
        forecast=forecast(),
        pipeline=None,
        pace=None,
        status="at_risk",
    )
    return replace(plain, **changes)


PARTS = (
    Part("佐藤 健一", None, read_period("2026-10"), 5e6, 5.2e6, 1.04, leaf=True),
    Part(None, "North", None, 29e6, 9e6, 9 / 29, leaf=False),
)


def found(*codes: tuple[str, Severity], ran: Sequence[str] = ("D001", "M003", "M006")) -> Findings:
    """Findings by code and severity."""
    made = [
        Finding(code, "name", level, "message", Span("goals.yaml"), Subject("source", "deals"))
        for code, level in codes
    ]
    return Findings(AS_OF, tuple(made), (), 3, "en", frozenset(ran))


def month(
    *notebooks: NotebookNode,
    goals: GoalSet | None = None,
    states: Sequence[GoalStatus] | None = None,
    language: str = "en",
    before: Before | None = None,
    findings: Findings | None = None,
    parameters: Mapping[str, str] | None = None,
    used: Sequence[Input] = (),
    period: str = "2026-10",
) -> Month:
    """A month of such notebooks and goals; all goals stand alike unless their states are given."""
    goals = goals or goal_set()
    given = tuple(states if states is not None else (state_of(goals, goal.id) for goal in goals))
    order = Order(goals, read_period(period), AS_OF, language, parameters or {})
    result = StatusResult(AS_OF, given)
    return Month(
        order, tuple(used), notebooks, result, findings or found(), before or Before(), "3f" * 32
    )


def notebook(*cells: NotebookNode) -> NotebookNode:
    """A notebook of such cells."""
    whole: NotebookNode = MADE.new_notebook(cells=list(cells))
    return whole


def said(text: str, *tags: str) -> NotebookNode:
    """A markdown cell."""
    cell: NotebookNode = MADE.new_markdown_cell(text, metadata={"tags": list(tags)})
    return cell


def shown(*outputs: Mapping[str, Any], tags: Sequence[str] = ()) -> NotebookNode:
    """A code cell that has shown something."""
    results = [MADE.new_output("execute_result", data=dict(data)) for data in outputs]
    cell: NotebookNode = MADE.new_code_cell(
        "secret_code = 1", outputs=results, metadata={"tags": list(tags)}
    )
    return cell


def html(text: str) -> dict[str, str]:
    """A result that says so and has it in its table."""
    table = f"<table><tr><th>{text}</th></tr><tr><td>{text}</td></tr></table>"
    return {"text/html": f"<p>{text}</p>{table}"}


def chart(text: str = "a") -> dict[str, Any]:
    """A figure with the text wherever a figure can have one."""
    figure = go.Figure(go.Bar(x=[text], y=[1], text=[text]))
    figure.update_layout(title=text, annotations=[{"text": text, "x": 0, "y": 0}], height=200)
    return {FIGURE: figure.to_plotly_json()}
