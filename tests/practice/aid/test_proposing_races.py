"""Two coordinators and a member at once: each pair is asked once, nobody waits in a ring, and the books add up."""

import pytest
from django.db import transaction

from taawun.ground.journal.proof import verify_circle
from taawun.practice.aid import actions
from taawun.practice.aid.actions import proposing
from taawun.practice.aid.models import Commitment, Intent, ProposedMatch
from tests.practice.aid.test_races import committed, race
from tests.world import NOW, World, make_world

PAIRS = 8


@pytest.fixture
def db(committed_db: None) -> None:
    """Transactions really commit here."""


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_two_coordinators_who_accept_at_once_ask_each_giver_once(db, seed):
    with transaction.atomic():
        world: World = make_world()
        world.join("Khadija", "member", "coordinator")
        world.join("Yusuf")
        world.join("Zeynep")
        for _ in range(PAIRS):
            world.need("Zeynep", 1)
            world.offer("Yusuf", 1)
        made = proposing.start(world.actor("Amina"), now=NOW)
    ids = committed(world, lambda: list(made.matches.order_by("place").values_list("pk", flat=True)))
    needs = committed(
        world, lambda: list(Intent.objects.filter(direction="request").order_by("-id").values_list("pk", flat=True))
    )

    def accept(name, some):
        return lambda: proposing.accept(world.actor(name), made.id, some, now=NOW)

    acts = [accept("Amina", None), accept("Khadija", ids[2:]), accept("Khadija", None), accept("Amina", ids[::-1])]
    acts += [lambda need=need: actions.claim(world.actor("Khadija"), need, now=NOW) for need in needs[:3]]
    results = race(world, acts, seed)
    decided = [one for one in results if isinstance(one, proposing.Decided)]
    claimed = [one for one in results if isinstance(one, Commitment)]
    assert len(decided) == 4
    with transaction.atomic():
        world.open()
        assert sum(one.accepted for one in decided) + len(claimed) == PAIRS
        assert sum(one.stale for one in decided) == len(claimed)
        assert Commitment.objects.count() == PAIRS
        assert ProposedMatch.objects.filter(state="accepted").exclude(commitment=None).count() == PAIRS - len(claimed)
        assert all(one.taken == 1 for one in Intent.objects.filter(direction="request"))
        assert verify_circle(world.circle.id)[2] == []


def test_two_who_propose_at_once_make_one(db):
    with transaction.atomic():
        world = make_world()
        world.need("Amina", 1)
    results = race(world, [lambda: proposing.start(world.actor("Amina"), now=NOW) for _ in range(4)], 5)
    assert not any(isinstance(one, str) for one in results), results
