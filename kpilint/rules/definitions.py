"""S: a metric says what it counts, in what unit, and who agreed to it."""

from __future__ import annotations

import re
from unicodedata import normalize

from kpilint.finding import Subject
from kpilint.goals.goalfile import GoalSet
from kpilint.goals.metric import Metric
from kpilint.goals.target import unit_of, units_of
from kpilint.goals.unit import CURRENCIES
from kpilint.goals.written import plain_name
from kpilint.i18n import _, listed
from kpilint.rule import INFO, WARNING, Flaw, Flaws, rule
from kpilint.rules.places import place_of

# Words that judge a record. Without a test that it must pass, everyone judges in their own way.
# Patterns are text here: re compiles and keeps them when a goals file first needs them.
_JUDGED = (
    r"(?i)有効(?!期[限間])|質の[高良]い|良質|優良|見込み?(?:度の高い|客|顧客)|(?:案件|商談)化|ホット(?:な|リード)"
    r"|確度の?高|適格|(?:重点|ターゲット|活用|稼働)(?:企業|顧客|リード|商談|アカウント|ユーザー)"
    r"|アクティブ|休眠|健全"
    r"|(?<![A-Za-z])(?:[MSPH]QLs?|SALs?|SQOs?|ICP|qualified|valid|good|hot|warm|ideal|engaged"
    r"|high[- ](?:quality|intent|fit)|quality (?:leads?|opportunities|meetings?|deals?)"
    r"|sales[- ]ready|healthy|at[- ]risk|(?:target|key) accounts?|active (?:users?|customers?|accounts?))(?![A-Za-z])"
)
_EARNED = r"(?i)売上|収益|(?<![A-Za-z])(?:revenue|sales|turnover|income)(?![A-Za-z])"
_COUNTED = (
    r"(?i)受注|成約|契約|検収|納品|出荷|入金|回収|請求|計上|月次経常|年間経常"
    r"|(?<![A-Za-z])(?:won|book(?:ed|ings?)|orders?|sign(?:ed|ing)|accept(?:ed|ance)|deliver(?:ed|y)"
    r"|invoiced?|billed|paid|received|cash|recogni[sz]ed|recurring|contract(?:ed|s)?|[AM]RR)"
    r"(?![A-Za-z])"
)
_TAX = r"(?i)税|(?<![A-Za-z])(?:tax(?:es)?|VAT|GST)(?![A-Za-z])"
_TAX_APART = frozenset({"USD"})  # prices are quoted without it


@rule("S003", WARNING)
def missing_definition(goals: GoalSet) -> Flaws:
    """A metric that judges what it counts says by which test.

    MQL, 有効商談 and "qualified" mean one thing to marketing and another to sales, and both report
    their own figure. Money needs its basis as well (a note only): with or without tax, and at
    order, acceptance or payment. It is enough to say it once for a column.

    Bad:
        metrics:
          valid: {label: 有効商談数, source: deals, agg: count, time: entered_opportunity}
    Good:
        metrics:
          valid:
            label: 有効商談数
            definition: 予算・決裁者・導入時期を確認し、提案日が決まった取引
            source: deals
            agg: count
            time: entered_opportunity

    When to ignore: the test is written in a contract or a manual that both sides use.
    """
    told = _told_of_columns(goals)
    for metric in goals.metrics.values():
        if metric.form not in {"flow", "stock", "manual"}:
            continue  # the parts of a ratio or a formula speak for it
        about = Subject("metric", metric.name)
        judged = None if metric.definition else _judged(goals, metric)
        if judged:
            message = _(
                "“{metric}” does not say what counts as “{word}”, so each department counts its "
                "own. Write the test that a record must pass as definition:.",
                metric=metric.title,
                word=judged,
            )
            yield Flaw(metric.at("label"), message, {"matched": judged}, about=about)
        elif metric.unit in CURRENCIES:
            lacking = _missing_basis(metric, told.get(_column(metric), ""))
            if lacking:
                yield Flaw(metric.at("label"), lacking, about=about, severity=INFO)


def _judged(goals: GoalSet, metric: Metric) -> str | None:
    """The judging word in what a metric, or a goal on it, is called."""
    named = metric.label or metric.name.replace("_", " ")
    labels = (goal.label for goal in goals.by_metric.get(metric.name, ()))
    for text in (named, *labels):
        if text and (found := re.search(_JUDGED, normalize("NFKC", text))):
            return found.group()
    return None


def _column(metric: Metric) -> tuple[str | None, str | None]:
    """Whose amounts a metric adds up; a metric that is typed in has its own."""
    return (metric.source, metric.column) if metric.column else (None, metric.name)


def _told_of_columns(goals: GoalSet) -> dict[tuple[str | None, str | None], str]:
    """All that labels and definitions say of a column's amounts."""
    told: dict[tuple[str | None, str | None], list[str]] = {}
    for metric in goals.metrics.values():
        words = [metric.title, metric.definition or ""]
        told.setdefault(_column(metric), []).extend(words)
    return {column: normalize("NFKC", " ".join(words)) for column, words in told.items()}


def _missing_basis(metric: Metric, told: str) -> str | None:
    """What an amount of money leaves open."""
    taxed = metric.unit in _TAX_APART or re.search(_TAX, told)
    earned = re.search(_EARNED, normalize("NFKC", metric.title))
    dated = not earned or re.search(_COUNTED, told)
    if not taxed and not dated:
        return _(
            "“{metric}” says neither whether tax is included nor when the money counts: at order, "
            "acceptance or payment. Write both into definition:.",
            metric=metric.title,
        )
    if not taxed:
        return _(
            "“{metric}” does not say whether tax is included. Write it into definition:.",
            metric=metric.title,
        )
    if not dated:
        return _(
            "“{metric}” does not say when the money counts: at order, acceptance or payment. "
            "Write it into definition:.",
            metric=metric.title,
        )
    return None


@rule("S004", WARNING)
def missing_unit(metric: Metric, goals: GoalSet) -> Flaws:
    """A metric has a unit.

    "45" can be yen, points or hours. Counts, and ratios of like things, have theirs already.

    Bad:
        label: 受注金額
        agg: sum
        column: amount
    Good:
        label: 受注金額
        agg: sum
        column: amount
        unit: JPY
    """
    if metric.has("unit") or not _parts_have_units(goals, metric):
        return
    try:
        unit = unit_of(goals, metric)
    except ValueError:
        return  # E008 tells of it
    if unit is None:
        message = _(
            "Nothing says in what “{metric}” is measured. Write unit:, for example JPY, percent, "
            "hours or points.",
            metric=metric.title,
        )
        yield Flaw(metric.at("unit"), message)


def _parts_have_units(goals: GoalSet, metric: Metric) -> bool:
    """Whether the fault is the metric's own; a part without a unit is told of itself."""
    try:
        return None not in units_of(goals, metric.parts, (metric.name,)).values()
    except ValueError:  # E008 tells of it
        return False


@rule("S006", WARNING, requires={"S003"})
def definition_not_agreed(metric: Metric, goals: GoalSet) -> Flaws:
    """What one department hands over to the next is defined by both.

    Where a stage belongs to marketing and the one after it to sales, the number is what the two
    will argue about. ``agreed_by`` names those who have agreed to the definition.

    Bad:
        label: 新規リード数
        stage: sales.lead     # marketing's; the next stage is sales'
    Good:
        label: 新規リード数
        stage: sales.lead
        agreed_by: [marketing, sales]

    Source: the service level agreement between marketing and sales, as inbound marketing knows it.
    """
    sides = _sides(goals, metric) if metric.form in {"flow", "stock", "manual"} else ()
    agreed = {plain_name(name) for name in metric.agreed_by}
    missing = [side for side in sides if plain_name(side) not in agreed]
    if missing:
        message = _(
            "“{metric}” is handed over from {giver} to {taker}, but {missing} has not agreed to "
            "its definition. Settle it together and name both in agreed_by:.",
            metric=metric.title,
            giver=sides[0],
            taker=sides[1],
            missing=listed(missing),
        )
        yield Flaw(metric.at("agreed_by"), message, {"missing": missing})


def _sides(goals: GoalSet, metric: Metric) -> tuple[str, ...]:
    """The department of a metric's stage and that of the next, where they are two."""
    place = place_of(goals, metric)
    if place is None or place.is_last:
        return ()
    here, after = place.funnel.stages[place.position : place.position + 2]
    if not here.department or not after.department:
        return ()
    two = plain_name(here.department) != plain_name(after.department)
    return (here.department, after.department) if two else ()
