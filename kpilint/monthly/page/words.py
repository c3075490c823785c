"""The fixed words of the page, in the language that speaks."""

from __future__ import annotations

from collections.abc import Mapping

from kpilint.i18n import _


def words(rhythm: str) -> Mapping[str, str]:
    """Headings, names of landmarks and labels; ``rhythm`` is month or week."""
    week = rhythm == "week"
    return {
        "report": _("Weekly diagnosis") if week else _("Monthly diagnosis"),
        "reviewed": _("What was agreed last week, and what came of it")
        if week
        else _("What was agreed last month, and what came of it"),
        **_page(),
        **_goals(),
        **_appendix(),
    }


def _page() -> Mapping[str, str]:
    return {
        "as_of": _("As of"),
        "contents": _("Contents"),
        "skip": _("Skip to the content"),
        "view": _("View"),
        "data": _("Data"),
        "summary": _("In short"),
        "outlook": _("Will it be met?"),
        "leak": _("Where does it leak?"),
        "actions": _("What is to be done?"),
        "leads": _("Until when does it count?"),
        "no_actions": _("No goal says what to do when it moves; write action: there."),
        "table": _("Show the figures as a table"),
        "source": _("Source: "),
        "chart": _("Chart"),
        "made": _("Made with kpilint. The page holds everything it shows and loads nothing."),
    }


def _goals() -> Mapping[str, str]:
    return {
        "kgi": "KGI",
        "kpi": "KPI",
        "info": _("Activity"),
        "owner": _("Owner"),
        "actual": _("Actual"),
        "expected": _("Expected by now"),
        "target": _("Target"),
        "original": _("Original target"),
        "forecast": _("Forecast (80% range)"),
        "parts": _("By person, team and month"),
        "team_parts": _("By team and month"),
        "team": _("Team to show"),
        "all_teams": _("All"),
        "verdicts": _("The hypotheses, last month and this one"),
        "no_goals": _("There is no goal to show here."),
        "over": _("Goals whose period was over before, not shown here:"),
    }


def _appendix() -> Mapping[str, str]:
    return {
        "appendix": _("What the numbers rest on"),
        "definitions": _("Definitions of the metrics"),
        "methods": _("Methods"),
        "inputs": _("What this page was made from"),
        "input": _("Input"),
        "sha256": _("SHA-256 (first 12 digits)"),
        "head": _("The ledger's last entry"),
        "no_head": _("Nothing was recorded in a ledger."),
    }
