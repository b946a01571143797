"""Conversations through the door: with pictures and voice notes, without an account, and what bad input gets."""

import base64
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from taawun.community.conversations import actions
from taawun.community.conversations.models import Message, Note
from taawun.ground.media import making
from taawun.ground.media.models import Medium
from taawun.house.uploads import BODY_BYTES_MAX, body_bytes_max
from taawun.practice.aid import actions as aid
from taawun.practice.aid.actions import IntentDraft, Private
from tests.api.caller import caller_of, refused, told
from tests.community.conftest import Browser, measured, text_of
from tests.ground.media.files import CANARY, photo, sound


@pytest.fixture
def walk(talking):
    """Browsers by name, at the address of the conversation."""
    return lambda who: Browser(talking.world.accounts[who])


def file(data: bytes, name: str = "IMG_4711.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data)


def test_a_picture_and_a_voice_note_go_along_and_come_out_clean(talking, walk):
    address, zeynep, yusuf = talking.address(), walk("Zeynep"), walk("Yusuf")
    sent = zeynep.send(
        address,
        {"text": "the gate, @Yusuf", "picture": file(photo()), "voice": file(sound("webm", "libopus", 2), "x.exe")},
    )
    assert (sent.status_code, sent.headers["Location"]) == (302, f"{address}#end")
    page = yusuf.get(address)
    assert "the gate, @Yusuf" in text_of(page) and 'class=" named"' in page.content.decode()
    picture, voice = Medium.objects.order_by("kind")
    for medium, mime, start in ((picture, "image/jpeg", b"\xff\xd8\xff"), (voice, "audio/ogg", b"OggS")):
        answer = yusuf.get(f"{address}media/{medium.id}/", headers={"Accept-Encoding": "gzip"})
        assert answer.headers["Content-Type"] == mime and answer.content.startswith(start)
        assert CANARY not in answer.content
        assert answer.headers["X-Content-Type-Options"] == "nosniff" and answer.headers["Accept-Ranges"] == "bytes"
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        assert answer.headers["Cache-Control"] == "private, no-store"
        assert answer.headers["Content-Disposition"].startswith("inline; filename=")
        assert "Content-Encoding" not in answer.headers
    small = yusuf.get(f"{address}media/{picture.id}/small/")
    assert small.content.startswith(b"\xff\xd8\xff") and len(small.content) <= 8_000
    assert yusuf.get(f"{address}media/{voice.id}/small/").status_code == 404
    assert "media-src 'self'" in page.headers["Content-Security-Policy"]


def test_a_sound_is_handed_over_in_parts(talking, walk):
    talking.say("Zeynep", "", voice=making.make_voice(sound("ogg", "libopus", 2)))
    address = f"{talking.address()}media/{Medium.objects.get().id}/"
    yusuf = walk("Yusuf")
    whole = yusuf.get(address).content

    def part(asked: str):
        return yusuf.get(address, headers={"Range": asked, "Accept-Encoding": "gzip"})

    first = part("bytes=0-1")
    assert (first.status_code, first.content, first.headers["Content-Range"]) == (
        206, whole[:2], f"bytes 0-1/{len(whole)}"
    )  # fmt: skip
    assert part("bytes=100-").content == whole[100:]
    assert part("bytes=-50").content == whole[-50:]
    assert part(f"bytes=0-{10**9}").content == whole
    assert part(f"bytes={len(whole)}-").status_code == 416
    for nonsense in ("bytes=-", "bytes=5-2", "lines=1-2", "bytes=0-1,5-6"):
        assert part(nonsense).status_code in {200, 416}


def test_nobody_else_gets_to_the_bytes(talking, walk):
    talking.say("Zeynep", "", picture=making.make_picture(photo()))
    medium = Medium.objects.get()
    address = f"{talking.address()}media/{medium.id}/"
    assert [walk(who).get(address).status_code for who in ("Yusuf", "Huda", "Kamal", "Amina")] == [200, 404, 404, 403]
    assert Client(SERVER_NAME="localhost").get(address).status_code == 302
    # Not by another conversation one is on either.
    talking.world.open()
    other = talking.world.need("Huda", 1)
    assert walk("Huda").get(f"{talking.address(other.id)}media/{medium.id}/").status_code == 404


def test_what_was_typed_stays_when_a_file_is_refused(talking, walk):
    zeynep = walk("Zeynep")
    for fields, said in (
        ({"picture": file(b"\x7fELF" + bytes(900), "photo.jpg")}, "not a picture we can read"),
        ({"voice": file(b"\x7fELF" + bytes(900), "voice.ogg")}, "not a recording we can read"),
        ({"picture": file(b"\xff\xd8\xff" + bytes(making.PICTURE_BYTES_MAX))}, "at most 12 MB"),
        ({"voice": file(b"OggS" + bytes(making.VOICE_BYTES_MAX))}, "at most 6 MB"),
    ):
        answer = zeynep.send(talking.address(), {"text": "the words I typed"} | fields)
        assert answer.status_code == 422
        assert said in text_of(answer) and "the words I typed" in answer.content.decode()
    assert not Message.objects.exists()
    answer = zeynep.send(talking.address(), {"text": "x" * 2001})
    assert answer.status_code == 422 and "at most 2,000" in text_of(answer).replace("2000", "2,000").lower()
    assert zeynep.send(talking.address(), {"text": "  "}).status_code == 422


def test_the_server_lets_a_files_size_in_where_files_go_and_nowhere_else(talking):
    whole = making.PICTURE_BYTES_MAX + making.VOICE_BYTES_MAX
    for path in (talking.address(), "/follow/need/talk/", f"/c/حي-الميناء/talk/{talking.need.id}/"):
        assert body_bytes_max("POST", path) > whole
    for path in (f"{talking.address()}step-in/", "/follow/need/", f"{talking.address()}../"):
        assert body_bytes_max("POST", path) == BODY_BYTES_MAX
    assert body_bytes_max("GET", talking.address()) == BODY_BYTES_MAX


def test_the_same_form_sent_twice_says_it_once(talking, walk):
    zeynep, form = walk("Zeynep"), {"key": str(uuid.uuid4()), "text": "once"}
    for _ in range(2):
        assert zeynep.post(talking.address(), form).status_code == 302
    assert Message.objects.count() == 1
    taken = {"key": str(uuid.uuid4())}
    for _ in range(2):
        address = f"{talking.address()}back/{Message.objects.get().id}/"
        assert zeynep.post(address, taken).status_code == 302
    assert "taken back" in text_of(walk("Yusuf").get(talking.address()))


def test_a_form_of_another_site_is_refused(talking):
    strict = Client(enforce_csrf_checks=True, SERVER_NAME="localhost")
    strict.force_login(talking.world.accounts["Zeynep"])
    assert strict.post(talking.address(), {"text": "forged"}).status_code == 403
    assert not Message.objects.exists()


def test_a_coordinator_finds_a_door_and_steps_in(talking, walk):
    talking.say("Zeynep", "words for those on it")
    amina = walk("Amina")
    door = amina.get(talking.address())
    assert "One message" in text_of(door) and "words for those" not in text_of(door)
    assert amina.send(talking.address(), {"text": "hello"}).status_code == 403
    assert amina.send(f"{talking.address()}step-in/").status_code == 302
    assert "words for those on it" in text_of(amina.get(talking.address()))
    assert "(coordination) joined" in text_of(walk("Zeynep").get(talking.address()))
    assert amina.send(f"{talking.address()}step-out/").status_code == 302
    assert "words for those" not in text_of(amina.get(talking.address()))


def test_the_pages_lead_there_and_say_what_is_new(talking, walk):
    for number in range(3):
        talking.say("Zeynep", f"line {number}")
    root = f"/c/{talking.world.circle.slug}"
    for page in (f"{root}/i/{talking.need.id}/", f"{root}/k/{talking.promises['Yusuf'].id}/"):
        answer = walk("Yusuf").get(page).content.decode()
        assert f"/talk/{talking.need.id}/#end" in answer and "New 3" in answer
    assert "New 3" in text_of(walk("Yusuf").get(f"{root}/talk/"))
    walk("Yusuf").get(talking.address())
    assert "New 3" not in text_of(walk("Yusuf").get(f"{root}/talk/"))
    for who in ("Huda", "Kamal"):
        assert f"/talk/{talking.need.id}/" not in walk(who).get(f"{root}/i/{talking.need.id}/").content.decode()


def test_older_words_are_a_page_away_and_the_page_stays_small(talking, walk):
    for number in range(45):
        talking.say("Zeynep" if number % 2 else "Yusuf", f"line {number:02}")
    newest = walk("Layla").get(talking.address())
    said = text_of(newest)
    assert "line 44" in said and "line 15" in said and "line 14" not in said
    older = text_of(walk("Layla").get(f"{talking.address()}?before=16"))
    assert "line 14" in older and "line 00" in older and "line 15" not in older
    assert "line 44" in text_of(walk("Layla").get(f"{talking.address()}?before=nonsense"))
    found = measured(walk("Layla"), talking.address())
    assert found.queries <= 18 and found.bytes_compressed <= 14_000, found
    part = walk("Layla").get(talking.address(), headers={"X-Fragment": "1"}).content.decode()
    assert part.startswith("<ol") and f'data-topic="thread:{talking.need.id}"' in part


def test_notes_are_written_and_read_on_their_page(talking, walk):
    root = f"/c/{talking.world.circle.slug}"
    notes = f"{root}/notes/{talking.need.id}/"
    assert walk("Amina").send(notes, {"text": "go in pairs", "shown": "no"}).status_code == 302
    assert walk("Amina").send(notes, {"text": "we ring twice", "shown": "yes"}).status_code == 302
    assert "go in pairs" in text_of(walk("Omar").get(notes))
    hers = text_of(walk("Zeynep").get(notes))
    assert "we ring twice" in hers and "go in pairs" not in hers and "Coordinators only" not in hers
    need = walk("Zeynep").get(f"{root}/i/{talking.need.id}/").content.decode()
    assert notes in need and "<b>1</b>" in need
    assert walk("Zeynep").send(notes, {"text": "me too", "shown": "yes"}).status_code == 403
    assert walk("Yusuf").get(notes).status_code == 404
    assert walk("Amina").send(notes, {"text": "", "shown": "no"}).status_code == 422
    hidden = Note.objects.get(shown=False)
    assert walk("Zeynep").send(f"{root}/notes/{hidden.id}/destroy/").status_code == 404
    assert walk("Omar").send(f"{root}/notes/{hidden.id}/destroy/").status_code == 302
    assert "go in pairs" not in text_of(walk("Amina").get(notes))


def test_who_follows_a_need_by_a_receipt_speaks_too(talking, walk):
    world = talking.world
    draft = IntentDraft(
        direction="request", kind="food.cooked_meal", quantity=2, urgency=2, private=Private(reach="ring twice")
    )
    need, code = aid.post_without_account(world.circle, draft, visitor="here", now=world.now)
    aid.claim(world.actor("Yusuf"), need.id, quantity=1, now=world.now)
    actions.write_note(world.actor("Amina"), need.id, "we come at six", shown=True, now=world.now)
    holder = Browser()
    assert holder.get("/follow/need/talk/").headers["Location"] == "/follow/"
    holder.post("/follow/", {"code": code})
    assert "we come at six" in text_of(holder.get("/follow/need/"))
    sent = holder.send("/follow/need/talk/", {"text": "the bell is broken", "picture": file(photo())})
    assert sent.status_code == 302, sent.content.decode()
    assert "the bell is broken" in text_of(walk("Yusuf").get(talking.address(need.id)))
    world.open()
    picture = Medium.objects.get()
    assert holder.get(f"/follow/need/talk/media/{picture.id}/small/").status_code == 200
    assert Browser().get(f"/follow/need/talk/media/{picture.id}/").status_code == 404
    world.open()
    [said] = Message.objects.filter(thread_id=need.id)
    assert holder.send(f"/follow/need/talk/back/{said.id}/").status_code == 302
    assert "taken back" in text_of(holder.get("/follow/need/talk/"))
    # Of another need she holds nothing.
    world.open()
    talking.say("Zeynep", "", picture=making.make_picture(photo()))
    other = Medium.objects.get(row_id__in=Message.objects.filter(thread_id=talking.need.id).values("pk"))
    assert holder.get(f"/follow/need/talk/media/{other.id}/").status_code == 404


@pytest.fixture
def api(settings, talking):
    settings.ROOT_URLCONF = "tests.api.urls"
    return {name: caller_of(account) for name, account in talking.world.accounts.items()}


def test_a_program_reads_says_shows_and_takes_back(talking, api):
    place = f"/circles/{talking.world.circle.slug}/threads/{talking.need.id}"
    picture = base64.b64encode(photo()).decode()
    said = told(api["Yusuf"].post(f"{place}/messages", {"text": "hello @Zeynep", "picture": picture}), 201)
    assert said["mentions"] == [str(talking.world.accounts["Zeynep"].agent_id)]
    assert said["picture"]["mime"] == "image/jpeg" and said["voice"] is None
    [line] = told(api["Zeynep"].get(f"{place}/messages"))["items"]
    assert line == said
    content = api["Zeynep"].get(f"{place}/media/{said['picture']['id']}")
    assert content.headers["Content-Type"] == "image/jpeg" and CANARY not in content.content
    thread = told(api["Zeynep"].get(place))
    assert (thread["count"], thread["new"], thread["inside"], thread["may_write"]) == (1, 1, True, True)
    assert told(api["Zeynep"].post(f"{place}/seen", {}))["new"] == 0
    [mine] = told(api["Zeynep"].get(f"/circles/{talking.world.circle.slug}/threads"))["items"]
    assert mine["id"] == str(talking.need.id)
    taken = told(api["Yusuf"].post(f"{place}/messages/{said['id']}/take-back", {}))
    assert (taken["taken_back"], taken["text"], taken["picture"]) == (True, "", None)
    refused(api["Yusuf"].post(f"{place}/messages", {"voice": "no base64!"}), 422, "medium.base64", "voice")
    refused(api["Yusuf"].post(f"{place}/messages", {}), 422, "message.empty", "text")
    refused(api["Huda"].get(f"{place}/messages"), 404, "not_found")
    door = told(api["Amina"].get(place))
    assert (door["inside"], door["people"], door["count"]) == (False, [], 1)
    refused(api["Amina"].get(f"{place}/messages"), 403, "talk.step_in")
    assert told(api["Amina"].post(f"{place}/step-in", {}))["inside"]
    assert not told(api["Amina"].post(f"{place}/step-out", {}))["inside"]


def test_a_program_writes_and_reads_notes(talking, api):
    notes = f"/circles/{talking.world.circle.slug}/notes/{talking.need.id}"
    hidden = told(api["Amina"].post(notes, {"text": "go in pairs"}), 201)
    shown = told(api["Amina"].post(notes, {"text": "we ring twice", "shown": True}), 201)
    assert [one["id"] for one in told(api["Omar"].get(notes))["items"]] == [shown["id"], hidden["id"]]
    assert [one["id"] for one in told(api["Zeynep"].get(notes))["items"]] == [shown["id"]]
    refused(api["Yusuf"].get(notes), 404, "not_found")
    refused(api["Zeynep"].post(notes, {"text": "mine"}), 403, "forbidden")
    destroy = f"/circles/{talking.world.circle.slug}/notes/{hidden['id']}/destroy"
    assert told(api["Omar"].post(destroy, {})) == {"id": hidden["id"]}


def test_a_program_speaks_for_the_holder_of_a_receipt(talking, api):
    world = talking.world
    draft = IntentDraft(
        direction="request", kind="food.cooked_meal", quantity=2, urgency=2, private=Private(reach="ring twice")
    )
    _need, code = aid.post_without_account(world.circle, draft, visitor="here", now=world.now)
    visitor = api["Yusuf"].__class__()
    said = told(
        visitor.post("/follow/messages/post", {"code": code, "text": "hi", "picture": base64.b64encode(photo()).decode()}),
        201,
    )
    read = told(visitor.post("/follow/messages", {"code": code}, key=None))
    assert [one["id"] for one in read["messages"]["items"]] == [said["id"]]
    content = visitor.post("/follow/media", {"code": code, "medium": said["picture"]["id"]}, key=None)
    assert content.content.startswith(b"\xff\xd8\xff")
    assert told(visitor.post("/follow/messages/take-back", {"code": code, "message": said["id"]}))["taken_back"]
    refused(visitor.post("/follow/messages", {"code": "4821 0093 7716 5208"}, key=None), 404, "receipt.unknown", "code")
