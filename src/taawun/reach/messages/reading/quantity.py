"""How much of a kind: the number that belongs to it, among ages, floors, prices, dates and families."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Final

from taawun.ground.words.clean import search_key
from taawun.ground.words.phrases import Match
from taawun.ground.words.unit_words import WORDS
from taawun.reach.messages.reading.draft import Found, Span
from taawun.reach.messages.reading.kinds import Named
from taawun.reach.messages.reading.prepare import Prepared

_FIGURE: Final = re.compile(r"\d+(?:[.,٫]\d+)?(?:\s?/\s?\d+)?")
_VALUE_MAX: Final = 1_000_000
_PARTS: Final = {"gram": ("kg", 1000), "millilitre": ("litre", 1000), "minute": ("hour", 60)}
_SURE: Final = 0.95
_NEAR_MAX: Final = 4
# A comma between a thing and a number that follows says that the number is of something else.
_PAUSE: Final = 2
_TIMES: Final = ("x", "×", "*")
_PARTED: Final = re.compile(r"[,،;+&]")
_MONEY_SIGNS: Final = "$€£₺₹৳﷼¥"
_DUAL_ENDINGS: Final = ("تين", "تان")


@dataclass(slots=True)
class _Number:
    """A number said: its words, its value, and whether it was written in figures."""

    first: int
    last: int
    value: Fraction
    figure: bool
    article: bool = False
    unit_inside: bool = False


@lru_cache(maxsize=1)
def _unit_keys() -> dict[str, frozenset[str]]:
    """Each word after a number, and the units it may name."""
    keys: dict[str, set[str]] = {}
    for code, words in WORDS.items():
        for word in words.split("|"):
            keys.setdefault(search_key(word), set()).add(code)
    return {key: frozenset(codes) for key, codes in keys.items()}


def units_named(prepared: Prepared, at: int) -> frozenset[str]:
    """Return the units a word names, whatever its ending."""
    if not 0 <= at < len(prepared.words):
        return frozenset()
    known = _unit_keys()
    word = prepared.words[at]
    exact = known.get(word.token.key)
    if exact:
        return exact
    for forms in word.forms.values():
        for form in forms[1:]:
            if len(form) >= 3 and form in known:
                return known[form]
    return frozenset()


def find_quantity(
    prepared: Prepared, named: Named, others: Sequence[Named], unit: str, taken: Iterable[Span]
) -> Found[Fraction] | None:
    """Return how much of the kind is meant, in its unit, or None where the message does not say."""
    scored = [
        (_score(prepared, number, named, others, unit), -number.first, number)
        for number in _numbers(prepared, list(taken))
    ]
    sure = sorted((one for one in scored if one[0] >= _SURE), key=lambda one: (-one[0], -one[1]))
    if not sure:
        return None
    number = sure[0][2]
    if units_named(prepared, number.last) & _WEIGHTS:
        # "5 sacks of rice 25 kg", "10 x 1 kg": how many, not how heavy each is.
        number = next((one for _score, _at, one in scored if _is_of_such(prepared, one, number)), number)
    return _in_unit(prepared, number, unit)


def _is_of_such(prepared: Prepared, number: _Number, weight: _Number) -> bool:
    """Whether a number says how many there are of what the other weighs."""
    if number is weight or number.article or not 0 <= weight.first - number.last <= _NEAR_MAX:
        return False
    if prepared.sentences[number.first] != prepared.sentences[weight.first]:
        return False
    between = prepared.text[prepared.tokens[number.last - 1].end : prepared.tokens[weight.first].start]
    if between.strip().casefold() in _TIMES:
        return True
    holds = prepared.at(number.last, "counting.container") is not None
    return holds and not units_named(prepared, number.last) & _WEIGHTS and not _PARTED.search(between)


def counts_unit(prepared: Prepared, found: Found[Fraction] | None, unit: str) -> bool:
    """Whether an amount is of the kind's unit. How long or how often is said with its name; a bare number counts things."""
    if found is None or unit not in _SPANS_AND_TURNS:
        return True
    start, end = found.spans[0]
    inside = [at for at, token in enumerate(prepared.tokens) if start <= token.start and token.end <= end]
    named = frozenset().union(*(units_named(prepared, at) for at in inside))
    return unit in named or any(_PARTS.get(one, ("", 0))[0] == unit for one in named)


def _numbers(prepared: Prepared, taken: Sequence[Span]) -> list[_Number]:
    found: list[_Number] = []
    at = 0
    while at < len(prepared.tokens):
        one = _figure(prepared, at) or _word_number(prepared, at) or _dual(prepared, at)
        if one is None:
            at += 1
            continue
        start, end = prepared.span(one.first, one.last)
        if not any(start < other_end and other_start < end for other_start, other_end in taken):
            found.append(one)
        at = one.last
    return found


def _figure(prepared: Prepared, at: int) -> _Number | None:
    token = prepared.tokens[at]
    if token.script != "digits":
        return None
    value, last = Fraction(int(token.key[:18])), at + 1
    if last < len(prepared.tokens) and prepared.tokens[last].script == "digits":
        between = prepared.text[token.end : prepared.tokens[last].start]
        other = prepared.tokens[last].key
        if between in (".", ",", "٫") and len(other) <= 2:
            value, last = value + Fraction(int(other), 10 ** len(other)), last + 1
        elif between in (".", ",", "٬", " ", "،") and len(other) == 3 and len(token.key) <= 3:
            value, last = value * 1000 + int(other), last + 1
        elif between.strip() == "/" and other != "0" and int(token.key) < int(other):
            value, last = value / int(other[:6]), last + 1
    follow = prepared.at(last, "numbers.12", "numbers.1000")
    if follow is not None and not prepared.at(last, "counting.money"):
        value, last = value * int(follow.value.partition(".")[2]), follow.last
    return _Number(at, last, value, True)


_NUMBER: Final = "numbers."
_SPECIAL: Final = {"half": Fraction(1, 2), "one_half": Fraction(3, 2), "two_half": Fraction(5, 2), "dual": Fraction(2)}


def _word_number(prepared: Prepared, at: int) -> _Number | None:
    half = prepared.at(at + 1, "numbers.and_half")
    if half is not None and (prepared.at(at, "counting.container") is not None or units_named(prepared, at)):
        # "A kilo and a half": the one is not said.
        return _Number(at, half.last, Fraction(3, 2), False, unit_inside=True)
    matches = [
        one
        for one in prepared.markers
        if one.first == at and one.value.startswith(_NUMBER) and _as_listed(prepared, one)
    ]
    if not matches:
        return None
    match = max(matches, key=lambda one: (one.last, one.listed, one.value != "numbers.article"))
    name = match.value.removeprefix(_NUMBER)
    if name in ("and", "and_half"):
        return None
    if name == "article":
        return _Number(at, match.last, Fraction(1), False, article=True)
    if name in _SPECIAL:
        return _Number(at, match.last, _SPECIAL[name], False, unit_inside=name == "dual")
    value, last = Fraction(int(name)), match.last
    while True:
        step = last + 1 if prepared.at(last, "numbers.and") is not None else last
        further = [
            one
            for one in prepared.markers
            if one.first == step and one.value.startswith(_NUMBER) and one.value.removeprefix(_NUMBER).isdecimal()
        ]
        if not further:
            break
        nearest = max(further, key=lambda one: one.last)
        more = int(nearest.value.removeprefix(_NUMBER))
        if more in (12, 100, 1000) and value < more and step == last:
            value *= more
        elif more < value and (value % 10 == 0) and more < 100 and not units_named(prepared, step):
            value += more
        else:
            break
        last = nearest.last
    return _Number(at, last, value, False)


def _as_listed(prepared: Prepared, match: Match[str]) -> bool:
    """Whether a number word stands there as it is listed: an ending makes another word of most of them."""
    if not match.exact:
        return False
    for word in prepared.words[match.first : match.last]:
        key, listed = word.token.key, prepared.number_words(match.language)
        if match.language == "ar" and word.token.script == "latin":
            if prepared.languages[0] != "ar":
                return False
        elif key not in listed and not (match.language == "ar" and key[0] in "ولب" and key[1:] in listed):
            return False
    return True


def _dual(prepared: Prepared, at: int) -> _Number | None:
    """Arabic says two of a thing in one word: "كرتونتين"."""
    token = prepared.tokens[at]
    if token.script != "arabic" or "ar" not in prepared.languages:
        return None
    key = token.key
    if prepared.at(at, "counting.duration", "counting.age") is not None:
        return None
    for ending in _DUAL_ENDINGS:
        if key.endswith(ending) and len(key) - len(ending) >= 2:
            base = key[: -len(ending)] + "ه"
            known = units_named(prepared, at) or prepared.at(at, "counting.container")
            means = any(match.first == at and match.value.code for match in prepared.senses)
            if known or means or base in _unit_keys():
                return _Number(at, at + 1, Fraction(2), False, unit_inside=True)
    return None


def _score(prepared: Prepared, number: _Number, named: Named, others: Sequence[Named], unit: str) -> float:
    value = number.value
    if value <= 0 or value > _VALUE_MAX:
        return 0.0
    at = _after(prepared, number)
    people = bool(prepared.at(at, "counting.people") or prepared.at(number.last, "counting.people"))
    if _takes(prepared, number, named, at, people):
        return _TAKEN
    if _belongs_elsewhere(prepared, number, named, unit):
        return 0.0
    units = frozenset() if number.unit_inside else units_named(prepared, at)
    holds = prepared.at(at, "counting.container") is not None
    if number.unit_inside:
        units_inside = units_named(prepared, number.first)
        if units_inside and unit not in units_inside and not units_inside - _NOT_AMOUNTS:
            return 0.0
    if units and unit not in units and units & _NOT_AMOUNTS and not units - _NOT_AMOUNTS:
        return 0.0
    gap, after = _gap(prepared, number, named)
    if any(_claims(prepared, number, other, units, gap) for other in others if other is not named):
        return 0.0
    score = 0.0
    if unit in units or any(_PARTS.get(one, ("", 0))[0] == unit for one in units):
        score += 2.5
    elif holds or units:
        score += 1.5 if not units or not (units & {"person", "family"}) else 0.0
    if number.unit_inside:
        score += 1.5
    if people:
        score += 2.0 if named.code.startswith(_PEOPLE_THEMSELVES) else 0.8 if unit in ("portion", "place") else 0.0
    if prepared.ends_at(number.first, "counting.each") is not None:
        score += 1.5
    if holds and prepared.ends_at(number.first, "direction.request", "direction.offer") is not None:
        score += 0.6
    if number.article:
        if (
            not (holds or units)
            or people
            or (units & {"family", "person", "room", "place", "day", "night", "week", "session", "trip"})
        ):
            return 0.0
        score -= 0.5
    if named.code == "health.blood" and holds:
        score += 1.0
    inside = named.first <= number.first < named.last
    if gap == 0 or inside:
        sized = named.code in _SIZED or (named.code == "household.mattress" and value >= _WIDE)
        score += 2.5 if after or inside else 0.7 if sized and not holds else 1.8
    elif gap <= _NEAR_MAX:
        score += (1.4 if after else 1.2) - 0.2 * gap
    elif not (people and named.code.startswith(_PEOPLE_THEMSELVES)):
        score -= 0.12 * gap
    alone = value == 1 and not number.figure and not (holds or units or number.unit_inside)
    if alone and ((unit in _SPANS_AND_TURNS and not named.code.startswith(_LENT)) or gap > (1 if after else 0)):
        # "One who comes along", "a new one": somebody or something, not an amount.
        return 0.0
    if (unit in _SPANS_AND_TURNS and not named.code.startswith(_LENT)) or named.code.startswith("money."):
        # How many hours or visits is said with their name; other numbers beside them count something else.
        counted = unit in units or any(_PARTS.get(one, ("", 0))[0] == unit for one in units)
        themselves = named.code.startswith(_PEOPLE_THEMSELVES) and (people or gap == 0)
        seats = (units | units_named(prepared, at + 1)) & {"place", "room", "person"} and gap <= _NEAR_MAX
        seats = seats and not _is_family(prepared, number)
        # "Two boats", "four chairs": the things themselves, whatever they are lent or given by.
        things = (
            gap == 0
            and (after or inside)
            and not named.code.startswith("money.")
            and not (people or units & _NOT_AMOUNTS)
        )
        things = things or (holds and named.code in _THINGS and gap <= _BESIDE_THINGS)
        cared_for = named.code in _CARED_FOR and gap <= 1 and not prepared.at(at, "counting.duration")
        if not (counted or themselves or things or cared_for or (unit in _TAKES_PLACES and seats)):
            return 0.0
        if cared_for and score < _SURE:
            score = _SURE
        if themselves and not counted:
            score = max(score, _SURE)
        if unit in _TAKES_PLACES and seats:
            score += 0.6
    if not number.figure and not (holds or units or number.unit_inside) and gap > 1:
        score -= 1.0
    if prepared.sentences[number.first] != prepared.sentences[min(named.first, len(prepared.sentences) - 1)]:
        score -= 0.8
    if (holds or units - _NOT_AMOUNTS) and len(others) == 1 and not people and score > _ALONE_MIN:
        # What comes in boxes or bags can only be the one thing the message is about.
        score = max(score, _SURE)
    return score


def _claims(prepared: Prepared, number: _Number, other: Named, units: frozenset[str], gap: int) -> bool:
    """Whether a number stands nearer to another kind: one that is given by the turn claims only what it names itself."""
    nearer, after = _gap(prepared, number, other)
    if nearer >= gap:
        return False
    holds = prepared.at(_after(prepared, number), "counting.container") is not None
    return other.exact and not ((units or holds) and (other.code.startswith(_BY_THE_TURN) or not after))


# "A room for two people", "I can take five pupils": how many those who offer can take in, carry or teach.
_TAKES: Final = (
    "housing.night_stay", "housing.family_host", "housing.safe_place", "transport.ride", "transport.clinic_ride",
    "transport.accessible_ride", "crisis.evacuation", "crisis.boat", "learning.homework", "learning.language_lessons",
    "learning.literacy", "learning.trade", "children.childcare", "care.elder_time", "animals.sitting",
)  # fmt: skip
_TAUGHT: Final = ("learning.homework", "learning.language_lessons", "learning.literacy", "learning.trade")
# One for each person, where it is for so many people.
_FOR_EACH: Final = (
    "household.blankets", "household.mattress", "household.shoes", "children.clothes", "learning.school_supplies",
    "crisis.safety_gear", "crisis.hygiene_kit",
)  # fmt: skip
_FOR_EACH_FAMILY: Final = ("food.food_parcel", "crisis.hygiene_kit")
_TAKEN: Final = 2.6
_AT_MOST: Final = frozenset({"max", "maxi", "maximum", "maks", "maksimal", "maksimum", "tops"})
_SEATS: Final = frozenset({"place"})
_THINGS: Final = ("crisis.boat", "tools.")
_BESIDE_THINGS: Final = 8


def _takes(prepared: Prepared, number: _Number, named: Named, at: int, people: bool) -> bool:
    """Whether the number is of the people something is for, and they are what is counted of it."""
    if number.article or prepared.at(at, "counting.age", "counting.duration", "counting.money"):
        return False
    if named.code.startswith(_TAKES) and prepared.offered:
        if prepared.ends_at(number.first, "counting.age", "counting.family") is not None:
            return False
        if prepared.ends_at(number.first, "counting.label", "time.clock") is not None:
            return False
        most = number.last < len(prepared.tokens) and prepared.tokens[number.last].key in _AT_MOST
        seats = named.code.startswith("transport.") and units_named(prepared, at) & _SEATS
        return people or most or bool(seats) or bool(units_named(prepared, at) & {"person"})
    if not people:
        return False
    if named.code.startswith((*_TAUGHT, *_FOR_EACH)):
        return _is_said_for(prepared, number)
    family = units_named(prepared, at) & {"family"} or units_named(prepared, number.last) & {"family"}
    return bool(family) and named.code in _FOR_EACH_FAMILY


# "Two kids for the morning", "three cats": those who are looked after are what is counted.
_CARED_FOR: Final = ("children.childcare", "animals.sitting")
_ALONE_MIN: Final = -1.0
# What is done or used rather than handed over: amounts of goods beside it are not of it.
_BY_THE_TURN: Final = (
    "transport.ride", "transport.clinic_ride", "transport.accessible_ride", "transport.delivery", "transport.moving",
    "care.", "company.", "health.doctor_advice", "health.nurse_visit", "housing.night_stay", "housing.family_host",
    "housing.safe_place", "money.", "organising.", "spaces.", "learning.homework", "papers.", "repairs.plumbing",
    "repairs.electrics", "repairs.carpentry", "crisis.rescue", "crisis.evacuation", "celebrations.funeral",
)  # fmt: skip
_TAKES_PLACES: Final = frozenset({"trip", "night", "week", "session"})
# Lent by the day, but spoken of by the piece.
_LENT: Final = ("tools.", "transport.bicycle")
_SPANS_AND_TURNS: Final = frozenset({"hour", "day", "night", "week", "trip", "visit", "call", "session"})
_NOT_AMOUNTS: Final = frozenset({"room", "night", "day", "week", "hour", "minute"})


def _after(prepared: Prepared, number: _Number) -> int:
    """Return the word after a number and the adjectives behind it: in "3 big boxes" it is the boxes."""
    at = number.last
    for _step in range(2):
        match = prepared.at(at, "counting.adjective")
        if match is None or _starts_kind(prepared, at):
            break
        if prepared.at(at, "counting.container", "counting.people") is not None or units_named(prepared, at):
            break
        at = match.last
    return at


def _between(prepared: Prepared, one: int, other: int) -> str:
    return prepared.text[prepared.tokens[one].end : prepared.tokens[other].start]


def _starts_kind(prepared: Prepared, at: int) -> bool:
    return any(one.first == at and one.value.code for one in prepared.senses)


def _gap(prepared: Prepared, number: _Number, named: Named) -> tuple[int, bool]:
    """Return how many words lie between the number and the nearest word for the kind, and whether that follows."""
    best = (99, True)
    counted = _after(prepared, number)
    if not number.unit_inside and (prepared.at(counted, "counting.container") or units_named(prepared, counted)):
        counted += 1
    said = [(one.first, one.last) for one in prepared.senses if one.value.code == named.code]
    for start, end in (*_things(prepared, named), *said):
        if start >= number.last:
            best = min(best, (max(start - counted, 0), True))
        elif end <= number.first:
            comma = (
                _PAUSE
                if "," in _between(prepared, end - 1, number.first) or "،" in _between(prepared, end - 1, number.first)
                else 0
            )
            best = min(best, (number.first - end + comma, False))
        else:
            best = min(best, (0, True))
    return best


def _belongs_elsewhere(prepared: Prepared, number: _Number, named: Named, unit: str) -> bool:
    """Whether the number is an age, a floor, a price, an hour, a dose, a family's size or how long something lasts."""
    text = prepared.text
    start, end = prepared.span(number.first, number.last)
    before, behind = text[max(0, start - 2) : start], text[end : end + 2]
    if (
        any(sign in before or sign in behind for sign in _MONEY_SIGNS)
        or behind.startswith(("%", ":"))
        or before.endswith((":", "#"))
        and (before.endswith("#") or before[:1].isdecimal())
    ):
        return True
    after = _after(prepared, number)
    units = units_named(prepared, after)
    fits = unit in units or any(_PARTS.get(one, ("", 0))[0] == unit for one in units)
    if prepared.at(after, "counting.money") or prepared.at(after, "counting.measure") and not fits:
        return True
    label = prepared.ends_at(number.first, "counting.label", "time.clock")
    if label is not None and label.value == "counting.label" and "," in before:
        label = None
    if label is not None and not (label.value == "time.clock" and (fits or _gap(prepared, number, named)[0] == 0)):
        counted = fits or (prepared.at(after, "counting.container") and _gap(prepared, number, named)[0] <= 2)
        if not counted:
            return True
    if (
        prepared.ends_at(number.first, "counting.family") is not None
        and _gap(prepared, number, named)[0] > 1
        and not fits
    ):
        return named.code not in _PEOPLE_THEMSELVES
    clock = prepared.ends_at(number.first, "time.clock") is not None
    if clock and units & {"hour"} and after < len(prepared.tokens) and prepared.tokens[after].key in _CLOCK_HOUR:
        return True
    if fits and unit in _NOT_AMOUNTS and number.last <= named.first and _comma(prepared, number.last, named.first):
        # "No power for three days, who lends a generator": how long it has been, not how long it is for.
        return True
    if units & _WEIGHTS and unit in ("piece", "day") and named.code.startswith(_SIZED_BY_WEIGHT):
        return True
    if fits:
        if named.code.startswith(_PEOPLE_THEMSELVES):
            return False
        return _is_family(prepared, number) if units & {"person"} else False
    if prepared.at(after, "time.hour_after") and not prepared.at(after, "counting.container"):
        return True
    if prepared.at(after, "counting.age", "counting.duration"):
        return True
    if named.code in _CARED_FOR and _gap(prepared, number, named)[0] <= 1:
        return False
    if prepared.at(after, "counting.people") and not _names(prepared, named, after):
        if named.code.startswith(_PEOPLE_THEMSELVES):
            return False
        if units_named(prepared, after + 1) & {"place"}:
            return False
        followed = any(_names(prepared, named, at) for at in range(after + 1, after + 4)) and unit in (
            "portion",
            "place",
        )
        each = unit in _ONE_EACH and not named.code.startswith("celebrations.party")
        return _is_family(prepared, number) or not (followed or each or _is_for(prepared, number, unit))
    return False


# "15 pupils need bags": one for each of them.
_ONE_EACH: Final = frozenset({"set"})
_WEIGHTS: Final = frozenset({"kg", "litre"})
# "A washing machine of 5 kg", "a pump of 10 litres".
_SIZED_BY_WEIGHT: Final = ("household.fridge", "tools.")


def _comma(prepared: Prepared, one: int, other: int) -> bool:
    between = prepared.text[prepared.tokens[one].end : prepared.tokens[other].start] if one < other else ""
    return any(mark in between for mark in ",،;.")


# Their sizes, steps and strengths are written behind them: "Pampers 4", "Concor 5".
_SIZED: Final = frozenset(
    {"children.nappies", "children.baby_milk", "health.medicine", "health.adult_pads", "household.shoes"}
)
# "A mattress 140": centimetres.
_WIDE: Final = 60
# Where the people themselves are what it is about, how many they are is how much.
_PEOPLE_THEMSELVES: Final = (
    "crisis.evacuation", "crisis.rescue", "crisis.rubble", "health.blood", "organising.", "farm.harvest", "food.cooking",
    "transport.delivery", "transport.moving",
)  # fmt: skip


def _things(prepared: Prepared, named: Named) -> list[tuple[int, int]]:
    """Return the words for the thing itself: in "coats for my kids" the kids are not what is counted."""
    return [part for part in named.parts if prepared.at(part[0], "counting.people") is None] or list(named.parts)


def _names(prepared: Prepared, named: Named, at: int) -> bool:
    """Whether a word for the kind begins there."""
    said = any(one.first == at and one.value.code == named.code for one in prepared.senses)
    return said or any(start == at for start, _end in _things(prepared, named))


# "From 14 h to 18 h": hours of the clock, not how long.
_CLOCK_HOUR: Final = frozenset({"h", "saat", "heures"})
_FOR: Final = frozenset({"for", "pour", "ل", "لـ", "icin", "untuk", "buat", "برای", "براي", "لاجل", "kwa"})


def _is_for(prepared: Prepared, number: _Number, unit: str) -> bool:
    """ "Meals for six people" are six; "we are six and need bread" says nothing of how much."""
    return unit in ("portion", "person", "place") and _is_said_for(prepared, number)


def _is_said_for(prepared: Prepared, number: _Number) -> bool:
    """Whether a word says that something is for so many."""
    before = prepared.tokens[number.first - 1].key if number.first else ""
    if before in _FOR:
        return True
    later = [token.key for token in prepared.tokens[number.last + 1 : number.last + 3]]
    return any(one in ("icin", "ke", "k", "kay", "liye", "জন্য", "كي", "لي", "জন্য") for one in later)


def _is_family(prepared: Prepared, number: _Number) -> bool:
    window = range(max(0, number.first - 3), number.first)
    for match in prepared.markers:
        if match.value == "counting.family" and (
            match.last - 1 in window or match.first in range(number.first, number.last + 3)
        ):
            return True
    return False


def _in_unit(prepared: Prepared, number: _Number, unit: str) -> Found[Fraction]:
    value, last = number.value, _after(prepared, number)
    units = frozenset() if number.unit_inside else units_named(prepared, last)
    if units or (prepared.at(last, "counting.container") is not None and not number.unit_inside):
        for one in units:
            whole, parts = _PARTS.get(one, ("", 1))
            if whole == unit and unit not in units:
                value = value / parts
                break
        last += 1
    half = prepared.at(last, "numbers.and_half")
    if half is not None:
        value, last = value + Fraction(1, 2), half.last
    return Found(value, (prepared.span(number.first, min(last, len(prepared.tokens))),))
