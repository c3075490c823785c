"""The client's page: a month becomes one self-contained HTML file for each circle of readers."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from kpilint.analysis.drawing import DARK
from kpilint.analysis.tracking.states import COLOURS
from kpilint.goals.period import Period
from kpilint.i18n import speaking
from kpilint.monthly.assets import asset
from kpilint.monthly.blocks import Chart, Table
from kpilint.monthly.month import Month
from kpilint.monthly.page.appendix import definitions, methods
from kpilint.monthly.page.people import People
from kpilint.monthly.page.reviewed import outcomes
from kpilint.monthly.page.rows import Row, over, rows
from kpilint.monthly.page.sections import Section, sections
from kpilint.monthly.page.soundness import Soundness
from kpilint.monthly.page.summary import Summary, summary
from kpilint.monthly.page.verdicts import verdicts
from kpilint.monthly.page.views import ALL, BOARD, MANAGER, VIEWS, View, Views, view_name
from kpilint.monthly.page.words import words

FILES: Mapping[str, View | None] = {"index.html": None} | {f"{view}.html": view for view in VIEWS}
SHEETS = ("page.css", "parts.css", "goals.css", "print.css")
# The states' colours on a dark page.
NIGHT = dict(
    zip(dict.fromkeys(COLOURS.values()), ("#3fc39a", "#e6a92e", "#ff9a66", "#a7b2bc"), strict=True)
)


@dataclass(frozen=True, slots=True)
class Content:
    """What the pages of a month have in common."""

    month: Month
    summary: Summary
    rows: tuple[Row, ...]
    sections: tuple[Section, ...]
    reviewed: Table | None
    verdicts: Table | None


def pages(month: Month) -> Mapping[str, str]:
    """The page of a month for everybody, and one for each view that holds nothing else.

    File name to HTML. Each needs nothing from outside and allows nothing: its content security
    policy names the hashes of its scripts, so that no other runs even if one slipped in.
    """
    with speaking(month.order.language):
        people = People.of(month.order, month.people)
        found = sections(month.executed, month.order.language, people)
        own = ("goals", "leads") if month.hypotheses else ("goals",)  # of what the page adds itself
        content = Content(
            month=month,
            summary=summary(month, found, people),
            rows=rows(month, people),
            sections=tuple(each for each in found if each.pieces or each.key in own),
            reviewed=outcomes(month.before.reviews),
            verdicts=verdicts(month),
        )
        environment = _environment()
        return {name: _page(environment, content, view) for name, view in FILES.items()}


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(asset("templates") / "report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.tests["of"] = lambda block, name: type(block).__name__ == name
    return environment


def _page(environment: Environment, content: Content, view: View | None) -> str:
    month, order = content.month, content.month.order
    shown = [each for each in content.sections if view is None or view in each.views]
    charts = any(
        isinstance(piece.block, Chart) and piece.block.spec
        for part in shown
        for piece in part.of(view)
    )
    scripts = _scripts(_asset("page.js")) if charts else []
    soundness = Soundness.of(month.findings)

    def shows(views: Views) -> bool:
        """Whether this page holds what is for those views."""
        return view is None or view in views

    def only(views: Views) -> Markup:
        """The attribute that says for whom a part of the page for everybody is."""
        named = " ".join(each for each in VIEWS if each in views)
        return Markup("" if view or views == ALL else f' data-views="{named}"')

    facts: dict[str, Any] = {
        "words": words(order.period.kind),
        "language": order.language,
        "organization": order.goals.organization or "",
        "period": order.period.label(order.language),
        "as_of": Period(order.as_of, order.as_of, "day").label(order.language),
        "view": view,
        "view_name": view_name(view),
        "views": [(each, view_name(each)) for each in VIEWS],
        "board": BOARD,
        "manager": MANAGER,
        "board_only": BOARD - MANAGER,
        "field_only": ALL - BOARD,
        "has_data": any(each.key == "data" for each in shown),
        "shows": shows,
        "only": only,
        "soundness": soundness,
        "summary": content.summary,
        "rows": _rows(content.rows, view),
        "over": over(month),
        "sections": shown,
        "reviewed": content.reviewed,
        "verdicts": content.verdicts,
        "teams": _teams(content.rows, view),
        "definitions": definitions(order.goals),
        "methods": methods(),
        "used": month.used,
        "head": month.head,
        "style": Markup("\n".join(map(_asset, SHEETS))),
        "scripts": [Markup(script) for script in scripts],
        "hashes": " ".join(f"'sha256-{_hash(script)}'" for script in scripts) or "'none'",
        "palette": Markup(json.dumps(DARK | NIGHT)),
    }
    return environment.get_template("page.html.j2").render(facts)


def _rows(rows: Sequence[Row], view: View | None) -> list[Row]:
    """The rows of a view; those of the field by team, in the order of the most urgent of each."""
    shown = [row for row in rows if view is None or view in row.views]
    teams = list(dict.fromkeys(row.public_owner for row in shown))
    return (
        sorted(shown, key=lambda row: teams.index(row.public_owner)) if view == "field" else shown
    )


def _teams(rows: Sequence[Row], view: View | None) -> tuple[str, ...]:
    """Whose rows the field may pick from, in the order of the page."""
    shown = [row for row in _rows(rows, view or "field") if "field" in row.views]
    return tuple(dict.fromkeys(row.public_owner for row in shown)) if view != "board" else ()


def _asset(name: str) -> str:
    return (asset("templates") / "report" / name).read_text(encoding="utf-8")


def _scripts(own: str) -> Sequence[str]:
    from plotly.offline import get_plotlyjs  # five megabytes of text

    return [get_plotlyjs(), own]


def _hash(script: str) -> str:
    return b64encode(sha256(script.encode()).digest()).decode()
