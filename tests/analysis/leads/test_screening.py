"""Many pairs at once: true leads stand out, chance does not, and gaps are named."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import kpilint as kl
from kpilint.analysis.leads.distributed_lag import worth
from kpilint.analysis.leads.leadlag import lead_lag
from kpilint.analysis.leads.pairs import screen
from kpilint.analysis.leads.screening import Screening, ScreeningResult, natures
from kpilint.analysis.stats import FloatArray
from kpilint.errors import Misuse
from kpilint.i18n import speaking
from tests.analysis.leads.test_leadlag import led

SAMPLE = Path(__file__).parents[3] / "data_samples"
WEEKS = pd.period_range("2024-01-01", periods=104, freq="W-SUN")


def walks(count: int, seed: int) -> dict[str, pd.Series]:
    rows = np.random.default_rng(seed).standard_normal((count, 104)).cumsum(axis=1)
    return {f"m{seed}_{n}": pd.Series(row, WEEKS) for n, row in enumerate(rows)}


def test_a_lead_stands_out_among_many() -> None:
    x, y = led(104, 4, r=0.7)
    early, late = walks(20, 1), walks(20, 2)
    early["calls"], late["wins"] = pd.Series(x, WEEKS), pd.Series(y, WEEKS)
    rows = screen(early, late, 12)
    assert tuple(rows.loc[0, ["leading", "lagging", "direction", "lag"]]) == (
        "calls", "wins", "leads", 4,
    )  # fmt: skip
    assert len(rows) == 21 * 21
    assert (rows["direction"] != "not detectable").sum() <= 3


def test_a_pair_is_what_lead_lag_says_over_the_time_that_both_have() -> None:
    x, y = (pd.Series(each, WEEKS) for each in led(104, 4))
    rows = screen({"x": x[10:]}, {"y": y[:90]}, 12, 365.25 / 7)
    alone = lead_lag(x[10:], y[:90])
    told = rows.iloc[0]
    assert (told["lag"], told["n"]) == (alone.lag, alone.n) == (4, 80)
    assert told["p"] == pytest.approx(alone.p_value)
    assert told["r"] == pytest.approx(alone.at(4)[0])


@pytest.mark.parametrize(
    ("values", "words"),
    [(np.zeros(104), "0 all the time"), (np.full(104, np.nan), "no value"), (np.ones(5), "20")],
)
def test_what_cannot_be_compared_says_why(values: FloatArray, words: str) -> None:
    good = walks(1, 3)
    with speaking("en"), np.errstate(all="raise", under="ignore"):
        rows = screen({"odd": pd.Series(values, WEEKS[: len(values)]), **good}, walks(2, 4), 12)
    odd = rows[rows["leading"] == "odd"]
    assert len(odd) == 2
    assert odd["reason"].str.contains(words).all()
    assert (rows.loc[rows["leading"] != "odd", "reason"] == "").all()


def test_nothing_to_compare_is_an_empty_table() -> None:
    assert len(screen({}, walks(2, 4), 12)) == 0


@pytest.fixture(scope="module")
def sample() -> ScreeningResult:
    goals = kl.read(SAMPLE / "goals.yaml")
    with kl.Dataset.of(goals) as data:
        return Screening.of(goals, as_of="2026-10-31")(data)


def test_the_sample_company_s_calls_lead_and_page_views_do_not(sample: ScreeningResult) -> None:
    clear = sample.pairs[sample.pairs["q"] <= 0.01]
    assert set(clear["leading"]) == {"calls"}
    assert set(clear["lag"]) == {6}
    assert {"won_count", "won_revenue"} <= set(clear["lagging"])
    vain = sample.pairs[sample.pairs["leading"] == "page_views"]
    assert set(vain["direction"]) == {"not detectable"}
    assert sample.pair().lag == 6
    assert sample.pair(lagging="won_revenue").y.name == "受注金額"


def test_its_faces(sample: ScreeningResult) -> None:
    with speaking("en"):
        assert "架電数 leads 受注数 by 6 weeks" in sample.text()
        assert "6 weeks" in sample._repr_html_()
        cells = [a.text for a in sample.figure().layout.annotations]
        nodes = [a.text for a in sample.network().layout.annotations]
    assert sum("6 weeks" in cell for cell in cells) == 5
    assert {"架電数", "受注金額", "KGI"} <= set(nodes)


def test_there_is_no_pair_of_one_metric(sample: ScreeningResult) -> None:
    with speaking("en"), pytest.raises(Misuse, match="nature"):
        sample.pair(leading="won_count")


def test_a_file_without_metrics_still_shows_its_faces(tmp_path: Path) -> None:
    path = tmp_path / "goals.yaml"
    path.write_text("version: 1\n", encoding="utf-8")
    goals = kl.read(path)
    with speaking("en"), kl.Dataset.of(goals) as data:
        result = Screening.of(goals, as_of="2026-10-31")(data)
        lead = result.pair()
        gain = worth(lead)
        assert "no such pair" in lead.text() == gain.text()
        assert "no pair" in result.text()
    figures = (result.figure(), result.network(), lead.figure(), lead.shifted(), gain.figure())
    assert all(figure.layout.title.text for figure in figures)
    assert all(each._repr_html_() for each in (result, lead, gain))


def test_what_leads_is_read_off_nature_hypotheses_stages_and_kgis() -> None:
    goals = kl.read(Path(__file__).parents[2] / "rules" / "base.yaml")
    told = natures(goals)
    assert told == {"won_revenue": "lagging", "won_count": "lagging", "opportunities": "leading"}
