"""Reading messages: the values, the words they came from, and what must not be read as a value."""

import json
import re
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.reading import GOALS, run
from taawun.reach.messages.drafting import default_kinds
from taawun.reach.messages.reading import read_message, read_messages
from taawun.reach.messages.reading.lexicon import Lexicon

THURSDAY = date(2026, 3, 12)
MESSAGES = Path(__file__).with_name("messages.jsonl")


def read(text, region="GB", **more):
    return read_message(text, region=region, languages=(), kinds=default_kinds(), today=THURSDAY, **more)


def read_all(text, region="GB"):
    return read_messages(text, region=region, languages=(), kinds=default_kinds(), today=THURSDAY)


def test_the_messages_of_the_set_are_read_as_well_as_promised():
    shares = {one.name.split()[0]: one.value for one in run(MESSAGES) if one.name.split()[0] in GOALS}
    assert set(shares) == set(GOALS)
    assert all(shares[name] >= goal for name, goal in GOALS.items()), shares


def test_every_span_stands_in_the_text_and_none_covers_another():
    for line in MESSAGES.read_text("utf-8").splitlines():
        draft = read(json.loads(line)["text"])
        ends = 0
        for _label, (start, end) in draft.marked():
            assert ends <= start < end <= len(draft.text)
            ends = end


def test_a_value_carries_the_words_it_was_read_from():
    draft = read("Hello, urgent: need 3 packs of nappies in Brixton, call 07911 123456")
    said = {label: draft.text[start:end] for label, (start, end) in draft.marked()}
    assert said["kind"] == "nappies" and said["quantity"] == "3 packs" and said["phone"] == "07911 123456"
    assert said["direction"] == "need" and said["place"] == "Brixton" and said["urgency"] == "urgent"
    assert draft.phone.value.e164 == "+447911123456" and draft.urgency.value == 3


@pytest.mark.parametrize(
    ("text", "direction"),
    [
        ("who needs diapers? I have 3 packs", "offer"),
        ("does anybody have diapers?", "request"),
        ("I have three children and need milk", "request"),
        ("I have milk if somebody needs it", "offer"),
        ("مين محتاج حفاضات؟ عندي ٣ علب", "offer"),
        ("حدا عندو حفاضات؟", "request"),
        ("Battaniyeye ihtiyacı olan var mı", "offer"),
        ("Battaniyesi olan var mı", "request"),
        ("qui a besoin de couches ?", "offer"),
        ("qui a des couches ?", "request"),
        ("jis ko kambal chahiye le jaye, mere paas hain", "offer"),
        ("kambal chahiye, kisi ke paas hai?", "request"),
        ("siapa yang butuh popok? saya ada 3 pak", "offer"),
        ("ada yang punya popok?", "request"),
    ],
)
def test_a_cue_counts_in_its_scope(text, direction):
    assert read(text).direction.value == direction


@pytest.mark.parametrize(
    "text",
    [
        "we no longer need the blankets, thanks",
        "تم تأمين الدواء شكرا",
        "plus besoin de couches, merci",
        "Çadır bulundu, teşekkürler",
    ],
)
def test_what_is_over_is_said_so(text):
    assert read(text).withdrawn is not None


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("need 2 boxes of rice", 2),
        ("need rice x 4", 4),
        ("half a kilo of rice please", Fraction(1, 2)),
        ("need 500 g of rice", Fraction(1, 2)),
        ("a dozen eggs needed", 12),
        ("كرتونتين حفاضات", 2),
        ("كيلو ونص رز", Fraction(3, 2)),
        ("نحتاج ١٠ بطانيات", 10),
        ("yarım kilo pirinç lazım", Fraction(1, 2)),
        ("vingt couvertures svp", 20),
        ("dua puluh selimut dibutuhkan", 20),
        ("meals for 12 people", 12),
        # What is no amount:
        ("need bread, family of 6", None),
        ("milk for a baby, 7 months old", None),
        ("nappies size 4 needed", None),
        ("need a plumber at 12 Mill Street", None),
        ("need blankets, flat 3, 5th floor", None),
        ("blankets wanted, can pay 20 pounds", None),
        ("need clothes by 15/3 at 17:30", None),
        ("need wheelchair for 2 weeks", None),
        ("need bread 07911 123456", None),
    ],
)
def test_how_much_is_the_number_that_belongs_to_the_thing(text, amount):
    quantity = read(text).quantity
    assert (quantity.value if quantity else None) == amount


@pytest.mark.parametrize(
    ("text", "region", "phones"),
    [
        ("call ٠٣/١٢٣٤٥٦", "LB", ["+9613123456"]),
        ("0096170123456", "LB", ["+96170123456"]),
        ("wa.me/201001234567", "GB", ["+201001234567"]),
        ("03 123456 / 70 123456", "LB", ["+9613123456", "+96170123456"]),
        ("on 12/03/2026 at 14:30, 200 boxes", "LB", []),
        ("۰۹۱۲۳۴۵۶۷۸۹", "IR", ["+989123456789"]),
    ],
)
def test_phones_in_several_forms(text, region, phones):
    assert [one.value.best for one in read(text, region).phones] == phones


def test_a_word_with_a_slip_a_word_of_another_language_and_arabic_in_latin_letters():
    assert read("need blankts please").kind.value == "household.blankets"
    assert read("salam, on a besoin de blankets").kind.value == "household.blankets"
    assert read("badna 7afadat w 7aleeb atfal").kind.value == "children.nappies"


def test_a_place_beside_which_something_lies_is_not_what_is_asked_for():
    draft = read("we live behind the bakery and need a wheelchair")
    assert draft.kind.value == "health.mobility" and not draft.also
    assert [one.value for one in draft.places] == ["the bakery"]


def test_several_things_in_one_message_become_several_drafts():
    draft = read("need 2 packs of diapers, 3 boxes of baby milk and a ride to the hospital tomorrow at 9am")
    assert draft.kind.value == "children.nappies" and draft.quantity.value == 2
    assert [one.kind.value for one in draft.also] == ["children.baby_milk", "transport.clinic_ride"]
    assert draft.also[0].quantity.value == 3
    assert draft.when.value.day == date(2026, 3, 13) and draft.when.value.minute == 9 * 60


def test_a_weekday_is_the_next_one():
    assert read("ride on Thursday please").when.value.day == THURSDAY
    assert read("need a ride on Wednesday").when.value.day == date(2026, 3, 18)


def test_an_export_becomes_its_messages_with_sender_and_day():
    export = (
        "[11/03/26, 14:05:11] Messages are end-to-end encrypted\n"
        "[11/03/26, 14:05:12] Umm Khaled: need 2 packs of diapers\nsize 4, tomorrow\n"
        "‎[11/03/26, 14:07:00] +44 7911 123456: <Media omitted>\n"
        "[11/03/26, 15:00:00] Sami: I have 10 blankets to give away\n"
        "12/03/2026, 09:00 - Lina: Good morning everybody\n"
        "12/03/2026, 09:01 - Lina: ٣ علب حليب أطفال لو سمحتم\n"
    )
    drafts = read_all(export)
    assert [one.name.value for one in drafts] == ["Umm Khaled", "Sami", "Lina"]
    assert [one.direction.value for one in drafts] == ["request", "offer", "request"]
    assert drafts[0].when.value.day == date(2026, 3, 12) and drafts[0].text.endswith("tomorrow")
    assert drafts[2].kind.value == "children.baby_milk" and drafts[2].quantity.value == 3


def test_forwarded_messages_are_parted():
    drafts = read_all("Forwarded message\nneed a tent please\n\nForwarded\nwho needs shoes? I have two pairs")
    assert [one.kind.value for one in drafts] == ["housing.tent", "household.shoes"]


def test_small_talk_is_no_draft():
    assert read_all("Good morning dear neighbours, how are you all?") == []


def test_an_area_of_the_circle_is_recognised():
    assert read("need bread in harbour quarter", areas=[("1", "Old Town"), ("2", "Harbour Quarter")]).area.value == "2"


def test_words_of_a_community_are_laid_over(tmp_path):
    (tmp_path / "en.toml").write_text('language = "en"\n[direction]\noffer = "chuffed to lend"\n')
    assert read("chuffed to lend a tent", lexicon=Lexicon(tmp_path)).direction.value == "offer"


@given(st.text(max_size=300))
@settings(max_examples=150, deadline=None)
def test_no_text_is_too_strange(text):
    for draft in read_all(text):
        for _label, (start, end) in draft.marked():
            assert 0 <= start < end <= len(draft.text)


def test_a_long_paste_costs_no_more_than_its_length():
    assert read_all("need milk " * 2000)
    assert read_all("1 " * 10_000) is not None and read_all("0" * 20_000) is not None


def test_every_kind_has_words_in_every_language():
    folder = Path(__file__).parents[4] / "src/taawun/community/circles/catalogue/words"
    codes = set(default_kinds().units)
    for path in folder.glob("??.toml"):
        listed = set(re.findall(r'^"([a-z]+\.[a-z_]+)" =', path.read_text("utf-8"), re.MULTILINE))
        assert listed == codes, path.name
