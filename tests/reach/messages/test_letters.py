"""What letters and notices say: whole, translated sentences, and on a locked screen nothing that anyone could use."""

import itertools
from types import SimpleNamespace

import pytest
from django.utils.translation import override

from taawun.community.people import actions as people
from taawun.ground.jobs.duties import run_duty
from taawun.ground.words.languages import LANGUAGES
from taawun.practice.aid import actions as aid
from taawun.practice.aid.rules import RELEASE_REASONS
from taawun.reach.messages import letters, queries, wording
from taawun.reach.messages.models import Notice
from taawun.reach.messages.tells import TELLS
from tests.world import NOW

pytestmark = pytest.mark.django_db
CODES = [language.code for language in LANGUAGES]


@pytest.fixture
def told(world) -> list[queries.Told]:
    """A notice of every sort there is, about medicine for Yusuf, as Amina the coordinator would see it."""
    need = world.need("Yusuf", 3, kind="health.medicine", visibility="members")
    promise = aid.claim(world.actor("Zeynep"), need.id, now=NOW)
    actor = world.actor("Amina")
    rows = [
        Notice(
            circle_id=world.circle.id, agent_id=actor.agent_id, for_id=need.agent_id, seq=seq, name=name, made_at=NOW,
            intent_id=need.id if name.startswith("intent.") else None,
            commitment_id=None if name.startswith("intent.") else promise.id,
        )
        for seq, name in enumerate(TELLS, start=1)
    ]  # fmt: skip
    return queries.told(actor, rows)


def _secrets(world) -> list[str]:
    """What a locked screen must never show."""
    names = [*world.accounts, world.circle.name, *world.circle.name.split()[:1], world.circle.slug, world.circle.place_name]
    with override("ar"):
        from taawun.community.circles import kinds

        arabic = kinds.shown(world.circle, "health.medicine").name
    return [*names, "Medicine", "medicine", arabic, "green door", "@example.org", "+44"]


@pytest.mark.parametrize("language", CODES)
def test_a_locked_screen_shows_nothing_anyone_could_use(world, told, language):
    shown = []
    with override(language):
        for some in [*([one] for one in told), told]:
            letter = letters.notices(some, "https://help.example.org/quiet/x/")
            shown.append(letter.subject + "\n" + letter.text[: letters.PREVIEW_LENGTH])
        attempt = people.ask_to_sign_in("yusuf@example.org", "GB", visitor="::1", now=NOW)
        code = letters.sign_in(attempt)
        # Here every line before the link counts, since the code is meant to be seen at a glance.
        shown.append(code.subject + "\n" + code.text.partition("https://")[0])
    found = [(secret, text) for secret, text in itertools.product(_secrets(world), shown) if secret in text]
    assert found == []


@pytest.mark.parametrize("language", CODES)
def test_no_notice_names_anybody_in_any_language(world, told, language):
    with override(language):
        sentences = [str(text) for text in wording.SENTENCES.values()]
    assert all(text and "%" not in text and "{" not in text for text in sentences)
    assert [(secret, text) for secret, text in itertools.product(_secrets(world), sentences) if secret in text] == []


def test_what_is_sensitive_is_named_in_no_letter_at_all(world, told):
    assert all(one.sensitive for one in told)
    assert any("Medicine" in one.what for one in told), "on the page, after signing in, it is named"
    text = letters.notices(told, "https://help.example.org/quiet/x/").text
    assert "Medicine" not in text
    assert all(one.text in text for one in told)


def test_what_is_not_sensitive_is_named_below_the_first_lines(world):
    need = world.need("Yusuf", 3)
    aid.claim(world.actor("Zeynep"), need.id, now=NOW)
    run_duty("messages.follow", NOW)
    (one,) = queries.notices_of(world.actor("Yusuf"))
    assert one.what == "Cooked meal · 3 portions"
    letter = letters.notices([one], "https://help.example.org/quiet/x/")
    assert letter.subject == "There is 1 thing new"
    assert letter.text.index("Cooked meal") > letters.PREVIEW_LENGTH


def test_every_entry_that_tells_somebody_has_a_sentence_and_an_icon():
    for name in (*TELLS, "message.mentioned"):
        for waiting_for, agreed, handed_on, reason, direction in itertools.product(
            ("", "giver", "receiver"), (None, NOW), (None, "x"), ("", *RELEASE_REASONS), ("request", "offer")
        ):
            commitment = SimpleNamespace(
                waiting_for=waiting_for, agreed_at=agreed, made_at=NOW, handed_on_from_id=handed_on, reason=reason,
                giver_id="giver", receiver_id="receiver",
            )  # fmt: skip
            notice = Notice(name=name, for_id="giver")
            about_intent = name.startswith("intent.")
            intent = SimpleNamespace(direction=direction) if about_intent else None
            assert wording.sentence(notice, intent, None if about_intent else commitment)
        # What it was about may be gone by the time it is read.
        assert wording.sentence(Notice(name=name), None, None)
        assert wording.icon(Notice(name=name))


def test_every_sentence_is_said_somewhere():
    said = set()
    for name in (*TELLS, "message.mentioned"):
        for agreed, handed_on, reason, direction, for_id in itertools.product(
            (None, NOW), (None, "x"), ("", *RELEASE_REASONS), ("request", "offer"), ("giver", "receiver")
        ):
            commitment = SimpleNamespace(
                agreed_at=agreed, made_at=NOW, handed_on_from_id=handed_on, reason=reason, giver_id="giver"
            )
            intent = SimpleNamespace(direction=direction) if name.startswith("intent.") else None
            said.add(wording.sentence_key(Notice(name=name, for_id=for_id), intent, None if intent else commitment))
    assert said == set(wording.SENTENCES)


@pytest.mark.parametrize(
    ("setup", "reader", "key"),
    [
        ("agreed", "Yusuf", "claim.made.agreed"),
        ("waiting", "Yusuf", "claim.made.waiting"),
        ("wanted", "Yusuf", "claim.made.wanted"),
        ("handed_on", "Amina", "claim.made.handed_on"),
    ],
)
def test_the_sentence_says_what_is_asked_of_the_reader(world, setup, reader, key):
    if setup == "wanted":
        aid.claim(world.actor("Zeynep"), world.offer("Yusuf").id, quantity=1, now=NOW)
    elif setup == "waiting":
        need = world.need("Yusuf", 60, kind="company.listening", visibility="members")
        aid.claim(world.actor("Zeynep"), need.id, now=NOW)
    else:
        promise = aid.claim(world.actor("Zeynep"), world.need("Yusuf").id, now=NOW)
        if setup == "handed_on":
            aid.hand_over(world.actor("Zeynep"), promise.id, world.accounts["Amina"].agent_id, now=NOW)
    run_duty("messages.follow", NOW)
    newest = queries.notices_of(world.actor(reader))[0]
    assert newest.text == str(wording.SENTENCES[key])


def test_a_code_says_how_long_it_is_good_and_a_link_only_leads_where_it_opens(world):
    yusuf = world.accounts["Yusuf"]
    contact = people.add_contact(yusuf, "yusuf@example.org", "GB", now=NOW)
    attempt = people.ask_to_verify(yusuf, contact, now=NOW)
    text = letters.sign_in(attempt).text
    assert "within 10 minutes" in text
    assert "/sign-in/" not in text, "an address that is not proven yet cannot sign anybody in by link"
    people.add_contact(yusuf, "proven@example.org", "GB", now=NOW, verified=True)
    proven = people.ask_to_sign_in("proven@example.org", "GB", visitor="::1", now=NOW)
    assert "/sign-in/link/" in letters.sign_in(proven).text


def test_the_same_letter_has_the_same_name_of_its_own(told):
    stop = "https://help.example.org/quiet/x/"
    first, again, other = (letters.notices(some, stop).to("a@example.org") for some in (told, told, told[:1]))
    assert first.extra_headers["Message-ID"] == again.extra_headers["Message-ID"] != other.extra_headers["Message-ID"]
    assert first.message()["List-Unsubscribe"] == f"<{stop}>"
