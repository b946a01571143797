"""Sent twice, it happens once and is answered the same; and what is kept for that tells nothing to who reads the tables."""

import json
import uuid
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from django.db import connections, transaction
from django.utils import timezone

from taawun.ground.journal.models import Answer
from taawun.ground.values.scope import circle_scope
from taawun.practice.aid.models import Intent, Receipt
from tests.api.caller import Caller, caller_of, refused, told
from tests.api.test_story import NEED
from tests.world import make_world

FILED = {name: NEED[name] for name in ("kind", "quantity", "private")}


def test_a_key_is_needed_and_must_be_one(place, amina):
    refused(amina.post(place + "/intents", NEED, key=None), 400, "key.missing", "Idempotency-Key")
    refused(amina.post(place + "/intents", NEED, key="today"), 400, "key.not_a_key", "Idempotency-Key")
    refused(amina.post(place + "/intents", NEED, key="1" * 5000), 400, "key.not_a_key", "Idempotency-Key")
    assert not Intent.objects.exists()


def test_the_same_key_is_answered_the_same(place, amina):
    key = str(uuid.uuid4())
    first = amina.post(place + "/intents", NEED, key=key)
    second = amina.post(place + "/intents", NEED, key=key)
    assert (second.status_code, second.content) == (first.status_code, first.content) == (201, first.content)
    assert "Idempotency-Replayed" not in first.headers
    assert second.headers["Idempotency-Replayed"] == "true"
    assert Intent.objects.count() == 1


def test_a_key_belongs_to_one_thing_and_one_caller(place, amina, yusuf, visitor):
    key = str(uuid.uuid4())
    need = told(amina.post(place + "/intents", NEED, key=key), 201)
    for response in (
        amina.post(place + "/intents", NEED | {"quantity": "6"}, key=key),
        amina.post(f"{place}/intents/{need['id']}/renew", {}, key=key),
        yusuf.post(place + "/intents", NEED, key=key),
        visitor.post(place + "/needs", FILED, key=key),
    ):
        refused(response, 409, "key.other_content", "Idempotency-Key")
    assert Intent.objects.count() == 1


def test_a_refusal_is_not_kept_so_it_can_be_tried_again(place, amina, yusuf):
    key = str(uuid.uuid4())
    need = told(amina.post(place + "/intents", NEED), 201)
    address = f"{place}/intents/{need['id']}/claims"
    taken = told(yusuf.post(address, {}), 201)
    refused(yusuf.post(address, {"quantity": "1"}, key=key), 409, "claim.gone", "quantity")
    told(yusuf.post(f"{place}/commitments/{taken['id']}/drop-out"))
    told(yusuf.post(address, {"quantity": "1"}, key=key), 201)


def test_a_receipt_is_told_again_and_stands_in_no_table(place, visitor):
    key = str(uuid.uuid4())
    first = told(visitor.post(place + "/needs", FILED, key=key), 201)
    assert told(visitor.post(place + "/needs", FILED, key=key), 201) == first
    assert Receipt.objects.count() == 1
    [kept] = Answer.objects.all()
    stored = json.dumps(kept.answer)
    assert set(kept.answer) == {"sealed"}
    assert first["receipt_code"] not in stored and first["receipt_code"].replace(" ", "") not in stored


def test_two_that_come_at_once_are_one(committed_db):
    with transaction.atomic():
        town = make_world()
        town.now = timezone.now()
        caller = caller_of(town.accounts["Amina"])
    key, path, start = str(uuid.uuid4()), f"/circles/{town.circle.slug}/intents", Barrier(4)

    def send() -> tuple[int, bytes, bool]:
        try:
            start.wait(20)
            response = Caller(caller.token).post(path, NEED, key=key)
            return response.status_code, response.content, "Idempotency-Replayed" in response.headers
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        answers = [one.result() for one in [pool.submit(send) for _ in range(4)]]
    assert {(status, content) for status, content, _replayed in answers} == {(201, answers[0][1])}
    assert sorted(replayed for _status, _content, replayed in answers) == [False, True, True, True]
    with circle_scope(town.circle.id):
        assert Intent.objects.count() == 1
