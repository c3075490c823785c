"""How fresh and how sound the data is, in a word each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Self

from kpilint.finding import Findings, Severity
from kpilint.i18n import _

STALE = ("M005", "M006")  # rules on data that is old or has stopped coming
FAULTY = ("M003", "M004", "D")  # on data that cannot be read, or contradicts itself
CONDUCT = ("D005", "D006")  # on habits of entering, not on faults

Grade = Literal["good", "fair", "poor", "unknown"]


@dataclass(frozen=True, slots=True)
class Soundness:
    """The data in two words, each with its grade."""

    fresh: Grade
    sound: Grade

    @classmethod
    def of(cls, findings: Findings) -> Self:
        """From the findings about data that nobody has excused."""
        ran = any(code.startswith("D") for code in findings.rules)
        faulty = _worst(findings, FAULTY)
        unseen = any(unchecked.code in STALE for unchecked in findings.unchecked)
        fresh: Grade = "poor" if _worst(findings, STALE) else "fair" if unseen else "good"
        sound: Grade = (
            "poor" if faulty == Severity.ERROR else "fair" if faulty == Severity.WARNING else "good"
        )
        return cls(fresh, sound) if ran else cls("unknown", "unknown")

    def words(self) -> tuple[str, str]:
        """How fresh, and how sound."""
        fresh = {
            "good": _("up to date"),
            "fair": _("partly not checked"),
            "poor": _("out of date"),
            "unknown": _("not checked"),
        }
        sound = {
            "good": _("sound"),
            "fair": _("some faults"),
            "poor": _("faults to correct"),
            "unknown": _("not checked"),
        }
        return fresh[self.fresh], sound[self.sound]


def _worst(findings: Findings, codes: tuple[str, ...]) -> Severity | None:
    found = (
        f.severity
        for f in findings.open
        if f.code.startswith(codes) and not f.code.startswith(CONDUCT)
    )
    return max(found, default=None)
