"""The client's page: self-contained, without code, and harmless whatever a client's data holds."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any

import plotly.graph_objects as go
import pytest
from nbformat import NotebookNode, v4

from kpilint.goals.goalfile import read
from kpilint.goals.period import read_period
from kpilint.i18n import LANGUAGES, speaking
from kpilint.monthly.blocks import FIGURE
from kpilint.monthly.manifest import Input, Order
from kpilint.monthly.report import page
from kpilint.monthly.run import run

from .conftest import GOALS

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM = Path("/usr/bin/chromium")
SAMPLE = Path(__file__).parents[2] / "data_samples" / "goals.yaml"
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


def order(language: str = "en", organization: str | None = None) -> Order:
    goals = GOALS if organization is None else f"organization: {organization!r}\nlanguage: en\n"
    return Order(
        read("goals.yaml", source=goals),
        read_period("2026-10"),
        date(2026, 10, 31),
        language,
        {},
    )


def executed(*outputs: dict[str, Any], markdown: str = "# A question\n\nAsked.") -> NotebookNode:
    made: Any = v4  # it has no types
    cells = [made.new_markdown_cell(markdown)]
    for data in outputs:
        shown = made.new_output("execute_result", data=data)
        cells.append(made.new_code_cell("secret_code = 1", outputs=[shown]))
    notebook: NotebookNode = made.new_notebook(cells=cells)
    return notebook


def chart(text: str = "a") -> dict[str, Any]:
    figure = go.Figure(go.Bar(x=[1], y=[text], text=[text]))
    figure.update_layout(title=text, annotations=[{"text": text, "x": 1, "y": 0}])
    return {FIGURE: figure.to_plotly_json()}


def html(text: str) -> dict[str, str]:
    return {
        "text/html": f"<p>{text}</p><table><tr><th>{text}</th></tr><tr><td>{text}</td></tr></table>"
    }


class Outside(HTMLParser):
    """Collects the tags, and every address that a page would fetch or lead to."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.tags: list[str] = []
        self.levels: list[int] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if re.fullmatch("h[1-6]", tag):
            self.levels.append(int(tag[1]))
        names = ("src", "href", "action", "data", "poster", "srcset")
        self.addresses += [value or "" for name, value in attrs if name in names]


def parsed(text: str) -> Outside:
    parser = Outside()
    parser.feed(text)
    return parser


def test_it_is_self_contained() -> None:
    text = page(
        [executed(html("One."), chart())], order(), [Input("goals", "goals.yaml", "ab" * 32)]
    )
    found = parsed(text)
    assert all(address.startswith("#") for address in found.addresses)
    assert not {"link", "iframe", "object", "embed", "base", "img"} & set(found.tags)
    assert "url(" not in text.partition("</style>")[0]
    assert "@import" not in text.partition("</style>")[0]
    assert len(text.encode()) < 8_000_000


def test_headings_go_down_one_by_one() -> None:
    markdown = "# A\n\n## B\n\ntext\n\n### C\n\n# D\n\n## E"
    levels = parsed(page([executed(markdown=markdown)], order(), [])).levels
    assert levels == [1, 2, 3, 4, 2, 3, 2]


def test_no_code_and_no_script_where_there_is_no_chart() -> None:
    text = page([executed(html("One."))], order(), [])
    assert "secret_code" not in text
    assert "<script" not in text
    assert "script-src &#39;none&#39;" in text


def test_verdicts_come_first() -> None:
    text = page([executed(html("It leaks.")), executed(html("It follows."))], order(), [])
    summary = text.partition('class="summary"')[2].partition("</section>")[0]
    assert summary.index("It leaks.") < summary.index("It follows.")


@pytest.mark.parametrize(("language", "month"), [("ja", "2026年10月"), ("en", "Oct 2026")])
def test_languages(language: str, month: str) -> None:
    with speaking(language):
        text = page([executed()], order(language), [])
    assert f'<html lang="{language}">' in text
    assert month in text


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_stays_text(text: str) -> None:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;")
    outputs = html(escaped), chart(text), {"text/plain": text}, {"text/markdown": text}
    source = executed(*outputs, markdown=f"# {text}\n\n{text}")
    used = [Input("source", text, None, text)]
    found = parsed(page([source], order(organization=text), used))
    plain = parsed(page([executed(chart())], order(), []))
    assert found.tags.count("script") == plain.tags.count("script")
    assert "img" not in found.tags
    assert all(address.startswith("#") for address in found.addresses)


# In a browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists() and os.environ.get("CI") != "true":
        pytest.skip(f"there is no Chromium at {CHROMIUM}")
    sync_api = pytest.importorskip("playwright.sync_api")
    arguments = ["--no-sandbox", "--disable-quic", "--disable-background-networking"]
    with sync_api.sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield opened
        opened.close()


def visit(browser: Browser, path: Path, **options: Any) -> tuple[Page, list[str], list[str]]:
    """The page drawn, with its requests beyond itself and what its console said."""
    opened = browser.new_page(**options)
    requests: list[str] = []
    said: list[str] = []
    opened.on("request", lambda request: requests.append(request.url))
    opened.on("console", lambda message: said.append(message.text))
    opened.on("pageerror", lambda error: said.append(str(error)))
    opened.goto(path.as_uri())
    opened.wait_for_function("document.documentElement.dataset.charts !== undefined")
    return opened, requests[1:], said


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The sample company's page in both languages."""
    out = tmp_path_factory.mktemp("reports")
    return {
        language: run(
            SAMPLE, "2026-10", out=out / language, as_of=date(2026, 10, 31), language=language
        ).page
        for language in LANGUAGES
    }


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1360])
def test_the_sample_report_in_chromium(
    browser: Browser, reports: dict[str, Path], language: str, scheme: Any, width: int
) -> None:
    size: Any = {"width": width, "height": 900}
    opened, requests, said = visit(browser, reports[language], color_scheme=scheme, viewport=size)
    notebooks = reports[language].parent.glob("*.ipynb")
    drawn = sum(path.read_text(encoding="utf-8").count(FIGURE) for path in notebooks)
    assert requests == []
    assert said == []
    assert opened.locator(".chart").count() == drawn
    assert opened.locator(".chart svg.main-svg").first.is_visible()
    assert opened.evaluate("document.documentElement.scrollWidth") == width
    assert not opened.locator("figure details").evaluate_all("all => all.some(d => d.open)")
    assert opened.locator("figure table").count() == opened.locator("figure details").count() > 0
    opened.close()


def test_it_can_be_read_without_javascript(browser: Browser, reports: dict[str, Path]) -> None:
    opened = browser.new_page(java_script_enabled=False)
    opened.goto(reports["en"].as_uri())
    assert opened.locator("figure table").first.is_visible()
    assert opened.locator(".summary p").first.is_visible()
    opened.close()


def test_hostile_text_does_not_run(browser: Browser, tmp_path: Path) -> None:
    outputs = [each for text in HOSTILE for each in ({"text/plain": text}, chart(text))]
    markdown = "# Q\n\n" + "\n\n".join(HOSTILE)
    path = tmp_path / "index.html"
    path.write_text(page([executed(*outputs, markdown=markdown)], order(), []), encoding="utf-8")
    opened, requests, said = visit(browser, path)
    assert requests == []
    assert said == []
    assert opened.evaluate("window.hit") is None
    assert opened.locator(".chart svg.main-svg").count() >= len(HOSTILE)
    assert opened.locator("script:not([type])").count() == 2
    assert opened.locator("a[href*='example.com'], .chart a").count() == 0
    opened.close()


def test_an_injected_script_is_refused(browser: Browser, tmp_path: Path) -> None:
    path = tmp_path / "index.html"
    text = page([executed(chart())], order(), [])
    path.write_text(text.replace("</main>", "<script>top.hit=1</script></main>"), encoding="utf-8")
    opened, _requests, said = visit(browser, path)
    assert opened.evaluate("window.hit") is None
    assert "Content Security Policy" in said[0]
    opened.close()
