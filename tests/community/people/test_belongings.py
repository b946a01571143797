"""What is mine: seen, taken away, erased; and after erasing, the bytes are nowhere."""

import io
import json
import subprocess
import uuid
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from taawun.community.circles import access as circle_access
from taawun.community.circles import actions as circles
from taawun.community.circles.models import Membership
from taawun.community.people import actions as people
from taawun.community.people import belongings, blocks, erasing, taking
from taawun.community.people.models import Account, Agent, AgentKind, Consent, Contact, Erasure
from taawun.ground.journal.models import Answer, Entry
from taawun.ground.journal.proof import verify_circle
from taawun.ground.values.refusal import Refusal
from taawun.ground.vault.models import DataKey, Sealed
from taawun.house import database
from taawun.practice.aid import access, actions
from taawun.practice.aid.actions import IntentDraft, Private
from taawun.practice.aid.actions.agreeing import Reach
from taawun.practice.aid.models import Commitment, Happening, Intent, Receipt
from taawun.reach.messages.following import follow
from taawun.reach.messages.models import Notice
from tests.api.caller import Caller, caller_of, refused, told
from tests.world import NOW, make_world

# No other text holds these.
NAME, PHONE, MAIL = "Qamarunnisa Zubayda", "+442079460177", "qamar.zubayda@example.org"
DOOR, DETAILS, SUMMARY = "ochre gate behind the cistern", "insulin twice daily", "warm soup for the widow upstairs"
CANARIES = (NAME, PHONE, PHONE[1:], MAIL, DOOR, DETAILS, SUMMARY)


@pytest.fixture
def qamar(world):
    return fill(world)


def fill(world):
    """A member in the middle of things: she asked, offered, promised, was helped; everything she gave is a canary."""
    world.join("Khadija", "coordinator")
    actor = world.join(NAME, "coordinator")
    account = world.accounts[NAME]
    for address in (PHONE, MAIL):
        people.add_contact(account, address, "GB", now=NOW, verified=True)
    people.make_token(account, "a program", may_write=True, now=NOW)
    private = Private(NAME, PHONE, DOOR, DETAILS)
    need = world.need(NAME, private=private, summary=SUMMARY)
    old = world.need(NAME, 2, private=private)
    offer = world.offer(NAME, private=private)
    actions.claim(world.actor("Yusuf"), need.id, quantity=2, reach=Reach("+442079460999"), now=NOW)
    done = actions.claim(world.actor("Yusuf"), old.id, now=NOW)
    actions.deliver(world.actor("Yusuf"), done.id, now=NOW)
    actions.receive(world.actor(NAME), done.id, now=NOW)
    actions.claim(actor, world.need("Zeynep").id, reach=Reach(PHONE, DOOR, DETAILS), now=NOW)
    actions.claim(world.actor("Zeynep"), offer.id, quantity=1, now=NOW)
    access.details_for_coordinator(world.actor("Amina"), need.id, "to call her back", now=NOW)
    paper = circles.add_member(world.actor(NAME), name="Old Hamza", door="mill", consented=True, now=NOW)
    kitchen = circles.add_member(
        world.actor("Amina"), name="Kitchen", kind=AgentKind.ORGANISATION, consented=True, now=NOW
    )
    circles.name_representative(world.actor("Amina"), kitchen.agent_id, account.agent_id, now=NOW)
    assert paper.looked_after_by_id == account.agent_id
    blocks.block_address(account, "nobody@example.org", "GB", now=NOW)
    follow(world.circle, now=NOW)
    return world


def person(world, name=NAME, now=NOW):
    return belongings.person(Account.objects.select_related("agent").get(pk=world.accounts[name].pk), now=now)


def unpack(pieces):
    return zipfile.ZipFile(io.BytesIO(b"".join(pieces)))


def test_the_page_says_what_is_known_who_looked_and_who_may_see(qamar, client):
    client.force_login(qamar.accounts[NAME])
    page = client.get("/me/").content.decode()
    for text in (NAME, "7946 0177", MAIL, "coordinator", "Old Hamza", "Kitchen", "2 needs", "1 offer", "door", "Amina",
                 "as coordinator", "Who may see what", "Take it away", "Erase me", qamar.circle.name):  # fmt: skip
        assert text in page, text
    assert DOOR not in page
    looks = [one for section in belongings.known(person(qamar)) for one in section.looks]
    assert {(one.who, one.why) for one in looks} >= {("Amina", "coordination")}
    before = Entry.objects.filter(name="vault.revealed").count()
    client.get("/me/")
    assert Entry.objects.filter(name="vault.revealed").count() == before, "one's own look is no look"
    sent = client.post("/me/", {"name": " ", "language": "en"})
    assert sent.status_code == 422 and NAME in sent.content.decode()
    client.post("/me/", {"name": "Qamar", "language": "en", "languages": ["en"]})
    assert "Qamar" in client.get("/me/").content.decode()


def test_the_archive_holds_what_is_hers_and_nothing_of_others(qamar):
    archive = unpack(taking.archive(person(qamar)))
    assert archive.testzip() is None
    files = {name: archive.read(name).decode() for name in archive.namelist()}
    assert {"README.txt", "manifest.json", "people.json", "communities.json", "aid.json"} <= set(files)
    whole = "".join(files.values())
    for canary in (NAME, PHONE, MAIL, DOOR, DETAILS, SUMMARY, "Old Hamza", "Kitchen"):
        assert canary in whole, canary
    for foreign in ("+442079460123", "+442079460999", "the green door", "mill"):
        assert foreign not in whole, foreign
    aid = json.loads(files["aid.json"])
    assert (aid["schema"], aid["version"]) == ("taawun.belongings", 1)
    assert {(one["as"], one["other"]) for one in aid["commitments"]} == {("receiver", "Yusuf"), ("giver", None)}
    assert json.loads(files["manifest.json"])["parts"] == sorted(
        name for name in files if name.endswith(".json") and name != "manifest.json"
    )
    assert Entry.objects.filter(name="member.taken_away", subject_id=qamar.accounts[NAME].agent_id).count() == 1


def test_the_page_and_the_api_hand_the_archive_out(qamar, client):
    client.force_login(qamar.accounts[NAME])
    assert client.get("/me/take/").status_code == 405
    answer = client.post("/me/take/")
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="taawun-')
    assert DOOR in unpack(answer.streaming_content).read("aid.json").decode()
    caller = caller_of(qamar.accounts[NAME])
    sent = caller.post("/me/take-away", key=None)
    assert sent.headers["Content-Type"] == "application/zip"
    assert PHONE in unpack([sent.content]).read("people.json").decode()
    known = told(caller.get("/me/known"))["items"]
    assert any(one["looks"] for one in known) and NAME in json.dumps(known, ensure_ascii=False)
    refused(caller_of(qamar.accounts[NAME], may_write=False).post("/me/take-away", key=None), 403, "token.read_only")


def test_erasing_leaves_quantities_and_ids_and_nothing_else(qamar):
    account = qamar.accounts[NAME]
    agent_id = account.agent_id
    texts = " ".join(str(one) for one in erasing.foretell(person(qamar)))
    assert "2 needs and offers are taken off the board" in texts and "3 promises end" in texts and "Old Hamza" in texts
    erasing.erase(person(qamar))
    agent = Agent.objects.get(pk=agent_id)
    assert (agent.name, agent.languages, agent.shown) == ("", [], "somebody who left") and agent.erased_at == NOW
    for rows in (Contact.objects.filter(agent_id=agent_id), Consent.objects.filter(agent_id=agent_id),
                 Account.objects.filter(pk=account.pk), Answer.objects.filter(actor_id=agent_id),
                 Sealed.objects.filter(subject_id=agent_id), DataKey.objects.filter(subject_id=agent_id),
                 Notice.objects.filter(agent_id=agent_id)):  # fmt: skip
        assert not rows.exists(), rows.model
    assert not Commitment.objects.filter(state__in=["waiting", "agreed"]).exists()
    assert {one.state for one in Intent.objects.filter(agent_id=agent_id)} == {"withdrawn", "fulfilled"}
    assert Happening.objects.filter(commitment__receiver_id=agent_id).count() == 2
    member = Membership.objects.get(agent_id=agent_id)
    assert member.left_at == NOW and member.roles == ["member"] and member.area is None
    assert not Membership.objects.filter(looked_after_by_id=agent_id).exists()
    _count, _head, faults = verify_circle(qamar.circle.id)
    assert not faults
    follow(qamar.circle, now=NOW)
    for name in ("Yusuf", "Zeynep"):
        told_of = Notice.objects.filter(agent_id=qamar.accounts[name].agent_id, name="claim.released")
        assert told_of.exists(), name
    assert person_again(qamar) is None


def person_again(world):
    return Account.objects.filter(agent_id=world.accounts[NAME].agent_id).first()


def test_the_bytes_are_nowhere_in_a_dump_nor_in_the_files(committed_world, tmp_path):
    """A real pg_dump. What was sealed is also nowhere in the server's own files, write-ahead log and all; the shown name
    may stay there until PostgreSQL has written over it, which docs/privacy.md says."""
    world = committed_world
    before = dump()
    assert NAME.encode() in before and SUMMARY.encode() in before and PHONE.encode() not in before
    with transaction.atomic():
        erasing.erase(person(world))
    after = dump()
    assert b"people_agent" in after and b"somebody who" not in after
    for canary in CANARIES:
        assert canary.encode() not in after, canary
        assert canary.encode().hex().encode() not in after, canary
    data = Path(settings.CONFIG.data)
    cluster = database.cluster(settings.CONFIG).files if settings.CONFIG.data else data
    for path in data.rglob("*"):
        if path.is_file():
            found = path.read_bytes()
            hidden = (PHONE, PHONE[1:], MAIL, DOOR, DETAILS) if cluster in path.parents else CANARIES
            assert not [one for one in hidden if one.encode() in found], path


@pytest.fixture
def committed_world(committed_db):
    """The same world, committed, so that another program can read it."""
    with transaction.atomic():
        world = make_world()
        world.join("Yusuf")
        world.join("Zeynep")
        return fill(world)


def dump():
    """Return what pg_dump of the embedded server writes about this database, row-level security and all."""
    place = connection.settings_dict
    command = [
        str(database.program("pg_dump")), "--data-only", "--inserts", "-h", place["HOST"], "-U", "postgres",
        "-d", str(place["NAME"]),
    ]  # fmt: skip
    return subprocess.run(command, check=True, capture_output=True).stdout


def test_a_week_to_call_it_off(qamar, client):
    account = qamar.accounts[NAME]
    client.force_login(account)
    page = client.get("/me/erase/").content.decode()
    assert "taken off the board" in page and "somebody who left" in page
    client.post("/me/erase/", {"when": "week", "word": "", "key": str(uuid.uuid4())})
    asked = Erasure.objects.get()
    assert asked.due_at - asked.asked_at == timedelta(days=7)
    assert "You are erased on" in client.get("/me/").content.decode()
    assert erasing.erase_due(asked.due_at - timedelta(minutes=1)) == 0
    client.post("/me/erase/off/")
    assert not Erasure.objects.exists() and client.get("/me/").status_code == 200
    erasing.ask(account, now=NOW)
    assert erasing.erase_due(NOW + timedelta(days=8)) == 1 and person_again(qamar) is None


def test_at_once_with_a_word(qamar, client):
    client.force_login(qamar.accounts[NAME])
    wrong = client.post("/me/erase/", {"when": "now", "word": "yes", "key": str(uuid.uuid4())})
    assert wrong.status_code == 422 and "erase" in wrong.content.decode() and person_again(qamar)
    done = client.post("/me/erase/", {"when": "now", "word": " Erase ", "key": str(uuid.uuid4())}, follow=True)
    assert done.redirect_chain[-1][0] == "/me/erased/" and "You are erased" in done.content.decode()
    assert person_again(qamar) is None and client.get("/me/").headers["Location"].startswith("/sign-in/")


def test_the_last_coordinator_hands_over_first(world, client):
    client.force_login(world.accounts["Amina"])
    assert "only coordinator of" in client.get("/me/erase/").content.decode()
    with pytest.raises(Refusal) as refusal:
        erasing.ask(world.accounts["Amina"], now=NOW)
    assert refusal.value.code == "erase.last_coordinator"
    circles.set_roles(world.actor("Amina"), world.accounts["Yusuf"].agent_id, ["coordinator"], now=NOW)
    erasing.ask(world.accounts["Amina"], now=NOW)
    circles.leave(world.actor("Yusuf"), now=NOW)
    assert erasing.erase_due(NOW + timedelta(days=7)) == 0, (
        "what changed meanwhile holds her back, and tomorrow it is tried again"
    )
    assert Erasure.objects.get().due_at == NOW + timedelta(days=8)
    alone = make_world("Empty", founder="Solo")
    erasing.erase(belongings.person(alone.accounts["Solo"], now=NOW))
    assert not Account.objects.filter(pk=alone.accounts["Solo"].pk).exists()


def test_in_every_community_she_belongs_to(qamar, other_world):
    account = qamar.accounts[NAME]
    other_world.accounts[NAME] = account
    _invitation, secret = circles.invite(other_world.actor("Omar"), now=NOW)
    circles.join_by_link(other_world.circle, secret, account, now=NOW)
    other_world.need(NAME, private=Private(NAME, PHONE, DOOR, DETAILS))
    circles.leave(other_world.actor(NAME), now=NOW)
    there = json.loads(unpack(taking.archive(person(qamar))).read("aid.json"))
    assert other_world.circle.name in {one["community"] for one in there["intents"]}
    erasing.erase(person(qamar))
    for world in (qamar, other_world):
        world.open()
        assert not Sealed.objects.filter(subject_id=account.agent_id).exists()
        assert not Intent.objects.filter(agent_id=account.agent_id, state="open").exists()
        assert Entry.objects.filter(name="member.erased", subject_id=account.agent_id).count() == 1


def test_a_coordinator_does_it_for_a_member_without_an_account_who_asks(qamar, client):
    [paper] = Membership.objects.filter(agent__name="Old Hamza")
    amina = qamar.actor("Amina")
    place = f"/c/{qamar.circle.slug}/members/{paper.agent_id}/own/"
    client.force_login(qamar.accounts["Amina"])
    closed = client.get(place).content.decode()
    assert "mill" not in closed and "Open it" in closed
    looks = Entry.objects.filter(name="vault.revealed", subject_id=paper.agent_id)
    assert looks.count() == 0
    assert "Old Hamza" in client.post(place).content.decode() and looks.count() == 1
    archive = unpack(client.post(place + "take/").streaming_content)
    assert json.loads(archive.read("communities.json"))["memberships"][0]["sealed"]["door"] == "mill"
    assert looks.count() == 2
    for sent in ({"word": "erase"}, {"asked": "on", "word": "no"}):
        assert client.post(place + "erase/", sent).status_code == 422
    assert client.post(place + "erase/", {"asked": "on", "word": "erase"}).status_code == 302
    assert (
        Agent.objects.get(pk=paper.agent_id).erased_at and not Sealed.objects.filter(subject_id=paper.agent_id).exists()
    )
    assert client.get(place).status_code == 404
    with pytest.raises(Refusal) as refusal:
        circle_access.belongings_of(amina, qamar.accounts["Yusuf"].agent_id, now=NOW)
    assert refusal.value.code == "erase.has_account"
    client.force_login(qamar.accounts["Yusuf"])
    assert client.post(place).status_code == 403


def test_who_holds_a_receipt_sees_and_erases_what_is_hers(world, client):
    draft = IntentDraft(
        direction="request", kind="food.cooked_meal", quantity=2, urgency=2, private=Private(NAME, PHONE, DOOR, DETAILS)
    )
    intent, code = actions.post_without_account(world.circle, draft, visitor="somebody", now=timezone.now())
    promised = actions.claim(world.actor("Yusuf"), intent.id, now=timezone.now())
    client.post("/follow/", {"code": code})
    page = client.get("/follow/need/own/").content.decode()
    for text in (NAME, "7946 0177", DOOR, DETAILS):
        assert text in page, text
    assert not Entry.objects.filter(
        name="vault.revealed", subject_id=intent.agent_id, actor_id=intent.agent_id
    ).exists()
    taken = unpack(client.post("/follow/need/own/take/").streaming_content).read("aid.json").decode()
    assert DOOR in taken
    api = Caller()
    assert told(api.post("/follow/known", {"code": code}, key=None))["items"]
    refused(api.post("/follow/erase", {"code": code, "confirm": "x"}), 422, "erase.word", "confirm")
    assert client.post("/follow/need/own/", {"word": "nothing"}).status_code == 422
    gone = client.post("/follow/need/own/", {"word": "erase"}, follow=True)
    assert gone.redirect_chain[-1][0] == "/follow/"
    world.open()
    assert not Sealed.objects.filter(subject_id=intent.agent_id).exists() and not Receipt.objects.exists()
    promised.refresh_from_db()
    assert promised.state == "released" and Intent.objects.get().state == "withdrawn"
    refused(api.post("/follow", {"code": code}, key=None), 404, "receipt.unknown", "code")
    need = world.need("Zeynep")
    code = actions.give_receipt(need, now=timezone.now())
    refused(api.post("/follow/erase", {"code": code, "confirm": "erase"}), 403, "erase.member")


def test_erasing_over_the_api(qamar):
    caller = caller_of(qamar.accounts[NAME])
    asked = told(caller.get("/me/erasure"))
    assert asked["due_at"] is None and asked["obstacle"] is None and len(asked["foretold"]) >= 5
    assert told(caller.post("/me/erase", {"when": "in_seven_days"}))["erased"] is False
    assert told(caller.get("/me/erasure"))["due_at"]
    told(caller.post("/me/erase/call-off"))
    refused(caller.post("/me/erase/call-off"), 404, "not_found")
    refused(caller.post("/me/erase", {"when": "now"}), 422, "erase.word", "confirm")
    told(caller.post("/me/profile", {"name": "Q", "languages": ["ar"], "language": "ar"}))
    assert told(caller.post("/me/erase", {"when": "now", "confirm": "erase"})) == {"erased": True, "due_at": None}
    refused(caller.get("/me"), 401, "token.unknown")
    refused(caller_of(qamar.accounts["Amina"]).post("/me/erase", {"when": "soon"}), 422, "field.literal_error", "when")
