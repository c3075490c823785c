"""What the numbers rest on: definitions of metrics and methods in two lines each."""

from __future__ import annotations

from collections.abc import Iterator

from kpilint.goals.goalfile import GoalSet
from kpilint.goals.metric import Metric
from kpilint.i18n import _
from kpilint.monthly.blocks import Table


def definitions(goals: GoalSet) -> Table:
    """The metrics that goals rest on: what each means, and how it is computed."""
    used = {m.name: m for goal in goals for m in goals.behind(goal.metric)}
    head = (_("Metric"), _("Definition"), _("Computed as"))
    rows = tuple(
        (metric.title, metric.definition or _("not defined"), " · ".join(_computed(metric)))
        for metric in used.values()
    )
    return Table(head, rows)


def _computed(metric: Metric) -> Iterator[str]:
    """A metric in the words of the goals file."""
    match metric.form:
        case "manual":
            yield f"manual, over: {metric.over}"
        case "formula":
            yield metric.formula or ""
        case "ratio":
            yield f"{metric.numerator} / {metric.denominator}"
            if metric.cohort:
                yield f"cohort: {metric.cohort}"
        case _:
            yield f"{metric.agg}({metric.column or ''})"
            if metric.where:
                yield f"where {metric.where}"
            if metric.time:
                yield f"time: {metric.time}"
            yield f"source: {metric.source}"


def methods() -> tuple[tuple[str, str], ...]:
    """Each method with what it does and what it does not, in about two lines."""
    return (
        (
            _("Expected by now"),
            _(
                "The target times the share of the period that is usually done by this day: "
                "business days without holidays, in the metric's own shape of past periods. "
                "Rates, means and stocks are not divided up."
            ),
        ),
        (
            _("Forecast"),
            _(
                "Where the period ends, from past periods and from deals that are open now; the "
                "range holds four of five outcomes. A probability takes eight past periods."
            ),
        ),
        (
            _("Conversion"),
            _(
                "What comes through in the end, where open records count as undecided and lost "
                "ones as another way to end (Aalen–Johansen), with a 95% range."
            ),
        ),
        (
            _("Bottleneck"),
            _(
                "The stage that fell below its own past at the same age of records, by more than "
                "quarters usually vary; not the stage with the lowest rate."
            ),
        ),
        (
            _("Change divided up"),
            _(
                "Volume, rates, price and mix, each as its logarithmic mean share; the parts add "
                "up to the change exactly. It says where, not on account of what."
            ),
        ),
        (
            _("Segments"),
            _(
                "All segments are searched at once, and the chance of coming upon something among "
                "many is allowed for. What could not have been noticed is said."
            ),
        ),
        (
            _("What leads"),
            _(
                "Trend, season, steps and each series' own memory are set aside before two "
                "series are compared. A lead is an order in time, nothing more."
            ),
        ),
        (
            _("Plan"),
            _(
                "From the goal back through the stages, with the rates and lead times of the "
                "client's own past and their uncertainty; it holds if those stay as they were."
            ),
        ),
    )
