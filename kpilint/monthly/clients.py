"""Several clients at once: which goals files are meant, and where each one's months go."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from glob import glob
from pathlib import Path

from kpilint.errors import Misuse
from kpilint.i18n import _


@dataclass(frozen=True, slots=True)
class Client:
    """A goals file, and the folder that its months are published in."""

    goals: Path
    out: Path

    @property
    def name(self) -> str:
        """What tells clients apart: the folder of a goals.yaml, the name of any other file."""
        return self.goals.stem if self.goals.stem != "goals" else self.goals.absolute().parent.name


def clients(named: Sequence[str], out: Path | None) -> tuple[Client, ...]:
    """The clients that paths and patterns such as ``clients/*/goals.yaml`` name, in order.

    Months go to ``reports`` beside each goals file. With ``out`` they go there if one path is
    named, else to a folder of each client in it. Raises Misuse for a pattern that meets nothing
    and for clients who would share a folder.
    """
    paths = list(dict.fromkeys(path for text in named for path in _meant(text)))
    alone = len(named) == 1 and paths == [Path(named[0])]
    found = tuple(_client(path, out, alone) for path in paths)
    _check_apart(found)
    return found


def _client(path: Path, out: Path | None, alone: bool) -> Client:
    usual = Client(path, path.parent / "reports")
    if out is None:
        return usual
    return Client(path, out if alone else out / usual.name)


def _meant(text: str) -> list[Path]:
    """A path as it is, though it look like a pattern; else what the pattern meets."""
    if Path(text).exists() or not any(sign in text for sign in "*?["):
        return [Path(text)]
    found = [Path(path) for path in sorted(glob(text, recursive=True)) if Path(path).is_file()]
    if not found:
        raise Misuse(_("{pattern} meets no goals file.", pattern=text))
    return found


def _check_apart(found: Iterable[Client]) -> None:
    taken: dict[Path, Client] = {}
    for client in found:
        other = taken.setdefault(client.out.absolute(), client)
        if other is not client:
            raise Misuse(
                _(
                    "{one} and {other} would both be written to {folder}; give them folders or "
                    "names of their own, or run them apart with --out.",
                    one=other.goals,
                    other=client.goals,
                    folder=client.out,
                )
            )
