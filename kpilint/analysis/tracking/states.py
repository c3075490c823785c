"""The state that a goal is in, and how a reader sees it: word, sign and colour."""

from __future__ import annotations

from typing import Literal, TypeAlias

from kpilint.goals.metric import Better
from kpilint.i18n import _

State: TypeAlias = Literal[
    "met", "missed", "on_track", "at_risk", "off_track", "not_started", "no_data"
]

LIKELY, POSSIBLE = 0.5, 0.2  # probabilities of reaching the target
AHEAD, BEHIND = 1.0, 0.9  # of what was expected by now

# Okabe and Ito's hues, darkened to a contrast of 4.5 on white.
COLOURS: dict[State, str] = {
    "met": "#00664b",
    "on_track": "#00664b",
    "at_risk": "#8f5a00",
    "off_track": "#a8420a",
    "missed": "#a8420a",
    "not_started": "#55616d",
    "no_data": "#55616d",
}
SIGNS: dict[State, str] = {
    "met": "●",
    "on_track": "●",
    "at_risk": "▲",
    "off_track": "■",
    "missed": "■",
    "not_started": "○",
    "no_data": "–",
}


def word(state: State) -> str:
    """The state with its sign, so that it reads without colour."""
    words: dict[State, str] = {
        "met": _("Met"),
        "missed": _("Missed"),
        "on_track": _("On track"),
        "at_risk": _("At risk"),
        "off_track": _("Off track"),
        "not_started": _("Not started"),
        "no_data": _("No data"),
    }
    return f"{SIGNS[state]} {words[state]}"


def state(
    probability: float | None, actual: float, expected: float | None, better: Better
) -> State:
    """The state of a goal under way: by its probability, else by its pace."""
    if probability is not None:
        return _graded(probability, LIKELY, POSSIBLE)
    pace = _pace(actual, expected, better)
    return "no_data" if pace is None else _graded(pace, AHEAD, BEHIND)


def _graded(value: float, good: float, fair: float) -> State:
    return "on_track" if value >= good else "at_risk" if value >= fair else "off_track"


def _pace(actual: float, expected: float | None, better: Better) -> float | None:
    """Actual over expected, or the reverse where lower is better; None without meaning."""
    if expected is None or expected < 0:
        return None
    if better == "higher":
        return actual / expected if expected else 1.0
    if actual <= 0:
        return 1.0
    return expected / actual
