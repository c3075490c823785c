"""Every rule's page is true: its bad example raises the rule, its good one does not."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from kpilint.linter import RULES
from kpilint.manual import page_of
from kpilint.rule import Rule
from kpilint.rules import ALL
from tests.rules.pages import BASE, linted, raised

EVERY_RULE = pytest.mark.parametrize("rule", ALL, ids=lambda rule: rule.code)
CATALOGUE = """
E001 invalid-yaml error
E002 unknown-key error
E003 unreadable-value error
E004 duplicate-id error
E005 unresolved-reference error
E006 circular-parent error
E007 unsafe-expression error
E008 unit-mismatch error
E009 direction-conflict error
E010 secret-in-file error
S001 vague-label warning
S002 missing-owner warning
S003 missing-definition warning
S004 missing-unit warning
S005 conflicting-definition warning
S006 definition-not-agreed warning
M001 no-metric error
M002 manual-source warning
M003 source-unreadable error
M004 column-missing error
M005 no-observations error
M006 stale-source warning
M007 period-shorter-than-grain warning
M008 immature-ratio warning
M009 no-target error
A001 target-outside-history error
A002 target-already-met warning
A003 too-little-history info
A004 growth-unprecedented warning
A005 lead-time-too-short warning
A006 volume-infeasible warning
A007 personal-target-outside-history warning
A008 coverage-too-thin warning
R001 no-kgi error
R002 kpi-without-parent warning
R003 tree-does-not-add-up error
R004 tree-does-not-explain warning
R005 no-leading-indicator warning
R006 unsupported-lead warning
R007 no-shared-kgi warning
R008 kgi-ahead-of-maturity info
R009 share-does-not-fit warning
R010 price-for-rate info
T001 no-period error
T002 period-over info
T003 targets-do-not-add-up error
T004 no-checkpoint info
T005 ambiguous-period warning
T006 child-outside-parent warning
P001 too-many-kpis warning
P002 vanity-metric warning
P003 quantity-without-quality warning
P004 no-action warning
P005 activity-as-goal warning
P006 duplicate-goal warning
P007 only-lagging warning
P008 no-review info
P009 department-without-goal info
P010 moved-goalpost warning
P011 dropped-goal warning
P012 correlated-kpis info
D001 expectation-failed error
D002 no-expectations warning
D003 stage-order-violated warning
D004 future-dated warning
D005 target-heaping info
D006 late-entry info
D007 unknown-owner warning
D008 mixed-currency warning
D009 unreadable-cells warning
X001 excuse-without-reason warning
X002 excuse-expired warning
X003 excuse-unused info
"""


def test_the_base_raises_nothing(tmp_path: Path) -> None:
    found = linted(BASE, tmp_path)
    assert [(f.code, f.message) for f in found] == []
    assert found.unchecked == ()


@EVERY_RULE
def test_the_bad_example_raises_the_rule(rule: Rule, tmp_path: Path) -> None:
    assert rule.code in {f.code for f in raised(rule, "bad", tmp_path)}


@EVERY_RULE
def test_the_good_example_does_not(rule: Rule, tmp_path: Path) -> None:
    found = raised(rule, "good", tmp_path)
    assert [f.message for f in found if f.code == rule.code] == []
    assert rule.code not in {u.code for u in found.unchecked}


@EVERY_RULE
def test_the_page_is_complete(rule: Rule) -> None:
    page = page_of(rule)
    assert page.title.endswith(".")
    assert page.why or rule.code in {"E005", "M004"}
    assert page.bad.strip()
    assert page.good.strip() not in {"", page.bad.strip()}
    assert page.options.keys() == rule.options.keys()
    assert all(page.options.values())


@EVERY_RULE
def test_code_name_and_severity_are_those_agreed(rule: Rule) -> None:
    assert f"{rule.code} {rule.name} {rule.severity}" in CATALOGUE.splitlines()


def test_every_rule_that_was_agreed_on_is_there() -> None:
    agreed = dict(line.split()[:2] for line in CATALOGUE.split("\n") if line)
    assert {r.code: r.name for r in ALL} == agreed


def test_names_are_unique() -> None:
    assert Counter(r.name for r in ALL).most_common(1)[0][1] == 1
    assert len(RULES) == len(ALL)


@EVERY_RULE
def test_required_rules_exist_and_do_not_require_back(rule: Rule) -> None:
    reached, ahead = set(), set(rule.requires)
    while ahead:
        code = ahead.pop()
        reached.add(code)
        ahead |= RULES[code].requires - reached
    assert rule.code not in reached
