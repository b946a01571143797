"""Which kinds a message names: listed phrases, and pairs of words that make a kind together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from taawun.ground.words.phrases import Match, PhraseBook, Sense
from taawun.reach.messages.reading.draft import Span
from taawun.reach.messages.reading.lexicon import Sounds
from taawun.reach.messages.reading.prepare import Prepared

_STRONG, _WEAK, _A_WORD_MORE = 2.0, 0.7, 0.75
_WORDS_MORE_MAX: Final = 3
_HOLDS: Final = 0.6
_COUNTS: Final = 1.0
# A word found by taking off an ending is a little less sure than one that stands just as it is listed.
_ENDED: Final = 0.15
_TOGETHER: Final = 2.7
_GAP_MAX, _GAP_COST, _SENTENCE_COST = 12, 0.12, 0.7
_MISTYPED, _IN_A_PLACE, _NEGATED, _SECOND_LANGUAGE = 0.75, -1.6, -3.0, 0.9
# "Oranges needed", "two beds free".
_BEFORE_A_CUE: Final = 1.2
_BESIDE_A_CUE, _BESIDE_A_CUE_LATE, _PAUSE, _BESIDE_MAX = 1.7, 1.0, 0.5, 8
# A further kind is offered as a draft of its own from this score.
_ALSO_MIN: Final = 1.6
_FIRST_MIN: Final = 0.4
# The first kind said is meant first, unless another is said this much more surely.
_SURELY_MORE: Final = 1.3
_NEEDED_LACK: Final = 2.6
_LIST_GAP, _NEXT_LINE_GAP = 5, 2
_SURE_MAX: Final = 3.5
_EARLIER: Final = 0.02
# How somebody comes to have what is offered: "take it", "I bring it".
_TAKING: Final = frozenset({"ride", "move", "fetch", "deliver", "carry"})
# Words listed under this group sound like a kind and are none: "on loan" is no money lent.
_NOTHING: Final = "nothing"
_VERB_LAST: Final = frozenset({"tr", "ur", "bn", "fa"})


@dataclass(slots=True)
class Kinds:
    """What can be meant: the words of a circle's kinds, their units, and the pairs that make a kind together."""

    units: Mapping[str, str]
    """Code to unit, of the kinds that can be chosen."""
    books: Sequence[PhraseBook[Sense]]
    together: Sequence[tuple[str, str, str]]
    sounds: Sounds | None = field(default=None)


@dataclass(slots=True)
class Named:
    """A kind the message may mean: its words, how surely, and where it begins."""

    code: str
    parts: tuple[tuple[int, int], ...]
    score: float
    weak: bool = False
    bonus: float = 0.0
    """What the words around it add: a cue beside it, or a "no"."""
    exact: bool = True
    """Whether it was spelt right: what may be a slip of the pen claims nothing."""
    counted: bool = False
    """Whether a number stands right before it: what is counted is meant itself."""
    counts: bool = False
    """Whether its word stands behind a number and may only count: "dua buah"."""

    @property
    def sure(self) -> float:
        """How surely it is said at all: beyond two words, more words do not make it surer."""
        return min(self.score, _SURE_MAX) + self.bonus

    @property
    def first(self) -> int:
        return min(start for start, _end in self.parts)

    @property
    def last(self) -> int:
        return max(end for _start, end in self.parts)

    def spans(self, prepared: Prepared) -> tuple[Span, ...]:
        return tuple(prepared.span(start, end) for start, end in self.parts)

    @property
    def words(self) -> frozenset[int]:
        return frozenset(at for start, end in self.parts for at in range(start, end))


def find_kinds(
    prepared: Prepared, kinds: Kinds, cues: Sequence[tuple[int, int]], places: Sequence[tuple[int, int]]
) -> list[Named]:
    """Return the kinds named, the one meant first in front and the further ones in the order of the text."""
    singles = _singles(prepared, kinds)
    named = [*singles, *_pairs(prepared, kinds)]
    negated = _negated(prepared)
    for one in named:
        one.bonus = _beside_cue(one, cues, prepared)
        if any(start <= one.first and one.last <= end for start, end in places):
            one.bonus += _IN_A_PLACE
        if any(at in negated for at in one.words):
            one.bonus += _NEGATED
    return _chosen(named, cues, prepared)


def _singles(prepared: Prepared, kinds: Kinds) -> list[Named]:
    best: dict[tuple[int, int, str], Named] = {}
    main = prepared.languages[0] if prepared.languages else "en"
    nothing = [(one.first, one.last) for one in prepared.senses if one.value.group == _NOTHING]
    for match in prepared.senses:
        sense = match.value
        if not sense.code or sense.code not in kinds.units:
            continue
        if any(start <= match.first and match.last <= end for start, end in nothing):
            continue
        if not match.listed and prepared.tokens[match.first].script == "digits":
            continue
        more = min(match.last - match.first - 1, _WORDS_MORE_MAX)
        score = _WEAK if sense.weak else _STRONG + _A_WORD_MORE * more
        if more == 0 and prepared.at(match.first, "counting.container") is not None:
            # "Tins" and "plates" as often hold something else as they are what is meant.
            score -= _COUNTS if _follows_number(prepared, match.first) else _HOLDS
        score *= 1.0 if match.exact else _MISTYPED
        score -= 0.0 if match.listed else _ENDED
        score *= 1.0 if match.language == main else _SECOND_LANGUAGE
        key = (match.first, match.last, sense.code)
        if key not in best or best[key].score < score:
            counts = (
                more == 0
                and prepared.at(match.first, "counting.container") is not None
                and _follows_number(prepared, match.first)
            )
            best[key] = Named(
                sense.code, ((match.first, match.last),), score, sense.weak, exact=match.exact, counts=counts,
                counted=sense.code in _COUNTED and _follows_number(prepared, match.first),
            )  # fmt: skip
    return list(best.values())


def _follows_number(prepared: Prepared, at: int) -> bool:
    """Whether a number stands right before: in "dua buah" and "5 plates of rice" the word only counts."""
    if at == 0:
        return False
    before = prepared.tokens[at - 1]
    numbered = any(
        one.last == at and one.value.startswith("numbers.") and one.value != "numbers.article"
        for one in prepared.markers
    )
    return before.script == "digits" or numbered


def _pairs(prepared: Prepared, kinds: Kinds) -> list[Named]:
    groups: dict[str, list[Match[Sense]]] = {}
    # "Take it" is how an offer speaks; it makes no kind with what is offered.
    spoken = [(one.first, one.last) for one in prepared.marked("direction.offer")]
    for match in prepared.senses:
        if match.value.group and not (
            match.value.group in _TAKING and any(start <= match.first and match.last <= end for start, end in spoken)
        ):
            groups.setdefault(match.value.group, []).append(match)
    found: list[Named] = []
    for one, other, code in kinds.together:
        if code in kinds.units and one in groups and other in groups:
            best = _nearest(prepared, code, groups[one], groups[other])
            if best is not None:
                found.append(best)
    return found


def _nearest(
    prepared: Prepared, code: str, these: Sequence[Match[Sense]], those: Sequence[Match[Sense]]
) -> Named | None:
    best: Named | None = None
    for a in these:
        for b in those:
            if a.first < b.last and b.first < a.last:
                continue
            gap = max(b.first - a.last, a.first - b.last)
            if gap > _GAP_MAX:
                continue
            score = _TOGETHER - _GAP_COST * gap
            if prepared.sentences[a.first] != prepared.sentences[b.first]:
                score -= _SENTENCE_COST
            score *= 1.0 if a.exact and b.exact else _MISTYPED
            if best is None or score > best.score:
                best = Named(code, tuple(sorted({(a.first, a.last), (b.first, b.last)})), score)
    return best


def _negated(prepared: Prepared) -> set[int]:
    """The few words after "no" and "except", unless the "no" belongs to a cue such as "we have no"."""
    cues = {
        at
        for match in prepared.marked("direction.request", "direction.offer", "direction.withdrawn")
        for at in range(match.first, match.last)
    }
    found: set[int] = set()
    for match in prepared.marked("negation.before"):
        if match.first in cues:
            continue
        for at in range(match.last, min(match.last + 2, len(prepared.words))):
            if prepared.sentences[at] == prepared.sentences[match.first] and not _comma_between(
                prepared, match.last - 1, at
            ):
                found.add(at)
    return found


def _comma_between(prepared: Prepared, one: int, other: int) -> bool:
    if other >= len(prepared.tokens):
        return False
    between = prepared.text[prepared.tokens[one].end : prepared.tokens[other].start]
    return any(mark in between for mark in ",،;؛:-–")


def _beside_cue(named: Named, cues: Sequence[tuple[int, int]], prepared: Prepared) -> float:
    best = 0.0
    verb_last = any(language in _VERB_LAST for language in prepared.languages)
    for first, last in cues:
        if named.first >= last and named.first - last <= _BESIDE_MAX:
            bonus = (_BESIDE_A_CUE_LATE if verb_last else _BESIDE_A_CUE) - 0.12 * (named.first - last)
            bonus -= _PAUSE * _comma_between(prepared, last - 1, last)
        elif named.last <= first and first - named.last <= 5:
            gap = first - named.last
            bonus = _BESIDE_A_CUE - 0.15 * gap if verb_last else max(_BEFORE_A_CUE - 0.4 * gap, 0.3 - 0.05 * gap)
        elif named.first < last and first < named.last:
            bonus = 1.5
        else:
            continue
        if prepared.sentences[named.first] != prepared.sentences[first]:
            bonus -= 0.6
        best = max(best, bonus)
    return best


# What is so often a part of something else that beside it it is no need of its own.
_PART_OF: Final[dict[str, tuple[str, ...]]] = {
    "transport.ride": ("transport.", "crisis.evacuation"),
    "food.cooking": ("celebrations.", "food.cooked_meal", "spaces.kitchen"),
    "organising.hands": ("",),
    "transport.bicycle": ("repairs.",),
    "digital.device": ("repairs.", "digital.", "crisis.power"),
    "household.fridge": ("repairs.", "transport.moving"),
    "food.dairy_eggs": ("children.baby_milk",),
    "food.cooked_meal": ("celebrations.mourning_meal", "celebrations.feast_meal", "food.special_diet"),
    "celebrations.funeral": ("celebrations.mourning_meal",),
    "household.clothes": ("children.clothes", "repairs.sewing", "spaces.shower", "organising.packing"),
    "children.clothes": ("repairs.sewing", "organising.packing"),
    "tools.hand_tools": ("crisis.rubble", "organising.clean_up"),
    "health.medicine": ("health.medicine_pickup",),
    "food.food_parcel": ("transport.delivery", "organising.packing"),
    "housing.tent": ("celebrations.party_things",),
    "learning.homework": ("learning.books", "learning.school_supplies", "digital."),
    "learning.language_lessons": ("papers.translation", "papers.interpreting", "papers.forms"),
    "transport.fuel": ("transport.",),
    "care.elder_time": ("transport.", "health.", "care.personal_care", "food.shopping", "care.errands"),
    "care.cleaning": ("organising.clean_up",),
    "household.furniture": ("transport.moving", "celebrations.party_things"),
}


_COUNTED: Final = frozenset({"tools.hand_tools", "household.fridge", "housing.tent", "digital.device"})


# What happened is often told before what is needed because of it: who is trapped and asks for a boat needs the boat.
_NEEDED_IN: Final[dict[str, tuple[str, ...]]] = {
    "crisis.rescue": (
        "crisis.boat",
        "animals.",
        "tools.",
        "crisis.filters",
        "celebrations.funeral",
        "repairs.building",
    ),
    "crisis.evacuation": ("crisis.boat", "animals."),
    "repairs.building": ("housing.tent", "housing.night_stay", "housing.family_host", "repairs.materials"),
    "food.cooked_meal": ("household.cooking_gas", "food.cooking"),
    "money.rent": ("papers.legal_advice",),
    "transport.moving": ("household.", "spaces.storage", "housing.family_host", "transport.fuel"),
    "health.birth": ("children.", "transport.", "health.blood", "food.", "money.", "household.", "housing."),
    "housing.night_stay": ("household.blankets", "household.mattress", "housing.tent", "housing.heating"),
    "care.personal_care": ("health.adult_pads", "health.mobility", "health.equipment"),
    "health.first_aid": ("care.", "transport.", "health.mobility", "food."),
    "papers.job_search": ("learning.", "papers.legal_advice", "money.", "digital.", "children.childcare"),
}


def _is_plainer(one: Named, other: Named) -> bool:
    """Whether ``one`` says in general what ``other`` says exactly: a ride, and a ride to the clinic."""
    near = one.first - other.last <= _GAP_MAX and other.first - one.last <= _GAP_MAX and not one.counted
    return near and other.code.startswith(_PART_OF.get(one.code, ())) and other.code != one.code


def is_background(one: Named, other: Named) -> bool:
    """Whether ``one`` is what happened, because of which ``other`` is needed."""
    return other.code.startswith(_NEEDED_IN.get(one.code, ("-",)))


def _chosen(named: list[Named], cues: Sequence[tuple[int, int]], prepared: Prepared) -> list[Named]:
    """Return the kinds that are left when each word counts for the surest reading of it only."""
    sure = [one for one in named if not one.weak and one.score + one.bonus >= _STRONG]
    named = [one for one in named if not any(_is_plainer(one, other) for other in sure)]
    named.sort(key=lambda one: (-(one.score + one.bonus - _EARLIER * one.first), one.first))
    kept: list[Named] = []
    taken: set[int] = set()
    for one in named:
        if one.score + one.bonus < _FIRST_MIN or one.words & taken:
            continue
        if not any(other.code == one.code for other in kept):
            kept.append(one)
        taken |= one.words
    strong = [one for one in kept if not one.weak]
    kept = strong or kept
    kept = [one for one in kept if not one.counts] or kept
    if not kept:
        return []
    first = _first_of_list(kept, cues, prepared)
    further = [one for one in kept if one is not first and one.score + one.bonus >= _ALSO_MIN and not one.weak]
    return [first, *sorted(further, key=lambda one: one.first)]


def _first_of_list(kept: Sequence[Named], cues: Sequence[tuple[int, int]], prepared: Prepared) -> Named:
    """Return what is meant first: the surest, or what stands before it in the same list ("milk, bread and a ride")."""
    first = max(kept, key=lambda one: (one.sure, -one.first))
    least = first.sure - _SURELY_MORE
    needed = [
        one
        for one in kept
        if one.code.startswith(_NEEDED_IN.get(first.code, ("-",))) and one.sure >= first.sure - _NEEDED_LACK
    ]
    if needed:
        return max(needed, key=lambda one: (one.sure, -one.first))
    for one in sorted(kept, key=lambda one: -one.first):
        if one.first < first.first and first.first - one.last <= _LIST_GAP and one.sure >= least:
            parted = any(one.last <= start < first.first for start, _end in cues)
            together = prepared.sentences[one.first] == prepared.sentences[first.first]
            if not parted and (together or first.first - one.last <= _NEXT_LINE_GAP):
                first = one
    return first
