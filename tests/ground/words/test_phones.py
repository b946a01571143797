"""Phone numbers as people and spreadsheets write them."""

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from taawun.ground.words.digits import SYSTEMS, to_digits
from taawun.ground.words.errors import WordsError
from taawun.ground.words.phones import format_phone, is_mobile, parse_phone


@pytest.mark.parametrize(
    ("text", "region", "e164"),
    [
        ("0912345678", "SD", "+249912345678"),
        ("٠٩١٢٣٤٥٦٧٨", "SD", "+249912345678"),
        ("۰۹۱۲ ۳۴۵ ۶۷۸۹", "IR", "+989123456789"),
        ("০১৭১২-৩৪৫৬৭৮", "BD", "+8801712345678"),
        ("+249 91 234 5678", None, "+249912345678"),
        ("٠٠٢٤٩٩١٢٣٤٥٦٧٨", None, "+249912345678"),
        ("00249912345678", "EG", "+249912345678"),
        ("\u200e+249\u00a091\u202d234\u202c5678\u200f", None, "+249912345678"),
        ("٢٤٩٩١٢٣٤٥٦٧٨+", None, "+249912345678"),
        ("912345678", "sd", "+249912345678"),
        ("tel:+249912345678", None, "+249912345678"),
        ("(0113) 496 0000", "GB", "+441134960000"),
        ("0113/4960000", "GB", "+441134960000"),
        ("'0912345678", "SD", "+249912345678"),
        ("912345678.0", "SD", "+249912345678"),
        ("2.49912345678E+11", "SD", "+249912345678"),
        ("9.12345678E8", "SD", "+249912345678"),
    ],
)
def test_numbers_come_out_in_one_form(text: str, region: str | None, e164: str) -> None:
    assert parse_phone(text, region) == e164


@pytest.mark.parametrize(
    ("text", "region", "code"),
    [
        ("", "SD", "phone.missing"),
        ("-", "SD", "phone.missing"),
        ("+2526XXXXXXX", "SO", "phone.letters"),
        ("same as intake", "US", "phone.letters"),
        ("(202) 252-7617 or 202 487-3604", "US", "phone.letters"),
        ("٠٩١٢ص٣٤٥٦٧٨", "SD", "phone.letters"),
        ("0912345678; 0912345679", "SD", "phone.several"),
        ("0912345678 / 0912345679", "SD", "phone.several"),
        ("+249912345678+249912345679", None, "phone.several"),
        ("0912345678", None, "phone.no_country"),
        ("0912345678", "ZZ", "phone.no_country"),
        ("+999123456789", None, "phone.no_country"),
        ("211", "US", "phone.too_short"),
        ("(2  )    -", "US", "phone.too_short"),
        ("09123456789012", "SD", "phone.too_long"),
        ("9" * 100_000, "SD", "phone.too_long"),
        ("0112345678", "GB", "phone.invalid"),
        ("9.6394E+11", "IQ", "phone.rounded"),
        ("0912\x00345678", "SD", "phone.letters"),
    ],
)
def test_what_is_no_number_is_refused_by_its_name(text: str, region: str | None, code: str) -> None:
    with pytest.raises(WordsError) as refused:
        parse_phone(text, region)
    assert refused.value.code == code


def test_the_example_number_of_every_region_is_read_in_every_system() -> None:
    read = 0
    for region in sorted(phonenumbers.SUPPORTED_REGIONS):
        example = phonenumbers.example_number_for_type(region, phonenumbers.PhoneNumberType.MOBILE)
        if example is None:
            continue
        e164 = phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164)
        shown = phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.NATIONAL)
        for system in SYSTEMS:
            assert parse_phone(to_digits(shown, system), region) == e164
            assert parse_phone(to_digits(e164, system), None) == e164
            read += 1
    assert read > 900


@given(st.text(max_size=40), st.sampled_from([None, "SD", "GB", "XX", ""]))
def test_any_text_is_a_number_or_one_refusal(text: str, region: str | None) -> None:
    try:
        e164 = parse_phone(text, region)
    except WordsError as error:
        assert error.code.startswith("phone.")
    else:
        assert parse_phone(e164, None) == e164


def test_at_home_a_number_is_shown_as_one_dials_it_there() -> None:
    assert format_phone("+249912345678", "SD") == "091 234 5678"
    assert format_phone("+249912345678", "gb") == "+249 91 234 5678"
    assert format_phone("+249912345678") == "+249 91 234 5678"
    with pytest.raises(WordsError):
        format_phone("nobody")


def test_mobile_numbers_are_known() -> None:
    assert is_mobile("+249912345678")
    assert not is_mobile("+441134960000")
