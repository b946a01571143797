"""Appending to the real table: nothing can be changed, order has no gaps under many hands, and circles see only themselves."""

import json
import select
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import StringIO

import psycopg
import pytest
from django.db import IntegrityError, ProgrammingError, connection, connections, transaction
from django.db.utils import DatabaseError
from procrastinate.contrib.django.utils import connector_params

from taawun.ground.jobs.duties import run_duty
from taawun.ground.journal import record
from taawun.ground.journal.export import verify_export
from taawun.ground.journal.models import Answer, Audience, Entry, Head
from taawun.ground.journal.once import once
from taawun.ground.journal.proof import export_circle, verify_circle
from taawun.ground.values.ids import new_id
from taawun.ground.values.refusal import Refusal
from taawun.ground.values.scope import circle_scope
from tests.world import NOW


def append(circle_id: uuid.UUID, name: str = "intent.posted", **data: object) -> int:
    return record.append(circle_id, name, actor_id=new_id(), subject_id=new_id(), data=data, now=NOW, topics=["board"])


@pytest.mark.django_db
def test_an_entry_is_found_by_its_columns_and_proved_by_its_text():
    circle = new_id()
    with circle_scope(circle):
        actor, subject = new_id(), new_id()
        place = record.append(
            circle, "claim.made", actor_id=actor, subject_id=subject, data={"quantity": 3}, now=NOW,
            event_at=NOW - timedelta(hours=2), audience=Audience.MEMBERS, topics=["board", f"intent:{subject}"],
        )  # fmt: skip
        entry = Entry.objects.get(circle_id=circle, seq=place)
        assert (entry.name, entry.actor_id, entry.subject_id) == ("claim.made", actor, subject)
        assert (entry.audience, entry.topics) == (Audience.MEMBERS, ["board", f"intent:{subject}"])
        assert (entry.event_at, entry.recorded_at) == (NOW - timedelta(hours=2), NOW)
        assert json.loads(entry.body)["data"] == {"quantity": 3}
        assert verify_circle(circle) == (1, bytes(entry.hash).hex(), [])


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change",
    [
        "UPDATE journal_entry SET body = '{}'",
        "UPDATE journal_entry SET name = name",
        "DELETE FROM journal_entry",
        "TRUNCATE journal_entry",
    ],
)
def test_nothing_is_edited_away(change):
    circle = new_id()
    with circle_scope(circle):
        append(circle)
        # Whatever the layer calls it, the reason is the trigger's.
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(change)
        assert Entry.objects.count() == 1


@pytest.mark.django_db
def test_another_circles_entries_do_not_exist_here():
    here, there = new_id(), new_id()
    with circle_scope(there):
        append(there)
    with circle_scope(here):
        append(here)
        assert {entry.circle_id for entry in Entry.objects.all()} == {here}
        assert {head.circle_id for head in Head.objects.all()} == {here}
        with pytest.raises((ProgrammingError, IntegrityError), match="row-level security"), transaction.atomic():
            append(there)
    with circle_scope():
        assert not Entry.objects.exists()
    with circle_scope(here, there):
        assert Entry.objects.count() == 2


@pytest.mark.django_db
def test_an_entry_that_was_rolled_back_leaves_no_gap():
    circle = new_id()
    with circle_scope(circle):
        append(circle)
        with pytest.raises(RuntimeError), transaction.atomic():
            append(circle)
            raise RuntimeError
        assert append(circle) == 2
        assert verify_circle(circle)[2] == []


def test_eight_hands_at_once_make_one_unbroken_chain(committed_db):
    circle, each = new_id(), 25
    gate = threading.Barrier(8)

    def write(hand: int) -> list[int]:
        gate.wait(30)
        try:
            places = []
            for number in range(each):
                with circle_scope(circle):
                    places.append(append(circle, hand=hand, number=number))
            return places
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        places = [place for found in pool.map(write, range(8)) for place in found]
    assert sorted(places) == list(range(1, 8 * each + 1))
    with circle_scope(circle):
        count, head, faults = verify_circle(circle)
        assert (count, faults) == (8 * each, [])
        assert head == bytes(Head.objects.get(pk=circle).hash).hex()


def test_a_chain_is_whole_while_others_write_to_it(committed_db):
    """Verifying reads the end of the chain and its entries; what is added in between is no fault."""
    circle, stop = new_id(), threading.Event()
    with circle_scope(circle):
        append(circle)

    def write() -> None:
        try:
            while not stop.is_set():
                with circle_scope(circle):
                    append(circle)
        finally:
            connections.close_all()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for _ in range(40):
            with circle_scope(circle):
                assert verify_circle(circle)[2] == []
    finally:
        stop.set()
        writer.join()


def test_the_doorbell_rings_when_an_entry_is_committed_and_not_before(committed_db):
    circle = new_id()
    with psycopg.connect(**connector_params(), autocommit=True) as listener:
        listener.execute("LISTEN taawun_journal")
        with circle_scope(circle):
            place = append(circle)
            assert not select.select([listener], [], [], 0.2)[0]
        assert [one.payload for one in listener.notifies(timeout=5, stop_after=1)] == [f"{circle}:{place}"]


@pytest.mark.django_db
def test_an_export_is_proved_without_the_database():
    circle, out = new_id(), StringIO()
    with circle_scope(circle):
        for number in range(5):
            append(circle, number=number, name_in_arabic="سلّة")
        count, head, _faults = verify_circle(circle)
        assert export_circle(circle, out) == 5
    assert verify_export(out.getvalue().splitlines()) == (count, head, [])


class Act:
    """Counts how often it was done."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> dict[str, object]:
        self.times += 1
        return {"location": f"/{self.times}/"}


@pytest.mark.django_db
def test_the_same_key_gets_the_same_answer():
    key, actor, act = new_id(), new_id(), Act()
    answers = [once(key, actor_id=actor, verb="claim", content={"q": 1}, now=NOW, act=act) for _ in range(3)]
    assert (answers, act.times) == ([{"location": "/1/"}] * 3, 1)


@pytest.mark.django_db
@pytest.mark.parametrize("changed", [{"content": {"q": 2}}, {"verb": "offer"}, {"actor_id": uuid.UUID(int=2)}])
def test_the_same_key_for_something_else_is_refused(changed):
    asked = {"actor_id": uuid.UUID(int=1), "verb": "claim", "content": {"q": 1}, "now": NOW}
    key, act = new_id(), Act()
    once(key, **asked, act=act)
    with pytest.raises(Refusal) as caught:
        once(key, **asked | changed, act=act)
    assert (caught.value.code, caught.value.field, caught.value.status, act.times) == ("key.reused", "key", 409, 1)


@pytest.mark.django_db
def test_what_was_refused_may_be_tried_again_with_the_same_key():
    key, act = new_id(), Act()

    def refuse() -> dict[str, object]:
        raise Refusal("claim.nothing", "quantity")

    with pytest.raises(Refusal):
        once(key, actor_id=None, verb="claim", content={}, now=NOW, act=refuse)
    assert once(key, actor_id=None, verb="claim", content={}, now=NOW, act=act) == {"location": "/1/"}


@pytest.mark.django_db
def test_without_a_key_it_is_simply_done():
    act = Act()
    for _ in range(2):
        once(None, actor_id=None, verb="claim", content={}, now=NOW, act=act)
    assert (act.times, Answer.objects.count()) == (2, 0)


def test_two_copies_of_one_request_at_once_act_once(committed_db):
    key, gate, done = new_id(), threading.Barrier(6), []

    def act() -> dict[str, object]:
        done.append(1)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(0.2)")
        return {"location": "/done/"}

    def send(_number: int) -> dict[str, object]:
        gate.wait(30)
        try:
            return once(key, actor_id=None, verb="claim", content={}, now=NOW, act=act)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(send, range(6))) == [{"location": "/done/"}] * 6
    assert len(done) == 1


@pytest.mark.django_db
def test_answers_are_forgotten_after_a_month():
    for days in (29, 31):
        once(new_id(), actor_id=None, verb="claim", content={}, now=NOW - timedelta(days=days), act=Act())
    assert run_duty("journal.forget_answers", NOW) == 1
    assert Answer.objects.get().given_at == NOW - timedelta(days=29)
