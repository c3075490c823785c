"""The history of targets for a person at a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from click import style

from kpilint.analysis.records.course import Course, Step
from kpilint.analysis.records.history import History
from kpilint.analysis.tracking import states
from kpilint.goals.display import show
from kpilint.goals.period import Period, month_of
from kpilint.i18n import _, language
from kpilint.output.columns import aligned, cut
from kpilint.output.visible import visible

DASH = "–"
_COLOURS = {
    **dict.fromkeys(("met", "on_track"), "green"),
    **dict.fromkeys(("missed", "off_track"), "red"),
    "at_risk": "yellow",
}


def history_text(found: History, *, runs: bool = False, quiet: bool = False) -> str:
    """Targets and what was attained of them, then every change; with ``runs``, a line a run too.

    ``quiet`` leaves out the heading and the changes.

    Styled with ANSI codes; the command line strips them where they are not wanted.
    """
    head = _(
        "Targets of {book} up to the run {run}, which looked from {day}",
        book=visible(found.book),
        run=visible(found.run),
        day=label(found.as_of, found.as_of),
    )
    blocks = ["\n".join(_table(found))]
    if not quiet:
        blocks.insert(0, style(head, bold=True))
    changed = [course for course in found.courses if len(course.steps) > 1 and not quiet]
    if changed:
        blocks.append(style(_("Changed targets"), bold=True))
        blocks += ["\n".join(_changes(course)) for course in changed]
    if runs:
        blocks += ["\n".join(_runs(course)) for course in found.courses if course.seen]
    return "\n\n".join(blocks)


def label(start: date | None, end: date | None) -> str:
    """A period, or a day, as a reader writes it; a dash for none."""
    if start is None or end is None:
        return DASH
    month = month_of(start)
    whole = (month.start, month.end) == (start, end)
    kind = "day" if start == end else "month" if whole else "range"
    return Period(start, end, kind).label(language())


def amount(value: float | None, unit: str | None) -> str:
    """A value in its unit; a dash for none."""
    return DASH if value is None else show(value, unit, language())


def percent(share: float | None) -> str:
    """A share of one as whole percent; a dash for none."""
    return DASH if share is None else f"{share * 100:.0f}%"


def word(status: str | None) -> str:
    """The state with its sign."""
    return states.word(status) if status in states.SIGNS else DASH


def because(change: dict[str, str | None]) -> str:
    """Who changed a target, when and why, as far as the goals file says."""
    told = [change.get("on"), change.get("who"), change.get("reason") or _("no reason given")]
    return "  ".join(visible(part) for part in told if part)


def _table(found: History) -> Iterator[str]:
    moved = any(course.then != course.latest for course in found.courses)
    head = [_("Goal"), _("Owner"), _("Period"), _("Original target")]
    head += [_("Target then")] if moved else []
    head += [_("Latest target"), _("Actual"), _("Attainment of the original"), _("Of the latest")]
    rows = [(*head, _("State")), *(_row(course, moved) for course in found.courses)]
    lines = aligned(rows, left={0, 1, 2, len(rows[0]) - 1})
    yield style(lines[0], dim=True)
    for course, line in zip(found.courses, lines[1:], strict=True):
        status = course.last.status if course.last else None
        said = word(status)
        yield line.removesuffix(said) + style(said, fg=_COLOURS.get(status or ""))


def _row(course: Course, moved: bool) -> tuple[str, ...]:
    last = course.last
    original, then, latest = (
        _value(course, s) for s in (course.original, course.then, course.latest)
    )
    return (
        cut(name(course)),
        cut(course.about.get("owner") or DASH, 16),
        label(course.start, course.end),
        original,
        *([then] if moved else []),
        latest,
        amount(last.actual if last else None, course.about.get("unit")),
        percent(course.against(course.original)),
        percent(course.against(course.latest)),
        word(last.status if last else None),
    )


def name(course: Course) -> str:
    """What a reader calls the goal."""
    return str(course.about.get("label") or course.about.get("id") or DASH)


def _value(course: Course, step: Step | None) -> str:
    return amount(step.value if step else None, course.about.get("unit"))


def _changes(course: Course) -> Iterator[str]:
    """The values that a target had, one a line: since which run, by whom, and why."""
    yield f"{visible(name(course))}  {label(course.start, course.end)}"
    rows = []
    for number, step in enumerate(course.steps):
        said = {"on": step.on, "who": step.who, "reason": step.reason}
        told = because(said) if number else _("original")
        entered = _("run {run}, entered by {who}", run=step.run, who=step.by or DASH)
        rows.append((_value(course, step), told, visible(entered)))
    yield from (f"  {line}" for line in aligned(rows, left={1, 2}))


def _runs(course: Course) -> Iterator[str]:
    """What each run saw: the target of then, and the actual as known then."""
    yield style(f"{visible(name(course))}  {label(course.start, course.end)}", bold=True)
    unit = course.about.get("unit")
    head = (_("Run"), _("As of"), _("Target then"), _("Actual then"), _("Attainment"), _("State"))
    rows = [
        (
            visible(seen.run),
            seen.as_of.isoformat(),
            amount(seen.target, unit),
            amount(seen.actual, unit),
            percent(seen.attainment),
            word(seen.status),
        )
        for seen in course.seen
    ]
    yield from (f"  {line}" for line in aligned([head, *rows], left={0, 1, 5}))
