"""Several clients in one call: whose files are meant, and where their months go."""

from __future__ import annotations

from pathlib import Path

import pytest

from kpilint.errors import Misuse
from kpilint.monthly.clients import clients


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("b/goals.yaml", "a/goals.yaml", "[x]/goals.yaml", "all/one.yaml", "all/two.yaml"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("named", "out", "meant"),
    [
        (["a/goals.yaml"], None, {"a/goals.yaml": "a/reports"}),
        (["a/goals.yaml"], "out", {"a/goals.yaml": "out"}),
        (["[ab]/goals.yaml"], None, {"a/goals.yaml": "a/reports", "b/goals.yaml": "b/reports"}),
        (["?/goals.yaml"], "out", {"a/goals.yaml": "out/a", "b/goals.yaml": "out/b"}),
        (["b/goals.y*"], "out", {"b/goals.yaml": "out/b"}),
        (["b/goals.yaml", "?/goals.yaml"], None, {"b/goals.yaml": "b/reports", "a/goals.yaml": ""}),
        (["[x]/goals.yaml"], None, {"[x]/goals.yaml": "[x]/reports"}),
        (["all/*.yaml"], "out", {"all/one.yaml": "out/one", "all/two.yaml": "out/two"}),
        (["missing.yaml"], None, {"missing.yaml": "reports"}),
    ],
)
def test_who_is_meant(
    folder: Path, named: list[str], out: str | None, meant: dict[str, str]
) -> None:
    found = clients(named, Path(out) if out else None)
    assert [client.goals.as_posix() for client in found] == list(meant)
    for client in found:
        wanted = meant[client.goals.as_posix()] or "a/reports"
        assert client.out.as_posix() == wanted


@pytest.mark.parametrize(
    ("named", "says"),
    [
        (["nobody/*.yaml"], "nobody/\\*.yaml meets no goals file"),
        (["all/*.yaml"], "would both be written to"),
    ],
)
def test_what_cannot_be_run(folder: Path, named: list[str], says: str) -> None:
    with pytest.raises(Misuse, match=says):
        clients(named, None)
