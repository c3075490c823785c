"""New workspaces: the sample company as one."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

from kpilint.errors import FileProblem
from kpilint.i18n import _
from kpilint.monthly.assets import asset

SAMPLE_DAY = date(2026, 10, 31)  # the day on which the sample company exported its data


def sample(folder: Path) -> Path:
    """Lay out the sample company in ``folder`` and return its goals file.

    Files that are there already stay as they are: someone may have tried a change in them.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for source in sorted(asset("data_samples").iterdir()):
            target = folder / source.name
            if source.suffix in {".csv", ".yaml", ".md"} and not target.exists():
                shutil.copyfile(source, target)
    except OSError as problem:
        reason = problem.strerror or str(problem)
        message = _("{path} cannot be written: {reason}.", path=folder, reason=reason)
        raise FileProblem(message) from None
    return folder / "goals.yaml"
