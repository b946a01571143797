"""Numbers in four digit systems: what people type is read, or refused by its right name."""

import datetime
import unicodedata
from decimal import Decimal

import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from taawun.ground.words.digits import (
    SYSTEMS,
    current_digits,
    digits_as,
    parse_decimal,
    parse_integer,
    to_digits,
    to_latin,
)
from taawun.ground.words.errors import WordsError
from taawun.ground.words.languages import LANGUAGES
from taawun.ground.words.numbers import format_number

systems = st.sampled_from(sorted(SYSTEMS))
languages = st.sampled_from([language.code for language in LANGUAGES])


@settings(max_examples=10_000, deadline=None)
@given(st.integers(-(10**18) + 1, 10**18 - 1))
def test_every_whole_number_comes_back_from_every_system(number: int) -> None:
    for system in SYSTEMS:
        assert parse_integer(to_digits(str(number), system)) == number


@settings(max_examples=1500, deadline=None)
@given(
    st.integers(-(10**12), 10**12),
    st.integers(0, 999),
    languages,
    systems,
)
def test_what_is_shown_can_be_typed_again(whole: int, thousandths: int, language: str, system: str) -> None:
    number = Decimal(f"{whole}.{thousandths:03d}")
    shown = format_number(number, language, system)  # type: ignore[arg-type]
    assert parse_decimal(shown, language) == number


@given(st.text(max_size=80))
def test_latin_digits_keep_every_place(text: str) -> None:
    plain = to_latin(text)
    assert len(plain) == len(text)
    assert not any(one.isdecimal() and one not in "0123456789" for one in plain)


@given(st.text(max_size=70), st.sampled_from([None, "en", "fr", "ar"]))
def test_any_text_is_a_finite_number_or_one_refusal(text: str, language: str | None) -> None:
    try:
        number = parse_decimal(text, language)
    except WordsError as error:
        assert error.code.startswith("number.")
    else:
        assert number.is_finite()
        assert any(unicodedata.category(one) == "Nd" for one in text)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12", 12),
        ("٠", 0),
        ("١٢٣", 123),
        ("۱۲۳", 123),
        ("১২৩", 123),
        (" 42 ", 42),
        ("\u200f٤٢\u200e", 42),
        ("\u2067٤٢\u2069", 42),
        ("1,234,567", 1_234_567),
        ("1.234.567", 1_234_567),
        ("1 234 567", 1_234_567),
        ("1\u202f234\u00a0567", 1_234_567),
        ("1'234'567", 1_234_567),
        ("١٬٢٣٤٬٥٦٧", 1_234_567),
        ("١،٢٣٤", 1_234),
        ("১২,৩৪,৫৬৭", 1_234_567),
        ("1.500", 1500),
        ("3.0", 3),
        ("٣٫٠", 3),
        ("-5", -5),
        ("5-", -5),
        ("−5", -5),
        ("–5", -5),
        ("٥-", -5),
        ("\u061c-٥", -5),
        ("+5", 5),
    ],
)
def test_whole_numbers(text: str, number: int) -> None:
    assert parse_integer(text) == number


@pytest.mark.parametrize(
    ("text", "language", "number"),
    [
        ("2.5", None, "2.5"),
        ("2,5", None, "2.5"),
        ("٢٫٥", None, "2.5"),
        ("٢،٥", None, "2.5"),
        ("۲٫۵", "fa", "2.5"),
        ("0.125", None, "0.125"),
        ("0,125", "en", "0.125"),
        (".5", None, "0.5"),
        ("5.", None, "5"),
        ("1,234.5", None, "1234.5"),
        ("1.234,5", None, "1234.5"),
        ("1 234,5", None, "1234.5"),
        ("١٬٢٣٤٫٥", None, "1234.5"),
        ("1.500", "en", "1.5"),
        ("1,500", "en", "1500"),
        ("1.500", "tr", "1500"),
        ("1,500", "fr", "1.5"),
        ("1,500,000", None, "1500000"),
        ("12,34,567.8", "bn", "1234567.8"),
    ],
)
def test_decimal_numbers(text: str, language: str | None, number: str) -> None:
    assert parse_decimal(text, language) == Decimal(number)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "number.missing"),
        (" \u200f ", "number.missing"),
        ("-", "number.not_a_number"),
        (".", "number.not_a_number"),
        ("five", "number.not_a_number"),
        ("12a", "number.not_a_number"),
        ("NaN", "number.not_a_number"),
        ("inf", "number.not_a_number"),
        ("-Infinity", "number.not_a_number"),
        ("1e5", "number.not_a_number"),
        ("1E+5", "number.not_a_number"),
        ("0x10", "number.not_a_number"),
        ("1_000", "number.not_a_number"),
        ("--5", "number.not_a_number"),
        ("5-3", "number.not_a_number"),
        ("(5)", "number.not_a_number"),
        ("1,2,3", "number.not_a_number"),
        ("1,23,4", "number.not_a_number"),
        ("12 50", "number.not_a_number"),
        ("1.2.3", "number.not_a_number"),
        ("1,234.5.6", "number.not_a_number"),
        ("٢٫٥٫١", "number.not_a_number"),
        ("²", "number.not_a_number"),
        ("½", "number.not_a_number"),
        ("1\x002", "number.not_a_number"),
        ("1٢", "number.mixed_digits"),
        ("١۲", "number.mixed_digits"),
        ("1.500", "number.ambiguous"),
        ("1,500", "number.ambiguous"),
        ("9" * 19, "number.too_long"),
        ("9" * 1_000_000, "number.too_long"),
    ],
)
def test_what_is_no_number_is_refused_by_its_name(text: str, code: str) -> None:
    with pytest.raises(WordsError) as refused:
        parse_decimal(text)
    assert refused.value.code == code


@pytest.mark.parametrize("text", ["2.5", "٢٫٥", "1,5", "0,500"])
def test_a_fraction_is_not_rounded_away(text: str) -> None:
    with pytest.raises(WordsError) as refused:
        parse_integer(text)
    assert refused.value.code == "number.not_whole"


@pytest.mark.parametrize(
    ("number", "language", "system", "shown"),
    [
        (1_234_567, "en", "latn", "1,234,567"),
        (1_234_567, "ar", "arab", "١٬٢٣٤٬٥٦٧"),
        (1_234_567, "ar", "latn", "1,234,567"),
        (1_234_567, "fa", "arabext", "۱٬۲۳۴٬۵۶۷"),
        (1_234_567, "bn", "beng", "১২,৩৪,৫৬৭"),
        (1_234_567, "tr", "latn", "1.234.567"),
        (1_234_567, "fr", "latn", "1\u202f234\u202f567"),
        (1_234_567, "en", "arab", "١٬٢٣٤٬٥٦٧"),
        (Decimal("1234.5"), "ar", "arab", "١٬٢٣٤٫٥"),
        (Decimal("2.50"), "fr", "latn", "2,5"),
        (Decimal("0.0004"), "en", "latn", "0"),
        (-3, "en", "latn", "-3"),
        (-3, "ar", "arab", "\u061c-٣"),
        (0, "ar", "arab", "٠"),
        (999, "en", "latn", "999"),
        (100_000, "bn", "latn", "1,00,000"),
    ],
)
def test_numbers_are_shown_with_the_marks_of_language_and_digits(
    number: int | Decimal, language: str, system: str, shown: str
) -> None:
    assert format_number(number, language, system) == shown  # type: ignore[arg-type]


def test_the_reader_chooses_the_digits_and_else_the_language_does() -> None:
    for language, system in (("en", "latn"), ("ar", "arab"), ("ur", "latn"), ("fa", "arabext"), ("bn", "beng")):
        with translation.override(language):
            assert current_digits() == system
            with digits_as("latn"):
                assert current_digits() == "latn"
                with digits_as(None):
                    assert current_digits() == system
            assert current_digits() == system


def test_digits_nobody_knows_are_refused() -> None:
    with pytest.raises(WordsError, match=r"digits\.unknown"), digits_as("roman"):
        pass


def test_a_date_keeps_its_order_in_other_digits() -> None:
    assert to_digits(datetime.date(2026, 5, 14).isoformat(), "arab") == "٢٠٢٦-٠٥-١٤"
