"""What a label can count, as far as it bears on whether the goal is worth having."""

from __future__ import annotations

from enum import Enum


class Kind(Enum):
    """What moves the number that a label names."""

    EXPOSURE = "exposure"  # grows with being seen: page views, followers
    VOLUME = "volume"  # stands upstream of the order: leads, appointments, pipeline
    ACTIVITY = "activity"  # what people do: calls, mails, webinars held
    RESULT = "result"  # none of these for certain: orders, rates, amounts, times
