"""Many hands at once: on real connections, exactly one gets the last portion, and the books add up."""

import random
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections, transaction
from django.db.models import Sum

from taawun.community.circles import access as circle_access
from taawun.ground.journal.once import once
from taawun.ground.journal.proof import verify_circle
from taawun.ground.values.ids import new_id
from taawun.ground.values.refusal import Refusal
from taawun.ground.values.scope import circle_scope
from taawun.practice.aid import actions, rules
from taawun.practice.aid.models import Commitment, Intent
from tests.world import NOW, World, make_world

HANDS = 50


@pytest.fixture
def db(committed_db: None) -> None:
    """Transactions really commit here."""


@pytest.fixture
def committed_world(db: None) -> World:
    with transaction.atomic():
        made = make_world()
        for number in range(HANDS):
            made.join(f"Hand {number}")
    return made


def race(world: World, acts, seed: int) -> list[object]:
    """Run every act in a thread of its own, started together in a seeded order; answers or refusals in order."""
    order = list(enumerate(acts))
    random.Random(seed).shuffle(order)
    gate = threading.Barrier(len(order))
    results: list[object] = [None] * len(order)

    def run(place: int, act) -> None:
        gate.wait(30)
        try:
            with circle_scope(world.circle.id):
                results[place] = act()
        except Refusal as refusal:
            results[place] = refusal.code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(order)) as pool:
        for future in [pool.submit(run, place, act) for place, act in order]:
            future.result()
    return results


def committed(world: World, act):
    with circle_scope(world.circle.id):
        return act()


def test_fifty_hands_for_one_portion_have_exactly_one_winner(committed_world):
    world = committed_world
    hands = [account for name, account in world.accounts.items() if name.startswith("Hand")]
    for seed in range(6):
        need = committed(world, lambda: world.need("Amina", 1))

        def take(account, need_id=need.id):
            return actions.claim(circle_access.actor_in(world.circle, account), need_id, now=NOW)

        results = race(world, [lambda account=account: take(account) for account in hands], seed)
        assert sum(isinstance(one, Commitment) for one in results) == 1
        assert {one for one in results if isinstance(one, str)} == {"claim.gone"}
    with circle_scope(world.circle.id):
        assert verify_circle(world.circle.id)[2] == []


def test_claiming_delivering_dropping_and_withdrawing_at_once_keeps_the_books(committed_world):
    world = committed_world
    hands = [account for name, account in world.accounts.items() if name.startswith("Hand")][:20]
    with circle_scope(world.circle.id):
        needs = [world.need("Amina", 6) for _ in range(3)]
        offers = [world.offer(account.agent.name, 9) for account in hands]
    dice = random.Random(5)

    def act(number: int):
        account, offer = hands[number], offers[number]
        actor = circle_access.actor_in(world.circle, account)
        need = dice.choice(needs)
        made = actions.claim(actor, need.id, quantity=dice.randint(1, 3), with_intent=offer.id, now=NOW)
        if number % 3 == 0:
            return actions.drop_out(actor, made.id, now=NOW)
        if number % 3 == 1:
            return actions.deliver(actor, made.id, quantity=1, now=NOW)
        return made

    amina = world.accounts["Amina"]
    withdraw = lambda: actions.withdraw(circle_access.actor_in(world.circle, amina), needs[0].id, now=NOW)
    race(world, [*(lambda number=number: act(number) for number in range(20)), withdraw], seed=3)
    with circle_scope(world.circle.id):
        for intent in Intent.objects.all():
            on_it = intent.help_coming if intent.is_request else intent.help_going
            held = on_it.filter(state__in=["waiting", "agreed"]).aggregate(all=Sum("quantity"))["all"] or 0
            arrived = on_it.filter(state__in=["delivered", "received"]).aggregate(all=Sum("delivered"))["all"] or 0
            assert (intent.taken, intent.done) == (held + arrived, arrived)
            assert intent.state in rules.INTENT.states


def test_one_key_sent_from_many_hands_acts_once(committed_world):
    world = committed_world
    key, done = new_id(), []

    def act():
        done.append(1)
        return {"location": "/here/"}

    answers = race(
        world,
        [lambda: once(key, actor_id=None, verb="test", content={"a": 1}, now=NOW, act=act) for _ in range(12)],
        seed=1,
    )
    assert answers == [{"location": "/here/"}] * 12
    assert len(done) == 1
