"""The notebooks as their user meets them: in JupyterLab, run from the menu, no network at hand."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, Page, Route, sync_playwright

from kpilint.monthly.notebook import available
from kpilint.monthly.workspace.scaffold import SAMPLE_DAY, sample

TALL = 16_000  # pixels, so that every cell is in view: JupyterLab draws no others
RAN = """() => {
  const prompts = [...document.querySelectorAll('.jp-CodeCell .jp-InputPrompt')];
  return prompts.length > 0 && prompts.every(each => /^\\[\\d+\\]:$/.test(each.innerText.trim()));
}"""
DRAWN = """() => [...document.querySelectorAll('.jp-CodeCell .js-plotly-plot')].filter(
  plot => plot.querySelector('svg.main-svg .plot path, svg.main-svg text')).length"""


@dataclass(frozen=True)
class Lab:
    """A running JupyterLab, and the workspace that it shows."""

    folder: Path
    address: str
    token: str


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium; a machine without it skips, save for the one that judges changes."""
    path = shutil.which("chromium")
    if path is None and not os.environ.get("CI"):
        pytest.skip("Chromium is not installed")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """JupyterLab as a new user has it, on the sample company's workspace."""
    home = tmp_path_factory.mktemp("home")
    folder = tmp_path_factory.mktemp("みほん 商事")
    kpilint = [sys.executable, "-m", "kpilint", "notebooks", str(sample(folder))]
    subprocess.run([*kpilint, "--as-of", SAMPLE_DAY.isoformat()], check=True, capture_output=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    token = secrets.token_hex(16)
    options = {
        "ServerApp.ip": "127.0.0.1",
        "ServerApp.port": port,
        "ServerApp.port_retries": 0,
        "ServerApp.open_browser": False,
        "ServerApp.allow_root": True,
        "ServerApp.root_dir": folder,
        "IdentityProvider.token": token,
    }
    arguments = [f"--{name}={value}" for name, value in options.items()]
    with (home / "log").open("w") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", *arguments],
            env=_as_of_new(home),
            stdout=log,
            stderr=log,
        )
        try:
            lab = Lab(folder, f"http://127.0.0.1:{port}", token)
            _wait_for(lab, home / "log")
            yield lab
        finally:
            server.terminate()
            server.wait(30)


def _as_of_new(home: Path) -> dict[str, str]:
    """The environment of somebody who has configured nothing."""
    chosen = ("JUPYTER", "JPY", "IPYTHON", "PLOTLY", "VSCODE")
    usual = {name: value for name, value in os.environ.items() if not name.startswith(chosen)}
    return usual | {
        "HOME": str(home),
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTER_DATA_DIR": str(home / "data"),
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
        "IPYTHONDIR": str(home / "ipython"),
    }


def _wait_for(lab: Lab, log: Path) -> None:
    for _attempt in range(300):
        try:
            with urlopen(f"{lab.address}/api?token={lab.token}"):
                return
        except URLError:
            time.sleep(0.2)
    pytest.fail(log.read_text())


@pytest.fixture
def outside() -> list[str]:
    """The addresses beyond this machine that a page asked for."""
    return []


@pytest.fixture
def page(browser: Browser, lab: Lab, outside: list[str]) -> Iterator[Page]:
    """A fresh browser without a network but for JupyterLab."""

    def refuse(route: Route) -> None:
        outside.append(route.request.url)
        route.abort()

    context = browser.new_context(viewport={"width": 1400, "height": TALL})
    context.route(lambda url: not url.startswith((lab.address, "data:", "blob:")), refuse)
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("name", available())
def test_runs_from_the_menu_and_shows_its_charts(
    name: str, lab: Lab, page: Page, outside: list[str]
) -> None:
    path = lab.folder / "notebooks" / f"{name}.ipynb"
    fresh = f"lab/workspaces/{name}/tree"  # the usual one opens what was open before
    page.goto(f"{lab.address}/{fresh}/notebooks/{path.name}?token={lab.token}")
    page.get_by_text("| Idle").wait_for(timeout=120_000)
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    page.wait_for_function(RAN, timeout=600_000)
    page.keyboard.press("Control+S")
    outputs = _saved(path, page)
    assert [each for each in outputs if each["output_type"] in ("error", "stream")] == []
    charts = sum("application/vnd.plotly.v1+json" in each["data"] for each in outputs)
    assert charts
    page.wait_for_function(f"{DRAWN} === {charts}", timeout=60_000)
    assert outside == []


def _saved(path: Path, page: Page) -> list[dict[str, Any]]:
    """The outputs in the notebook's file, once JupyterLab has written it."""
    for _attempt in range(300):
        text = path.read_text(encoding="utf-8")
        if text.rstrip().endswith("}"):  # else it is being written just now
            code = [each for each in json.loads(text)["cells"] if each["cell_type"] == "code"]
            if all(cell["execution_count"] for cell in code):
                return [output for cell in code for output in cell["outputs"]]
        page.wait_for_timeout(100)
    pytest.fail(f"{path.name} was not saved")
