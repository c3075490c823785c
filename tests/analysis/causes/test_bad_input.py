"""Every diagnosis answers in plain words whatever the records look like; no page shows NaN."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

import kpilint as kl
from kpilint.analysis.causes.change import Change
from kpilint.analysis.causes.people import People
from kpilint.analysis.causes.segments import Segments
from kpilint.i18n import LANGUAGES, speaking
from tests.analysis.funnels.worlds import GOALS, Row, deals, write

USUAL = deals(a_day=2, start=date(2024, 1, 1))
BAD: dict[str, list[Row]] = {
    "nothing": [],
    "one record": USUAL[:1],
    "a stage nobody reached": [(*r[:2], "", r[3], "lost", *r[5:]) for r in USUAL],
    "all lost": [(*r[:4], "lost", *r[5:]) for r in USUAL],
    "all open": [(*r[:2], "", "", "", *r[5:]) for r in USUAL],
    "dates in the wrong order": [(r[0], r[3], r[2] or r[1], r[1], *r[4:]) for r in USUAL],
    "every record twice": [*USUAL, *USUAL],
    "a segment with one record": [(*USUAL[0][:6], "alone", *USUAL[0][7:]), *USUAL[1:]],
    "one record a segment": [(*r[:6], f"channel {n}", *r[7:]) for n, r in enumerate(USUAL)],
    "negative amounts": deals(a_day=2, start=date(2024, 1, 1), amount=-1e6),
    "amounts beyond squaring": deals(a_day=2, start=date(2024, 1, 1), amount=1e200),
    "one day": [(n, *USUAL[0][1:2], *r[2:]) for n, r in enumerate(USUAL)],
    "far in the future": [
        (r[0], *(d and d + timedelta(days=3_000) for d in r[1:4]), *r[4:])  # type: ignore[operator]
        for r in USUAL
    ],
}


@pytest.mark.parametrize("case", BAD)
def test_always_an_answer(tmp_path: Path, case: str) -> None:
    write(tmp_path, BAD[case])
    goals = kl.read(tmp_path / "goals.yaml", source=GOALS)
    assert goals.faults == ()
    with kl.Dataset.of(goals) as data:
        for kind in (kl.Funnel, Segments, People, Change):
            result = kind.of(goals, "sales", as_of="2025-12-31")(data)
            for language in LANGUAGES:
                with speaking(language):
                    shown = result._repr_html_() + result.figure().to_json()
                    assert len(result.text()) > 10
                for sign in ("NaN", "nan%", "<NA>", "None", "inf%", "nan"):
                    assert sign not in shown, (kind, language)
