"""The pages in a browser: drawn, switched, printed, without a request, for every reader."""

from __future__ import annotations

import os
import re
import shutil
import zlib
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from kpilint.i18n import LANGUAGES
from kpilint.monthly.month import Month
from kpilint.monthly.report import FILES, pages
from tests.monthly.made import chart, month, notebook, said, shown
from tests.monthly.test_report import HOSTILE, full, hostile

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM = shutil.which("chromium")
PHONE, DESK = 390, 1360


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None and not os.environ.get("CI"):
        pytest.skip("there is no Chromium on this machine")
    from playwright.sync_api import sync_playwright

    arguments = ["--no-sandbox", "--disable-quic", "--disable-background-networking"]
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The pages of a month in both languages."""
    return {name: written(tmp_path_factory.mktemp(name), full(name)) for name in LANGUAGES}


def written(folder: Path, made: Month) -> Path:
    for name, text in pages(made).items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


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
    requests.remove(path.as_uri())
    return opened, requests, said


def read_through(opened: Page) -> None:
    """Scroll to the end, so that every chart comes near and is drawn."""
    opened.evaluate("document.querySelectorAll('.chart').forEach((box) => box.scrollIntoView())")
    for number in range(opened.locator(".chart").count()):
        if opened.locator(".chart").nth(number).is_visible():
            opened.locator(".chart").nth(number).scroll_into_view_if_needed()
            opened.locator(".chart").nth(number).locator("svg.main-svg").first.wait_for()


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", [PHONE, DESK])
def test_it_is_drawn_without_a_request_and_fits(
    browser: Browser, folders: dict[str, Path], name: str, language: str, width: int
) -> None:
    size: Any = {"width": width, "height": 900}
    opened, requests, said = visit(browser, folders[language] / name, viewport=size)
    read_through(opened)
    assert requests == []
    assert said == []
    assert opened.evaluate("document.documentElement.scrollWidth") == width
    assert not opened.locator("figure details").evaluate_all("all => all.some(d => d.open)")
    opened.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("view", ["board", "manager", "field"])
def test_axe_finds_nothing(
    browser: Browser, folders: dict[str, Path], scheme: Any, language: str, view: str
) -> None:
    axe = import_module("axe_playwright_python.sync_playwright").Axe()
    opened, _requests, _said = visit(browser, folders[language] / "index.html", color_scheme=scheme)
    opened.check(f"#view-{view}", force=True)
    read_through(opened)
    opened.locator("details").evaluate_all("all => all.forEach((each) => { each.open = true; })")
    found = axe.run(opened).response["violations"]
    told = [(each["id"], each["nodes"][0]["html"]) for each in found]
    assert told == []
    opened.close()


def test_the_switch_works_by_keyboard(browser: Browser, folders: dict[str, Path]) -> None:
    opened, _requests, _said = visit(browser, folders["en"] / "index.html")
    opened.keyboard.press("Tab")
    assert opened.evaluate("document.activeElement.className") == "skip"
    for _press in range(2):  # past the link to the data
        opened.keyboard.press("Tab")
    assert opened.evaluate("document.activeElement.id") == "view-manager"
    assert opened.locator("#s-data").is_visible()
    opened.keyboard.press("ArrowLeft")
    assert opened.locator("#view-board").is_checked()
    shown_now = opened.locator("h2").evaluate_all(
        "all => all.filter((each) => each.checkVisibility()).map((each) => each.id)"
    )
    assert shown_now == ["summary", "s-goals", "s-why", "appendix"]
    opened.keyboard.press("ArrowLeft")
    assert opened.locator("#view-field").is_checked()
    read_through(opened)
    assert "佐藤" not in opened.inner_text("main")
    assert "Ann" not in opened.inner_text("main")
    opened.close()


def test_a_chart_answers_the_pointer(browser: Browser, folders: dict[str, Path]) -> None:
    opened, _requests, said = visit(browser, folders["en"] / "field.html")
    read_through(opened)
    first = opened.locator(".chart").first
    first.locator(".bars path").first.hover(force=True)
    first.locator(".hovertext").first.wait_for()
    assert first.locator(".modebar-btn").count() == 1  # the picture, and no logo
    assert said == []
    opened.close()


def test_it_prints_on_paper_with_its_charts(browser: Browser, folders: dict[str, Path]) -> None:
    opened, _requests, said = visit(browser, folders["en"] / "manager.html", color_scheme="dark")
    printed = opened.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) > 1
    assert re.search(rb"/MediaBox\s*\[\s*0 0 59[45][\d.]* 84[12]", printed)
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", printed, re.DOTALL)
    drawn = b"".join(map(inflated, streams))
    assert drawn.count(b"Tj") + drawn.count(b"TJ") > 50  # text that can be marked and searched
    assert said == []
    opened.emulate_media(media="print")
    opened.evaluate("dispatchEvent(new Event('beforeprint'))")
    boxes = opened.locator(".chart")
    assert boxes.count() == opened.locator(".chart svg.main-svg:first-of-type").count() > 0
    sizes = opened.evaluate(
        "[...document.querySelectorAll('.chart')]"
        ".map((each) => [each.layout.height * each.style.zoom, Number(each.style.zoom)])"
    )
    assert all(height <= 521 or zoom == 0.65 for height, zoom in sizes), sizes
    for gone in (".contents", ".skip", "figure summary", ".modebar-container"):
        assert not opened.locator(gone).first.is_visible()
    assert (
        opened.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    )
    opened.close()


def inflated(stream: bytes) -> bytes:
    """A stream of a PDF in plain, empty where it is packed in another way."""
    try:
        return zlib.decompress(stream)
    except zlib.error:
        return b""


@pytest.mark.parametrize("name", FILES)
def test_it_can_be_read_without_javascript(
    browser: Browser, folders: dict[str, Path], name: str
) -> None:
    opened = browser.new_page(java_script_enabled=False)
    opened.goto((folders["en"] / name).as_uri())
    assert opened.locator("figure table").first.is_visible()
    assert opened.locator(".answer p").first.is_visible()
    assert opened.locator(".bullet .actual").first.is_visible()
    opened.close()


def test_hostile_text_does_not_run(browser: Browser, tmp_path: Path) -> None:
    texts = "\n\n".join(HOSTILE)
    folder = written(tmp_path, hostile(texts))
    opened, requests, said = visit(browser, folder / "index.html")
    read_through(opened)
    assert requests == []
    assert said == []
    assert opened.evaluate("window.hit") is None
    assert opened.locator("script:not([type])").count() == 2
    assert opened.locator("a[href*='example.com'], .chart a[href]").count() == 0
    assert "{{7*7}}" in opened.inner_text("main")
    opened.close()


def test_an_injected_script_is_refused(browser: Browser, tmp_path: Path) -> None:
    path = tmp_path / "index.html"
    text = pages(month(notebook(said("# A"), shown(chart()))))["index.html"]
    path.write_text(text.replace("</main>", "<script>top.hit=1</script></main>"), encoding="utf-8")
    opened, _requests, told = visit(browser, path)
    assert opened.evaluate("window.hit") is None
    assert "Content Security Policy" in told[0]
    opened.close()


@pytest.mark.parametrize("name", ["index.html", "field.html"])
def test_the_field_picks_a_team_by_keyboard(
    browser: Browser, folders: dict[str, Path], name: str
) -> None:
    opened, _requests, _said = visit(browser, folders["en"] / name)
    if name == "index.html":
        assert not opened.locator(".teams").is_visible()
        opened.check("#view-field", force=True)
    rows = opened.locator(".goal")
    every = sum(rows.nth(n).is_visible() for n in range(rows.count()))
    opened.focus("#team-all")
    opened.keyboard.press("ArrowRight")
    assert opened.locator("#team-1").is_checked()
    shown_now = [rows.nth(n) for n in range(rows.count()) if rows.nth(n).is_visible()]
    assert 0 < len(shown_now) < every
    assert {row.get_attribute("data-team") for row in shown_now} == {"1"}
    opened.close()


def test_sentences_in_a_table_have_the_width_of_a_phone(browser: Browser, tmp_path: Path) -> None:
    long = "This cell holds a whole sentence, and needs the width of the page to be read."
    table = (
        f"<p>T</p><table><tr><th>a</th><th>b</th></tr><tr><td>x</td><td>{long}</td></tr></table>"
    )
    made = month(notebook(said("# D", "section-data"), shown({"text/html": table}), shown(chart())))
    opened, _requests, _said = visit(
        browser, written(tmp_path, made) / "manager.html", viewport={"width": PHONE, "height": 900}
    )
    assert opened.locator(".wordy td").first.bounding_box()["width"] > 0.8 * PHONE  # type: ignore[index]
    opened.close()
