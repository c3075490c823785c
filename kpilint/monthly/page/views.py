"""Who sees what: the three views of the page and the sections in their order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal, TypeAlias

from kpilint.goals.goal import Goal
from kpilint.i18n import _

View: TypeAlias = Literal["board", "manager", "field"]
Views: TypeAlias = frozenset[View]

VIEWS: tuple[View, ...] = ("board", "manager", "field")
ALL: Views = frozenset(VIEWS)
MANAGER: Views = frozenset({"manager"})
BOARD: Views = frozenset({"board", "manager"})
FIELD: Views = frozenset({"field", "manager"})

# The sections in the order of the page, and whom their cells may be for. Of the goals the board
# and the field see rows only, which are the page's own.
SECTIONS: Mapping[str, Views] = {
    "goals": MANAGER,
    "flow": FIELD,
    "why": BOARD,
    "leads": MANAGER,
    "plan": FIELD,
    "definitions": MANAGER,
    "data": MANAGER,
}


def audience(section: str, tags: Iterable[str]) -> Views:
    """Who sees a cell of a section: whom its tags name, and always the manager."""
    named = {view for view in VIEWS if f"audience-{view}" in set(tags)}
    return MANAGER | (SECTIONS.get(section, MANAGER) & named)


def audience_of(goal: Goal) -> Views:
    """Who sees a goal's row: whom the goal names, else KGIs the board and the others the field."""
    if goal.audience:
        return MANAGER | {view for view in VIEWS if view in goal.audience}
    return BOARD if goal.role == "kgi" else FIELD


def view_name(view: View | None) -> str:
    """What readers call a view; None is the page that holds them all."""
    names: dict[View | None, str] = {
        None: "",
        "board": _("For the board"),
        "manager": _("For managers"),
        "field": _("For the teams"),
    }
    return names[view]


def section_title(section: str) -> str:
    """The heading of a section whose notebook gives it none."""
    titles = {
        "goals": _("Where the goals stand"),
        "flow": _("Where deals leak away"),
        "why": _("Why it changed"),
        "leads": _("What moves first"),
        "plan": _("What must exist by when"),
        "definitions": _("Questions for the next workshop"),
        "data": _("How far the data can be trusted"),
    }
    return titles.get(section, "")
