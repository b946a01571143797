"""Who reads what, what is sealed, what goes when, and what of it the journal tells whom."""

import io
import json
from datetime import timedelta

import pytest
from django.db import connection
from PIL import Image

from taawun.community.circles import actions as circles
from taawun.community.conversations import access, actions, queries
from taawun.community.conversations.models import Message, Note, Presence, Thread
from taawun.community.people import belongings, blocks
from taawun.ground.jobs.duties import duty_names
from taawun.ground.journal.models import Audience, Entry
from taawun.ground.media.making import make_picture
from taawun.ground.media.models import Medium
from taawun.ground.values.refusal import Refusal
from taawun.ground.vault import store
from taawun.ground.vault.models import Sealed
from taawun.practice.aid import access as aid_access
from taawun.practice.aid import actions as aid
from taawun.practice.aid import conversing
from taawun.practice.aid.actions import IntentDraft, Private
from taawun.reach.messages import following
from taawun.reach.messages.models import Notice
from tests.world import World

SECRET = "the blue gate behind the mill"


def picture():
    out = io.BytesIO()
    Image.new("RGB", (60, 40), "red").save(out, "JPEG")
    return make_picture(out.getvalue())


def texts(place, now) -> list[str]:
    return [one.text for one in queries.talk(place, now=now).lines]


def standing_of(talking, who: str) -> str:
    """How somebody finds a conversation: inside, at its door, or not at all."""
    found = access.find_place(talking.world.actor(who), talking.need.id, now=talking.world.now)
    return "nothing" if found is None else "door" if found.outside else "inside"


def test_those_on_it_read_it_and_nobody_else(talking):
    talking.say("Zeynep", SECRET)
    assert {name: standing_of(talking, name) for name in talking.world.accounts} == {
        "Zeynep": "inside", "Yusuf": "inside", "Layla": "inside", "Kamal": "nothing", "Huda": "nothing",
        "Amina": "door", "Omar": "door",
    }  # fmt: skip
    assert texts(talking.place("Layla"), talking.world.now) == [SECRET]
    with pytest.raises(Refusal) as refused:
        talking.place("Amina")
    assert refused.value.code == "talk.step_in"


def test_who_drops_out_reads_nothing_more_and_who_still_waits_for_a_yes_nothing_yet(talking):
    world = talking.world
    aid.drop_out(world.actor("Yusuf"), talking.promises["Yusuf"].id, now=world.now)
    assert standing_of(talking, "Yusuf") == "nothing"
    listening = world.need("Zeynep", 1, kind="company.listening", visibility="members")
    promise = aid.claim(world.actor("Yusuf"), listening.id, now=world.now)
    assert access.find_place(world.actor("Yusuf"), listening.id, now=world.now) is None
    aid.accept(world.actor("Zeynep"), promise.id, now=world.now)
    assert not access.place(world.actor("Yusuf"), listening.id, now=world.now).outside


def test_those_who_take_from_one_offer_do_not_meet(talking):
    world = talking.world
    offer = world.offer("Yusuf", 4)
    promises = {}
    for name in ("Huda", "Kamal"):
        promises[name] = aid.claim(world.actor(name), offer.id, quantity=1, now=world.now)
        aid.accept(world.actor("Yusuf"), promises[name].id, now=world.now)
    thread = conversing.thread_of(promises["Huda"])[1]
    talking_to = access.inside(world.actor("Huda"), thread, now=world.now)
    actions.post(talking_to, "I am Huda", now=world.now)
    assert set(talking_to.people().values()) == {"Huda", "Yusuf"}
    assert access.find_place(world.actor("Kamal"), thread, now=world.now) is None
    # The offer itself is no place to talk.
    assert access.find_place(world.actor("Yusuf"), offer.id, now=world.now) is None


def test_a_coordinator_steps_in_before_everybodys_eyes(talking):
    world = talking.world
    talking.say("Zeynep", "before")
    actions.step_in(world.actor("Amina"), talking.need.id, now=world.now)
    talking.say("Amina", "how can I help?")
    lines = queries.talk(talking.place("Yusuf"), now=world.now).lines
    assert [(one.message.what, one.who, one.message.as_coordination) for one in lines] == [
        ("said", "Zeynep", False), ("joined", "Amina", True), ("said", "Amina", True)
    ]  # fmt: skip
    actions.step_out(world.actor("Amina"), talking.need.id, now=world.now)
    assert standing_of(talking, "Amina") == "door"
    # Twice is once, and a member cannot.
    actions.step_in(world.actor("Amina"), talking.need.id, now=world.now)
    actions.step_in(world.actor("Amina"), talking.need.id, now=world.now)
    assert Message.objects.filter(what="joined").count() == 2
    with pytest.raises(Refusal):
        actions.step_in(world.actor("Huda"), talking.need.id, now=world.now)


def test_the_words_lie_sealed_and_the_journal_holds_ids_for_those_on_it_only(talking):
    message = talking.say("Yusuf", f"@Zeynep {SECRET}", picture=picture())
    [entry] = Entry.objects.filter(name="message.posted")
    on_it = {str(talking.world.accounts[name].agent_id) for name in ("Zeynep", "Yusuf", "Layla")}
    assert entry.audience == Audience.PARTIES
    assert set(entry.topics) == {f"thread:{talking.need.id}", *(f"agent:{one}" for one in on_it)}
    assert SECRET not in entry.body and json.loads(entry.body)["data"]["number"] == 1
    assert message.mentions == [talking.world.accounts["Zeynep"].agent_id]
    with connection.cursor() as cursor:
        for table in ("conversations_message", "conversations_thread", "vault_sealed", "media_medium"):
            cursor.execute(f"SELECT string_agg(row::text, ' ') FROM {table} AS row")
            assert SECRET not in cursor.fetchone()[0]
    medium = Medium.objects.get()
    assert b"JFIF" not in bytes(medium.content) + bytes(medium.small)
    # Reading what was said to oneself is no look at somebody's data.
    texts(talking.place("Zeynep"), talking.world.now)
    assert not Entry.objects.filter(name="vault.revealed", subject_id=message.author_id).exists()


def test_taken_back_is_gone_and_leaves_its_place(talking):
    world = talking.world
    message = talking.say("Yusuf", SECRET, picture=picture())
    for name in ("Zeynep", "Layla"):
        with pytest.raises(Refusal):
            actions.take_back(talking.place(name), message.id, now=world.now)
    actions.take_back(talking.place("Yusuf"), message.id, now=world.now)
    [line] = queries.talk(talking.place("Zeynep"), now=world.now).lines
    assert line.message.taken_back_at and not line.text and not line.picture
    assert not Sealed.objects.filter(row_id=message.id).exists() and not Medium.objects.exists()
    before = Entry.objects.count()
    actions.take_back(talking.place("Yusuf"), message.id, now=world.now)
    assert Entry.objects.count() == before


def test_nothing_at_all_is_no_message_and_too_much_is_refused(talking):
    for text, code in (("", "message.empty"), ("\u200b \n", "message.empty"), ("x" * 2001, "text.too_long")):
        with pytest.raises(Refusal) as refused:
            talking.say("Yusuf", text)
        assert (refused.value.code, refused.value.field) == (code, "text")
    assert not Message.objects.exists()


def test_two_who_blocked_each_other_do_not_hear_each_other(talking):
    world = talking.world
    said = talking.say("Layla", "I bring bread")
    talking.say("Zeynep", "thank you")
    blocks.block_agent(world.accounts["Yusuf"], world.accounts["Layla"].agent, called="Layla", now=world.now)
    world.open()
    assert texts(talking.place("Yusuf"), world.now) == ["thank you"]
    assert "Layla" not in talking.place("Yusuf").people().values()
    with pytest.raises(Refusal):
        access.message(talking.place("Yusuf"), said.id)
    talking.say("Yusuf", "@Layla hello")
    [entry] = Entry.objects.filter(name="message.posted", actor_id=world.accounts["Yusuf"].agent_id)
    assert f"agent:{world.accounts['Layla'].agent_id}" not in entry.topics


def test_it_is_written_until_two_days_after_and_read_for_a_month_and_then_destroyed(talking):
    world, need = talking.world, talking.need
    talking.say("Zeynep", SECRET, picture=picture())
    aid.withdraw(world.actor("Zeynep"), need.id, now=world.now)
    asker = world.actor("Zeynep")
    ended = world.now
    for after, may_write in ((timedelta(hours=40), True), (timedelta(hours=50), False), (timedelta(days=29), False)):
        place = access.inside(asker, need.id, now=ended + after)
        assert (place.may_write, texts(place, ended + after)) == (may_write, [SECRET])
    with pytest.raises(Refusal) as refused:
        actions.post(access.inside(asker, need.id, now=ended + timedelta(hours=50)), "late", now=ended)
    assert refused.value.code == "talk.ended"
    assert actions.empty(world.circle, now=ended + timedelta(days=29)) == 0
    assert actions.empty(world.circle, now=ended + timedelta(days=31)) == 1
    assert not Message.objects.exists() and not Medium.objects.exists() and not Presence.objects.exists()
    assert not Sealed.objects.filter(field="text").exists()
    assert actions.empty(world.circle, now=ended + timedelta(days=31)) == 0
    assert Thread.objects.get().emptied_at


def test_what_somebody_is_still_on_is_never_emptied(talking):
    talking.say("Zeynep", SECRET)
    # Off the board, but somebody is still on it.
    world = talking.world
    talking.need.refresh_from_db()
    talking.need.state, talking.need.closed_at = "expired", world.now - timedelta(days=90)
    talking.need.save(update_fields=["state", "closed_at"])
    assert actions.empty(world.circle, now=world.now) == 0
    assert texts(talking.place("Yusuf"), world.now) == [SECRET]


def notes_seen(world: World, who: str, about_id) -> list[str]:
    actor = world.actor(who)
    return [one.text for one in queries.notes(actor, access.about(actor, about_id), now=world.now)]


def test_a_note_for_coordinators_leaves_no_trace_where_she_could_find_it(talking):
    world, need = talking.world, talking.need
    zeynep = world.accounts["Zeynep"].agent_id
    for about_id in (need.id, zeynep):
        actions.write_note(world.actor("Amina"), about_id, "go in pairs", shown=False, now=world.now)
        assert notes_seen(world, "Omar", about_id) == ["go in pairs"]
        assert notes_seen(world, "Zeynep", about_id) == []
        with pytest.raises(Refusal):
            access.about(world.actor("Yusuf"), about_id)
    assert queries.summary(world.actor("Zeynep"), need.id, all_notes=False).notes == 0
    # Omar's look is on record, but beside nobody's name.
    looks = Entry.objects.filter(name="vault.revealed", actor_id=world.accounts["Omar"].agent_id)
    assert looks.count() == 2 and not looks.filter(subject_id=zeynep).exists()
    written = Entry.objects.filter(name="note.written")
    assert {one.audience for one in written} == {Audience.COORDINATORS}
    for entry in (*written, *looks):
        assert str(zeynep) not in entry.body and str(need.id) not in entry.body
    # As a coordinator herself she still does not see it.
    circles.set_roles(world.actor("Amina"), zeynep, ["member", "coordinator"], now=world.now)
    assert notes_seen(world, "Zeynep", need.id) == [] == notes_seen(world, "Zeynep", zeynep)
    with pytest.raises(Refusal) as refused:
        actions.write_note(world.actor("Zeynep"), zeynep, "all is well", shown=False, now=world.now)
    assert refused.value.code == "note.own"


def test_a_note_she_reads_too_is_hers_and_she_is_told(talking):
    world, need = talking.world, talking.need
    note = actions.write_note(world.actor("Amina"), need.id, "we ring twice", shown=True, now=world.now)
    assert notes_seen(world, "Zeynep", need.id) == ["we ring twice"]
    run_follow(world)
    told = Notice.objects.filter(name="note.shown")
    assert [one.agent_id for one in told] == [world.accounts["Zeynep"].agent_id]
    with pytest.raises(Refusal):
        actions.take_note_back(world.actor("Zeynep"), note.id, now=world.now)
    actions.take_note_back(world.actor("Omar"), note.id, now=world.now)
    assert notes_seen(world, "Zeynep", need.id) == []
    assert not Sealed.objects.filter(row_id=note.id).exists()


def test_notes_go_when_their_purpose_is_over(talking):
    world, need = talking.world, talking.need
    hidden = actions.write_note(world.actor("Amina"), need.id, SECRET, shown=False, now=world.now)
    person = actions.write_note(
        world.actor("Amina"), world.accounts["Zeynep"].agent_id, SECRET, shown=True, now=world.now
    )
    aid.withdraw(world.actor("Zeynep"), need.id, now=world.now)
    actions.empty(world.circle, now=world.now + timedelta(days=31))
    assert set(Note.objects.filter(taken_back_at__isnull=True)) == {person}
    actions.empty(world.circle, now=world.now + timedelta(days=366))
    assert not Sealed.objects.filter(row_id__in=[hidden.id, person.id]).exists()


def run_follow(world: World) -> None:
    world.open()
    following.follow(world.circle, now=world.now)


def test_everybody_on_it_is_told_once_until_they_read_and_again_when_called_by_name(talking):
    world = talking.world
    run_follow(world)
    Notice.objects.all().delete()

    def told() -> dict[str, list[str]]:
        run_follow(world)
        names = {account.agent_id: name for name, account in world.accounts.items()}
        found: dict[str, list[str]] = {}
        for notice in Notice.objects.filter(name__startswith="message.").order_by("seq"):
            found.setdefault(names[notice.agent_id], []).append(notice.name)
        return found

    talking.say("Zeynep", "one")
    talking.say("Zeynep", "two")
    assert told() == {"Yusuf": ["message.posted"], "Layla": ["message.posted"]}
    talking.say("Zeynep", "three @Yusuf")
    assert told() == {"Yusuf": ["message.posted", "message.mentioned"], "Layla": ["message.posted"]}
    place = talking.place("Layla")
    actions.see(place, 3, now=world.now)
    assert not Notice.objects.filter(agent_id=place.actor.agent_id, read_at__isnull=True).exists()
    talking.say("Yusuf", "four")
    assert told()["Layla"] == ["message.posted", "message.posted"]
    # Who sits before the page has read it before anybody could tell her.
    message = talking.say("Zeynep", "five")
    actions.see(talking.place("Layla"), message.number, now=world.now)
    assert told()["Layla"] == ["message.posted", "message.posted"]
    # What was taken back before it was told tells nobody.
    Notice.objects.all().delete()
    taken = talking.say("Layla", "wrong person")
    actions.take_back(talking.place("Layla"), taken.id, now=world.now)
    assert told() == {}


def test_what_is_mine_goes_with_me_and_is_erased_with_me(talking):
    world = talking.world
    mine = talking.say("Yusuf", SECRET, picture=picture())
    talking.say("Zeynep", "of somebody else")
    about_me = world.accounts["Yusuf"].agent_id
    hidden = actions.write_note(world.actor("Amina"), about_me, "hidden note", shown=False, now=world.now)
    actions.write_note(world.actor("Amina"), about_me, "open note", shown=True, now=world.now)
    person = belongings.person(world.accounts["Yusuf"], now=world.now)
    part = next(one for one in belongings.registered() if one.name == "conversations")
    taken = part.take(person)
    said = json.dumps(taken.data, default=str)
    assert SECRET in said and "open note" in said and "hidden note" not in said and "of somebody else" not in said
    [content] = taken.files.values()
    assert content()[:3] == b"\xff\xd8\xff"
    assert "hidden note" not in str(list(part.known(person)))
    assert list(part.foretell(person))
    part.erase(person)
    store.erase(about_me)
    world.open()
    assert not Medium.objects.exists()
    assert not Sealed.objects.filter(row_id__in=[mine.id, hidden.id]).exists()
    assert [one.message.taken_back_at is not None for one in queries.talk(talking.place("Zeynep"), now=world.now).lines] == [
        True, False
    ]  # fmt: skip


def test_a_filed_need_has_a_voice_too(talking):
    world = talking.world
    draft = IntentDraft(
        direction="request", kind="food.cooked_meal", quantity=2, urgency=2, private=Private(reach="ring twice")
    )
    need, code = aid.post_without_account(world.circle, draft, visitor="here", now=world.now)
    aid.claim(world.actor("Yusuf"), need.id, quantity=1, now=world.now)
    _need, holder = aid_access.by_receipt(code)
    actions.post(access.inside(holder, need.id, now=world.now), "the bell is broken", now=world.now)
    place = access.inside(world.actor("Yusuf"), need.id, now=world.now)
    assert [(one.text, one.who) for one in queries.talk(place, now=world.now).lines] == [("the bell is broken", "")]
    actions.post(place, "I knock", now=world.now)
    assert texts(access.inside(holder, need.id, now=world.now), world.now) == ["the bell is broken", "I knock"]
    assert standing_of(talking, "Huda") == "nothing"


def test_the_duty_is_declared():
    assert "conversations.empty" in duty_names()
