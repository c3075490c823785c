"""Personal targets against personal pasts: seldom wrong, and not blind."""

from __future__ import annotations

import numpy as np
import pytest

from kpilint.analysis.tracking.personal import Own, beyond, limit, own
from tests.benchmarks.personal_rates import World, rates

PAST = np.array([3.0, 5, 4, 2, 6, 4] * 4)


def named(target: float, team: int = 1) -> bool:
    people = [own("a", target, PAST, 3, 0, "count")]
    people += [own(f"p{n}", 1.0, PAST, 3, 0, "count") for n in range(team - 1)]
    return people[0] in beyond(people, "higher", 0.975)


def test_the_more_people_the_further_the_limit() -> None:
    people = [own("a", 0.0, PAST, 3, 0, "count")]
    alone, among = (limit(people[0], people * n, "higher", 0.975) for n in (1, 30))
    assert alone < among
    assert named(among + 1, team=30)
    assert not named((alone + among) / 2, team=30)
    assert named((alone + among) / 2)


def test_a_short_past_is_not_judged() -> None:
    new = own("a", 100.0, PAST[:5], 3, 0, "count")
    assert new == Own("a", 100.0, 5, 12.0, None)
    assert beyond([new], "higher", 0.975) == ()


@pytest.mark.parametrize(
    "world", [World(5, 24, 2.0, money=False), World(5, 36, 8.0, money=True)], ids=str
)
def test_nobody_is_named_by_chance_more_often_than_allowed(world: World) -> None:
    found = rates(world, 150)
    assert found.kept
    assert found.laden > found.replications / 3
