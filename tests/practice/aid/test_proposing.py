"""The whole board proposed, looked through and accepted: what may be a pair, what became stale, and who came second."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from taawun.community.people import blocks
from taawun.ground.jobs import duties
from taawun.ground.journal.models import Entry
from taawun.ground.values.ids import new_id
from taawun.ground.values.place import Point
from taawun.ground.values.refusal import Refusal
from taawun.practice.aid import actions, jobs, match_wording, wording
from taawun.practice.aid.actions import Private, matching, proposing
from taawun.practice.aid.matching_rules import Rules
from taawun.practice.aid.models import Commitment, Intent, Proposal, ProposedMatch, UnmetNeed
from taawun.practice.aid.queries import learning, open_board, proposals
from tests.practice.aid.test_pages import browser, statements
from tests.world import NOW


def at(latitude: float, longitude: float) -> dict[str, object]:
    return {"private": Private(point=Point(latitude, longitude))}


def proposed(world, now=NOW) -> Proposal:
    return proposing.start(world.actor("Amina"), now=now)


def pairs(proposal, state="open"):
    rows = ProposedMatch.objects.filter(proposal=proposal, state=state).order_by("place")
    return [(one.request_id, one.offer_id, one.quantity) for one in rows]


def why(proposal):
    return {one.request_id: one.reason for one in UnmetNeed.objects.filter(proposal=proposal)}


def test_everything_open_is_brought_together_and_what_is_not_is_told(world):
    near = world.offer("Yusuf", 3, **at(34.43, 35.83))
    far = world.offer("Yusuf", 9, **at(34.60, 35.95))
    need = world.need("Zeynep", 5, urgency=3, **at(34.43, 35.83))
    bread = world.need("Zeynep", 2, kind="food.bread")
    whole = world.need("Amina", 8, whole_only=True, urgency=0)
    made = proposed(world)
    assert made.state == "ready"
    # The urgent need takes the near one and a part of the far one, which is then too small for the one that takes all or nothing.
    assert {one[:2] for one in pairs(made)} <= {(need.id, near.id), (need.id, far.id), (whole.id, far.id)}
    assert sum(quantity for request, _offer, quantity in pairs(made) if request == need.id) == 5
    reasons = why(made)
    assert reasons[bread.id] == "nobody"
    assert made.facts["requests"] == 3 and made.facts["matches"] == len(pairs(made))
    told = match_wording.summary(made.facts)
    assert told[0].startswith("3 open needs") and "better is possible" in told[-1] or "No other plan" in told[-1]
    # Nobody was asked by it.
    assert not Commitment.objects.exists()


def test_accepting_asks_the_giver_and_nothing_promised_moves(world):
    offer, other = world.offer("Yusuf", 5), world.offer("Zeynep", 5)
    agreed = world.need("Amina", 5)
    promise = actions.claim(world.actor("Yusuf"), agreed.id, now=NOW)
    need = world.need("Amina", 5)
    made = proposed(world)
    [(request, chosen, quantity)] = pairs(made)
    assert request == need.id and chosen in {offer.id, other.id} and quantity == 5
    match = ProposedMatch.objects.get(proposal=made)
    done = proposing.accept(world.actor("Amina"), made.id, [match.id], now=NOW)
    assert (done.accepted, done.stale) == (1, 0)
    match.refresh_from_db()
    asked = match.commitment
    assert asked.state == "waiting" and asked.waiting_for == "giver" and asked.giver_id == match.offer.agent_id
    promise.refresh_from_db()
    assert promise.state == "agreed"
    # A second coordinator, or the same tap again, changes nothing and is told so.
    again = proposing.accept(world.actor("Amina"), made.id, [match.id], now=NOW)
    assert (again.accepted, again.decided_before) == (0, 1) and Commitment.objects.count() == 2


def test_what_became_stale_is_told_and_the_rest_is_accepted(world):
    kinds = ("food.bread", "food.water", "food.cooked_meal", "household.clothes", "food.food_parcel")
    needs = {kind: world.need("Zeynep", 2, kind=kind) for kind in kinds}
    offers = {kind: world.offer("Yusuf", 2, kind=kind) for kind in kinds}
    made = proposed(world)
    assert len(pairs(made)) == 5
    actions.claim(world.actor("Amina"), needs["food.bread"].id, now=NOW)
    actions.withdraw(world.actor("Yusuf"), offers["food.water"].id, now=NOW)
    Intent.objects.filter(pk=needs["food.cooked_meal"].id).update(quantity=3)
    Intent.objects.filter(pk=offers["household.clothes"].id).update(expires_at=NOW - timedelta(hours=1))
    # The page tells before anybody taps.
    shown = proposals.show(world.actor("Amina"), made, now=NOW)
    assert sorted(one.stale for one in shown.lines) == ["", "changed", "claimed", "closed", "expired"]
    done = proposing.accept(world.actor("Amina"), made.id, None, now=NOW)
    assert (done.accepted, done.stale) == (1, 4)
    stale = dict(ProposedMatch.objects.filter(state="stale").values_list("request__kind", "reason"))
    assert stale == {
        "food.bread": "claimed",
        "food.water": "closed",
        "food.cooked_meal": "changed",
        "household.clothes": "expired",
    }
    assert Commitment.objects.get(state="waiting").request_id == needs["food.food_parcel"].id


def test_a_pair_somebody_said_no_to_is_not_proposed_again_until_it_changes(world):
    offer, need = world.offer("Yusuf", 5), world.need("Zeynep", 5)
    made = proposed(world)
    match = ProposedMatch.objects.get(proposal=made)
    proposing.reject(world.actor("Amina"), made.id, [match.id], now=NOW)
    second = proposed(world)
    assert pairs(second) == [] and why(second) == {need.id: "not_these"}
    # Renewed is not changed; another amount is.
    actions.renew(world.actor("Yusuf"), offer.id, now=NOW)
    assert pairs(proposed(world)) == []
    Intent.objects.filter(pk=offer.id).update(quantity=6)
    assert pairs(proposed(world)) == [(need.id, offer.id, 5)]
    # A no that was taken back counts no more.
    Intent.objects.filter(pk=offer.id).update(quantity=5)
    proposing.take_back(world.actor("Amina"), made.id, [match.id], now=NOW)
    assert pairs(proposed(world)) == [(need.id, offer.id, 5)]


def test_a_giver_who_said_no_is_not_asked_the_same_again(world):
    world.offer("Yusuf", 5)
    world.need("Zeynep", 5)
    made = proposed(world)
    proposing.accept(world.actor("Amina"), made.id, None, now=NOW)
    actions.decline(world.actor("Yusuf"), Commitment.objects.get().id, now=NOW)
    assert pairs(proposed(world)) == []


def test_nobody_helps_herself_or_who_hides_from_her_and_unlooked_needs_wait(world):
    world.offer("Zeynep", 5)
    own = world.need("Zeynep", 5)
    draft = actions.IntentDraft("request", "food.cooked_meal", 2, 3, private=Private(reach="+442079460123"))
    filed, _code = actions.post_without_account(world.circle, draft, visitor="x", now=NOW)
    made = proposed(world)
    assert pairs(made) == [] and why(made) == {own.id: "not_these", filed.id: "unchecked"}
    hidden = world.need("Yusuf", 5)
    assert pairs(proposed(world)) != []
    blocks.block_agent(world.accounts["Yusuf"], world.accounts["Zeynep"].agent, called="them", now=NOW)
    assert pairs(proposed(world)) == [] and hidden.id in why(proposed(world))


def test_times_that_never_meet_are_no_pair(world):
    thursday = NOW + timedelta(days=3)
    world.offer("Yusuf", 5, weekdays=[3], from_minute=17 * 60, to_minute=19 * 60)
    meets = world.need("Amina", 1, starts_at=thursday.replace(hour=15), ends_at=thursday.replace(hour=17))
    never = world.need("Zeynep", 1, starts_at=thursday.replace(hour=7), ends_at=thursday.replace(hour=9))
    made = proposed(world)
    assert [one[0] for one in pairs(made)] == [meets.id] and why(made) == {never.id: "no_time"}
    # Two windows that only touch do not meet.
    world.offer("Yusuf", 1, kind="food.bread", starts_at=thursday, ends_at=thursday + timedelta(hours=1))
    touching = world.need(
        "Zeynep", 1, kind="food.bread", starts_at=thursday + timedelta(hours=1), ends_at=thursday + timedelta(hours=2)
    )
    assert why(proposed(world))[touching.id] == "no_time"


def test_an_offer_that_goes_only_as_a_whole_goes_whole_or_not_at_all(world):
    whole, rest = world.offer("Yusuf", 5, whole_only=True), world.offer("Yusuf", 4)
    small = world.need("Amina", 3)
    assert pairs(proposed(world)) == [(small.id, rest.id, 3)]
    large = world.need("Zeynep", 7)
    found = {one[1]: one[2] for one in pairs(proposed(world)) if one[0] == large.id}
    assert found.get(whole.id) in {None, 5} and sum(found.values()) <= 7


def test_the_rules_decide_and_too_far_is_told_with_the_distance(world):
    world.offer("Yusuf", 5, **at(34.60, 35.95))
    need = world.need("Zeynep", 5, **at(34.43, 35.83))
    assert pairs(proposed(world))
    matching.change_rules(world.actor("Amina"), {"radius_km": "5"}, now=NOW)
    made = proposed(world)
    assert why(made) == {need.id: "too_far"}
    unmet = UnmetNeed.objects.get(proposal=made)
    assert match_wording.why_unmet(unmet, Rules(made.settings).value("radius_km")) == (
        "The nearest offer is about 25 km away, further than help may travel (about 5 km)."
    )


def test_proposed_again_it_keeps_what_was_shown_and_says_what_changed(world):
    offers = [world.offer("Yusuf", 1, **at(34.43 + number / 60, 35.83)) for number in range(4)]
    need = world.need("Zeynep", 1, **at(34.44, 35.83))
    first = proposed(world)
    [(_request, chosen, _quantity)] = pairs(first)
    assert first.facts["since"] is None
    # A little nearer than what was shown: it stays. Far nearer, and it gives way.
    cells = {one.id: one.cell for one in offers}
    second = proposed(world)
    assert pairs(second) == pairs(first) and second.facts["since"] == {"kept": 1, "new": 0, "over": 0, "gave_way": 0}
    assert ProposedMatch.objects.get(proposal=second).kept
    assert match_wording.since(second).startswith("Since the last proposal: 1 pairs as before")
    Intent.objects.filter(pk=chosen).update(cell=cells[offers[-1].id])
    Intent.objects.filter(pk=offers[-1].id).update(cell=need.cell)
    third = proposed(world)
    assert pairs(third) != pairs(first) and third.facts["since"]["gave_way"] == 1
    actions.withdraw(world.actor("Zeynep"), need.id, now=NOW)
    assert proposed(world).facts["since"]["over"] == 1
    # What nobody decided on is kept of the last two only.
    assert ProposedMatch.objects.filter(proposal=first).count() == 0


def test_needs_only_coordinators_see_are_asked_about_one_by_one(world):
    world.offer("Yusuf", 5)
    world.need("Zeynep", 5, visibility="coordinators")
    made = proposed(world)
    assert proposing.accept(world.actor("Amina"), made.id, None, now=NOW).accepted == 0
    match = ProposedMatch.objects.get(proposal=made)
    assert proposing.accept(world.actor("Amina"), made.id, [match.id], now=NOW).accepted == 1


def test_members_propose_nothing_and_the_neighbours_proposal_is_not_there(world, other_world):
    world.need("Zeynep", 5)
    made = proposed(world)
    for act in (
        lambda: proposing.start(world.actor("Yusuf"), now=NOW),
        lambda: proposing.accept(world.actor("Yusuf"), made.id, None, now=NOW),
        lambda: matching.change_rules(world.actor("Yusuf"), {"radius_km": "5"}, now=NOW),
    ):
        with pytest.raises(Refusal, match="forbidden"):
            act()
    with pytest.raises(Refusal, match="not_found"):
        proposing.accept(other_world.actor("Omar"), made.id, None, now=NOW)


def test_a_large_board_is_proposed_and_accepted_in_the_background(world, monkeypatch):
    monkeypatch.setattr(proposing, "AT_ONCE", 3)
    monkeypatch.setattr(proposing, "ACCEPTED_AT_ONCE", 2)
    monkeypatch.setattr(proposing, "FIRST", 3)
    queued, world.now = [], timezone.now()
    monkeypatch.setattr(proposing, "queue", lambda name, **said: queued.append((name, said)))
    for number in range(5):
        world.need("Zeynep", 1, urgency=number % 4)
        world.offer("Yusuf", 1)
    made = proposed(world, world.now)
    assert made.state == "working" and proposed(world, world.now).id == made.id, "one at a time"
    [(name, said)] = queued
    assert name == "aid.propose_board" and {name, "aid.accept_chosen"} <= set(duties._errands)
    page, amina = f"/c/{world.circle.slug}/matches/", browser(world, "Amina")
    assert "Looking for who could help whom" in amina.get(page).content.decode()
    waiting = amina.get(page, headers={"HX-Request": "true"}).content.decode()
    assert 'hx-trigger="every 2s"' in waiting and "<html" not in waiting
    jobs.propose_board(**said)
    world.open()
    made.refresh_from_db()
    assert made.state == "ready" and len(pairs(made)) == 5 and made.done == 100
    assert "It is done" in amina.get(page, headers={"HX-Request": "true"}).content.decode()
    done = proposing.accept(world.actor("Amina"), made.id, None, now=world.now)
    assert done.queued == 5
    jobs.accept_chosen(**queued[1][1])
    world.open()
    assert Commitment.objects.filter(state="waiting").count() == 5


def test_a_first_answer_can_be_decided_on_and_then_stands(world, monkeypatch):
    monkeypatch.setattr(proposing, "AT_ONCE", 1)
    monkeypatch.setattr(proposing, "queue", lambda name, **said: None)
    world.now = timezone.now()
    world.need("Zeynep", 1, urgency=3)
    world.need("Zeynep", 1, urgency=0)
    for _ in range(2):
        world.offer("Yusuf", 1)
    made = proposed(world, world.now)
    work = jobs._Work(str(made.id), str(world.circle.id))
    assert not work.answer(1, 1.0, last=False)
    world.open()
    [(first, _offer, _quantity)] = pairs(made)
    assert Intent.objects.get(pk=first).urgency == 3
    proposing.accept(world.actor("Amina"), made.id, None, now=world.now)
    work.answer(None, 1.0, last=True)
    world.open()
    made.refresh_from_db()
    assert made.state == "ready" and pairs(made) == [] and len(pairs(made, "accepted")) == 1
    # Stopped, it is what has been found.
    third = proposed(world, world.now)
    assert proposing.stop(world.actor("Amina"), third.id, now=world.now).stopped
    jobs.propose_board(str(third.id), str(world.circle.id))
    world.open()
    third.refresh_from_db()
    assert third.state == "failed", "before anything was found there is no answer"


def test_a_proposal_that_fails_is_told_and_can_be_tried_again(world, monkeypatch):
    world.need("Zeynep", 1)

    def stumble(*_arguments, **_named):
        raise ArithmeticError("the plan beats its own bound")

    with monkeypatch.context() as broken:
        broken.setattr(open_board, "plan", stumble)
        assert proposed(world).state == "failed"
    assert "The last try did not work" in browser(world, "Amina").get(f"/c/{world.circle.slug}/matches/").content.decode()
    assert proposed(world, NOW + timedelta(minutes=1)).state == "ready"


def test_rules_are_bounded_kept_as_what_differs_and_on_the_record(world):
    amina = world.actor("Amina")
    after = matching.change_rules(amina, {"distance_points": "60", "learns": "0", "step_km": "0.25"}, now=NOW)
    assert dict(after.changes) == {"distance_points": "60", "learns": "0"}
    entry = Entry.objects.get(name="matching.changed")
    assert '"distance_points":["40","60"]' in entry.body and str(wording.ENTRIES["matching.changed"][0])
    assert matching.change_rules(amina, {"distance_points": "40", "learns": "1"}, now=NOW).changes == {}
    for code, text in (
        ("radius_km", "0"),
        ("radius_km", "501"),
        ("candidates_each", "2.5"),
        ("step_km", "nan"),
        ("points", "1"),
    ):
        with pytest.raises(Refusal) as refused:
            matching.change_rules(amina, {code: text}, now=NOW)
        assert refused.value.field == code


def test_what_went_wrong_teaches_and_is_told_of_no_person(world):
    for number in range(12):
        need = world.need("Zeynep", 1)
        offer = world.offer("Yusuf", 1)
        Intent.objects.filter(pk=offer.id).update(posted_at=NOW - timedelta(days=20), fresh_at=NOW - timedelta(days=20))
        made = actions.propose(world.actor("Amina"), need.id, offer.id, now=NOW)
        actions.accept(world.actor("Yusuf"), made.id, now=NOW)
        if number % 2:
            actions.fail(world.actor("Yusuf"), made.id, "no_longer_there", now=NOW)
        else:
            actions.deliver(world.actor("Yusuf"), made.id, now=NOW)
        Intent.objects.filter(pk__in=[need.id, offer.id]).update(state="withdrawn")
    assert matching.learn(world.circle, now=NOW + timedelta(minutes=1)) == 1
    history = learning.judging(world.circle).history
    assert (history.bands[3].good, history.bands[3].bad) == (6, 6) and history.bands[0].bad == 0
    said = match_wording.learnt(learning.learnt(world.circle))
    assert said == ["Offers up to a month old: 6 of 12 were still there."]
    # That the thing was gone is not held against who offered it.
    record = learning.record(world.circle, world.accounts["Yusuf"].agent_id, now=NOW + timedelta(minutes=1))
    assert (record.happened, record.could_not) == (6, 0)
    page = browser(world, "Zeynep").get(f"/c/{world.circle.slug}/matches/record/{world.accounts['Yusuf'].agent_id}/")
    assert page.status_code == 404
    assert match_wording.own_record(record) == ["6 promises were kept."]
    assert (
        "Only you and the coordinators"
        in browser(world, "Yusuf").get(f"/c/{world.circle.slug}/matches/record/").content.decode()
    )
    with translation.override("ar"):
        assert "month" not in match_wording.learnt(learning.learnt(world.circle))[0]


def test_the_page_from_proposing_to_accepting(world):
    world.now = timezone.now()
    for number in range(3):
        world.need("Zeynep", 2, urgency=number)
        world.offer("Yusuf", 2)
    page, amina, member = f"/c/{world.circle.slug}/matches/", browser(world, "Amina"), browser(world, "Yusuf")
    assert member.get(page).status_code == 403 and "No proposal was made yet" in amina.get(page).content.decode()
    assert page in amina.get(f"/c/{world.circle.slug}/").content.decode()
    assert page not in member.get(f"/c/{world.circle.slug}/").content.decode()
    key = str(new_id())
    for _ in range(2):
        shown = amina.post(page + "propose/", {"key": key}, follow=True).content.decode()
    assert Proposal.objects.count() == 1 and "3 open needs" in shown and "covers all of it" in shown
    made = Proposal.objects.get()
    ids = [str(one) for one in made.matches.order_by("place").values_list("pk", flat=True)]
    sent = {"proposal": str(made.id), "key": str(new_id())}
    nothing = amina.post(page + "decide/", sent)
    assert nothing.status_code == 422 and "Tick at least one pair" in nothing.content.decode()
    told = amina.post(page + "decide/", sent | {"key": str(new_id()), "no": ids[0]}, follow=True).content.decode()
    assert "not proposed again" in told
    assert "Take it back" in amina.get(page + "?show=rejected").content.decode()
    told = amina.post(page + "decide/", sent | {"key": str(new_id()), "match": ids[1:2], "do": "some"}, follow=True)
    assert "1 giver is asked" in told.content.decode()
    told = amina.post(page + "decide/", sent | {"key": str(new_id()), "do": "all"}, follow=True)
    assert "1 giver is asked" in told.content.decode() and Commitment.objects.filter(state="waiting").count() == 2
    for show in ("accepted", "unmet", "stale", "no-such"):
        for order in ("near", "kind", "giver", "new", "x"):
            assert amina.get(f"{page}?show={show}&order={order}&page=0&kind=food.cooked_meal").status_code == 200
    assert amina.post(page + "decide/", {"proposal": "x"}).status_code == 422
    assert amina.post(page + "decide/", sent | {"key": str(new_id()), "match": ["x"]}).status_code == 422


def test_the_rules_page_shows_what_a_change_would_do_before_it_is_saved(world):
    page, amina, member = f"/c/{world.circle.slug}/matches/rules/", browser(world, "Amina"), browser(world, "Yusuf")
    assert (
        "Half as many points at" in member.get(page).content.decode()
        and '<form class="stack"' not in member.get(page).content.decode()
    )
    assert member.post(page, {"do": "save"}).status_code == 403
    form = amina.get(page).context["form"]
    usual = {one.name: one.value() for one in form if one.name not in {"key", "learns"}} | {"learns": "on"}
    tried = amina.post(page, usual | {"key": str(new_id()), "do": "try", "language_points": "٩٠"})
    assert "Nothing is saved yet" in tried.content.decode() and not learning.judging(world.circle).rules.changes
    first = tried.content.decode().partition('id="example"')[2]
    assert first.index("speaks your language") < first.index("Next door")
    wrong = amina.post(page, usual | {"key": str(new_id()), "do": "save", "radius_km": "far"})
    assert wrong.status_code == 422 and "from 1 to 500" in wrong.content.decode() and "far" in wrong.content.decode()
    assert amina.post(page, usual | {"key": str(new_id()), "do": "save", "radius_km": "12,5"}).status_code == 302
    assert learning.judging(world.circle).rules.changes == {"radius_km": "12.5"}
    assert amina.post(page, {"key": str(new_id()), "do": "usual"}).status_code == 302
    assert not learning.judging(world.circle).rules.changes


def test_pages_and_reading_take_few_statements_however_much_there_is(world):
    world.now = timezone.now()
    for number in range(25):
        world.need("Zeynep", 2, summary=f"need {number}")
        world.offer("Yusuf", 2)
    amina = world.actor("Amina")
    made = proposing.start(amina, now=world.now)
    with CaptureQueriesContext(connection) as captured:
        open_board.plan(open_board.read(amina, previous_id=made.id, now=world.now), time_limit_seconds=1)
    assert len(captured.captured_queries) <= 9
    assert statements(browser(world, "Amina"), f"/c/{world.circle.slug}/matches/") <= 12
    assert statements(browser(world, "Amina"), f"/c/{world.circle.slug}/matches/rules/") <= 9
