"""Long lists in the worker: queued with the click, seen while it works, done once, put back where it fails."""

import json

import pytest
from django.db import connection
from django.utils import timezone

from taawun.ground.journal.proof import verify_circle
from taawun.ground.values.scope import circle_scope
from taawun.practice.aid.models import Intent
from taawun.reach.sheets import actions, jobs, queries
from taawun.reach.sheets.actions import Choices
from taawun.reach.sheets.models import Import, State
from tests.world import make_world

ROWS = 40
TEXT = "Full name,Phone,What do you need?\n" + "".join(f"Person {n},020 7946 0{100 + n},Bread\n" for n in range(ROWS))


@pytest.fixture(autouse=True)
def db(committed_db):
    """These commit: the worker is another connection."""


@pytest.fixture
def waiting(monkeypatch):
    monkeypatch.setattr(actions, "AT_ONCE_MAX", 10)
    world = make_world()
    world.now = timezone.now()
    with circle_scope(world.circle.id):
        load = actions.hand_in(world.actor("Amina"), TEXT.encode(), "needs.csv", now=world.now)
        actions.choose(world.actor("Amina"), load.id, Choices(basis="asked", direction="request"), now=world.now)
    return world, load


def act(world, verb, load, **more):
    with circle_scope(world.circle.id):
        return verb(world.actor("Amina"), load.id, now=world.now, **more)


def found(world, load) -> Import:
    with circle_scope(world.circle.id):
        return Import.objects.get(pk=load.id)


def queued(load) -> list[tuple[str, dict[str, object]]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT task_name, args::text FROM procrastinate_jobs WHERE args->>'load_id' = %s ORDER BY id", [str(load.id)]
        )
        return [(name, json.loads(text)) for name, text in cursor.fetchall()]


def test_a_long_list_goes_through_the_worker_and_back(waiting, monkeypatch):
    world, load = waiting
    assert act(world, actions.start_check, load).state == State.CHECKING
    [(name, arguments)] = queued(load)
    assert name == "sheets.check" and set(arguments) == {"load_id", "circle_id"}
    jobs.check(**arguments)
    assert found(world, load).state == State.CHECKED
    assert act(world, actions.start_bring, load).state == State.BRINGING
    seen = []
    told = jobs.Told.__call__

    def watch(self, done, total):
        self._told_at = 0.0
        told(self, done, total)
        with circle_scope(world.circle.id):
            seen.append(queries.progress_of(load))

    monkeypatch.setattr(jobs.Told, "__call__", watch)
    for _time in range(2):
        jobs.bring(**arguments)
    assert seen == [(ROWS, ROWS)]
    with circle_scope(world.circle.id):
        assert Intent.objects.count() == ROWS and verify_circle(world.circle.id)[2] == []
    assert act(world, actions.start_undo, load, with_promises=False).state == State.UNDOING
    jobs.undo(**arguments, with_promises=0)
    assert found(world, load).counts == {"taken_back": ROWS, "stayed": 0}
    with circle_scope(world.circle.id):
        assert not Intent.objects.exists()


def test_what_fails_is_put_back_says_so_and_leaves_nothing(waiting, monkeypatch):
    world, load = waiting
    act(world, actions.start_check, load)
    [(_name, arguments)] = queued(load)
    jobs.check(**arguments)
    act(world, actions.start_bring, load)
    monkeypatch.setattr(actions, "append_many", None)
    monkeypatch.setattr("taawun.practice.aid.actions.bringing.record.append_many", None)
    jobs.bring(**arguments)
    after = found(world, load)
    assert (after.state, after.trouble) == (State.CHECKED, "import.failed")
    with circle_scope(world.circle.id):
        assert not Intent.objects.exists()
    monkeypatch.undo()
    monkeypatch.setattr(actions, "AT_ONCE_MAX", 10)
    act(world, actions.start_bring, load)
    jobs.bring(**arguments)
    assert found(world, load).state == State.BROUGHT
