"""Who is told when: a condition on a goal, or something that happened."""

from __future__ import annotations

from yaml import Node

from kpilint.goals.condition import Condition, read_condition
from kpilint.goals.node import Entry, Reader, Reading, given, read_entry, schema_of
from kpilint.goals.readers import list_of, one_of, text
from kpilint.i18n import _

EVENTS = ("run_failed", "error_finding", "report_ready")


def _condition(node: Node, reading: Reading) -> Condition | None:
    written = text.parse(node, reading)
    return read_condition(written) if written else None


class Alert(Entry):
    """When to tell whom; without ``goal``, all KGIs and KPIs are looked at."""

    goal: str | None = given(text)
    when: Condition | None = given(Reader(_condition, {"type": "string"}))
    on: str | None = given(one_of(*EVENTS))
    to: tuple[str, ...] = given(list_of(text), required=True, default=())


def _alert(node: Node, reading: Reading) -> Alert:
    found = read_entry(Alert, node, reading)
    if found.has("when") == found.has("on"):
        message = _("An alert says either when: with a condition or on: with an event.")
        reading.fault("E003", found.node, message)
    elif found.goal and found.on in ("run_failed", "report_ready"):
        reading.fault(
            "E003", node, _("goal: means nothing with on: {event}; remove it.", event=found.on)
        )
    if found.when and not found.goal and any(found.when.amounts()):
        reading.fault(
            "E003", node, _("A condition with an amount is about one goal; name it with goal:.")
        )
    return found


alert = Reader(_alert, lambda: schema_of(Alert))
