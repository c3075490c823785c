"""``import kpilint``: light, and every name of it is there."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import kpilint

EXAMPLE = Path(__file__).parent / "goals" / "example.yaml"
HEAVY = {
    "duckdb", "great_expectations", "holidays", "ibis", "numpy", "pandas", "plotly", "pyarrow",
    "scipy", "sqlglot", "statsmodels",
}  # fmt: skip


def loaded(code: str) -> set[str]:
    """The top-level modules that are loaded after running ``code`` in a fresh process."""
    told = f"import sys\n{code}\nprint('\\n' + ' '.join(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", told], capture_output=True, text=True, check=True, timeout=60
    )
    return {name.partition(".")[0] for name in done.stdout.splitlines()[-1].split()}


@pytest.mark.parametrize("name", kpilint.__all__)
def test_every_name_is_there(name: str) -> None:
    assert getattr(kpilint, name).__name__ == name
    assert name in dir(kpilint)


def test_a_name_that_is_not() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Lint'"):
        kpilint.Lint  # noqa: B018


def test_import_loads_nothing_else() -> None:
    assert loaded("import kpilint") & (HEAVY | {"click", "yaml"}) == set()


def test_linting_offline_loads_nothing_heavy() -> None:
    code = f"import kpilint as kl; kl.lint(kl.read({str(EXAMPLE)!r}))"
    assert loaded(code) & HEAVY == set()


def test_the_command_line_loads_nothing_heavy_offline() -> None:
    arguments = ["-q", "--offline", str(EXAMPLE)]
    code = f"from kpilint.cli import kpilint; kpilint({arguments!r}, standalone_mode=False)"
    assert loaded(code) & HEAVY == set()
