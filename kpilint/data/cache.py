"""What was computed before from the same content, kept in the user's cache folder."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from kpilint import atomic
from kpilint.data.files import fingerprint
from kpilint.errors import FileProblem

_KEPT = 200  # entries of a kind; the oldest make room
_WRITTEN = ("*.py", "*.yaml", "*.mo")
_SETTLED = 2_000_000_000  # nanoseconds after which a save must show in a file's date


@dataclass(frozen=True, slots=True)
class Cache:
    """JSON values by kind and key; where there is no ``folder``, nothing is kept.

    Whatever cannot be read or written is as if it were not there: a cache never fails.
    """

    folder: Path | None

    @classmethod
    def of_user(cls) -> Cache:
        """The user's own, or in ``KPILINT_CACHE_DIR``; none where that is empty."""
        told = os.environ.get("KPILINT_CACHE_DIR")
        if told is not None:
            return cls(Path(told) if told else None)
        from platformdirs import user_cache_path

        return cls(user_cache_path("kpilint", appauthor=False))

    def get(self, kind: str, key: str) -> Any | None:
        """What was put under ``key``, or None."""
        if self.folder is None:
            return None
        try:
            return json.loads(self._path(self.folder, kind, key).read_bytes())
        except (OSError, ValueError, RecursionError):
            return None

    def put(self, kind: str, key: str, value: Any) -> None:
        """Keep ``value``, which JSON must be able to say."""
        if self.folder is None:
            return
        with suppress(FileProblem, OSError):
            path = self._path(self.folder, kind, key)
            atomic.write(path, json.dumps(value, ensure_ascii=False))
            entries = sorted(path.parent.glob("*.json"), key=lambda p: p.stat().st_mtime_ns)
            for old in entries[:-_KEPT]:
                old.unlink(missing_ok=True)

    def fingerprint(self, paths: tuple[Path, ...], source: str) -> str:
        """SHA-256 of the files' contents; a file that has not been saved since is not read.

        As Git does, a file counts as unchanged where size, date and inode are, unless it was
        saved so shortly before it was looked at that its date may not tell.
        """
        key = key_of([str(path.absolute()) for path in paths])
        stamps = [_stamp(path) for path in paths]
        known = self.get("contents", key)
        if isinstance(known, dict) and known.get("stamps") == stamps and None not in stamps:
            return str(known.get("sha256"))
        seen = time.time_ns()
        digest = fingerprint(paths, source)
        if all(stamp is not None and stamp[1] < seen - _SETTLED for stamp in stamps):
            self.put("contents", key, {"stamps": stamps, "sha256": digest})
        return digest

    @staticmethod
    def _path(folder: Path, kind: str, key: str) -> Path:
        return folder / kind / f"{key}.json"


def key_of(parts: Iterable[object]) -> str:
    """One name for all that a value was computed from; hexadecimal."""
    told = json.dumps(list(parts), ensure_ascii=False, sort_keys=True, default=str)
    return sha256(told.encode("utf-8", "surrogatepass")).hexdigest()


@cache
def software() -> str:
    """What tells this software, and the libraries around it, from any other version of them."""
    import sysconfig

    package = Path(__file__).parents[1]
    written = (p for suffix in _WRITTEN for p in package.rglob(suffix))
    code = sorted((p.name, p.stat().st_mtime_ns) for p in written)
    libraries = Path(sysconfig.get_path("purelib")).stat().st_mtime_ns
    return key_of([code, libraries])


def _stamp(path: Path) -> list[int] | None:
    try:
        status = path.stat()
    except (OSError, ValueError):
        return None
    return [status.st_size, status.st_mtime_ns, status.st_ino]
