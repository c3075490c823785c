"""A folder is replaced whole or not at all, whatever interrupts it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from kpilint.errors import FileProblem, Misuse
from kpilint.monthly import folder
from kpilint.monthly.folder import replacing


def publish(target: Path, text: str) -> None:
    with replacing(target) as fresh:
        (fresh / "page").write_text(text)


def visible(target: Path) -> list[str]:
    return sorted(path.name for path in target.parent.iterdir() if not path.name.endswith(".lock"))


def test_it_appears_and_is_replaced_whole(tmp_path: Path) -> None:
    target = tmp_path / "reports" / "2026-10"
    publish(target, "first")
    (target / "stray").touch()
    publish(target, "second")
    assert [path.name for path in target.iterdir()] == ["page"]
    assert (target / "page").read_text() == "second"
    assert visible(target) == ["2026-10"]


def test_a_failure_leaves_the_old_one(tmp_path: Path) -> None:
    target = tmp_path / "2026-10"
    publish(target, "first")
    with suppress(ZeroDivisionError), replacing(target) as fresh:
        (fresh / "page").write_text("second")
        raise ZeroDivisionError
    assert (target / "page").read_text() == "first"
    assert visible(target) == ["2026-10"]


@pytest.mark.parametrize("moment", ["before", "between", "after"])
def test_what_a_kill_left_is_tidied(tmp_path: Path, moment: str) -> None:
    target = tmp_path / "2026-10"
    publish(target, "first")
    unfinished = tmp_path / ".2026-10.new.0abc"
    unfinished.mkdir()
    if moment == "between":
        target.rename(tmp_path / ".2026-10.old")
    elif moment == "after":
        (tmp_path / ".2026-10.old").mkdir()
    with pytest.raises(ZeroDivisionError), replacing(target):
        raise ZeroDivisionError
    assert (target / "page").read_text() == "first"
    assert visible(target) == ["2026-10"]


def test_other_months_are_not_touched(tmp_path: Path) -> None:
    publish(tmp_path / "2026-09", "september")
    (tmp_path / ".2026-09.new.0abc").mkdir()
    publish(tmp_path / "2026-10", "october")
    assert visible(tmp_path / "2026-10") == [".2026-09.new.0abc", "2026-09", "2026-10"]


def test_two_runs_of_a_month_do_not_mix(tmp_path: Path) -> None:
    target = tmp_path / "2026-10"
    with replacing(target), pytest.raises(Misuse, match="Another run"), replacing(target):
        pass


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_a_killed_run_lets_go_of_the_lock(tmp_path: Path) -> None:
    target = tmp_path / "2026-10"
    code = (
        "import sys, time; from pathlib import Path; from kpilint.monthly.folder import replacing\n"
        "with replacing(Path(sys.argv[1])) as fresh: (fresh / 'x').touch(); time.sleep(60)"
    )
    run = subprocess.Popen([sys.executable, "-c", code, str(target)])
    while not list(tmp_path.glob(".2026-10.new.*/x")):
        assert run.poll() is None
    run.send_signal(signal.SIGKILL)
    run.wait()
    publish(target, "next")
    assert visible(target) == ["2026-10"]


def test_a_file_held_for_a_moment_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refusals = iter([True, True])
    replace = os.replace

    def held(source: Path, target: Path) -> None:
        if next(refusals, False):
            raise PermissionError(13, "held by another program", str(source))
        replace(source, target)

    monkeypatch.setattr(os, "replace", held)
    publish(tmp_path / "2026-10", "page")
    assert (tmp_path / "2026-10" / "page").exists()


def test_there_is_no_moment_without_a_month(tmp_path: Path) -> None:
    target = tmp_path / "2026-10"
    publish(target, "first")
    with replacing(target) as fresh:
        (fresh / "page").write_text("second")
        if not folder._exchanged(fresh, target):
            pytest.skip("this file system cannot swap folders in one step")
        assert (target / "page").read_text() == "second"
        assert (fresh / "page").read_text() == "first"
        assert folder._exchanged(fresh, target)


@pytest.mark.parametrize("swapping", [True, False])
def test_it_is_replaced_with_and_without_a_swap(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, swapping: bool
) -> None:
    if not swapping:
        monkeypatch.setattr(folder, "_exchanged", lambda one, other: False)
    publish(tmp_path / "2026-10", "first")
    publish(tmp_path / "2026-10", "second")
    assert (tmp_path / "2026-10" / "page").read_text() == "second"
    assert visible(tmp_path / "2026-10") == ["2026-10"]


@pytest.mark.parametrize("refused", ["2026-10", "2026-10.new"])
def test_a_disk_that_refuses_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, refused: str
) -> None:
    publish(tmp_path / "2026-10", "first")
    monkeypatch.setattr(folder, "_exchanged", lambda one, other: False)
    replace = os.replace

    def full(source: Path, target: Path) -> None:
        if refused in str(source):
            raise OSError(28, "No space left on device", str(source))
        replace(source, target)

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(FileProblem, match="No space left on device"):
        publish(tmp_path / "2026-10", "second")
    assert (tmp_path / "2026-10" / "page").read_text() == "first"


def test_a_file_where_the_folder_should_be(tmp_path: Path) -> None:
    (tmp_path / "reports").touch()
    with pytest.raises(FileProblem, match="reports"):
        publish(tmp_path / "reports" / "2026-10", "page")


def test_a_disk_that_is_full(tmp_path: Path) -> None:
    """A process may write no more than so many bytes: the system refuses as a full disk would."""
    pytest.importorskip("resource", reason="Windows has no such limit")
    target = tmp_path / "2026-10"
    publish(target, "first")
    code = (
        "import sys, resource; from pathlib import Path\n"
        "from kpilint.monthly.folder import replacing\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "with replacing(Path(sys.argv[1])) as fresh: (fresh / 'page').write_text('x' * 2000)"
    )
    done = subprocess.run([sys.executable, "-c", code, str(target)], capture_output=True, text=True)
    assert "FileProblem" in done.stderr and "File too large" in done.stderr
    assert (target / "page").read_text() == "first"
    assert visible(target) == ["2026-10"]
