"""Every cell of every notebook shows on the sample company what it showed before, judged by nbval.

Notebooks are stored without outputs, so what they should show stands in ``expected/``, a folder a
language. After a change that is meant, ``pytest tests/notebooks/test_numbers.py --regenerate``
writes it anew; read the difference before it is committed.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias
from xml.etree import ElementTree

import pytest

from kpilint.i18n import LANGUAGES
from kpilint.monthly.workspace.copies import tailored
from kpilint.monthly.workspace.scaffold import SAMPLE_DAY

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
EXPECTED = Path(__file__).with_name("expected")

Outputs: TypeAlias = dict[str, list[dict[str, Any]]]  # by the id of the cell


@dataclass(frozen=True)
class Judged:
    """A run of nbval over the notebooks in ``folder``."""

    folder: Path
    process: subprocess.Popen[str]

    def report(self) -> str:
        """What nbval printed, once it is done."""
        return self.process.communicate(timeout=600)[0]

    def failed(self) -> list[str]:
        """The cells that differ, as nbval counts them."""
        self.report()
        cases = ElementTree.parse(self.folder / "junit.xml").iter("testcase")
        return [case.attrib["name"] for case in cases if case.find("failure") is not None]

    def seen(self, name: str) -> Outputs:
        """What the cells of a notebook showed."""
        lines = (self.folder / f"{name}.seen").read_text(encoding="utf-8").splitlines()
        return {each["cell"]: each["outputs"] for each in map(json.loads, lines)}


def judged(folder: Path, expected: Mapping[str, Outputs], language: str) -> Judged:
    """Start nbval on notebooks of these names that should show these outputs."""
    for name, outputs in expected.items():
        notebook = json.loads((ROOT / "notebooks" / f"{name}.ipynb").read_text(encoding="utf-8"))
        own = tailored(notebook, values(language))
        for cell in own["cells"]:
            if cell["cell_type"] == "code":
                cell |= {"execution_count": 1, "outputs": outputs.get(cell["id"], [])}
        (folder / f"{name}.ipynb").write_text(json.dumps(own), encoding="utf-8")
    plugin = ["-p", "tests.notebooks.comparison", "-p", "no:cacheprovider"]
    nbval = ["--nbval", "--nbval-current-env", "--nbval-cell-timeout=300"]
    output = ["--color=no", f"--junit-xml={folder / 'junit.xml'}"]
    environment = {name: value for name, value in os.environ.items() if name != "PLOTLY_RENDERER"}
    process = subprocess.Popen(
        [sys.executable, "-m", "pytest", *plugin, *nbval, *output, str(folder)],
        cwd=ROOT,
        env=environment | {"KPILINT_CACHE_DIR": str(folder / "cache"), "PYTHONUTF8": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
    )
    return Judged(folder, process)


def values(language: str) -> dict[str, str]:
    """The parameters with which all notebooks are run."""
    return {
        "goals": str(ROOT / "data_samples" / "goals.yaml"),
        "month": f"{SAMPLE_DAY:%Y-%m}",
        "as_of": SAMPLE_DAY.isoformat(),
        "language": language,
    }


def stored(language: str) -> dict[str, Outputs]:
    """What each notebook should show."""
    files = {path.stem: EXPECTED / language / f"{path.stem}.json" for path in NOTEBOOKS}
    return {
        name: json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
        for name, file in files.items()
    }


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, Judged]]:
    """Both languages at once, each on its own core."""
    runs = {
        language: judged(tmp_path_factory.mktemp(language), stored(language), language)
        for language in LANGUAGES
    }
    yield runs
    for run in runs.values():
        run.process.kill()
        run.process.communicate()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_cell_shows_what_it_showed(
    language: str, both: Mapping[str, Judged], request: pytest.FixtureRequest
) -> None:
    run = both[language]
    report = run.report()
    if request.config.getoption("--regenerate"):
        for path in NOTEBOOKS:
            _store(EXPECTED / language / f"{path.stem}.json", run.seen(path.stem))
        assert "Cell execution caused an exception" not in report, report
    else:
        assert run.process.returncode == 0, report


def _store(path: Path, seen: Outputs) -> None:
    """Write outputs so that a change of one number is a change of one line."""
    for output in (output for outputs in seen.values() for output in outputs):
        for mime, shown in output.get("data", {}).items():
            if isinstance(shown, str):
                output["data"][mime] = shown.splitlines(keepends=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    shown = {cell: outputs for cell, outputs in seen.items() if outputs}
    path.write_text(json.dumps(shown, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def test_nothing_is_expected_of_what_is_gone() -> None:
    kept = {path.relative_to(EXPECTED).as_posix() for path in EXPECTED.rglob("*.json")}
    assert kept == {f"{each}/{path.stem}.json" for each in LANGUAGES for path in NOTEBOOKS}


def test_a_changed_number_fails(tmp_path: Path) -> None:
    name = "4_leading_lagging"
    expected = stored("en")[name]
    shown = [(cell, output["data"]) for cell, outputs in expected.items() for output in outputs]
    table = next((cell, data) for cell, data in shown if "text/html" in data)
    chart = next((cell, data) for cell, data in shown if "text/html" not in data)
    for _cell, data in (table, chart):
        for mime, lines in data.items():
            at = max(range(len(lines)), key=lambda line: bool(re.search(r"[0-9]", lines[line])))
            data[mime] = [*lines[:at], _another(lines[at]), *lines[at + 1 :]]
    run = judged(tmp_path, {name: expected}, "en")
    assert run.failed() == [_as_counted(name, cell) for cell, _data in (table, chart)]
    assert "Cell outputs differ" in run.report()


def _another(line: str) -> str:
    """The line with one digit of one number changed."""
    return re.sub(r"[0-9]", lambda digit: "4" if digit[0] != "4" else "5", line, count=1)


def _as_counted(name: str, cell: str) -> str:
    notebook = json.loads((ROOT / "notebooks" / f"{name}.ipynb").read_text(encoding="utf-8"))
    code = [each["id"] for each in notebook["cells"] if each["cell_type"] == "code"]
    return f"Cell {code.index(cell)}"
