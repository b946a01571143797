"""Phone numbers as people and spreadsheets write them, read into one form (E.164) and written back for reading."""

import re
from decimal import Decimal
from typing import Final

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat, PhoneNumberType

from taawun.ground.words.digits import to_latin
from taawun.ground.words.errors import WordsError

INPUT_LENGTH_MAX: Final = 60

_INVISIBLE: Final = re.compile("[\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00ad]")
_SCIENTIFIC: Final = re.compile(r"\+?([0-9](?:[.,][0-9]+)?)[eE]\+?([0-9]{1,2})")
_TRAILING_ZERO: Final = re.compile(r"(\+?[0-9]{7,})[.,]0")
_ALLOWED: Final = re.compile(r"[0-9+().\-\u2010-\u2015\u2212\s/,;]*")
_SEVERAL: Final = re.compile(r"[/,;]|\s{3,}")
_NUMBER_DIGITS_MIN: Final = 7


def parse_phone(text: str, region: str | None) -> str:
    """Return the number in E.164 form, such as ``+249912345678``. ``region`` (``SD``) settles numbers without a
    country code.

    Raises ``WordsError``: ``phone.missing``, ``phone.letters``, ``phone.several``, ``phone.rounded``,
    ``phone.no_country``, ``phone.too_short``, ``phone.too_long`` or ``phone.invalid``.
    """
    if len(text) > INPUT_LENGTH_MAX:
        raise WordsError("phone.too_long", text=text[:20] + "…")
    shown = text.strip()
    plain = _plain(shown)
    if not any(one.isdecimal() for one in plain) and not any(one.isalpha() for one in plain):
        raise WordsError("phone.missing")
    # The library reads letters as the keys of an old telephone, so that a masked "+2526XXXXXXX" comes out as a valid
    # number.
    if not _ALLOWED.fullmatch(plain):
        raise WordsError("phone.letters")
    numbers = [part for part in _SEVERAL.split(plain) if sum(one.isdecimal() for one in part) >= _NUMBER_DIGITS_MIN]
    if len(numbers) > 1 or plain.count("+") > 1:
        raise WordsError("phone.several")
    return _e164(re.sub(r"[^0-9+]", "", plain), region, shown)


def _plain(text: str) -> str:
    """Return the text in Latin digits, freed of what bidi marks, links and spreadsheets put around it."""
    plain = to_latin(_INVISIBLE.sub("", text)).strip().lstrip("'").replace("\uff0b", "+").replace("٫", ".")
    if plain[:4].lower() == "tel:":
        plain = plain[4:].strip()
    # A right-to-left line can leave the plus at the end.
    if plain.endswith("+") and not plain.startswith("+"):
        plain = "+" + plain[:-1]
    whole = _TRAILING_ZERO.fullmatch(plain)
    if whole:
        return whole[1]
    scientific = _SCIENTIFIC.fullmatch(plain)
    if not scientific:
        return plain
    mantissa, exponent = scientific[1].replace(",", "."), int(scientific[2])
    # As many digits after the point as the exponent asks for: then the spreadsheet has only rewritten the number, not
    # cut it.
    if len(mantissa) - 2 != exponent:
        raise WordsError("phone.rounded", text=text)
    return str(int(Decimal(mantissa).scaleb(exponent)))


def _e164(plain: str, region: str | None, shown: str) -> str:
    country = region.upper() if region else None
    if country is not None and country not in phonenumbers.SUPPORTED_REGIONS:
        country = None
    international = plain.startswith(("+", "00"))
    if country is None and not international:
        raise WordsError("phone.no_country")
    if country is None and plain.startswith("00"):
        plain = "+" + plain[2:]
    try:
        number = phonenumbers.parse(plain, country)
    except NumberParseException as error:
        codes = {
            NumberParseException.INVALID_COUNTRY_CODE: "phone.no_country",
            # Only digits and signs come this far: what is no number to the library has hardly any digits.
            NumberParseException.NOT_A_NUMBER: "phone.too_short",
            NumberParseException.TOO_SHORT_NSN: "phone.too_short",
            NumberParseException.TOO_SHORT_AFTER_IDD: "phone.too_short",
            NumberParseException.TOO_LONG: "phone.too_long",
        }
        raise WordsError(codes.get(error.error_type, "phone.invalid"), text=shown) from error
    reason = phonenumbers.is_possible_number_with_reason(number)
    if reason == phonenumbers.ValidationResult.TOO_SHORT:
        raise WordsError("phone.too_short", text=shown)
    if reason == phonenumbers.ValidationResult.TOO_LONG:
        raise WordsError("phone.too_long", text=shown)
    if not phonenumbers.is_valid_number(number):
        raise WordsError("phone.invalid", text=shown)
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def format_phone(e164: str, region: str | None = None) -> str:
    """Return a stored number for reading: as one dials it at home in ``region``, else with the country code.

    Show it in ``<bdi dir="ltr">``, or through ``isolate_ltr`` in plain text: its parts keep their order in every
    language.
    """
    try:
        number = phonenumbers.parse(e164, None)
    except NumberParseException as error:
        raise WordsError("phone.invalid", text=e164) from error
    at_home = region is not None and phonenumbers.region_code_for_number(number) == region.upper()
    return phonenumbers.format_number(
        number, PhoneNumberFormat.NATIONAL if at_home else PhoneNumberFormat.INTERNATIONAL
    )


def is_mobile(e164: str) -> bool:
    """Return whether the number may receive an SMS: a mobile number, or one of a country that does not tell them
    apart.
    """
    kind = phonenumbers.number_type(phonenumbers.parse(e164, None))
    return kind in {PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE}
