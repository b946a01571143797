"""Countries, time zones and positions as a set-up page asks for them."""

from functools import cache
from zoneinfo import available_timezones

from babel import Locale
from babel.core import get_global
from django.utils.translation import get_language

from taawun.community.people import texts
from taawun.ground.values.place import Point, parse_plus_code
from taawun.ground.values.refusal import Refusal
from taawun.ground.words.clean import search_key
from taawun.ground.words.digits import parse_decimal, to_latin
from taawun.ground.words.errors import WordsError
from taawun.ground.words.languages import language_of

POSITION_LENGTH_MAX = 80
UNKNOWN_REGION = "ZZ"
# Where a country has several zones, the one most of its people live by.
_BUSIEST_ZONE = {
    "AR": "America/Argentina/Buenos_Aires", "AU": "Australia/Sydney", "BR": "America/Sao_Paulo", "CA": "America/Toronto",
    "CD": "Africa/Kinshasa", "CL": "America/Santiago", "CN": "Asia/Shanghai", "CY": "Asia/Nicosia", "DE": "Europe/Berlin",
    "EC": "America/Guayaquil", "ES": "Europe/Madrid", "GB": "Europe/London", "ID": "Asia/Jakarta", "KZ": "Asia/Almaty",
    "MN": "Asia/Ulaanbaatar", "MX": "America/Mexico_City", "MY": "Asia/Kuala_Lumpur", "NZ": "Pacific/Auckland",
    "PS": "Asia/Hebron", "PT": "Europe/Lisbon", "RU": "Europe/Moscow", "UA": "Europe/Kyiv", "US": "America/New_York",
    "UZ": "Asia/Tashkent", "VN": "Asia/Ho_Chi_Minh",
}  # fmt: skip


def zone_of(region: str) -> str:
    """Return the usual time zone of a country; UTC for one nobody knows."""
    if region in _BUSIEST_ZONE:
        return _BUSIEST_ZONE[region]
    zones = [zone for zone in get_global("territory_zones").get(region, []) if zone in _all_zones()]
    return zones[0] if zones else "UTC"


@cache
def _all_zones() -> frozenset[str]:
    return frozenset(available_timezones())


@cache
def zones() -> tuple[str, ...]:
    """Return the zones people choose from, in alphabetical order: those that lie somewhere, and UTC."""
    known = get_global("zone_territories")
    return ("UTC", *sorted(zone for zone in _all_zones() if "/" in zone and known.get(zone, "001") != "001"))


def countries() -> list[tuple[str, str]]:
    """Return (code, name) of every country, named and sorted in the language of the page."""
    return list(_countries(language_of(get_language()).locale))


@cache
def _countries(locale: str) -> tuple[tuple[str, str], ...]:
    names = Locale.parse(locale).territories
    known = [code for code in get_global("territory_zones") if len(code) == 2 and code.isalpha() and code in names]
    regions = [code for code in known if code != UNKNOWN_REGION]
    return tuple(sorted(((code, names[code]) for code in regions), key=lambda pair: search_key(pair[1])))


def read_position(text: str, field: str, *, near: Point | None = None) -> Point | None:
    """Return the point somebody wrote: a plus code, or latitude and longitude in degrees in any digits. Empty is none."""
    text = to_latin(texts.line(text, field, POSITION_LENGTH_MAX))
    if not text:
        return None
    if "+" in text:
        try:
            return parse_plus_code(text.split()[0], near)
        except (Refusal, ValueError):
            raise Refusal("place.plus_code", field) from None
    return read_degrees(*_halves(text, field), field)


def _halves(text: str, field: str) -> tuple[str, str]:
    for separator in (";", "،", ", ", ",", " "):
        halves = [half.strip() for half in text.split(separator) if half.strip()]
        if len(halves) == 2:
            return halves[0], halves[1]
    raise Refusal("place.not_a_position", field)


def read_degrees(latitude: str, longitude: str, field: str) -> Point:
    """Return the point at two numbers, with refusals that name the field."""
    try:
        return Point(float(parse_decimal(latitude, "en")), float(parse_decimal(longitude, "en")))
    except WordsError:
        raise Refusal("place.not_a_number", field) from None
    except Refusal as refusal:
        raise Refusal(refusal.code, field) from None
