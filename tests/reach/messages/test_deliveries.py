"""Who is brought something, and who brings it, hear of it: without a name, with the time, and with a way to say "not now"."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils.translation import override

from taawun.practice.aid import actions as aid
from taawun.practice.delivery import carry_access
from taawun.practice.delivery.actions import coming
from taawun.practice.delivery.models import Stop
from taawun.reach.messages import bringing, following, letters, queries
from taawun.reach.messages.models import Notice
from taawun.reach.messages.reading.answers import read_answer
from tests.practice.delivery.rounds import make_round

SAID = {
    "not_now": [
        "NOT NOW",
        "Not now, please!",
        "لو سمحت مش هلق 🙏",
        "ليس الآن، شكراً",
        "ابھی نہیں شکریہ",
        "الان نه",
        "ŞİMDİ DEĞİL",
        "nanti saja",
        "এখন না",
        "Pas maintenant, merci",
        "sio sasa asante",
        "OK not now",
    ],
    "after_all": ["yes please", "نعم", "ہاں", "بله", "Evet", "iya", "হ্যাঁ", "Oui svp", "ndio"],
    None: [
        "",
        "thanks",
        "Not now, my son is ill, but we need bread",
        "no problem at all come in",
        "12345",
        "not now " * 60,
    ],
}


@pytest.mark.parametrize("meant", list(SAID), ids=str)
def test_a_whole_message_is_an_answer_and_nothing_else_is(meant):
    assert [read_answer(text) for text in SAID[meant]] == [meant] * len(SAID[meant])


def names_told(world, who):
    rows = Notice.objects.filter(circle_id=world.circle.id, agent_id=world.accounts[who].agent_id).order_by("seq")
    return [row.name for row in rows if row.name.partition(".")[0] in {"stop", "run", "claim", "help"}]


def test_each_hears_what_is_hers_once(world):
    world.join("Layla", "coordinator")
    round_ = make_round(world, 2)
    aid.withdraw(world.actor("Zeynep"), round_.stops[1].intent_id, now=world.now)
    round_.send(round_.said("start"), round_.said("on_the_way", 0))
    coming.say(
        carry_access.coming_by_token(carry_access.coming_token(round_.stops[0].id), [world.circle.id]),
        "not_now",
        now=world.now,
    )
    round_.send(round_.said("delivered", 0), round_.said("delivered", 1))
    world.open()
    following.follow(world.circle, now=world.now)
    assert names_told(world, "Zeynep") == ["stop.promised", "stop.promised", "stop.on_the_way", "help.delivered"]
    assert names_told(world, "Yusuf") == ["run.promised", "claim.released", "stop.not_now"]
    assert "stop.conflict" in names_told(world, "Amina") and "stop.conflict" in names_told(world, "Layla")


def test_a_letter_tells_the_time_and_the_code_and_takes_a_not_now_but_not_at_first_sight(world):
    round_ = make_round(world, 1, kind="health.medicine", visibility="members")
    world.open()
    following.follow(world.circle, now=world.now)
    notice = Notice.objects.get(agent_id=world.accounts["Zeynep"].agent_id, name="stop.promised")
    code = carry_access.code_for(round_.stops[0].id)
    for language, day in (("en", "today, 10:30"), ("ar", "اليوم")):
        with override(language):
            (told,) = queries.told(world.actor("Zeynep"), [notice])
            letter = letters.notices([told], "https://help.example.org/quiet/x/")
        shown = letter.subject + "\n" + letter.text[: letters.PREVIEW_LENGTH]
        for secret in (code, "Zeynep", "Yusuf", "bakery", "edicine", world.circle.name):
            assert secret not in shown
        assert code in letter.text and day in letter.text and "Yusuf" not in letter.text and "bakery" not in letter.text
    link = letter.text[letter.text.index("/coming/") :].split()[0]
    Client(SERVER_NAME="localhost").post(f"{link}not-now/")
    assert Stop.objects.get(pk=round_.stops[0].pk).state == "not_now"
    # Over, it takes nothing any more, and a letter that waited says nothing of a code.
    Stop.objects.filter(pk=round_.stops[0].pk).update(state="delivered")
    (told,) = queries.told(world.actor("Zeynep"), [notice])
    assert code not in letters.notices([told], "https://help.example.org/quiet/x/").text
    assert Client(SERVER_NAME="localhost").post(f"{link}not-now/").status_code == 409


@pytest.mark.parametrize("left", ["leila@example.net", "+447911123456", "ring at the bakery"])
def test_without_an_account_it_goes_to_the_address_she_left_once(
    world, left, monkeypatch, mailoutbox, capsys, settings
):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    draft = aid.IntentDraft(
        direction="request",
        kind="food.cooked_meal",
        quantity=4,
        urgency=2,
        private=aid.Private(reach=left, name="Leila"),
    )
    world.join("Layla", "coordinator")
    need, _code = aid.post_without_account(world.circle, draft, visitor="::1", now=world.now)
    round_ = make_round(world, 0, needs=[need])
    world.open()
    following.follow(world.circle, now=world.now)
    code = carry_access.code_for(round_.stops[0].id)
    told = [bringing.tell_recipients(world.now + timedelta(minutes=minute)) for minute in (1, 2)]
    shown = capsys.readouterr().out
    if "@" in left:
        (letter,) = mailoutbox
        assert letter.to == [left] and code in letter.body and "/coming/" in letter.body and "Leila" not in letter.body
    assert told == ([0, 0] if "bakery" in left else [1, 0])
    assert (code in shown) == left.startswith("+")
    # A coordinator who did not do it herself hears of it in any case.
    assert "stop.promised" in names_told(world, "Layla")


def test_a_pasted_answer_puts_it_off_and_is_posted_nowhere(world):
    from django.utils import timezone

    world.now = timezone.now() - timedelta(minutes=1)
    make_round(world, 1)
    browser = Client(SERVER_NAME="localhost")
    browser.force_login(world.accounts["Amina"])
    page = f"/c/{world.circle.slug}/paste/"
    said = browser.post(page, {"text": "+44 20 7946 0123: لو سمحت مش هلق"})
    assert said.status_code == 302 and Stop.objects.get().state == "not_now"
    unknown = browser.post(page, {"text": "not now +44 20 7946 0999"})
    assert unknown.status_code == 422 and "No delivery of today" in unknown.content.decode()
