"""How every figure looks: one ink, one grey, one accent; Japanese and European letters."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from html import escape
from typing import TYPE_CHECKING, Any, Literal
from unicodedata import east_asian_width

from kpilint.i18n import language

if TYPE_CHECKING:
    import plotly.graph_objects as go

INK, SOFT, GREY, LINE, ACCENT, PAPER = (
    "#17212b",
    "#55616d",
    "#8796a5",
    "#d9dfe4",
    "#b83a0b",
    "#ffffff",
)
# What each colour becomes on a dark page; every pair keeps its contrast.
DARK = {
    INK: "#e8ecef",
    SOFT: "#a7b2bc",
    GREY: "#5d6f80",
    LINE: "#37424c",
    ACCENT: "#ff8b55",
    PAPER: "#12181d",
}
FONTS = (
    '"Hiragino Sans", "Yu Gothic UI", "Noto Sans JP", "Noto Sans CJK JP", Meiryo, '
    "system-ui, sans-serif"
)

_UNITS = r"[兆億万円件日時間分]*(?:/[月週年]|/四?半期)?"
_UNBROKEN = re.compile(rf"[\x21-\u02af]+{_UNITS}[、。)〕」）]*\s*|.[、。〕」）〜]*\s*")


def words(text: str) -> str:
    """A client's text as plotly shall show it: letter by letter, none of it markup."""
    return escape(text, quote=False)


def wrapped(text: str, width: int) -> list[str]:
    """A text in lines of at most so many half-width letters; Japanese ones take two.

    Words of an alphabet and amounts stay whole where they fit, and no line begins with what closes.
    """
    lines, room = [""], width
    for word in _UNBROKEN.findall(text):
        size = breadth(word.rstrip())
        if size > room and lines[-1]:
            lines.append("")
            room = width
        lines[-1] += word
        room -= breadth(word)
    return [line.rstrip() for line in lines]


def breadth(text: str) -> int:
    """How many half-width letters a text is wide."""
    return sum(2 if east_asian_width(letter) in "WFA" else 1 for letter in text)


def dressed(
    figure: go.Figure,
    *,
    title: str,
    subtitle: str,
    source: str,
    height: int,
    narrow: Mapping[str, Any] | None = None,
) -> go.Figure:
    """The figure in the house's dress: the finding as its title, then unit, n and period.

    ``source`` travels along as metadata, for the page to print below, and so does ``narrow``: the
    parts of the layout that are others on a phone. Texts are a client's own and are escaped here.
    Heights are in pixels.
    """
    figure.update_layout(
        font={"family": FONTS, "size": 13, "color": INK},
        title={
            "text": f"<b>{words(title)}</b>",
            "subtitle": {"text": words(subtitle), "font": {"color": SOFT, "size": 12}},
            "font": {"size": 16},
            "x": 0,
            "xref": "paper",
        },
        meta={"source": words(source), "narrow": dict(narrow or {})},
        height=height,
        margin={"l": 0, "r": 0, "t": 80, "b": 0},
        paper_bgcolor=PAPER,
        plot_bgcolor=PAPER,
        showlegend=False,
        template="none",
        hoverlabel={"font": {"family": FONTS}},
    )
    return figure


def time_axis(*, days: bool = False) -> dict[str, Any]:
    """An axis of dates: the month or day, and below it the year where that begins."""
    formats = {
        "ja": ("%-m月\n%Y年", "%-m月%-d日\n%Y年"),
        "en": ("%b\n%Y", "%-d %b\n%Y"),
    }
    return {"tickformat": formats[language()][days], "showgrid": False, "fixedrange": True}


def month_axis(months: Sequence[str], most: int = 8) -> dict[str, Any]:
    """An axis of months such as 2026-10, at most so many of them named as in ``time_axis``."""
    every = max(1, -(-len(months) // most))
    named = list(months)[::every]
    texts = []
    for before, month in zip([None, *named], named, strict=False):
        day = date.fromisoformat(f"{month}-01")
        text = f"{day.month}月" if language() == "ja" else f"{day:%b}"
        year = f"{day.year}年" if language() == "ja" else f"{day.year}"
        begins = before is None or before[:4] != month[:4]
        texts.append(f"{text}<br>{year}" if begins else text)
    return {
        "type": "category",
        "tickvals": named,
        "ticktext": texts,
        "tickangle": 0,
        "showgrid": False,
        "fixedrange": True,
    }


def name_rows(figure: go.Figure, names: Mapping[int, str], below: float, above: float) -> None:
    """Write names (plotly's markup) at their rows, the first on top, from ``above`` to ``below``."""
    figure.update_yaxes(
        range=[below, above],
        tickvals=list(names),
        ticktext=list(names.values()),
        fixedrange=True,
        showgrid=False,
        zeroline=False,
        automargin=True,
    )


def note(
    figure: go.Figure,
    x: float,
    y: float,
    text: str,
    *,
    color: str,
    yanchor: Literal["top", "middle", "bottom"],
    away: int,
) -> None:
    """Write ``text`` (plotly's markup) to the right of a point, ``away`` pixels from it."""
    figure.add_annotation(
        x=x,
        y=y,
        text=text,
        font={"color": color},
        showarrow=False,
        xanchor="left",
        yanchor=yanchor,
        align="left",
        xshift=away,
    )
