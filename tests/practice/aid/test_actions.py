"""The loop on the real database: post, claim, agree, reveal, deliver, thank, and everything that goes wrong."""

from datetime import timedelta

import pytest

from taawun.ground.journal.models import Entry
from taawun.ground.journal.proof import verify_circle
from taawun.ground.values.ids import new_id
from taawun.ground.values.refusal import Refusal
from taawun.practice.aid import access, actions, queries
from taawun.practice.aid.actions import IntentDraft, Private
from taawun.practice.aid.actions.agreeing import Reach
from taawun.practice.aid.models import Commitment, Intent
from tests.world import NOW, World


def refused(code: str, act, *arguments, **named) -> Refusal:
    with pytest.raises(Refusal) as caught:
        act(*arguments, **named)
    assert caught.value.code == code
    return caught.value


def names(world: World) -> list[str]:
    world.open()
    return list(Entry.objects.filter(circle_id=world.circle.id).order_by("seq").values_list("name", flat=True))


def test_a_need_becomes_help_given(world):
    need = world.need("Amina", 5)
    claimed = actions.claim(world.actor("Yusuf"), need.id, quantity=3, now=NOW)
    assert claimed.state == "agreed"
    actions.deliver(world.actor("Yusuf"), claimed.id, quantity=2, now=NOW)
    actions.receive(world.actor("Amina"), claimed.id, now=NOW)
    actions.thank(world.actor("Amina"), claimed.id, now=NOW)
    need.refresh_from_db()
    assert (need.state, need.taken, need.done, need.left) == ("open", 2, 2, 3)
    assert names(world)[-5:] == ["intent.posted", "claim.made", "help.delivered", "help.received", "help.thanked"]
    assert verify_circle(world.circle.id)[2] == []


def test_nothing_personal_is_shown_before_both_agree(world):
    need = world.need("Amina", kind="company.listening", quantity=60, visibility="members")
    waiting = actions.claim(world.actor("Yusuf"), need.id, now=NOW)
    assert waiting.state == "waiting"
    assert access.contact_details(waiting, world.actor("Yusuf"), now=NOW) == {}
    agreed = actions.accept(world.actor("Amina"), waiting.id, now=NOW)
    seen = access.contact_details(agreed, world.actor("Yusuf"), now=NOW)
    assert seen["receiver"]["door"] == "the green door opposite the bakery"
    assert queries.looks_at(world.circle.id, [need.agent_id])[0].who == "Yusuf"


def test_doors_close_48_hours_after_the_end(world):
    need = world.need("Amina", 1)
    promise = actions.claim(world.actor("Yusuf"), need.id, now=NOW)
    promise = actions.deliver(world.actor("Yusuf"), promise.id, now=NOW)
    yusuf = world.actor("Yusuf")
    assert access.contact_details(promise, yusuf, now=NOW + timedelta(hours=47, minutes=59))
    assert access.contact_details(promise, yusuf, now=NOW + timedelta(hours=48)) == {}


def test_a_third_member_and_a_coordinator_see_no_door(world):
    need = world.need("Zeynep", 1)
    promise = actions.claim(world.actor("Yusuf"), need.id, now=NOW)
    assert access.contact_details(promise, world.actor("Amina"), now=NOW) == {}
    refused("reveal.why", access.details_for_coordinator, world.actor("Amina"), need.id, "", now=NOW)
    opened = access.details_for_coordinator(world.actor("Amina"), need.id, "she called back", now=NOW)
    assert opened["phone"] == "+442079460123"
    assert [look.who for look in queries.looks_at(world.circle.id, [need.agent_id])] == ["Amina"]


def test_the_last_portion_goes_to_one_and_the_other_is_told(world):
    need = world.need("Amina", 1)
    actions.claim(world.actor("Yusuf"), need.id, now=NOW)
    assert refused("claim.gone", actions.claim, world.actor("Zeynep"), need.id, now=NOW).status == 409


@pytest.mark.parametrize(
    ("who", "changes", "code"),
    [
        ("Amina", {}, "claim.own"),
        ("Yusuf", {"quantity": 6}, "claim.too_much"),
        ("Yusuf", {"quantity": 0}, "claim.nothing"),
    ],
)
def test_claims_that_cannot_stand(world, who, changes, code):
    need = world.need("Amina", 5)
    refused(code, actions.claim, world.actor(who), need.id, now=NOW, **changes)
    need.refresh_from_db()
    assert need.taken == 0


def test_an_offer_and_a_need_are_used_up_together(world):
    need, offer = world.need("Amina", 5), world.offer("Yusuf", 8)
    promise = actions.claim(world.actor("Yusuf"), need.id, with_intent=offer.id, now=NOW)
    need.refresh_from_db(), offer.refresh_from_db()
    assert (need.state, offer.taken, promise.quantity) == ("taken", 5, 5)
    actions.drop_out(world.actor("Yusuf"), promise.id, now=NOW)
    need.refresh_from_db(), offer.refresh_from_db()
    assert (need.state, need.taken, offer.taken) == ("open", 0, 0)


def test_different_things_are_not_matched(world):
    need = world.need("Amina", 5)
    offer = world.offer("Yusuf", 8, kind="food.bread")
    refused("claim.kinds_differ", actions.claim, world.actor("Yusuf"), need.id, with_intent=offer.id, now=NOW)


def test_whoever_needs_asks_a_giver_who_may_say_no(world):
    need, offer = world.need("Amina", 5), world.offer("Yusuf", 8)
    asked = actions.propose(world.actor("Amina"), need.id, offer.id, now=NOW)
    assert (asked.state, asked.waiting_for) == ("waiting", "giver")
    refused("commitment.not_yours", actions.accept, world.actor("Amina"), asked.id, now=NOW)
    actions.decline(world.actor("Yusuf"), asked.id, now=NOW)
    need.refresh_from_db()
    assert (need.state, need.taken) == ("open", 0)


def test_a_promise_is_handed_to_another_who_says_yes(world):
    need = world.need("Amina", 2)
    promise = actions.claim(world.actor("Yusuf"), need.id, now=NOW)
    passed_on = actions.hand_over(world.actor("Yusuf"), promise.id, world.actor("Zeynep").agent_id, now=NOW)
    need.refresh_from_db()
    assert (passed_on.state, passed_on.waiting_for, need.taken) == ("waiting", "giver", 2)
    assert access.contact_details(passed_on, world.actor("Zeynep"), now=NOW) == {}
    actions.accept(world.actor("Zeynep"), passed_on.id, now=NOW)
    refused("commitment.not_deliver", actions.deliver, world.actor("Yusuf"), promise.id, now=NOW)
    actions.deliver(world.actor("Zeynep"), passed_on.id, now=NOW)


def test_a_stale_claim_is_warned_about_and_then_released(world):
    need = world.need("Amina", 2, urgency=3)
    promise = actions.claim(world.actor("Yusuf"), need.id, now=NOW)
    assert actions.keep_up(world.circle, now=NOW + timedelta(hours=1))["warned"] == 0
    assert actions.keep_up(world.circle, now=NOW + timedelta(hours=2, minutes=1))["warned"] == 1
    actions.still_on_it(world.actor("Yusuf"), promise.id, now=NOW + timedelta(hours=2, minutes=5))
    assert actions.keep_up(world.circle, now=NOW + timedelta(hours=4))["released"] == 0
    later = NOW + timedelta(hours=6)
    assert actions.keep_up(world.circle, now=later)["released"] == 1
    promise.refresh_from_db(), need.refresh_from_db()
    assert (promise.state, promise.reason, need.state, need.taken) == ("released", "stale", "open", 0)
    assert actions.keep_up(world.circle, now=later)["released"] == 0


def test_still_available_is_asked_once_and_answered_with_one_tap(world):
    need = world.need("Amina", 2)
    assert actions.keep_up(world.circle, now=need.ask_at)["asked"] == 1
    assert actions.keep_up(world.circle, now=need.ask_at)["asked"] == 0
    actions.renew(world.actor("Amina"), need.id, now=need.ask_at)
    need.refresh_from_db()
    assert need.asked_at is None and need.expires_at > NOW + timedelta(days=6)


def test_an_intent_runs_out_and_can_be_renewed(world):
    need = world.need("Amina", 2)
    assert actions.keep_up(world.circle, now=need.expires_at)["expired"] == 1
    refused("intent.expired", actions.claim, world.actor("Yusuf"), need.id, now=need.expires_at)
    actions.renew(world.actor("Amina"), need.id, now=need.expires_at)
    actions.claim(world.actor("Yusuf"), need.id, now=need.expires_at)


def test_withdrawing_releases_whoever_was_on_it(world):
    need = world.need("Amina", 2)
    promise = actions.claim(world.actor("Yusuf"), need.id, now=NOW)
    actions.withdraw(world.actor("Amina"), need.id, now=NOW)
    promise.refresh_from_db()
    assert (promise.state, promise.reason) == ("released", "withdrawn")
    refused("intent.final", actions.renew, world.actor("Amina"), need.id, now=NOW)


def test_it_failed_for_a_reason_and_is_open_again(world):
    need = world.need("Amina", 2)
    promise = actions.claim(world.actor("Yusuf"), need.id, now=NOW)
    refused("reason.unknown", actions.fail, world.actor("Yusuf"), promise.id, "because", now=NOW)
    actions.fail(world.actor("Yusuf"), promise.id, "not_there", now=NOW)
    need.refresh_from_db()
    assert (need.state, need.taken) == ("open", 0)


def test_the_receivers_word_stands_over_the_givers(world):
    need = world.need("Amina", 4)
    promise = actions.claim(world.actor("Yusuf"), need.id, now=NOW)
    actions.deliver(world.actor("Yusuf"), promise.id, now=NOW)
    need.refresh_from_db()
    assert need.state == "fulfilled"
    actions.receive(world.actor("Amina"), promise.id, quantity=1, now=NOW)
    need.refresh_from_db()
    assert (need.state, need.taken, need.done) == ("open", 1, 1)


def test_filing_a_need_needs_no_account(world):
    draft = IntentDraft(
        direction="request", kind="food.cooked_meal", quantity=2, urgency=3,
        private=Private(name="Umm Khalil", reach="+442079460999", door="third floor"),
    )
    need, code = actions.post_without_account(world.circle, draft, visitor="a", now=NOW)
    assert not access.visible_intents(world.circle, None).filter(pk=need.id).exists()
    assert access.visible_intents(world.circle, world.actor("Yusuf")).filter(pk=need.id).exists()
    actions.check(world.actor("Amina"), need.id, now=NOW)
    assert access.visible_intents(world.circle, None).filter(pk=need.id).exists()
    followed, holder = access.by_receipt(" ".join(code))
    assert followed.id == need.id
    promise = actions.claim(world.actor("Yusuf"), need.id, now=NOW)
    assert access.contact_details(promise, world.actor("Yusuf"), now=NOW)["receiver"]["name"] == "Umm Khalil"
    actions.receive(holder, promise.id, now=NOW)
    actions.thank(holder, promise.id, now=NOW)
    assert need.agent.name == ""


def test_a_filed_need_says_how_to_be_reached_and_no_more_than_six_an_hour(world):
    draft = IntentDraft(direction="request", kind="food.cooked_meal", quantity=2, urgency=3)
    refused("phone.needed", actions.post_without_account, world.circle, draft, visitor="a", now=NOW)
    draft = IntentDraft(
        direction="request", kind="food.cooked_meal", quantity=2, urgency=3, private=Private(reach="ring the bell")
    )
    for _ in range(6):
        actions.post_without_account(world.circle, draft, visitor="a", now=NOW)
    refused("rate.too_often", actions.post_without_account, world.circle, draft, visitor="a", now=NOW)


@pytest.mark.parametrize("code", ["12", "1234 5678 9012 345", "abcd 5678 9012 3456", "", "1" * 4000])
def test_what_is_no_receipt_code_is_refused(world, code):
    refused("receipt.format", access.by_receipt, code)


def test_a_receipt_code_nobody_has_is_not_found(world):
    assert refused("receipt.unknown", access.by_receipt, "٤٨٢١ ٠٠٩٣ ٧٧١٦ ٥٢٠٨").status == 404


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"quantity": 0}, "quantity.not_positive"),
        ({"quantity": -4}, "quantity.not_positive"),
        ({"quantity": 10**12}, "amount.too_large"),
        ({"urgency": 7}, "intent.urgency"),
        ({"kind": "no.such"}, "kind.unknown"),
        ({"unit": "litre"}, "quantity.unit"),
        ({"visibility": "friends"}, "intent.visibility"),
        ({"weekdays": [9]}, "window.weekdays"),
        ({"from_minute": 5000}, "window.not_a_time"),
        ({"ends_at": NOW - timedelta(hours=1)}, "window.past"),
        ({"area_id": new_id()}, "area.unknown"),
        ({"on_behalf_of": new_id()}, "member.unknown"),
        ({"summary": "call me on 020 7946 0123"}, "summary.personal"),
        ({"summary": "x" * 300}, "text.too_long"),
        ({"summary": "a\0b"}, "text.nul"),
        ({"private": Private(details="x" * 5000)}, "text.too_long"),
    ],
)
def test_a_draft_that_cannot_be_posted_names_its_field(world, changes, code):
    fields = {"direction": "request", "kind": "food.cooked_meal", "quantity": 2, "urgency": 2} | changes
    error = refused(code, actions.post, world.actor("Yusuf"), IntentDraft(**fields), now=NOW)
    assert error.field
    assert not Intent.objects.exists()


def test_acting_for_somebody_is_on_the_record(world):
    from taawun.community.circles import actions as circles

    guardian = world.actor("Amina")
    paper = circles.add_member(guardian, name="Abu Salim", door="behind the mill", consented=True, now=NOW)
    draft = IntentDraft(
        direction="request", kind="food.cooked_meal", quantity=1, urgency=2, on_behalf_of=paper.agent_id
    )
    need = actions.post(world.actor("Amina"), draft, now=NOW)
    assert (need.agent_id, need.entered_by_id) == (paper.agent_id, guardian.agent_id)
    promise = actions.claim(world.actor("Yusuf"), need.id, now=NOW)
    assert access.contact_details(promise, world.actor("Yusuf"), now=NOW)["receiver"]["door"] == "behind the mill"
    actions.receive(world.actor("Amina"), promise.id, now=NOW)
    refused(
        "member.unknown", actions.post, world.actor("Yusuf"),
        IntentDraft(direction="request", kind="food.cooked_meal", quantity=1, urgency=2, on_behalf_of=paper.agent_id),
        now=NOW,
    )


def test_nobody_stands_on_both_sides_whoever_enters_it(world):
    from taawun.community.circles import actions as circles

    paper = circles.add_member(world.actor("Amina"), name="Abu Salim", consented=True, now=NOW)
    circles.look_after(world.actor("Amina"), paper.agent_id, world.actor("Yusuf").agent_id, now=NOW)
    need = world.need("Amina", 1, on_behalf_of=paper.agent_id)
    for who in ("Amina", "Yusuf"):
        refused("claim.own", actions.claim, world.actor(who), need.id, on_behalf_of=paper.agent_id, now=NOW)


def test_nobody_acts_for_a_member_who_can_act(world):
    zeynep = world.actor("Zeynep").agent_id
    draft = IntentDraft(direction="request", kind="food.cooked_meal", quantity=1, urgency=2, on_behalf_of=zeynep)
    refused("member.unknown", actions.post, world.actor("Amina"), draft, now=NOW)


def test_another_circles_rows_do_not_exist(world, other_world):
    theirs = other_world.need("Omar", 3)
    for act in (actions.claim, actions.renew, actions.withdraw, actions.check):
        assert refused("not_found", act, world.actor("Amina"), theirs.id, now=NOW).status == 404
    other_world.join("Layla")
    promise = actions.claim(other_world.actor("Layla"), theirs.id, now=NOW)
    for act in (actions.accept, actions.deliver, actions.receive, actions.drop_out, actions.thank):
        assert refused("not_found", act, world.actor("Amina"), promise.id, now=NOW).status == 404
    world.open()
    assert not Intent.objects.filter(pk=theirs.id).exists()
    assert not Commitment.objects.exists()


def test_the_sealed_fields_of_what_has_ended_are_gone_after_30_days(world):
    from taawun.ground.vault import store
    from taawun.ground.vault.models import Sealed

    need = world.need("Amina", 1)
    actions.withdraw(world.actor("Amina"), need.id, now=NOW)
    assert store.remove_expired(NOW + timedelta(days=29)) == 0
    assert store.remove_expired(NOW + timedelta(days=30)) >= 3
    assert not Sealed.objects.filter(row_id=need.id).exists()


def test_who_leaves_is_on_nothing_any_more(world):
    from taawun.community.circles import actions as circles

    need, offer = world.need("Amina", 2), world.offer("Yusuf", 5)
    promise = actions.claim(world.actor("Yusuf"), need.id, now=NOW)
    circles.leave(world.actor("Yusuf"), now=NOW)
    assert actions.keep_up(world.circle, now=NOW)["left"] == 2
    promise.refresh_from_db(), need.refresh_from_db(), offer.refresh_from_db()
    assert (promise.state, promise.reason, need.taken, offer.state) == ("released", "left", 0, "withdrawn")
    assert actions.keep_up(world.circle, now=NOW)["left"] == 0


def test_the_givers_phone_is_kept_so_that_it_can_be_called(world):
    need = world.need("Amina", 1)
    promise = actions.claim(world.actor("Yusuf"), need.id, reach=Reach(phone="020 7946 0955"), now=NOW)
    seen = access.contact_details(promise, world.actor("Amina"), now=NOW)
    assert seen["giver"]["phone"] == "+442079460955"
