"""Plans over small exports and over a generated company."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import numpy as np
import pytest

import kpilint as kl
from kpilint.analysis.planning import observed
from kpilint.analysis.planning.plan import Plan, PlanResult
from kpilint.analysis.planning.writing import to_yaml
from kpilint.analysis.untold import Untold
from kpilint.errors import KpilintError, Misuse, Unavailable
from kpilint.goals.display import department
from kpilint.i18n import LANGUAGES, speaking
from tests.benchmarks.plan_forward import World, forwarded, planned

GOALS = """
language: en
sources: {deals: {path: deals.csv}}
funnels:
  sales:
    source: deals
    record: id
    stages:
      - {name: lead, entered: a, department: marketing}
      - {name: won, entered: b, where: state = 'won', department: sales}
    lost: {entered: b, where: state = 'lost'}
    amount: amount
    after_won: {delivery: 30d, payment: 30d}
metrics:
  wins: {source: deals, agg: count, where: state = 'won', time: b, stage: sales.won, unit: count}
  leads: {source: deals, agg: count, time: a, stage: sales.lead, unit: count}
  money: {source: deals, agg: sum, column: amount, where: state = 'won', time: b, stage: sales.won, unit: JPY}
  paid: {source: deals, agg: count, where: state = 'won', time: paid, stage: sales.won, unit: count}
  big: {source: deals, agg: count, where: amount > 5, time: b, stage: sales.won}
  mean: {source: deals, agg: mean, column: amount, time: b, stage: sales.won}
  loose: {source: deals, agg: count, time: b}
goals:
  - {id: g, metric: METRIC, period: 2026-11..2026-12, target: "TARGET"}
  - {id: more, metric: leads, period: 2026-11..2026-12, target: "9"}
  - {id: part, metric: leads, period: 2026-11..2026-12, share: {of: g, percent: 30}}
"""
Planned = Callable[..., PlanResult]


def deals() -> str:
    """A lead a day in 2026 until October; every other is won after ten days, the others lost."""
    rows = []
    for n in range(304):
        came, left = (np.datetime64("2026-01-01") + shift for shift in (n, n + 10))
        state = ("won" if n % 2 else "lost") if left <= np.datetime64("2026-10-31") else ""
        rows.append(f"{n},{came},{left if state else ''},{state},{1000 if state == 'won' else ''},")
    return "id,a,b,state,amount,paid\n" + "\n".join(rows) + "\n"


@pytest.fixture
def plan(tmp_path: Path) -> Iterator[Planned]:
    """Plan back from the goal ``g`` on a metric."""
    opened: list[kl.Dataset] = []

    def of(metric: str = "wins", target: str = "20", csv: str = "", **options: str) -> PlanResult:
        (tmp_path / "deals.csv").write_text(csv or deals(), encoding="utf-8")
        text = GOALS.replace("METRIC", metric).replace("TARGET", target)
        goals = kl.read(tmp_path / "goals.yaml", source=text)
        assert goals.faults == ()
        opened.append(kl.Dataset.of(goals))
        as_of = options.pop("as_of", "2026-10-31")
        return Plan.of(goals, "g", as_of=as_of, draws=20, **options)(opened[-1])

    with speaking("en"):
        yield of
    for data in opened:
        data.close()


def test_leads_that_are_needed(plan: Planned) -> None:
    """Half of the leads win after ten days: 5 of those under way, and 15 of 30 in 51 days."""
    result = plan()
    assert result.course.expected == pytest.approx(5, rel=0.02)
    assert result.course.missing == pytest.approx(15, rel=0.02)
    assert result.leads == pytest.approx(30 * 61 / 51, rel=0.02)
    assert result.done == 0
    assert [str(day) for day in result.deadlines] == ["2026-12-21", "2026-12-31"]
    assert [v.needed for v in result.volumes()] == pytest.approx([40, 20], rel=0.02)
    table = result.table()
    assert list(table) == ["month", "stage", "known", "open", "new", "needed", "low", "high"]
    won = table[table["stage"] == "won"]
    assert won["needed"].sum() == pytest.approx(20)
    assert (table["low"] <= table["high"]).all()


def test_what_must_be_paid_must_be_won_sooner(plan: Planned) -> None:
    """``after_won`` counts where the goal has another time than the stage, and up to its step."""
    assert plan("wins").plan.aim.after == 0
    assert plan("paid", as_of="2026-10-15").plan.aim.after == 60
    result = plan("paid", after="delivery", as_of="2026-10-15")
    assert str(result.plan.aim.end) == "2026-12-01"
    assert any("2026-12-01" not in r and "1 Dec 2026" in r for r in result.remarks())
    assert "its own months are not here" in to_yaml(result)


def test_a_funnel_is_read_once_for_all_plans_on_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And what a plan takes of it is the same whether others were made before or not."""
    (tmp_path / "deals.csv").write_text(deals(), encoding="utf-8")
    text = GOALS.replace("METRIC", "wins").replace("TARGET", "20")
    goals = kl.read(tmp_path / "goals.yaml", source=text)
    read: list[str] = []
    passages = observed.passages
    monkeypatch.setattr(
        observed,
        "passages",
        lambda data, spec, day: [read.append(""), passages(data, spec, day)][1],
    )
    with kl.Dataset.of(goals) as data:
        plans = [Plan.of(goals, each, as_of="2026-10-31", draws=0) for each in ("g", "more")]
        records = observed.Records(data, plans[0].as_of)
        shared = [plan.on(records, data) for plan in plans]
        assert len(read) == 1
        alone = [plan(data) for plan in plans]
    assert [each.table().to_csv() for each in shared] == [each.table().to_csv() for each in alone]


def test_an_export_of_won_deals_only_is_told(plan: Planned) -> None:
    """Its rates are 100 %, which nobody should plan with."""
    kept = [row for row in deals().splitlines() if ",lost," not in row and ",won," in row]
    only = "id,a,b,state,amount,paid\n" + "\n".join(kept) + "\n"
    assert "won deals only" in plan(csv=only, target="60").text()
    assert "won deals only" not in plan(target="60").text()


def test_what_should_have_come_by_now_is_said_to_be_over(plan: Planned) -> None:
    """Ten days before the end, and a lead takes ten days."""
    due = list(plan(target="200", as_of="2026-12-21").readable()["Due"])
    assert due == ["21 Dec 2026 (over)", "31 Dec 2026"]


def test_volumes_without_draws_have_no_interval(plan: Planned) -> None:
    told, bare = plan().volumes(), plan().volumes(draws=0)
    assert [(v.stage, v.needed, v.best) for v in told] == [
        (v.stage, v.needed, v.best) for v in bare
    ]
    assert all(v.low <= v.needed <= v.high for v in told)
    assert all(np.isnan([v.low, v.high]).all() for v in bare)


def test_money(plan: Planned) -> None:
    result = plan("money", "20000円")
    assert result.seen.worth.mean == 1000
    assert result.course.missing == pytest.approx(15, rel=0.02)
    assert "¥20,000" in result.text()


def test_departments_are_called_what_readers_call_them() -> None:
    with speaking("ja"):
        assert department("inside_sales") == "インサイドセールス"
        assert department("営業企画") == "営業企画"


def test_departments_bring_what_is_missing(plan: Planned) -> None:
    assert plan().by_department() == pytest.approx({"marketing": 20})


@pytest.mark.parametrize(
    ("target", "as_of", "said"),
    [
        ("5", "2026-10-31", "needs no new leads"),
        ("20", "2026-10-31", "must come of new ones"),
        ("900", "2026-10-31", "That has never been: Leads"),
        ("900", "2026-12-25", "come too late"),
    ],
)
def test_verdicts(target: str, as_of: str, said: str, plan: Planned) -> None:
    assert said in plan("wins", target, as_of=as_of).text()


def test_a_goal_that_is_reached(plan: Planned) -> None:
    late = deals().replace("2026-01", "2026-11").replace("2026-02", "2026-12")
    result = plan("wins", "5", csv=late, as_of="2026-12-20")
    assert "is reached already" in result.text()
    assert result.course.missing == 0


def test_a_goal_on_the_first_stage_needs_no_lag(plan: Planned) -> None:
    result = plan("leads", "100")
    assert result.leads == pytest.approx(100)
    assert "100 more are needed by" in result.text()


def test_written_back_it_reads_as_the_same_plan(plan: Planned, tmp_path: Path) -> None:
    result = plan()
    text = to_yaml(result, {"A": 0.5, "B": 0.5})
    read = kl.read(tmp_path / "written.yaml", source=text)
    own, more = read.by_id["g"], read.by_id["more"]
    assert own.targets is not None
    assert more.targets is not None
    parts = [q.value for months in own.targets.people.values() for q in months.values()]
    assert sum(parts) == 20
    leads = sum(quantity.value for quantity in more.targets.months.values())
    assert leads == pytest.approx(result.leads, abs=2)


@pytest.mark.parametrize(
    ("metric", "target", "options", "error", "said"),
    [
        ("loose", "20", {}, Misuse, "stands at no stage"),
        ("big", "20", {}, Misuse, "selects other records"),
        ("mean", "20", {}, Misuse, "only a count"),
        ("wins", "0", {}, Misuse, "target above 0"),
        ("wins", "-3", {}, Misuse, "target above 0"),
        ("wins", "20", {"as_of": "2027-01-31"}, Misuse, "can no longer be planned"),
        ("wins", "20", {"as_of": "soon"}, Misuse, "cannot be read as a date"),
        ("wins", "20", {"after": "party"}, Misuse, "no step “party”"),
        (
            "money",
            "20",
            {"csv": "id,a,b,state,amount,paid\n1,2026-10-01,,,,\n"},
            Unavailable,
            "amount",
        ),
        ("wins", "20", {"csv": "id,a,b,state,amount,paid\n1,,,,,\n"}, Unavailable, "has a date"),
    ],
)
def test_what_cannot_be_planned(
    metric: str,
    target: str,
    options: dict[str, str],
    error: type[KpilintError],
    said: str,
    plan: Planned,
) -> None:
    with pytest.raises(error, match=said):
        plan(metric, target, **options)


def test_an_unknown_goal_is_told_the_nearest(plan: Planned) -> None:
    goals = plan().plan.goals
    with pytest.raises(Misuse, match="more"):
        Plan.of(goals, "mores", as_of="2026-10-31")


@pytest.mark.parametrize("rows", ["1,2026-10-01,,,,", "1,2026-10-01,2026-10-02,lost,,"])
def test_a_funnel_that_nobody_came_through(rows: str, plan: Planned) -> None:
    result = plan("wins", "20", csv=f"id,a,b,state,amount,paid\n{rows}\n")
    assert not result.feasible
    assert "come too late" in result.text()
    assert result.volumes() == ()
    for language in LANGUAGES:
        with speaking(language):
            assert "nan" not in result._repr_html_().lower().replace("finance", "")


def test_it_shows_itself(plan: Planned) -> None:
    result = plan()
    for language in LANGUAGES:
        with speaking(language):
            assert len(result.figure().data) == 3 * len(result.stages)
            assert result.text()
            assert len(result.readable()) == len(result.stages)
    assert any("30%" in remark for remark in result.remarks())


@pytest.mark.parametrize(
    ("metric", "period", "target"),
    [("wins", "2026-11..2026-12", "60"), ("money", "2027-01..2027-03", "4億円")],
)
def test_followed_to_the_letter_it_brings_the_target(
    metric: str, period: str, target: str, tmp_path: Path
) -> None:
    """Simulated deal by deal; the whole table stands in ``docs/benchmarks/plan.md``."""
    result = planned(tmp_path, metric, period, target, 7, World())
    reached = forwarded(result, np.random.default_rng(7))
    assert reached == pytest.approx(result.plan.aim.target, rel=0.01)


def test_growth_is_resolved_before_it_is_planned(plan: Planned) -> None:
    """Half of the leads of 61 days came through in September and October."""
    result = plan("wins", "前期比+10%", as_of="2026-10-31")
    assert result.plan.aim.target == pytest.approx(
        1.1 * result.seen.value(date(2026, 9, 1), date(2026, 10, 31))
    )


def test_growth_on_a_past_that_is_not_told_is_a_sentence(plan: Planned) -> None:
    with pytest.raises(Unavailable, match="2025"):
        plan("wins", "前年比110%")


def test_a_page_gets_a_plan_or_a_reason(tmp_path: Path) -> None:
    (tmp_path / "deals.csv").write_text(deals(), encoding="utf-8")
    text = GOALS.replace("METRIC", "loose").replace("TARGET", "9")
    goals = kl.read(tmp_path / "goals.yaml", source=text)
    with kl.Dataset.of(goals) as data, speaking("en"):
        named = Plan.told(goals, "g", data, as_of="2026-10-31")
        free = Plan.told(goals, "", data, as_of="2026-10-31")
        late = Plan.told(goals, "", data, as_of="2027-10-31")
    assert isinstance(named, Untold)
    assert "stands at no stage" in named.reason
    assert isinstance(free, PlanResult)
    assert free.plan.aim.goal.id == "more"
    assert isinstance(late, Untold)
