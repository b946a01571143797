"""The carrier's pages without a script: doors, taps, paper, and what a phone takes along and sends."""

import base64
import io
import json
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from taawun.ground.journal.models import Entry
from taawun.ground.media.models import Medium
from taawun.practice.delivery import carry_access
from taawun.practice.delivery.models import Run, Tap
from tests.practice.delivery.rounds import Round, make_round


@pytest.fixture
def now():
    """The pages ask the clock themselves, so the round is of today; noon, so that no test runs over midnight."""
    return timezone.now()


@pytest.fixture
def round_(world, now) -> Round:
    world.now = now
    return make_round(world, 4)


@pytest.fixture
def visit(world):
    def open_as(name: str) -> Client:
        browser = Client(SERVER_NAME="localhost")
        browser.force_login(world.accounts[name])
        return browser

    return open_as


def at(round_, name="carry_round", **more):
    return reverse(f"delivery:{name}", kwargs={"slug": round_.world.circle.slug, "run_id": round_.run.id, **more})


def photo() -> bytes:
    out = io.BytesIO()
    image = Image.new("RGB", (800, 600), "green")
    exif = image.getexif()
    exif[0x010E] = "taken at 34.43 35.83"
    image.save(out, "JPEG", exif=exif)
    return out.getvalue()


def test_a_whole_round_with_plain_forms(world, round_, visit):
    browser = visit("Yusuf")
    listed = browser.get(reverse("delivery:carry", args=[world.circle.slug])).content.decode()
    assert at(round_) in listed
    page = browser.get(at(round_)).content.decode()
    assert page.count("opposite the bakery") == 2 and 'href="tel:+442079460123"' in page and "geo:" in page
    browser.post(at(round_, "carry_start"), {"key": str(uuid.uuid4())})
    key = str(uuid.uuid4())
    door = at(round_, "carry_door", stop_id=round_.stops[0].id)
    code = carry_access.code_for(round_.stops[0].id)
    slip = browser.post(door, {"key": key, "what": "delivered", "code": code[:-1] + str((int(code[-1]) + 1) % 10)})
    assert slip.status_code == 422 and "5 digits" in slip.content.decode() and not Tap.objects.filter(what="delivered")
    file = io.BytesIO(photo())
    file.name = "door.jpg"
    for _ in range(2):
        file.seek(0)
        sent = {"key": key, "what": "delivered", "code": code, "note": "left with her", "picture": file}
        assert browser.post(door, sent, follow=True).status_code == 200
    tap = Tap.objects.get(what="delivered")
    assert (tap.source, tap.answer["proof"]) == ("page", "code")
    medium = Medium.objects.get(row_id=tap.id)
    assert medium.mime == "image/jpeg" and medium.subject_id == round_.stops[0].intent.agent_id
    said = at(round_, "carry_proof", stop_id=round_.stops[0].id)
    assert browser.get(said).status_code == 403
    amina = visit("Amina")
    assert "left with her" not in amina.get(said).content.decode()
    assert "left with her" in amina.post(said).content.decode()
    shown = amina.get(at(round_, "carry_photo", tap_id=tap.id))
    assert shown.headers["Content-Type"] == "image/jpeg" and b"34.43" not in shown.content
    assert browser.get(at(round_, "carry_photo", tap_id=tap.id)).status_code == 403
    assert Entry.objects.filter(name="vault.revealed", body__contains=f"proof:{round_.run.id}").count() == 2
    part = at(round_, "carry_door", stop_id=round_.stops[1].id)
    assert browser.post(part, {"key": str(uuid.uuid4()), "what": "part", "quantity": "9"}).status_code == 422
    browser.post(part, {"key": str(uuid.uuid4()), "what": "part", "quantity": "٣"})
    missed = at(round_, "carry_door", stop_id=round_.stops[2].id)
    browser.post(missed, {"key": str(uuid.uuid4()), "what": "not_there"})
    assert "opposite the bakery" in browser.get(missed).content.decode()
    browser.post(at(round_, "carry_finish"), {"key": str(uuid.uuid4())})
    assert [round_.stop(place).state for place in range(4)] == ["delivered", "part", "not_there", "cancelled"]
    assert round_.stop(1).delivered == 3
    over = browser.get(at(round_)).content.decode()
    assert "bakery" not in over and "finished" in over


def test_who_does_not_carry_sees_no_door_and_says_nothing(world, round_, visit):
    world.join("Layla")
    for name, status in (("Layla", 404), ("Zeynep", 404)):
        browser = visit(name)
        for path in ("carry_round", "carry_sheet", "carry_standing", "carry_paper", "carry_news"):
            assert browser.get(at(round_, path)).status_code == status
        sent = json.dumps({"taps": [{"id": str(uuid.uuid4()), "what": "start"}]})
        assert browser.post(at(round_, "carry_sync"), sent, content_type="application/json").status_code == status
        assert browser.post(at(round_, "carry_along"), "{}", content_type="application/json").status_code == status
    coordinator = visit("Amina")
    assert "bakery" not in coordinator.get(at(round_)).content.decode()
    assert coordinator.post(at(round_, "carry_along"), "{}", content_type="application/json").status_code == 409
    assert Client(SERVER_NAME="localhost").get(at(round_, "carry_standing")).status_code == 302
    assert not Entry.objects.filter(name="vault.revealed").exists()


def test_the_phone_takes_along_and_sends_in_one_piece(world, round_, visit, now):
    browser = visit("Yusuf")
    told = browser.post(at(round_, "carry_along"), '{"has": []}', content_type="application/json").json()
    assert len(told["cards"]) == 4 and all("bakery" in one for one in told["cards"].values())
    assert "csrfmiddlewaretoken" not in json.dumps(told["cards"])
    once = browser.post(
        at(round_, "carry_along"), json.dumps({"has": list(told["cards"])}), content_type="application/json"
    )
    assert once.json()["cards"] == {}
    assert Entry.objects.filter(name="vault.revealed").count() == 1
    standing = browser.get(at(round_, "carry_standing")).json()
    assert standing["agent"] == str(world.accounts["Yusuf"].agent_id) and "bakery" not in json.dumps(standing)

    ahead = timedelta(hours=1)
    ids = [str(uuid.uuid4()) for _ in range(4)]
    stops = [str(one.id) for one in round_.stops]
    when = [(now + ahead + timedelta(seconds=place)).isoformat() for place in range(4)]
    taps = [
        {"id": ids[0], "what": "start", "at": when[0], "order": 1},
        {
            "id": ids[1],
            "what": "part",
            "stop": stops[0],
            "amount": "2",
            "at": when[1],
            "order": 2,
            "picture": base64.b64encode(photo()).decode(),
            "note": "ring twice",
        },
        {"id": ids[2], "what": "delivered", "stop": stops[1], "at": when[2], "order": 3, "picture": "bm90aGluZw=="},
        {"id": ids[3], "what": "not_now", "stop": stops[2], "at": when[3], "order": 4},
    ]
    body = {"sent_at": (datetime.now(UTC) + ahead).isoformat(), "taps": [*reversed(taps), taps[1]]}
    for _ in range(3):
        answer = browser.post(at(round_, "carry_sync"), json.dumps(body), content_type="application/json").json()
        assert [(one["code"], one["fits"]) for one in answer["answers"]] == [("done", True)] * 5
    assert "not a picture" in answer["answers"][1]["picture"]
    assert [round_.stop(place).state for place in range(4)] == ["part", "delivered", "not_now", "waiting"]
    assert round_.stop(0).delivered == 2 and Tap.objects.count() == 4
    assert {one.clock_offset // 60 for one in Tap.objects.all()} <= {59, 60}
    assert Medium.objects.filter(row_id=ids[1]).count() == 1
    for wrong in ("[]", "{", '{"taps": 3}', '{"taps": [3]}', '{"taps": [{"id": "x", "what": "start"}]}'):
        assert browser.post(at(round_, "carry_sync"), wrong, content_type="application/json").status_code == 400
    shouted = json.dumps({"taps": [{"id": str(uuid.uuid4()), "what": "explode"}]})
    assert browser.post(at(round_, "carry_sync"), shouted, content_type="application/json").status_code == 422


def test_the_page_kept_for_no_signal_says_nothing_of_anybody(world, round_, visit):
    browser = visit("Yusuf")
    shell = browser.get(reverse("delivery:carry_offline", args=[world.circle.slug])).content.decode()
    for word in (world.circle.name, "Yusuf", str(world.accounts["Yusuf"].agent_id), "bakery", str(round_.run.id)):
        assert word not in shell
    worker = browser.get(reverse("delivery:carry_worker", args=[world.circle.slug]))
    assert worker.headers["Content-Type"].startswith("text/javascript") and b"/carry/offline/" in worker.content


def test_paper_is_typed_back_in_its_order_with_its_times(world, round_, visit):
    sheet = visit("Yusuf").get(at(round_, "carry_sheet")).content.decode()
    assert "bakery" not in sheet and round_.run.code in sheet
    assert "bakery" in visit("Yusuf").post(at(round_, "carry_sheet")).content.decode()
    looks = Entry.objects.filter(name="vault.revealed", body__contains=f"paper:{round_.run.id}")
    assert looks.count() == 1
    browser = visit("Amina")
    found = browser.post(reverse("delivery:carry_find", args=[world.circle.slug]), {"code": round_.run.code})
    assert found.headers["Location"] == at(round_, "carry_paper")
    assert browser.post(reverse("delivery:carry_find", args=[world.circle.slug]), {"code": "999"}).status_code == 404
    key = str(uuid.uuid4())
    wrong = browser.post(at(round_, "carry_paper"), {"key": key, "s1": "d 25:99", "s2": "p", "s3": "x", "s4": "d"})
    text = wrong.content.decode()
    assert wrong.status_code == 422 and text.count('aria-invalid="true"') == 3 and 'value="d 25:99"' in text
    typed = {"key": key, "s1": "d 00:10", "s2": "P ٣", "s3": " n ", "finish": "yes"}
    for _ in range(2):
        assert browser.post(at(round_, "carry_paper"), typed).status_code == 302
    assert [round_.stop(place).state for place in range(4)] == ["delivered", "part", "not_there", "cancelled"]
    assert Run.objects.get(pk=round_.run.pk).state == "done"
    assert Tap.objects.filter(source="paper").count() == 4
    assert Tap.objects.filter(source="paper", by_id=world.accounts["Amina"].agent_id).count() == 4


def test_the_recipient_follows_it_and_says_not_now_by_the_link(world, round_, visit):
    stop = round_.stops[0]
    own = visit("Zeynep").get(f"/c/{world.circle.slug}/i/{stop.intent_id}/").content.decode()
    token = carry_access.coming_token(stop.id)
    code = carry_access.code_for(stop.id)
    assert code in own and f"/coming/{token}/not-now/" in own
    for name in ("Yusuf", "Amina"):
        assert code not in visit(name).get(f"/c/{world.circle.slug}/i/{stop.intent_id}/").content.decode()
    anybody = Client(SERVER_NAME="localhost")
    page = anybody.get(f"/coming/{token}/")
    assert (
        page.status_code == 200
        and code in page.content.decode()
        and page.headers["Cache-Control"] == "private, no-store"
    )
    assert "bakery" not in page.content.decode() and "Yusuf" not in page.content.decode()
    anybody.post(f"/coming/{token}/not-now/")
    assert round_.stop(0).state == "not_now"
    assert "after-all" in anybody.get(f"/coming/{token}/", headers={"X-Fragment": "1"}).content.decode()
    assert "Not now" in visit("Yusuf").get(at(round_)).content.decode()
    assert anybody.get("/coming/AAAA/").status_code == 404


def test_a_round_costs_few_queries_however_long_it_is(world, now, visit, django_assert_max_num_queries):
    world.now = now
    round_ = make_round(world, 25)
    browser = visit("Yusuf")
    browser.get(at(round_))
    with django_assert_max_num_queries(26):
        page = browser.get(at(round_))
    # Half of them are the session, the scope and the two looks, which do not grow.
    assert len(page.content) > 0
    import gzip

    assert len(gzip.compress(page.content)) <= 14_000
