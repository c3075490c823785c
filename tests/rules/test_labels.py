"""The rules where language is involved, judged on labels that their patterns were not shaped on."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from kpilint.goals.goalfile import read
from kpilint.linter import Config, lint
from kpilint.rules.labels import Kind, is_wish, kind_of

FOLDER = Path(__file__).with_name("labels")
RULES = {"wish": "S001", "vanity": "P002", "volume": "P003", "activity": "P005"}
CASES = [(verdict, language) for verdict in RULES for language in ("ja", "en")]
STAGES = ("lead", "mql", "sql", "opportunity", "won")

PIECES = [
    *"のをにへ数率件12%(:/- ",
    "架電",
    "の",
    "増やす",
    "more ",
    "leads ",
    "up ",
    "per ",
    "1:1s ",
]

Row = dict[str, Any]


class Score(NamedTuple):
    """How a rule fared on the labels of one language."""

    found: int
    missed: int
    wrong: int

    @property
    def precision(self) -> float:
        return self.found / (self.found + self.wrong)

    @property
    def recall(self) -> float:
        return self.found / (self.found + self.missed)

    def __str__(self) -> str:
        counts = f"{self.found:5} {self.missed:6} {self.wrong:5}"
        return f"{counts} {self.precision:9.3f} {self.recall:6.3f}"


def goals_file(rows: list[Row]) -> dict[str, Any]:
    """A goals file with one KPI a label, each on a metric of its own where the row names one."""
    stages = [{"name": name, "entered": f"entered_{name}"} for name in STAGES]
    goals, metrics = [], {}
    for number, row in enumerate(rows):
        goal = {"id": f"g{number}", "label": row["label"], "role": "kpi", "owner": f"担当{number}"}
        if "metric" in row:
            metrics[f"m{number}"] = metric_of(row["metric"])
            goal["metric"] = f"m{number}"
        goals.append(goal)
    return {
        "version": 1,
        "funnels": {"sales": {"source": "deals", "record": "deal_id", "stages": stages}},
        "metrics": metrics,
        "goals": goals,
    }


def metric_of(told: Row) -> Row:
    """A row's metric in full: its stage on the funnel, its ratio of two others."""
    metric = {key: value for key, value in told.items() if key not in {"stage", "ratio"}}
    if "stage" in told:
        metric["stage"] = f"sales.{told['stage']}"
    if told.get("ratio"):
        metric |= {"numerator": "part", "denominator": "whole"}
    return metric


@pytest.fixture(scope="module", params=["held_out", "opened", "tuning"])
def scores(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The score of each rule in each language, and the table of them on standard output."""
    corpus = yaml.safe_load((FOLDER / f"{request.param}.yaml").read_text(encoding="utf-8"))
    table = {}
    for language in ("ja", "en"):
        rows = corpus[language]
        path = tmp_path_factory.mktemp(language) / "goals.yaml"
        path.write_text(yaml.safe_dump(goals_file(rows), allow_unicode=True), encoding="utf-8")
        findings = lint(read(path), config=Config(select=tuple(RULES.values())))
        raised = {(f.code, int(f.subject.id.removeprefix("g"))) for f in findings}
        for verdict, code in RULES.items():
            pairs = Counter((row[verdict], (code, n) in raised) for n, row in enumerate(rows))
            score = Score(pairs[True, True], pairs[True, False], pairs[False, True])
            table[verdict, language] = score
    print(f"\n{request.param:19} found missed wrong precision recall")
    for (verdict, language), score in table.items():
        print(f"{RULES[verdict]} {verdict:8} {language:4} {score}")
    return table


@pytest.mark.parametrize(("verdict", "language"), CASES)
def test_precision_and_recall(
    scores: dict[tuple[str, str], Score], verdict: str, language: str
) -> None:
    """Figures only: a label that was missed here must not shape a pattern."""
    score = scores[verdict, language]
    assert score.precision >= 0.95, f"{score.wrong} of {score.found + score.wrong} are wrong"
    assert score.recall >= 0.9, f"{score.missed} of {score.found + score.missed} are missed"


@given(st.text(max_size=60) | st.lists(st.sampled_from(PIECES), max_size=8).map("".join))
def test_any_text_is_read(label: str) -> None:
    assert is_wish(label) in {True, False}
    assert kind_of(label) in {None, *Kind}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("架電数", "架電 数"),
        ("ｺｰﾙ数", "コール数"),
        ("ＰＶ", "pv"),
        ("リード数", "リード数(展示会)"),
        ("Leads", "Number of leads"),
        ("Page views", "PAGE VIEWS (blog)"),
        ("Calls", "calls / week"),
    ],
)
def test_spelling_does_not_matter(one: str, other: str) -> None:
    assert kind_of(one) is kind_of(other) is not None


@pytest.mark.parametrize(
    ("label", "kind"),
    [
        ("架電数を増やす", Kind.ACTIVITY),
        ("架電の質を高める", None),
        ("PVあたりCV率", Kind.RESULT),
        ("記事あたり平均PV", Kind.EXPOSURE),
        ("訪問計画の実施率", Kind.ACTIVITY),
        ("採用の応募者数", Kind.RESULT),
        ("More demo requests", Kind.VOLUME),
        ("Improve call quality", None),
        ("Leads per marketing dollar", Kind.RESULT),
        ("Intro calls", Kind.VOLUME),
        ("Feature requests", Kind.RESULT),
    ],
)
def test_the_head_decides(label: str, kind: Kind | None) -> None:
    assert kind_of(label) is kind


@pytest.mark.parametrize(
    ("label", "wish"),
    [
        ("商談を30件に増やす", False),
        ("1件でも多くの商談を", True),
        ("年商100億円企業へ", True),
        ("解約率を5%以下に", False),
        ("Raise win rate to 27%", False),
        ("Give 110% every day", True),
        ("Win 2026", True),
        ("Imporve win rate", True),
    ],
)
def test_an_amount_makes_a_measure_and_a_number_does_not(label: str, *, wish: bool) -> None:
    assert is_wish(label) is wish
