"""The ledger: what is kept, what its chain gives away, and what can go wrong around it."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpilint.data import storage
from kpilint.data.ledger import Entry, Json, Ledger, period_of, subject_of
from kpilint.errors import KpilintError, LedgerProblem, Unavailable
from kpilint.goals.goalfile import GoalSet, read
from tests.data import servers

GOALS = """organization: 株式会社サンプル
metrics: {m: {label: 受注数}, n: {label: 商談数}}
goals:
  - {id: wins, metric: m, department: sales, owner: 営業部, period: 2026-10..2026-12, target: 125件}
  - {id: talks, metric: n, owner: 営業部, period: 2026-10, target: 40件}
"""
SEPTEMBER, OCTOBER = date(2026, 9, 30), date(2026, 10, 31)


def goals(folder: Path, more: str = "") -> GoalSet:
    return read(folder / "goals.yaml", source=f"{more}{GOALS}")


def target(found: GoalSet, name: str, value: float | None, **more: Json) -> Entry:
    goal = found.by_id[name]
    return Entry("target", subject_of(goal), period_of(goal), {"id": name, "target": value, **more})


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger.of(goals(tmp_path))


def file_of(ledger: Ledger) -> Path:
    assert ledger.file is not None
    return ledger.file


# Keeping


def test_reading_creates_nothing(ledger: Ledger, tmp_path: Path) -> None:
    goal = ledger.goals.goals[0]
    assert (ledger.begun, ledger.records(), ledger.head(), ledger.verify()) == (False, (), "", ())
    assert (ledger.first_target(goal), ledger.runs(), ledger.periods("goal")) == (None, (), {})
    assert list(tmp_path.iterdir()) == []


def test_what_is_recorded_is_read_again(ledger: Ledger) -> None:
    body: dict[str, Json] = {
        "文": "受注\n\0\ud800",
        "n": [1, 2.5, None, True],
        "{": {"b": "", "a": 0},
    }
    entries = [Entry("goal", "m||営業部", "", body), Entry("finding", "A001|goal|x", "", {})]
    written = ledger.append(entries, as_of=SEPTEMBER, run="2026-09")
    assert Ledger.of(ledger.goals).records() == written
    assert [record.entry for record in written] == entries
    first, second = written
    assert (first.number, second.number, first.as_of, first.run) == (1, 2, SEPTEMBER, "2026-09")
    assert first.at.tzinfo is not None
    assert ledger.head() == second.hash != first.hash
    assert ledger.records("goal") == ledger.records(subject="m||営業部") == (first,)
    assert ledger.records(run="2026-10") == ledger.records(period="x") == ()


def test_the_same_again_is_not_written(ledger: Ledger) -> None:
    def record(*values: float, run: str = "2026-10") -> int:
        told = [target(ledger.goals, "wins", value) for value in values]
        return len(ledger.append(told, as_of=OCTOBER, run=run))

    assert [record(1), record(1), record(2), record(1)] == [1, 0, 1, 1]
    assert [record(1, run="2026-11"), record(1)] == [1, 0]  # each run keeps its own
    assert [record(7, 8), record(7, 8), record(8, 7)] == [2, 0, 2]  # several on one subject


@pytest.mark.parametrize("value", [float("nan"), float("inf"), object(), {1, 2}])
def test_only_json_is_kept(ledger: Ledger, value: object) -> None:
    with pytest.raises((ValueError, TypeError)):
        ledger.append([Entry("run", "x", "", {"a": value})], as_of=OCTOBER, run="x")  # type: ignore[dict-item]
    assert not ledger.begun


def test_books_are_apart(tmp_path: Path) -> None:
    told = [Entry("run", "2026-10", "", {"state": "published"})]
    one = Ledger.of(goals(tmp_path))
    other = Ledger.of(read(tmp_path / "goals.yaml", source="organization: 株式会社別\n"))
    nameless = Ledger.of(read(tmp_path / "goals.yaml", source="version: 1\n"))
    for ledger in (one, other, one):
        ledger.append(told, as_of=OCTOBER, run=f"{len(one.records())}")
    assert [len(each.records()) for each in (one, other, nameless)] == [2, 1, 0]
    assert nameless.book == tmp_path.name
    assert one.verify() == other.verify() == ()


def test_names_too_long_for_an_index_stay_apart(ledger: Ledger) -> None:
    names = ["長" * 10_000, "長" * 9_999 + "短"]
    ledger.append([Entry("goal", n, "", {"n": n}) for n in names], as_of=OCTOBER, run="2026-10")
    assert [r.entry.body for n in names for r in ledger.records(subject=n)] == [
        {"n": n} for n in names
    ]


# The original target

BEFORE, START, INSIDE = date(2026, 9, 30), date(2026, 10, 1), date(2026, 10, 20)


@pytest.mark.parametrize(
    ("recorded", "original"),
    [
        ([], None),
        ([(BEFORE, 125)], 125),
        ([(BEFORE, 125), (INSIDE, 150)], 125),
        ([(BEFORE, 125), (START, 130), (INSIDE, 150)], 130),  # corrections before it are free
        ([(INSIDE, 150), (OCTOBER, 160)], 150),  # recorded late: the very first
        ([(BEFORE, 125), (INSIDE, 150), (BEFORE, 150)], 125),  # September run again in October
        ([(INSIDE, 150), (BEFORE, 160)], 150),
        ([(BEFORE, None), (INSIDE, 150)], 150),  # could not be told before
    ],
)
def test_the_original_target(
    ledger: Ledger, recorded: list[tuple[date, float | None]], original: float | None
) -> None:
    for number, (day, value) in enumerate(recorded):
        ledger.append([target(ledger.goals, "wins", value)], as_of=day, run=f"{number}")
    assert ledger.first_target(ledger.goals.by_id["wins"]) == original
    assert ledger.first_target(ledger.goals.by_id["talks"]) is None


def test_a_goal_recorded_late_began_with_what_its_first_change_came_from(ledger: Ledger) -> None:
    changes: Json = [{"on": "2026-09-10", "from": 90}, {"on": "2026-10-10", "from": 100, "to": 150}]
    told = target(ledger.goals, "wins", 150, changes=changes)
    ledger.append([told], as_of=INSIDE, run="2026-10")
    assert ledger.first_target(ledger.goals.by_id["wins"]) == 100


def test_goals_that_only_their_ids_tell_apart(tmp_path: Path) -> None:
    twins = (
        GOALS
        + "  - {id: twin, metric: m, department: sales, owner: 営業部, period: 2026-10..2026-12}\n"
    )
    found = read(tmp_path / "goals.yaml", source=twins)
    ledger = Ledger.of(found)
    told = [target(found, "wins", 125), target(found, "twin", 60)]
    ledger.append(told, as_of=BEFORE, run="2026-09")
    assert [ledger.first_target(found.by_id[name]) for name in ("wins", "twin")] == [125, 60]


# The chain


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger of nine rows as a file, whose triggers are taken away."""
    ledger = Ledger.of(goals(tmp_path_factory.mktemp("whole")))
    for number, day in enumerate((SEPTEMBER, OCTOBER, date(2026, 11, 30))):
        told = [target(ledger.goals, name, 100 + number) for name in ("wins", "talks")]
        told.append(Entry("run", f"{day:%Y-%m}", "", {"state": "published"}))
        ledger.append(told, as_of=day, run=f"{day:%Y-%m}")
    tampered(
        file_of(ledger), "DROP TRIGGER kpilint_ledger_update", "DROP TRIGGER kpilint_ledger_delete"
    )
    assert ledger.verify() == ()
    return file_of(ledger)


def tampered(path: Path, *statements: str, **values: object) -> None:
    with closing(sqlite3.connect(path)) as database, database:
        for statement in statements:
            database.execute(statement, values)


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("bench")


def faults(folder: Path, whole: Path, *statements: str, **values: object) -> tuple[str, ...]:
    """What ``verify`` says of the ledger after somebody has been at it."""
    ledger = Ledger.of(goals(folder))
    file_of(ledger).parent.mkdir(exist_ok=True)
    file_of(ledger).write_bytes(whole.read_bytes())
    tampered(file_of(ledger), *statements, **values)
    return ledger.verify()


FIELDS = ("at", "as_of", "run", "account", "kind", "subject", "period", "body", "previous", "hash")
ROWS = st.integers(1, 9)


@settings(max_examples=60, deadline=None)
@given(number=ROWS, field=st.sampled_from(FIELDS), value=st.text(max_size=8) | st.integers(0, 9))
def test_any_edited_field_is_found(
    bench: Path, whole: Path, number: int, field: str, value: str | int
) -> None:
    value = str(value).replace("\0", "").encode("utf-8", "replace").decode()
    statement = (
        f"UPDATE kpilint_ledger SET {field} = {field} || :value || 'x' WHERE number = :number"
    )
    told = faults(bench, whole, statement, number=number, value=value)
    assert len(told) == 1
    assert told[0].startswith(f"Row {number} (")


@settings(max_examples=30, deadline=None)
@given(number=ROWS, field=st.sampled_from(FIELDS[:-2]))
def test_an_edit_that_is_sealed_anew_is_found(
    bench: Path, whole: Path, number: int, field: str
) -> None:
    """Who knows how rows are sealed still does not know the rows after it."""
    from kpilint.data.chain import Row, seal

    with closing(sqlite3.connect(":memory:")) as memory:
        memory.deserialize(whole.read_bytes())
        book, *found = memory.execute(
            "SELECT * FROM kpilint_ledger WHERE number = ?", [number]
        ).fetchone()
    row = Row(*found)
    edited = row._replace(**{field: f"{getattr(row, field)}x"})
    statement = f"UPDATE kpilint_ledger SET {field} = :value, hash = :hash WHERE number = :number"
    values = {"number": number, "value": getattr(edited, field), "hash": seal(book, edited)}
    told = faults(bench, whole, statement, **values)
    assert [f"Row {min(number + 1, 9)} (" in each for each in told] == [True]


@settings(max_examples=30, deadline=None)
@given(first=ROWS, count=st.integers(1, 9))
def test_any_deleted_rows_are_found(bench: Path, whole: Path, first: int, count: int) -> None:
    last = min(first + count - 1, 9)
    statement = "DELETE FROM kpilint_ledger WHERE number BETWEEN :first AND :last"
    told = faults(bench, whole, statement, first=first, last=last)
    assert len(told) == 1
    assert told[0].startswith(f"Row {first}:" if first == last else f"Rows {first} to {last}:")
    assert "deleted" in told[0]


@settings(max_examples=30, deadline=None)
@given(pair=st.lists(ROWS, min_size=2, max_size=2, unique=True).map(sorted))
def test_any_swapped_pair_is_found(bench: Path, whole: Path, pair: list[int]) -> None:
    swap = "UPDATE kpilint_ledger SET number = :{} WHERE number = :{}"
    moves = [
        swap.format(*each) for each in (("aside", "one"), ("one", "other"), ("other", "aside"))
    ]
    one, other = pair
    told = faults(bench, whole, *moves, one=one, other=other, aside=99)
    assert f"Row {one} " in told[0] and f"as row {other}" in told[0]
    assert f"Row {other} " in told[-1] and f"as row {one}" in told[-1]
    assert len(told) == 2


def test_inserted_rows_are_found(bench: Path, whole: Path) -> None:
    columns = "book, at, as_of, run, account, kind, subject, period, body, previous, hash"
    copied = f"INSERT INTO kpilint_ledger (number, {columns}) SELECT {{}}, {columns} FROM kpilint_ledger WHERE number = 5"  # noqa: E501
    assert "Row 10" in faults(bench, whole, copied.format("10"))[0]
    shift = "UPDATE kpilint_ledger SET number = -number - 1 WHERE number > 5"
    back = "UPDATE kpilint_ledger SET number = -number WHERE number < 0"
    told = faults(bench, whole, shift, back, copied.format("6"))
    assert told == (
        "Rows 6 to 10: moved; first written as row 5.",
        "Row 10: inserted by another hand than kpilint's.",
    )


CUT = (
    "DELETE FROM kpilint_ledger WHERE number = 9",
    "UPDATE kpilint_ledger_books SET number = 8, "
    "hash = (SELECT hash FROM kpilint_ledger WHERE number = 8)",
)


@pytest.mark.parametrize(
    ("cut", "kept"),
    [(["manifest"], "that row is gone"), (["hash"], "rewritten since"), ([], None)],
)
def test_pages_remember_the_end_that_they_were_made_with(
    bench: Path, whole: Path, cut: list[str], kept: str | None
) -> None:
    """Who cuts the tail off, and mends the book's own end, still has the page against him."""
    ledger = Ledger.of(goals(bench))
    assert faults(bench, whole) == ()
    number, head = ledger.end
    page = bench / "reports" / "2026-11" / "manifest.json"
    page.parent.mkdir(parents=True, exist_ok=True)
    told = {"number": number, "head": "0" * 64 if "hash" in cut else head}
    page.write_text(json.dumps({"ledger": told}), encoding="utf-8")
    try:
        found = faults(bench, whole, *(CUT if "manifest" in cut else []))
        assert len(found) == bool(kept)
        assert all(kept in each and "reports/2026-11" in each for each in found if kept)
    finally:
        page.unlink()


def test_nothing_can_be_changed_by_mistake(ledger: Ledger) -> None:
    ledger.append([Entry("run", "x", "", {})], as_of=OCTOBER, run="x")
    for statement in ("UPDATE kpilint_ledger SET run = 'y'", "DELETE FROM kpilint_ledger"):
        with pytest.raises(sqlite3.IntegrityError, match="only ever added to"):
            tampered(file_of(ledger), statement)


# Many writers, and killed ones

WRITER = """
import sys
from datetime import date
from kpilint.data.ledger import Entry, Ledger
from kpilint.goals.goalfile import read
goals = read(sys.argv[1])
print("ready", flush=True)
for turn in range(int(sys.argv[3])):
    told = [Entry("notice", f"{sys.argv[2]}/{turn}/{n}", "", {"n": n}) for n in range(5)]
    Ledger.of(goals).append(told, as_of=date(2026, 10, 31), run="2026-10")
"""


def writer(path: Path, name: str, turns: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", WRITER, str(path), name, str(turns)]
    return subprocess.Popen(command, stdout=subprocess.PIPE)


def at_once(path: Path, writers: int = 8, turns: int = 4) -> None:
    """Processes that write at the same time lose nothing."""
    running = [writer(path, str(n), turns) for n in range(writers)]
    assert [process.communicate() and process.returncode for process in running] == [0] * writers
    ledger = Ledger.of(read(path))
    kept = [record.entry.subject for record in ledger.records("notice")]
    assert sorted(kept) == sorted(
        f"{w}/{t}/{n}" for w in range(writers) for t in range(turns) for n in range(5)
    )
    assert all(
        kept[n].endswith("/0") for n in range(0, len(kept), 5)
    )  # each transaction in one piece
    assert ledger.verify() == ()


def test_eight_writers_at_once(tmp_path: Path) -> None:
    (tmp_path / "goals.yaml").write_text(GOALS, encoding="utf-8")
    at_once(tmp_path / "goals.yaml")


def test_a_killed_writer_leaves_it_whole(tmp_path: Path) -> None:
    path = tmp_path / "goals.yaml"
    path.write_text(GOALS, encoding="utf-8")
    for turn in range(6):
        process = writer(path, f"{turn}", 10_000)
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(0.2 + 0.03 * turn)  # somewhere in the midst
        process.send_signal(signal.SIGKILL)
        process.communicate()
    ledger = Ledger.of(read(path))
    assert ledger.verify() == ()
    assert len(ledger.records("notice")) % 5 == 0
    assert len(ledger.append([Entry("run", "x", "", {})], as_of=OCTOBER, run="x")) == 1


# What can go wrong

Spoil = Callable[[Path], None]


def foreign(path: Path) -> None:
    tampered(path, "CREATE TABLE contacts (name TEXT)")


def of_another_shape(path: Path) -> None:
    tampered(path, "CREATE TABLE kpilint_ledger (id INTEGER, note TEXT)")


def newer(path: Path) -> None:
    Ledger.of(goals(path.parents[1])).append([Entry("run", "x", "", {})], as_of=OCTOBER, run="x")
    tampered(path, "UPDATE kpilint_ledger_books SET version = 2")


def no_database(path: Path) -> None:
    path.write_bytes(b"deal_id,amount\n" * 1000)


def broken(path: Path) -> None:
    newer(path)
    content = bytearray(path.read_bytes())
    content[1000:] = b"\xff" * (len(content) - 1000)
    path.write_bytes(content)


def of_no_version(path: Path) -> None:
    newer(path)
    tampered(path, "UPDATE kpilint_ledger_books SET version = 'x'")


def a_folder(path: Path) -> None:
    path.mkdir()


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (foreign, "is a database of another program"),
        (of_another_shape, "is a database of another program"),
        (newer, "was written by a newer kpilint .version 2, this one knows 1."),
        (no_database, "is damaged, or no ledger at all"),
        (broken, "is damaged, or no ledger at all"),
        (of_no_version, "is damaged, or no ledger at all .version 'x'."),
        (
            a_folder,
            "gives no answer: unable to open database file|cannot be written: Is a directory",
        ),
    ],
)
def test_a_ledger_that_is_none(ledger: Ledger, spoil: Spoil, said: str) -> None:
    file_of(ledger).parent.mkdir()
    spoil(file_of(ledger))
    content = file_of(ledger).read_bytes() if file_of(ledger).is_file() else b""
    asked: tuple[Callable[[], object], ...] = (
        lambda: ledger.records(),
        lambda: ledger.begun,
        lambda: ledger.verify(),
        lambda: ledger.append([Entry("run", "x", "", {})], as_of=OCTOBER, run="x"),
    )
    for ask in asked:
        with pytest.raises(LedgerProblem, match=said) as caught:
            ask()
        assert "\n" not in str(caught.value)
    assert content in {b"", file_of(ledger).read_bytes() if file_of(ledger).is_file() else b""}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("number = 'abc'", "Row abc of the ledger cannot be read"),
        ("body = CAST(x'ff00fe' AS TEXT)", r"is damaged, or no ledger at all \([^\x00\xff]*\)"),
    ],
)
def test_what_no_row_can_hold(ledger: Ledger, change: str, said: str) -> None:
    for run in "xy":
        ledger.append([Entry("run", run, "", {})], as_of=OCTOBER, run=run)
    guard = "DROP TRIGGER kpilint_ledger_update"
    tampered(file_of(ledger), guard, f"UPDATE kpilint_ledger SET {change} WHERE number = 1")
    with pytest.raises(LedgerProblem, match=said):
        Ledger.of(ledger.goals).records()


def test_a_locked_ledger(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger.append([Entry("run", "x", "", {})], as_of=OCTOBER, run="x")
    monkeypatch.setattr(storage, "WAIT", 0.2)
    with closing(sqlite3.connect(file_of(ledger), isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        fresh = Ledger.of(ledger.goals)
        for ask in (
            fresh.records,
            lambda: fresh.append([Entry("run", "y", "", {})], as_of=OCTOBER, run="y"),
        ):
            with pytest.raises(
                LedgerProblem, match=r"in use by another program.*Nothing was written"
            ):
                ask()
    assert len(ledger.records()) == 1


ALONE = """
import os, resource, signal, sys
from datetime import date
from kpilint.data.ledger import Entry, Ledger
from kpilint.errors import LedgerProblem
from kpilint.goals.goalfile import read
ledger = Ledger.of(read(sys.argv[1]))
{before}
try:
    ledger.append([Entry("run", "y", "", {{"long": "x" * 100_000}})], as_of=date(2026, 10, 31), run="y")
except LedgerProblem as problem:
    print(problem)
"""
FULL = """signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
import sqlalchemy, sqlite3
resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, 40_000))"""


def alone(path: Path, before: str) -> str:
    """What a process of its own says that meets such a machine."""
    command = [sys.executable, "-B", "-c", ALONE.format(before=before), str(path)]
    here = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), "LC_ALL": "C.UTF-8"}
    done = subprocess.run(command, capture_output=True, text=True, env=here, check=False)
    assert done.stderr == ""
    return done.stdout


def test_a_full_disk(tmp_path: Path) -> None:
    (tmp_path / "goals.yaml").write_text(GOALS, encoding="utf-8")
    ledger = Ledger.of(goals(tmp_path))
    ledger.append([Entry("run", "x", "", {})], as_of=OCTOBER, run="x")
    assert "cannot be written" in alone(tmp_path / "goals.yaml", FULL)
    assert (len(ledger.records()), ledger.verify()) == (1, ())


def test_a_read_only_ledger(tmp_path: Path) -> None:
    (tmp_path / "goals.yaml").write_text(GOALS, encoding="utf-8")
    ledger = Ledger.of(goals(tmp_path))
    ledger.append([Entry("run", "x", "", {})], as_of=OCTOBER, run="x")
    file_of(ledger).chmod(0o444)
    lesser = "import getpass; ledger.records(); os.seteuid(65534)" if os.geteuid() == 0 else ""
    for folder in (tmp_path, *tmp_path.parents[:2]):
        folder.chmod(folder.stat().st_mode | 0o555)
    assert "cannot be written: Permission denied" in alone(tmp_path / "goals.yaml", lesser)
    assert (len(ledger.records()), ledger.verify()) == (1, ())


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("${NOBODY_SET_IT}", "NOBODY_SET_IT, which is not set"),
        ("postgresql://me:hush@localhost/x", "has a password or key written in it"),
        ("sqlite://", "must outlive the run"),
        ("'sqlite:///:memory:'", "must outlive the run"),
        ("nosuch://localhost/x", "gives no answer|needs the driver"),
        ("postgresql://${USER_OF}:${HUSH}@127.0.0.1:9/x", "gives no answer"),
    ],
)
def test_an_address_that_leads_nowhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str, said: str
) -> None:
    monkeypatch.setenv("USER_OF", "chief")
    monkeypatch.setenv("HUSH", "verysecret")
    ledger = Ledger.of(goals(tmp_path, f"ledger: {url}\n"))
    with pytest.raises(Unavailable, match=said) as caught:
        ledger.append([Entry("run", "x", "", {})], as_of=OCTOBER, run="x")
    assert isinstance(caught.value, KpilintError)
    assert "hush" not in str(caught.value) and "verysecret" not in str(caught.value)


# A server


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with servers.postgres() as url:
        yield url


def test_postgresql(server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEDGER", server)
    path = tmp_path / "goals.yaml"
    path.write_text("ledger: ${LEDGER}\n" + GOALS, encoding="utf-8")
    ledger = Ledger.of(read(path))
    assert (ledger.begun, ledger.file, ledger.verify()) == (False, None, ())
    at_once(path)
    ledger.append([target(ledger.goals, "wins", 125, note="\0")], as_of=BEFORE, run="2026-09")
    assert ledger.first_target(ledger.goals.by_id["wins"]) == 125
    assert (
        ledger.append([target(ledger.goals, "wins", 125, note="\0")], as_of=BEFORE, run="2026-09")
        == ()
    )

    import psycopg

    with psycopg.connect(server, autocommit=True) as database:
        for statement in ("UPDATE kpilint_ledger SET run = 'y'", "TRUNCATE kpilint_ledger"):
            with pytest.raises(psycopg.errors.RaiseException, match="only ever added to"):
                database.execute(statement)
        database.execute("ALTER TABLE kpilint_ledger DISABLE TRIGGER ALL")
        database.execute("UPDATE kpilint_ledger SET body = '{}' WHERE number = 3")
        database.execute("DELETE FROM kpilint_ledger WHERE number = 7")
    assert [fault.split(" (")[0] for fault in ledger.verify()] == [
        "Row 3",
        "Row 7: missing; somebody deleted what stood there.",
    ]
    assert server not in "".join(ledger.verify())
