"""A file's place as others name it: from another folder, or as a URI."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import quote

_TOPS = ("GITHUB_WORKSPACE", "CI_PROJECT_DIR")  # where GitHub and GitLab put the checkout


def seen_from(folder: Path, path: str) -> str:
    """``path`` from ``folder``, with forward slashes; what is no file, as <stdin>, stays."""
    if path.startswith("<"):
        return path
    try:
        return os.path.relpath(path, folder).replace(os.sep, "/")
    except ValueError:  # another drive of Windows
        return Path(path).absolute().as_posix()


def from_top(path: str) -> str:
    """``path`` from the top of the checkout under CI, else from the working folder.

    A file outside of it keeps its whole path.
    """
    top = next((os.environ[name] for name in _TOPS if os.environ.get(name)), os.curdir)
    seen = seen_from(Path(top), path)
    return Path(path).absolute().as_posix() if seen.startswith("../") else seen


def uri(path: str) -> str:
    """``from_top`` as a percent-encoded URI reference; absolute where the path is (RFC 8089)."""
    seen = from_top(path)
    if seen.startswith("/"):
        return "file://" + quote(seen)
    absolute = seen[1:3] == ":/"  # C:/goals.yaml
    return "file:///" + quote(seen, safe="/:") if absolute else quote(seen)
