"""Whatever the file, ``kpilint check`` answers 0, 1 or 2, soon, in little memory, with a sentence.

``python -m tests.benchmarks.fuzz [CASES] [SEED]`` prints the table of docs/benchmarks/fuzz.md and
ends with 1 where a case broke a promise; each such case is told by its number.
"""

from __future__ import annotations

import contextlib
import gc
import io
import json
import os
import resource
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple
from unittest.mock import patch

from kpilint.__main__ import main as kpilint
from tests.benchmarks.mutants import DATA, DEALS, WITH_DATA, Mutant, looks_at_data, mutant

CASES = 100_000
SLOWEST = 2.0  # seconds
LARGEST = 500  # MB, the most that a process ever held
BATCH = 2_000  # cases a process, where they look at no data
TIDIED = 200
GIVEN_UP = 10 * SLOWEST  # seconds after which a case is stopped
SOUND = Mutant("sound", "goals.yaml", WITH_DATA.encode(), ("--no-cache", "--as-of", "2026-10-31"))
TRACEBACK = "Traceback (most recent call last)"


class Stuck(BaseException):
    """A case took so long that it was stopped; no ``except Exception`` may swallow it."""


class Answer(NamedTuple):
    """What came of a case: exit code, what is wrong with it, seconds of work, MB held."""

    code: int
    fault: str
    took: float
    held: float


@dataclass(slots=True)
class Tally:
    """What came of the cases so far."""

    codes: dict[str, Counter[int]] = field(default_factory=dict)
    slowest: dict[str, float] = field(default_factory=dict)
    spent: float = 0.0
    held: float = 0.0  # MB
    broken: list[str] = field(default_factory=list)

    def note(self, seed: int, number: int, kind: str, said: Answer) -> None:
        """Take in the answer to a case, and tell of a broken promise."""
        code, fault, took, held = said
        self.held = max(held, self.held)
        if held > LARGEST:
            fault = fault or f"held {held:.0f} MB"
        self.spent += took
        self.codes.setdefault(kind, Counter())[code] += 1
        self.slowest[kind] = max(took, self.slowest.get(kind, 0.0))
        if took > SLOWEST:
            fault = fault or f"took {took:.1f} s"
        if fault:
            self.broken.append(f"case {number} of seed {seed} ({kind}): {fault}")
            print(self.broken[-1], file=sys.stderr, flush=True)

    def rows(self) -> Iterator[str]:
        yield "| what was done to the file | cases | exit 0 | exit 1 | exit 2 | slowest |"
        yield "|---|--:|--:|--:|--:|--:|"
        for kind, codes in sorted(self.codes.items(), key=lambda pair: -pair[1].total()):
            counts = " | ".join(f"{codes[code]:,}" for code in (0, 1, 2))
            yield f"| {kind} | {codes.total():,} | {counts} | {self.slowest[kind] * 1000:,.0f} ms |"


def here(case: Mutant, folder: Path) -> Answer:
    """The answer of this process, with the most that it ever held."""
    start, worked = time.perf_counter(), time.process_time()
    signal.setitimer(signal.ITIMER_REAL, GIVEN_UP)
    code, fault = answer(case, folder)
    signal.setitimer(signal.ITIMER_REAL, 0)
    # The clock runs on while the machine serves others, and two threads work two seconds in one.
    took = min(time.perf_counter() - start, time.process_time() - worked)
    return Answer(code, fault, took, largest())


def apart(seed: int, numbers: Sequence[int], folder: Path) -> Iterator[tuple[int, str, Answer]]:
    """Number, kind and answer of cases in a process split off from this one.

    So no case pays for what thousands before it have left behind; nobody checks so many files in
    one process.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.close(reading)
        with os.fdopen(writing, "w", encoding="utf-8") as told:
            for done, number in enumerate(numbers):
                if done % TIDIED == 0:
                    tidy()
                case = mutant(seed, number)
                print(json.dumps([number, case.kind, here(case, folder)]), file=told, flush=True)
        os._exit(0)
    os.close(writing)
    left = list(numbers)
    with os.fdopen(reading, encoding="utf-8") as told:
        for line in told:
            number, kind, said = json.loads(line)
            left.remove(number)
            yield number, kind, Answer(*said)
    status = os.waitpid(child, 0)[1]
    for number in left[:1]:
        yield number, mutant(seed, number).kind, Answer(-1, f"ended with {status}", 0.0, 0.0)


def answer(case: Mutant, folder: Path, *more: str) -> tuple[int, str]:
    """The exit code of the command line in this process, and what is wrong with the answer."""
    path = folder / case.name
    path.write_bytes(case.content)
    said = io.StringIO()
    arguments = ["kpilint", "check", str(path), *case.options, *more]
    try:
        with (
            patch.object(sys, "argv", arguments),
            contextlib.redirect_stdout(said),
            contextlib.redirect_stderr(said),
        ):
            kpilint()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 2
        fault = "" if code in {0, 1, 2} else f"exit code {end.code}"
        return code, fault or ("a traceback is printed" if TRACEBACK in said.getvalue() else "")
    except Stuck:
        return -1, f"stopped after {GIVEN_UP:.0f} s"
    except Exception as problem:  # the very thing that is looked for
        return -1, f"{type(problem).__name__}: {problem}"[:300]
    return -1, "main came back"


@contextlib.contextmanager
def prepared() -> Iterator[Path]:
    """A folder with data, an alarm that stops what is stuck, and faults that are not hidden."""
    before = signal.signal(signal.SIGALRM, _stop)
    try:
        with (
            tempfile.TemporaryDirectory() as folder,
            patch.dict(os.environ, {"KPILINT_DEBUG": "1"}),
        ):
            (Path(folder) / DATA).write_text(DEALS, encoding="utf-8")
            yield Path(folder)
    finally:
        signal.signal(signal.SIGALRM, before)
        tidy()


def tidy() -> None:
    """Give back what a check has frozen; a process of its own would have ended."""
    gc.unfreeze()
    gc.collect()


def _stop(_number: int, _frame: object) -> None:
    raise Stuck


def largest() -> float:
    """The most memory that this process ever held, in MB."""
    status = Path("/proc/self/status")
    if status.exists():  # what getrusage tells here includes what the starting process held
        peak = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(peak.split()[1]) / 1_000
    unit = 1_000_000 if sys.platform == "darwin" else 1_000
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


def run(cases: range, seed: int) -> Tally:
    """Answer the cases one after the other; progress stands on standard error."""
    tally = Tally()
    plain: list[int] = []
    data: list[int] = []
    for number in cases:
        (data if looks_at_data(seed, number) else plain).append(number)
    with prepared() as folder:
        answer(SOUND, folder, "--offline")  # loads what no case is to be charged with
        for batch in batched(plain, BATCH):
            _each(seed, batch, folder, tally)
        answer(SOUND, folder)
        tidy()
        for number in data:
            _each(seed, [number], folder, tally)
    return tally


def batched(numbers: Sequence[int], size: int) -> Iterator[Sequence[int]]:
    """Numbers in groups of ``size``, the last one smaller."""
    yield from (numbers[start : start + size] for start in range(0, len(numbers), size))


def _each(seed: int, numbers: Sequence[int], folder: Path, tally: Tally) -> None:
    for number, kind, said in apart(seed, numbers, folder):
        tally.note(seed, number, kind, said)
    if len(numbers) > 1:
        print(f"to {numbers[-1]:,}: {len(tally.broken)} broken", file=sys.stderr, flush=True)


def main() -> None:
    """Print the table, and end with 1 where a promise was broken."""
    given = [int(word) for word in sys.argv[1:]]
    cases, seed = (*given, *(CASES, 1)[len(given) :])
    tally = run(range(cases), seed)
    print(*tally.rows(), sep="\n")
    print(
        f"\n{cases:,} cases of seed {seed}: {tally.spent / cases * 1000:.1f} ms each, at most "
        f"{max(tally.slowest.values()):.2f} s (gate {SLOWEST:.0f} s); no process held more than "
        f"{tally.held:.0f} MB (gate {LARGEST} MB); {len(tally.broken)} broken."
    )
    print(*tally.broken[:20], sep="\n")
    sys.exit(bool(tally.broken))


if __name__ == "__main__":
    main()
