"""The cache: what is kept, what is read again, and that it never fails."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from kpilint.data import cache as module
from kpilint.data.cache import Cache, key_of

LONG_AGO = 1_700_000_000_000_000_000  # nanoseconds


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "cache")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "deals.csv"
    path.write_text("deal_id\nD1\n", encoding="utf-8")
    os.utime(path, ns=(LONG_AGO, LONG_AGO))
    return path


def test_what_was_put_is_got_by_kind_and_key(cache: Cache) -> None:
    cache.put("checks", "a", {"件数": [1, None, "<script>"]})
    assert cache.get("checks", "a") == {"件数": [1, None, "<script>"]}
    assert cache.get("checks", "b") is cache.get("other", "a") is None


def test_without_a_folder_nothing_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KPILINT_CACHE_DIR", "")
    cache = Cache.of_user()
    cache.put("checks", "a", 1)
    assert cache.folder is None and cache.get("checks", "a") is None


def test_the_user_may_say_where(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("KPILINT_CACHE_DIR", str(tmp_path))
    assert Cache.of_user().folder == tmp_path
    monkeypatch.delenv("KPILINT_CACHE_DIR")
    assert "kpilint" in str(Cache.of_user().folder)


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"[" * 100_000])
def test_a_broken_entry_is_as_if_it_were_not_there(cache: Cache, content: bytes) -> None:
    cache.put("checks", "a", 1)
    (entry,) = (cache.folder or Path()).glob("checks/*")
    entry.write_bytes(content)
    assert cache.get("checks", "a") is None


def test_where_nothing_can_be_written_nothing_fails(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.touch()
    Cache(blocked).put("checks", "a", 1)
    assert Cache(blocked).get("checks", "a") is None


def test_the_oldest_entries_make_room(cache: Cache, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_KEPT", 3)
    for number in range(5):
        cache.put("checks", str(number), number)
        os.utime(cache.folder / "checks" / f"{number}.json", ns=(number, number))  # type: ignore[operator]
    assert [cache.get("checks", str(n)) for n in range(5)] == [None, None, 2, 3, 4]


def test_an_unchanged_file_is_not_read_again(
    cache: Cache, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = cache.fingerprint((file,), "deals")
    monkeypatch.setattr(module, "fingerprint", lambda *_: pytest.fail("it was read again"))
    assert cache.fingerprint((file,), "deals") == first


def test_a_saved_file_is_read_again_whatever_its_size(cache: Cache, file: Path) -> None:
    first = cache.fingerprint((file,), "deals")
    file.write_text("deal_id\nD2\n", encoding="utf-8")
    os.utime(file, ns=(LONG_AGO + 1, LONG_AGO + 1))
    assert cache.fingerprint((file,), "deals") != first


def test_a_file_saved_just_now_is_read_until_its_date_can_tell(cache: Cache, file: Path) -> None:
    os.utime(file)
    date = file.stat().st_mtime_ns
    first = cache.fingerprint((file,), "deals")
    file.write_text("deal_id\nD2\n", encoding="utf-8")
    os.utime(file, ns=(date, date))  # a clock too coarse to tell the two saves apart
    assert cache.fingerprint((file,), "deals") != first


def test_a_key_tells_types_and_bounds_apart() -> None:
    parts: list[list[object]] = [["ab"], ["a", "b"], [["a"], "b"], [1], ["1"], [None], [""]]
    assert len({key_of(each) for each in parts}) == len(parts)
