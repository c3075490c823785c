"""A file's place as others name it."""

from __future__ import annotations

from pathlib import Path

import pytest

from kpilint.place import from_top, seen_from, uri


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder ``client``, with no CI about."""
    (tmp_path / "client").mkdir()
    monkeypatch.chdir(tmp_path / "client")
    monkeypatch.delenv("GITHUB_WORKSPACE", raising=False)
    monkeypatch.delenv("CI_PROJECT_DIR", raising=False)
    return tmp_path


@pytest.mark.parametrize(
    ("folder", "path", "seen"),
    [
        (".", "./goals.yaml", "goals.yaml"),
        ("..", "goals.yaml", "client/goals.yaml"),
        ("kept", "goals.yaml", "../goals.yaml"),
        (".", "a/../b/goals.yaml", "b/goals.yaml"),
        ("..", "<stdin>", "<stdin>"),
    ],
)
def test_seen_from_a_folder(folder: str, path: str, seen: str) -> None:
    assert seen_from(Path(folder), path) == seen
    if not path.startswith("<"):
        assert seen_from(Path(folder), str(Path(path).absolute())) == seen


@pytest.mark.parametrize("variable", ["GITHUB_WORKSPACE", "CI_PROJECT_DIR"])
def test_the_top_of_a_checkout(variable: str, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert from_top("goals.yaml") == "goals.yaml"
    monkeypatch.setenv(variable, str(here))
    assert from_top("goals.yaml") == "client/goals.yaml"


def test_outside_of_the_checkout_a_path_stays_whole(here: Path) -> None:
    assert from_top("../goals.yaml") == (here / "client" / "../goals.yaml").as_posix()


@pytest.mark.parametrize(
    ("path", "reference"),
    [
        ("goals.yaml", "goals.yaml"),
        ("予算 #1/g%.yaml", "%E4%BA%88%E7%AE%97%20%231/g%25.yaml"),
        ("a:b.yaml", "a%3Ab.yaml"),
        ("/data/予.yaml", "file:///data/%E4%BA%88.yaml"),
        ("<stdin>", "%3Cstdin%3E"),
    ],
)
def test_uri(path: str, reference: str) -> None:
    assert uri(path) == reference
