"""What happens at the same moment, on connections of their own: the last use of a link, the last coordinator, a name."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection, transaction
from django.utils import timezone

from taawun.community.circles import access, actions
from taawun.community.circles.models import Circle, Invitation, Membership
from taawun.community.people import actions as people
from taawun.community.people.models import Account, SignInAttempt
from taawun.ground.values.refusal import Refusal
from taawun.ground.values.scope import circle_scope, set_scope
from tests.world import World, make_world

THREADS = 8


def at_once(act: Callable[[int], object], count: int = THREADS) -> list[object]:
    """Run ``act`` in as many threads, all starting together, each in a transaction; a refusal is its answer's code."""
    start = Barrier(count)

    def run(number: int) -> object:
        try:
            start.wait(timeout=10)
            with transaction.atomic():
                return act(number)
        except Refusal as refusal:
            return refusal.code
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as threads:
        return list(threads.map(run, range(count)))


@pytest.fixture
def town(committed_db) -> World:
    with transaction.atomic():
        return make_world()


def in_scope(town: World, act: Callable[[], object]) -> object:
    set_scope([town.circle.id])
    return act()


def test_the_last_use_of_a_link_goes_to_one(town):
    with transaction.atomic():
        _invitation, secret = actions.invite(town.actor("Amina"), now=timezone.now())
        Invitation.objects.update(uses_left=1)

    def join(number: int) -> object:
        return in_scope(
            town,
            lambda: actions.open_invited_account(
                town.circle, secret, name=f"New {number}", language="en", now=timezone.now()
            ),
        )

    answers = at_once(join)
    assert sorted(isinstance(one, Account) for one in answers) == [False] * (THREADS - 1) + [True]
    assert answers.count("invitation.ended") == THREADS - 1
    assert Account.objects.count() == 2


def test_of_coordinators_who_leave_together_one_stays(town):
    with transaction.atomic():
        names = [f"Coordinator {number}" for number in range(THREADS - 1)]
        for name in names:
            town.join(name, "coordinator")
        names.append("Amina")
        actors = [access.actor_in(town.circle, town.accounts[name]) for name in names]

    answers = at_once(lambda number: in_scope(town, lambda: actions.leave(actors[number], now=timezone.now())))
    assert answers.count("member.last_coordinator") == 1
    with circle_scope(town.circle.id):
        assert Membership.objects.filter(left_at__isnull=True).count() == 1


def test_a_code_is_tried_five_times_however_many_try_together(committed_db):
    account = people.open_account(name="Amina", language="en", now=timezone.now())
    people.add_contact(account, "amina@example.org", "GB", now=timezone.now(), verified=True)
    attempt = people.ask_to_sign_in("amina@example.org", "GB", visitor="v", now=timezone.now())
    start = Barrier(THREADS)

    def guess(number: int) -> object:
        # As a page does it: the refusal is answered inside the transaction, so that the try is counted.
        start.wait(timeout=10)
        try:
            with transaction.atomic():
                try:
                    return people.sign_in_by_code(attempt.id, "wrong", visitor=f"v{number}", now=timezone.now())
                except Refusal as refusal:
                    return refusal.code
        finally:
            connection.close()

    with ThreadPoolExecutor(THREADS) as threads:
        answers = list(threads.map(guess, range(THREADS)))
    assert answers.count("code.wrong") == 5
    assert answers.count("code.expired") == THREADS - 5
    assert SignInAttempt.objects.get(pk=attempt.pk).tries_left == 0


def test_communities_of_one_name_set_up_together_get_addresses_of_their_own(committed_db):
    accounts = [people.open_account(name=f"A{number}", language="en", now=timezone.now()) for number in range(THREADS)]

    def set_up(number: int) -> object:
        return actions.set_up(
            accounts[number], name="Harbour", place_name="Here", languages=["en"], now=timezone.now()
        ).slug

    slugs = at_once(set_up)
    assert len(set(slugs)) == THREADS
    assert Circle.objects.count() == THREADS
