"""Workspaces: a goals file with its exports, written where a test runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from kpilint.data.dataset import Dataset
from kpilint.goals.goalfile import GoalSet, read
from kpilint.i18n import speaking
from tests.data import servers

THIRD_PARTY = Path(__file__).parents[3] / "shared" / "data"

Workspace = Callable[..., GoalSet]


@pytest.fixture(autouse=True, scope="session")
def english() -> Iterator[None]:
    with speaking("en"):
        yield


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """Write files (text as UTF-8) and read a goals file that stands beside them."""

    def write(goals: str, files: Mapping[str, str | bytes] = {}) -> GoalSet:
        for name, content in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        read_goals = read(tmp_path / "goals.yaml", source=goals)
        assert read_goals.faults == ()
        return read_goals

    return write


@pytest.fixture
def opened(workspace: Workspace) -> Iterator[Callable[..., Dataset]]:
    """The data of one source ``t`` in ``t.csv`` (or as its keys say), closed afterwards."""
    datasets = []

    def open_source(content: str | bytes, keys: str = "path: t.csv", metrics: str = "") -> Dataset:
        name = keys.split("path: ")[1].split(",")[0].strip()
        goals = f"timezone: Asia/Tokyo\nsources:\n  t: {{{keys}}}\nmetrics:\n{metrics or '  {}'}\n"
        datasets.append(Dataset.of(workspace(goals, {name: content} if "*" not in name else {})))
        return datasets[-1]

    yield open_source
    for data in datasets:
        data.close()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The URL of a PostgreSQL server, password and all."""
    with servers.postgres() as url:
        yield url


@pytest.fixture(scope="session")
def spark_session() -> Iterator[None]:
    with servers.spark():
        yield


def rows(data: Dataset, source: str = "t") -> list[dict[str, object]]:
    """All records of a source, in the order of the file."""
    records: list[dict[str, object]] = data.table(source).to_pyarrow().to_pylist()
    return records
