"""Needs and offers by the thousand: decided by the rules of one, written in few statements, taken back without a trace."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from taawun.community.circles.actions import add_member
from taawun.community.people.models import Agent
from taawun.ground.journal.models import Entry
from taawun.ground.journal.proof import verify_circle
from taawun.ground.values.refusal import Refusal
from taawun.ground.vault import store
from taawun.ground.vault.models import DataKey, Sealed
from taawun.practice.aid import actions
from taawun.practice.aid.actions import IntentDraft, Private
from taawun.practice.aid.actions.bringing import Bringing, post_many, take_back
from taawun.practice.aid.models import Intent


def draft(number: int = 0, **changes: object) -> IntentDraft:
    private = Private(f"Person {number}", f"+9613{123400 + number}", "behind the mill", "two children")
    fields: dict[str, object] = {"direction": "request", "kind": "food.cooked_meal", "quantity": 3, "urgency": 2}
    return IntentDraft(**({"private": private} | fields | changes))  # type: ignore[arg-type]


def test_many_become_what_one_by_one_they_would(world):
    amina = world.actor("Amina")
    one = actions.post(amina, draft(on_behalf_of=None), now=world.now)
    [many] = post_many(amina, [draft()], now=world.now)
    skipped = {"id", "agent_id", "entered_by_id", "_state", "posted_at"}
    assert {k: v for k, v in vars(many).items() if k not in skipped and not k.startswith("_")} == {
        k: v for k, v in vars(one).items() if k not in skipped and not k.startswith("_")
    }
    opened = store.reveal(amina.viewer, [one.id, many.id], "test", circle_id=world.circle.id, now=world.now)
    assert opened[one.id] == opened[many.id]
    assert many.agent.name == "" and many.entered_by_id == amina.agent_id
    told = Entry.objects.filter(subject_id=many.id).exclude(name="intent.asked_again")
    names = list(told.values_list("name", "audience", "actor_id"))
    assert names == [("intent.posted", 3, amina.agent_id)]
    assert verify_circle(world.circle.id)[2] == []


def test_what_the_rules_refuse_stands_at_its_place_and_the_rest_is_posted(world):
    amina = world.actor("Amina")
    answers = post_many(
        amina,
        [
            draft(1),
            draft(2, kind="unicorns"),
            draft(3, quantity=0),
            draft(4, summary="call +44 20 7946 0123"),
            draft(5),
        ],
        now=world.now,
    )
    told = [one.code if isinstance(one, Refusal) else "posted" for one in answers]
    assert told == ["posted", "kind.unknown", "quantity.not_positive", "summary.personal", "posted"]
    assert Intent.objects.count() == 2
    with pytest.raises(Refusal, match="forbidden"):
        post_many(world.actor("Yusuf"), [draft()], now=world.now)


def test_statements_do_not_grow_with_the_rows(world):
    amina = world.actor("Amina")
    counts = []
    # Twice ten first: what asks again for what is there already takes a few statements more, whatever the rows.
    for rows in (10, 10, 400):
        with CaptureQueriesContext(connection) as captured:
            post_many(amina, [draft(number) for number in range(rows)], now=world.now)
        counts.append(len(captured))
    assert counts[2] <= counts[1] + 2
    assert verify_circle(world.circle.id)[2] == []


def test_a_member_without_a_door_in_the_list_is_found_at_her_own(world):
    amina = world.actor("Amina")
    member = add_member(amina, name="Um Ali", door="third floor", consented=True, now=world.now)
    given = draft(on_behalf_of=member.agent_id, private=Private("Um Ali"))
    [intent] = post_many(world.actor("Amina"), [given], now=world.now)
    opened = store.reveal(amina.viewer, [intent.id], "test", circle_id=world.circle.id, now=world.now)
    assert opened[intent.id]["door"] == "third floor"
    assert Entry.objects.filter(name="vault.revealed", subject_id=member.agent_id).exists()


def test_what_nobody_acted_on_is_gone_and_the_chain_still_holds(world):
    amina = world.actor("Amina")
    intents = post_many(amina, [draft(number) for number in range(6)], now=world.now)
    promise = actions.claim(world.actor("Yusuf"), intents[0].id, quantity=1, now=world.now)
    agents = [one.agent_id for one in intents]
    gone = take_back(world.actor("Amina"), [one.id for one in intents], with_promises=False, now=world.now)
    assert gone == {one.id for one in intents[1:]}
    assert list(Intent.objects.values_list("id", flat=True)) == [intents[0].id]
    assert not Sealed.objects.filter(subject_id__in=agents[1:]).exists()
    assert not DataKey.objects.filter(subject_id__in=agents[1:]).exists()
    assert set(Agent.objects.filter(pk__in=agents).values_list("pk", flat=True)) == {agents[0]}
    assert take_back(world.actor("Amina"), [intents[0].id], with_promises=True, now=world.now) == set()
    promise.refresh_from_db()
    intents[0].refresh_from_db()
    assert (promise.state, promise.reason, intents[0].state) == ("released", "withdrawn", "withdrawn")
    assert verify_circle(world.circle.id)[2] == []


def test_a_row_changed_in_the_list_changes_here_unless_somebody_acted_on_it(world):
    amina = world.actor("Amina")
    free, taken = post_many(amina, [draft(1), draft(2)], now=world.now)
    actions.claim(world.actor("Yusuf"), taken.id, quantity=1, now=world.now)
    bringing = Bringing(world.actor("Amina"), world.now + timedelta(hours=1))
    changed = bringing.decide(draft(1, quantity=9, private=Private("Other", "", "new door", "")))
    assert bringing.revise(free.id, changed) is True
    assert bringing.revise(taken.id, bringing.decide(draft(2, quantity=9))) is False
    bringing.tell()
    free.refresh_from_db()
    taken.refresh_from_db()
    assert (free.quantity, taken.quantity, free.posted_at) == (9, 3, world.now)
    opened = store.reveal(amina.viewer, [free.id], "test", circle_id=world.circle.id, now=world.now)[free.id]
    assert opened["door"] == "new door" and "phone" not in opened and "details" not in opened
    assert Entry.objects.filter(name="intent.changed", subject_id=free.id).count() == 1
