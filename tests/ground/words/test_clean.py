"""Text that is safe to store and show, keys that find it again, and a look for personal data."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from taawun.ground.words.clean import (
    clean_line,
    clean_text,
    has_visible,
    isolate,
    isolate_ltr,
    looks_personal,
    search_key,
)
from taawun.ground.words.errors import WordsError

CONTROLS = [chr(code) for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Amal   Haddad ", "Amal Haddad"),
        ("one\ntwo\r\nthree\tfour", "one two three four"),
        ("e\u0301te\u0301", "été"),
        ("bell\x07 and\x1b[31m red", "bell and[31m red"),
        ("\ufeffBOM\ufffe\U0001ffff", "BOM"),
        ("soft\u00adhyphen", "softhyphen"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("\u200fأمل\u200e", "\u200fأمل\u200e"),
        ("👩\u200d🌾", "👩\u200d🌾"),
        ("\u200b\u200d\u200f", ""),
        ("\u3164\u2800", ""),
        ("   ", ""),
        ("🙂", "🙂"),
    ],
)
def test_a_line_is_tidied(typed: str, kept: str) -> None:
    assert clean_line(typed, 100) == kept


@pytest.mark.parametrize(
    "spoof",
    [
        "Amal \u202e000 5\u202c",
        "\u202e\u202d\u202b",
        "pay 100\u2066\u2069 to",
        "\u2067سارة\u2069",
        "unclosed \u2068 isolate",
        "\u202duser\u202c\u202e",
        "exe.\u202egpj",
    ],
)
def test_nothing_typed_can_turn_the_order_of_its_neighbours(spoof: str) -> None:
    assert not set(clean_line(spoof, 100)) & set(CONTROLS)
    assert not set(clean_text(spoof, 100, 5)) & set(CONTROLS)


def test_marks_piled_on_one_letter_are_thinned() -> None:
    assert clean_line("Z" + "\u0336" * 40 + "algo", 100) == "Z" + "\u0336" * 6 + "algo"
    assert clean_line("مُحَمَّدٌ", 100) == unicodedata.normalize("NFC", "مُحَمَّدٌ")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a\0b", "text.nul"),
        ("\ud800", "text.broken"),
        ("x" * 11, "text.too_long"),
        ("x" * 10_000_000, "text.too_long"),
    ],
)
def test_what_cannot_be_stored_is_refused(text: str, code: str) -> None:
    with pytest.raises(WordsError) as refused:
        clean_line(text, 10)
    assert refused.value.code == code


def test_spaces_around_do_not_count_against_the_limit() -> None:
    assert clean_line(" " * 200 + "x" * 10 + " " * 200, 10) == "x" * 10


def test_text_keeps_its_lines_and_one_blank_between() -> None:
    assert clean_text("  one \r\n\r\n\n\n two\u2028three\x0b\n", 100, 5) == "one\n\ntwo\nthree"
    with pytest.raises(WordsError) as refused:
        clean_text("1\n2\n3\n4", 100, 3)
    assert refused.value.code == "text.too_many_lines"
    assert clean_text("1\n2\n3", 100, 3) == "1\n2\n3"


@settings(max_examples=1000)
@given(st.text(max_size=200))
def test_cleaning_once_is_enough(text: str) -> None:
    try:
        once = clean_text(text, 500, 500)
    except WordsError:
        return
    assert clean_text(once, 500, 500) == once
    assert once == "" or has_visible(once)
    assert not any(unicodedata.category(one) == "Cc" and one != "\n" for one in once)


def test_plain_text_sentences_isolate_what_a_person_typed() -> None:
    assert isolate("سارة") == "\u2068سارة\u2069"
    assert isolate("a\u202eb\u2069") == "\u2068ab\u2069"
    assert isolate("one\ntwo") == "\u2068one\u2069\n\u2068two\u2069"
    assert isolate_ltr("+249 91 234 5678") == "\u2066+249 91 234 5678\u2069"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("مُحَمَّد", "محمد"),
        ("أحمد", "احمد"),
        ("إسلام", "اسلام"),
        ("آمنة", "امنه"),
        ("فاطمة", "فاطمه"),
        ("مستشفى", "مستشفي"),
        ("کتاب", "كتاب"),
        ("یاسین", "ياسين"),
        ("عـــمـــر", "عمر"),
        ("دواء", "دوا"),
        ("مسؤول", "مسوول"),
        ("غرفة ١٢", "غرفه 12"),
        ("İPTAL", "iptal"),
        ("ILIK", "ılık"),
        ("Straße", "STRASSE"),
        ("Crème brûlée", "creme brulee"),
        ("Łódź", "lodz"),
        ("Amal-Haddad", "amal haddad"),
        ("می\u200cخواهم", "میخواهم"),
        ("ﻣﺤﻤﺪ", "محمد"),
        ("শিশু", "শিশু"),
    ],
)
def test_two_spellings_of_one_word_have_one_key(one: str, other: str) -> None:
    assert search_key(one) == search_key(other) != ""


@pytest.mark.parametrize(("one", "other"), [("শিশু", "শশ"), ("بيت", "بنت"), ("rice", "rise"), ("নদী", "নাদি")])
def test_two_words_have_two_keys(one: str, other: str) -> None:
    assert search_key(one) != search_key(other)


@given(st.text(max_size=60))
def test_a_key_is_its_own_key(text: str) -> None:
    assert search_key(search_key(text)) == search_key(text)


@pytest.mark.parametrize(
    "text",
    [
        "12 boxes 2 kg at 10:30",
        "Monday 10:30-12:00 or 14.30 - 16.00",
        "on 2026-05-14 or 14/05/2026, not 14.05.26",
        "12/05/2026-14/05/2026",
        "20260514",
        "١٤/٠٥/٢٠٢٦ الساعة ١٠:٣٠",
        "1,000,000 people and 25 000 000 trees",
        "1 2 3 4 5 6 7 8 9 10",
        "10 20 30 40 50",
        "years 2024 2025 2026",
        "5000-6000 metres",
        "3 pairs, sizes 38 39 40 41",
        "flat 12, floor 3, block 45",
        "from 1446-1447",
        "10000000",
        "near 8G6Q2200+ somewhere",
        "2 + 2 = 4",
        "A4 paper, 500 sheets",
        "price 12.50 each",
        "me@home",
        "",
    ],
)
def test_everyday_figures_are_not_personal(text: str) -> None:
    assert looks_personal(text) == []


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("call 0912345678", ["0912345678"]),
        ("call 0912 345 678 today", ["0912 345 678"]),
        ("رقمي ٠٩١٢٣٤٥٦٧٨ للتواصل", ["٠٩١٢٣٤٥٦٧٨"]),
        ("و٠٩١٢٣٤٥٦٧٨", ["٠٩١٢٣٤٥٦٧٨"]),
        ("شماره ۰۹۱۲۳۴۵۶۷۸۹", ["۰۹۱۲۳۴۵۶۷۸۹"]),
        ("ফোন ০১৭১২৩৪৫৬৭৮", ["০১৭১২৩৪৫৬৭৮"]),
        ("+44 113 496 0000", ["+44 113 496 0000"]),
        ("Tel:+249-91-234-5678.", ["+249-91-234-5678"]),
        ("(202) 252-7617 or 202 487-3604", ["(202) 252-7617", "202 487-3604"]),
        ("06.12.34.56.78", ["06.12.34.56.78"]),
        ("06-12-20-56-78", ["06-12-20-56-78"]),
        ("03/123456", ["03/123456"]),
        ("phone 555-0199 after six", ["555-0199"]),
        ("write to amal@example.org please", ["amal@example.org"]),
        ("8G6QVPP3+2X", ["8G6QVPP3+2X"]),
        ("door at vpp3+2x, blue", ["vpp3+2x"]),
        ("on 14/05/2026 call 0912345678", ["0912345678"]),
        ("amal@example.org, 0912345678", ["amal@example.org", "0912345678"]),
    ],
)
def test_phones_addresses_and_doors_are_found(text: str, pieces: list[str]) -> None:
    assert looks_personal(text) == pieces
