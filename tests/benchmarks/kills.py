"""Runs and ledger writers killed at random moments: is anything lost, half-written or corrupt?

    uv run python -m tests.benchmarks.kills 200

prints a markdown table and ends with 1 if a kill did harm.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from hashlib import sha256
from pathlib import Path

from nbformat import v4

from kpilint.data.dataset import Dataset
from kpilint.data.ledger import Entry, Ledger
from kpilint.goals.goalfile import read
from kpilint.monthly.kernel import OwnKernel
from kpilint.monthly.run import run

GOALS = """
organization: Sample
language: en
sources: {deals: {path: deals.csv, key: id}}
metrics: {wins: {label: Wins, source: deals, agg: count, time: b, unit: count, nature: lagging}}
goals:
  - {id: w, label: Wins, metric: wins, department: sales, owner: Ann, period: 2026-10, target: 9}
"""
DAY = date(2026, 10, 31)
FILES = {"index.html", "board.html", "manager.html", "field.html", "manifest.json", "own.ipynb"}


class Client:
    """A small client whose September is published, and whose October is killed again and again."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.goals = folder, folder / "goals.yaml"
        self.reports, self.notebook = folder / "reports", folder / "own.ipynb"
        self.october = self.reports / "2026-10"
        self.goals.write_text(GOALS, encoding="utf-8")
        self.sell(3)
        parameters = v4.new_code_cell('goals: str = ""', metadata={"tags": ["parameters"]})
        cells = [parameters, v4.new_code_cell("sum(range(10))")]
        self.notebook.write_text(v4.writes(v4.new_notebook(cells=cells)), encoding="utf-8")

    def sell(self, wins: int) -> None:
        """Change the export, so that the next run has something new to publish."""
        rows = [f"{n},2026-10-{n % 28 + 1:02}" for n in range(wins)]
        (self.folder / "deals.csv").write_text("\n".join(["id,b", *rows]) + "\n", encoding="utf-8")

    def run(self, month: str = "2026-10") -> None:
        """The whole run, on a kernel of its own."""
        own = [str(self.notebook)]
        run(self.goals, month, out=self.reports, as_of=DAY, notebooks=own, kernels=OwnKernel)

    def write(self) -> None:
        """Nothing but the ledger, until killed."""
        ledger = Ledger.of(read(self.goals))
        for turn in range(10_000):
            entries = [Entry("actual", f"goal {n}", "", {"turn": turn}) for n in range(50)]
            ledger.append(entries, as_of=DAY, run="2026-10")

    def command(self) -> None:
        """The command as a user calls it, warm process and all."""
        words = ["-m", "kpilint", "run", str(self.goals), "--month", "2026-10", "--quiet"]
        told = [*words, "--as-of", DAY.isoformat(), "--notebook", str(self.notebook)]
        os.execv(sys.executable, [sys.executable, *told])

    def harm(self, had: bool) -> Iterator[str]:
        """What a kill has done that it must not; ``had`` is whether October was there before."""
        if self.october.exists():
            if {path.name for path in self.october.iterdir()} != FILES:
                yield "half a folder"
            elif not all(_whole(path) for path in self.october.iterdir()):
                yield "half a page"
        elif had:
            yield "a lost month"
        if _hash(self.reports / "2026-09") != self.september:
            yield "last month touched"
        with Dataset.of(read(self.goals)) as data:
            if data.ledger.verify():
                yield "a corrupt ledger"

    @property
    def september(self) -> str:
        """What September was when it was published."""
        return (self.folder / "september").read_text()


def _whole(path: Path) -> bool:
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".html":
        return text.rstrip().endswith("</html>")
    return bool(json.loads(text))


def _hash(folder: Path) -> str:
    told = [(path.name, path.read_bytes()) for path in sorted(folder.iterdir())]
    return sha256(repr(told).encode()).hexdigest()


def forked(act: Callable[[], None], after: float | None) -> bool:
    """Do it in a process of its own and kill that after so many seconds; whether it ended well."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            act()
            code = 0
        finally:
            os._exit(code)
    if after is not None:
        time.sleep(after)
        os.kill(child, signal.SIGKILL)
    _pid, status = os.waitpid(child, 0)
    return status == 0


def trial(kills: int, seed: int = 20261031) -> Counter[str]:
    """Kill so many times; counts by way of killing, and of each harm."""
    folder = Path(tempfile.mkdtemp(prefix="kills-"))
    client, chance, told = Client(folder), random.Random(seed), Counter[str]()
    try:
        if not forked(lambda: client.run("2026-09"), None):
            raise RuntimeError("the small client cannot be run at all")
        (folder / "september").write_text(_hash(client.reports / "2026-09"))
        began = time.monotonic()
        told["next run failed"] += not forked(client.run, None)
        usual = time.monotonic() - began
        for turn in range(kills):
            way = ("run", "run anew", "run", "run anew", "ledger")[turn % 5]
            if way == "run anew":  # as if October had never been published
                shutil.rmtree(client.october, ignore_errors=True)
            client.sell(3 + turn % 7)
            had = client.october.exists()
            if way == "ledger":
                forked(client.write, chance.uniform(0, min(usual, 1)))
            elif turn % 20 == 0:
                way = "command"
                forked(client.command, chance.uniform(0, 2 * usual))
            else:
                forked(client.run, chance.uniform(0, 1.1 * usual))
            told[way] += 1
            told["published before the kill"] += client.october.exists() and not had
            told.update(client.harm(had))
            if turn % 10 == 9:
                began = time.monotonic()
                told["next run failed"] += not forked(client.run, None)
                usual = min(time.monotonic() - began, 2 * usual)  # though the machine pauses
                told["next runs"] += 1
                told.update(client.harm(had=True))
                print(turn + 1, dict(told), file=sys.stderr, flush=True)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return told


HARMS = (
    "a lost month",
    "half a folder",
    "half a page",
    "last month touched",
    "a corrupt ledger",
    "next run failed",
)


def main() -> None:
    """Kill as often as the first argument says, and print what came of it."""
    told = trial(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
    ways = ("run", "run anew", "command", "ledger")
    print("| killed | times |\n|---|---|")
    for way in (*ways, "published before the kill", "next runs", *HARMS):
        print(f"| {way} | {told[way]} |")
    sys.exit(any(told[harm] for harm in HARMS))


if __name__ == "__main__":
    main()
