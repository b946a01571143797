"""Many entries at once: the chain is the one that single appends would have made, also with others writing meanwhile."""

import select
import threading
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from django.db import connection, connections, transaction
from procrastinate.contrib.django.utils import connector_params

from taawun.ground.journal import record
from taawun.ground.journal.models import Audience, Entry
from taawun.ground.journal.proof import verify_circle
from taawun.ground.journal.record import NewEntry
from taawun.ground.values.ids import new_id
from taawun.ground.values.scope import circle_scope
from tests.world import NOW


def entries(count: int) -> list[NewEntry]:
    return [
        NewEntry("intent.posted", new_id(), new_id(), {"n": number, "text": "سلام"}, Audience.PUBLIC, ("board",), NOW)
        for number in range(count)
    ]


@pytest.fixture(autouse=True)
def db(committed_db):
    """These commit: what is looked at is one connection beside another."""


def test_single_and_many_make_one_chain_and_one_ring():
    circle = new_id()
    with psycopg.connect(**connector_params(), autocommit=True) as listener:
        listener.execute("LISTEN taawun_journal")
        with circle_scope(circle):
            record.append(circle, "intent.posted", actor_id=None, subject_id=None, data={}, now=NOW)
            assert record.append_many(circle, entries(4500), now=NOW) == 4500
            assert record.append_many(circle, iter(()), now=NOW) == 0
            place = record.append(circle, "intent.posted", actor_id=None, subject_id=None, data={}, now=NOW)
        select.select([listener], [], [], 5)
        rung = [one.payload for one in listener.notifies(timeout=1)]
    assert place == 4502
    assert sorted(int(one.rpartition(":")[2]) for one in rung) == [1, 4501, 4502]
    with circle_scope(circle):
        assert verify_circle(circle)[0::2] == (4502, [])
        last = Entry.objects.get(seq=4501)
        assert (last.audience, last.topics, last.event_at) == (3, ["board"], NOW)


def test_what_is_rolled_back_leaves_no_gap_and_others_wait_their_turn():
    circle = new_id()
    held, go = threading.Event(), threading.Event()

    def many(_number: int) -> None:
        try:
            with circle_scope(circle):
                record.append_many(circle, entries(50), now=NOW)
                held.set()
                go.wait(10)
        finally:
            connections.close_all()

    def single(_number: int) -> None:
        held.wait(10)
        go.set()
        try:
            with circle_scope(circle):
                record.append(circle, "intent.posted", actor_id=None, subject_id=None, data={}, now=NOW)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda job: job[0](job[1]), [(many, 0), (many, 1), *((single, number) for number in range(6))]))
    with pytest.raises(RuntimeError), circle_scope(circle):
        record.append_many(circle, entries(10), now=NOW)
        raise RuntimeError
    with circle_scope(circle), transaction.atomic():
        record.append_many(circle, entries(3), now=NOW)
    with circle_scope(circle):
        assert verify_circle(circle)[0::2] == (109, [])
    assert connection.in_atomic_block is False
