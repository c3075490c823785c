"""The client's pages: self-contained, without code, and harmless whatever a client's data holds."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from kpilint.i18n import LANGUAGES
from kpilint.monthly.manifest import Input
from kpilint.monthly.month import Before, Month, Reviewed, key_of
from kpilint.monthly.report import FILES, pages
from tests.monthly.made import (
    GOALS,
    PARTS,
    chart,
    goal_set,
    html,
    month,
    notebook,
    said,
    shown,
    state_of,
)

EVERYTHING = [
    "summary",
    *("goals", "flow", "why", "leads", "plan", "definitions", "data"),
    "appendix",
]
EVERY = ("audience-board", "audience-manager", "audience-field")
HOSTILE = [
    "<script>top.hit=1</script>",
    "</script><script>top.hit=1</script>",
    "<img src=x onerror='top.hit=1'>",
    "{{7*7}}",
    "{% raw %}",
    '=HYPERLINK("http://example.com")',
    "[x](javascript:top.hit=1) ![y](http://example.com/y.png) <http://example.com>",
    "\u202eright to left\u202c",
    "😀" * 20,
    "x" * 10_000,
]


def full(language: str = "en", text: str = "It leaks.") -> Month:
    """A month with something in every section, and people in some."""
    goals = goal_set()
    notebooks = [
        notebook(
            said(f"# The {key}", f"section-{key}", *EVERY),
            shown(html(f"{key}: {text}"), tags=("summary", *EVERY)),
            shown(chart(f"{key} {text}"), tags=EVERY),
            shown(html(f"only {key}: 佐藤 健一")),
        )
        for key in ("flow", "why", "leads", "plan", "definitions", "data")
    ]
    revenue = goals.by_id["revenue"]
    then = {"actual": 1e6, "attainment": 0.1, "status": "on_track"}
    changes = {"by": PARTS, "notes": ("佐藤 健一 has no record.",), "original_target": 36e6}
    states = [
        state_of(goals, "revenue", **changes),
        state_of(goals, "orders", **changes),
        state_of(goals, "calls"),
    ]
    reviewed = goal_set(
        GOALS.replace(
            "target: 13,", "target: 13, reviews: [{month: 2026-09, next: Ask, who: Ann Lee}],"
        )
    ).by_id["orders"]
    before = Before(
        "2026-09",
        {key_of(revenue): then},
        reviews=(Reviewed(reviewed, reviewed.reviews[0], then, then),),
    )
    used = [Input("goals", "goals.yaml", "ab" * 32), Input("source", "deals", None, "No file.")]
    return month(
        *notebooks, goals=goals, states=states, language=language, before=before, used=used
    )


MADE = pages(full())


class Outside(HTMLParser):
    """Collects the tags, every address that a page would fetch or lead to, and its ids."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.tags: list[str] = []
        self.levels: list[int] = []
        self.ids: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if re.fullmatch("h[1-6]", tag):
            self.levels.append(int(tag[1]))
        names = ("src", "href", "action", "data", "poster", "srcset")
        self.addresses += [value or "" for name, value in attrs if name in names]
        self.ids += [value or "" for name, value in attrs if name == "id"]


def parsed(text: str) -> Outside:
    parser = Outside()
    parser.feed(text)
    return parser


def titles(text: str) -> list[str]:
    return re.findall(r'<h2 id="(?:s-)?([a-z]+)">', text)


@pytest.mark.parametrize("name", FILES)
def test_each_file_is_self_contained(name: str) -> None:
    found = parsed(MADE[name])
    assert all(address.startswith("#") for address in found.addresses)
    assert {address[1:] for address in found.addresses} <= set(found.ids)
    assert len(set(found.ids)) == len(found.ids)
    assert not {"link", "iframe", "object", "embed", "base", "img"} & set(found.tags)
    style = MADE[name].partition("</style>")[0]
    assert "url(" not in style
    assert "@import" not in style
    assert MADE[name].count("plotly.js v") == 1
    assert "secret_code" not in MADE[name]
    assert len(MADE[name].encode()) < 8_000_000


@pytest.mark.parametrize("name", FILES)
def test_headings_go_down_one_by_one(name: str) -> None:
    levels = parsed(MADE[name]).levels
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


@pytest.mark.parametrize(
    ("name", "sections"),
    [
        ("board.html", ["summary", "goals", "why", "appendix"]),
        ("field.html", ["summary", "goals", "flow", "plan"]),
        (
            "manager.html",
            EVERYTHING,
        ),
        ("index.html", EVERYTHING),
    ],
)
def test_each_view_holds_its_sections_and_no_others(name: str, sections: list[str]) -> None:
    assert titles(MADE[name]) == sections


@pytest.mark.parametrize(
    ("name", "goals"),
    [("board.html", ["KGI"]), ("field.html", ["KPI", "Activity"]), ("manager.html", None)],
)
def test_each_view_holds_its_goals(name: str, goals: list[str] | None) -> None:
    roles = re.findall(r'class="role role-\w+">(\w+)<', MADE[name])
    assert roles == (goals or ["KGI", "KPI", "Activity"])


@pytest.mark.parametrize("person", ["佐藤", "健一", "Ann", "Lee"])
def test_the_field_names_nobody_unless_asked(person: str) -> None:
    assert person in MADE["manager.html"]
    assert person not in MADE["field.html"].partition("<script>/**")[0]


def test_only_the_page_for_all_has_a_switch() -> None:
    assert {name for name, text in MADE.items() if 'name="view"' in text} == {"index.html"}
    assert {name for name, text in MADE.items() if "data-views=" in text} == {"index.html"}


def test_no_script_where_there_is_no_chart() -> None:
    text = pages(month(notebook(said("# A"), shown(html("One.")))))["index.html"]
    assert "<script" not in text
    assert "script-src &#39;none&#39;" in text


def test_the_appendix_tells_what_it_was_made_from() -> None:
    text = MADE["board.html"].partition('id="appendix"')[2]
    assert "ab" * 6 in text
    assert "No file." in text
    assert "3f" * 32 in text


@pytest.mark.parametrize(("language", "named"), [("ja", "2026年10月"), ("en", "Oct 2026")])
def test_languages(language: str, named: str) -> None:
    assert language in LANGUAGES
    for text in pages(full(language)).values():
        assert f'<html lang="{language}">' in text
        assert named in text


def test_a_month_without_anything_is_a_page_that_says_so() -> None:
    text = pages(month(goals=goal_set("language: en"), states=[]))["index.html"]
    assert "Whether the KGI will be met cannot be told" in text
    assert "No goal says what to do" in text
    assert "There is no goal to show here." in text


def hostile(text: str) -> Month:
    """A month whose every word comes from a client."""
    word = json.dumps(text, ensure_ascii=False)
    goals = goal_set(
        f"organization: {word}\nmetrics: {{m: {{label: {word}, definition: {word}}}}}\n"
        f"goals: [{{id: a, role: kgi, metric: m, label: {word}, owner: {word}, action: {word}}}]"
    )
    outputs = html(text), chart(text), {"text/plain": text}, {"text/markdown": text}
    cells = said(f"# {text}\n\n{text}"), shown(*outputs, tags=("summary",))
    states = [state_of(goals, "a", notes=(text,))]
    return month(
        notebook(*cells), goals=goals, states=states, used=[Input("source", text, None, text)]
    )


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_stays_text(text: str) -> None:
    plain = pages(hostile("plain"))
    for name, page in pages(hostile(text)).items():
        found = parsed(page)
        assert found.tags.count("script") == parsed(plain[name]).tags.count("script")
        assert "img" not in found.tags
        assert all(address.startswith("#") for address in found.addresses)
