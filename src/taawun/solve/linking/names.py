"""Names of people, as lists have them: split into parts, and compared across scripts, orders and habits of writing.

``parts`` takes a name apart: titles and the words between (bin, ibn, bint) go, articles (al-, el-) go, "Abd al-…",
"… al-Din", "Abu …" and "Umm …" become one part with what they belong to. ``compare`` says how like two names are, from
0 to 1, and why.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise, permutations
from typing import Final

from taawun.solve.linking.known import OPTIONAL, known
from taawun.solve.linking.sounds import closeness, folded, is_abjad, skeletons, sounds

SAME = 0.8
NAME_LENGTH_MAX = 200
PARTS_MAX = 6
# Two words this close are one name spelt in two ways; below the second they are two names.
_PART_SAME = 0.9
_PART_OTHER = 0.72


def _words(text: str) -> frozenset[str]:
    return frozenset(folded(one) for one in text.split())


_TITLES: Final = _words("""
    mr mrs ms miss mme mlle dr prof eng engr hajj haj hajji haji hajja hajjah hac haci hadji sheikh shaikh
    cheikh shaykh ustaz ustad ustadh mawlana maulana mst mosammat musammat mosammat mufti bey hanim bay bayan
    ibu bapak pak bu sr late janab sahib saheb الحاج حاج الحاجة حاجة الدكتور دكتور الدكتورة المهندس مهندس
    الشيخ شيخ الأستاذ استاذ أستاذ الاستاذ السيدة الانسة الآنسة المرحوم المرحومة حاجی جناب صاحب صاحبہ محترم
    محترمہ মোসাম্মৎ মোছাঃ জনাব
""")
_BETWEEN: Final = _words("bin ben ibn bn b bint bent bnt ould oğlu kızı oglu kizi de du di da بن ابن بنت ولد و")
_ARTICLES: Final = _words("al el ul ur us ud un ut uz ush ash esh ad ed an en as es ar er at et az ez il l ال")
_FATHER: Final = _words("abu abou aboo abi abo bou ebu أبو ابو أبي ابی بو أبا ابا")
_MOTHER: Final = _words("umm um oum oumm omm om ümmü أم ام")
_SERVANT: Final = _words(
    "abd abdul abdel abdal abdoul abdol abdur abdus abdun abduz abdud abdush abdes abder abden abdou عبد আব্দুল আবদুল আব্দুর"
)
# Letters with their marks (Bengali vowels are marks), and the signs that stand for ain and hamza within a word.
_WORD: Final = re.compile(
    r"[^\W_](?:[^\W_]|[\u0300-\u036f\u0610-\u061a\u064b-\u065f\u0670\u0980-\u09ff\u200c\u200d'’`ʼʿʾ])*"
)
_SERVANT_JOINED: Final = re.compile(
    r"^abd(?:[aeiou]{1,2}|(?=[rslnzt]{2}))?(?:l|(?=(?:rr|ss|nn|zz|tt|dd|ssh|sh|r|s|n|z|t|d|j|g|k|h|m|b|f|q|w|y|gh)))"
    r"(?P<rest>[^\W\d_]{3,})$"
)
_FAITH: Final = re.compile(r"^(?P<rest>[^\W\d_]{3,}?)(?:[aeou]|ou)(?:l|d)?-?d(?:i|ee|ii|ea)n[e]?$")
_FAITH_WORDS: Final = _words("din deen dine eddin eddine uddin udin aldin الدين دين الدّین উদ্দিন ud-din")
_GOD: Final = _words("allah ullah ulla alla الله اللہ উল্লাহ")


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a name: the word itself, folded, and what it was bound to (``abd``, ``abu``, ``umm``, ``din``)."""

    word: str
    bound: str = ""

    @property
    def is_initial(self) -> bool:
        return len(self.word) == 1 and not self.bound


@dataclass(frozen=True, slots=True)
class Compared:
    """How like two names are, from 0 to 1, and a word for why: ``same``, ``spelling``, ``order``, ``shorter``,
    ``initials``, ``one_part``, ``other_part``, ``other_first``, ``other``, ``nothing``."""

    score: float
    code: str


@lru_cache(maxsize=65536)
def parts(name: str) -> tuple[Part, ...]:
    """Return the parts of a name in the order they are written."""
    words = [folded(one).replace("’", "'").strip("'`ʼʿʾ") for one in _WORD.findall(name[:NAME_LENGTH_MAX])]
    words = [one for one in words if one]
    kept = [one for one in words if one not in _TITLES] or words
    made: list[Part] = []
    bound, place = "", 0
    while place < len(kept):
        word, rest = kept[place], kept[place + 1 :]
        place += 1
        if word in _MOTHER and rest:
            bound = "umm"
        elif word in _FATHER and rest:
            bound = "abu"
        elif word in _SERVANT and rest:
            bound = bound or "abd"
        elif (word in _BETWEEN and len(kept) > 1 and made) or (word in _ARTICLES and rest and len(word) > 0):
            continue
        elif word in _FAITH_WORDS and made and not made[-1].bound:
            made[-1] = Part(made[-1].word, "din")
        else:
            made.append(_part(word, bound))
            bound = ""
    return tuple(made[:PARTS_MAX])


def _part(word: str, bound: str) -> Part:
    if word in _GOD and bound == "abd":
        return Part("allah", "abd")
    if known(word):
        return Part(word, bound)
    if is_abjad(word):
        return _arabic_part(word, bound)
    if not bound and word in _SERVANTS_OF_GOD:
        return Part("allah", "abd")
    if not bound and (found := _SERVANT_JOINED.match(word)):
        return Part(_undoubled(found["rest"]), "abd")
    if not bound and len(word) > 5 and (found := _FAITH.match(word)):
        return Part(found["rest"], "din")
    if not bound and len(word) > 6 and (found := re.match(r"^ab(?:u|ou)(?P<rest>[^aeiou].{3,})$", word)):
        return Part(found["rest"], "abu")
    if bound == "abd":
        word = _undoubled(word)
    article = re.match(r"^(?:al|el)(?P<rest>[^aeiouly][a-z]{3,})$", word)
    return Part(article["rest"] if article and not known(word) else word, bound)


def _undoubled(word: str) -> str:
    return word[1:] if len(word) > 3 and word[0] == word[1] else word


def _arabic_part(word: str, bound: str) -> Part:
    if not bound and word.startswith("عبد") and len(word) > 5:
        rest = word[3:]
        if rest in _GOD:
            return Part("allah", "abd")
        return Part(_without_article(rest), "abd")
    if not bound and len(word) > 6 and word.endswith("الدين"):
        return Part(word[:-5], "din")
    for opening, name in (("ابو", "abu"), ("أبو", "abu")):
        if not bound and word.startswith(opening) and len(word) > 5:
            return Part(_without_article(word[3:]), name)
    return Part(_without_article(word), bound)


def _without_article(word: str) -> str:
    return word[2:] if word.startswith("ال") and len(word) > 4 else word


_SERVANTS_OF_GOD: Final = _words(
    "abdullah abdallah abdalla abdulla abdollah abdoulaye abdillah abdellah abdulah আব্দুল্লাহ আবদুল্লাহ"
)


@lru_cache(maxsize=262144)
def part_closeness(one: Part, other: Part) -> float:
    """Return how like two parts are, from 0 to 1. Known names decide where sound would not."""
    if one == other:
        return 1.0
    if one.is_initial or other.is_initial:
        return 0.85 if _may_abbreviate(one, other) else 0.0
    if one.bound != other.bound:
        # Father of Ali is not Ali; Nour is not Nour al-Din.
        return 0.35 * closeness(one.word, other.word)
    first, second = known(one.word), known(other.word)
    if first and second:
        if first & second:
            return 1.0
        return min(0.6, closeness(one.word, other.word))
    return closeness(one.word, other.word)


def _may_abbreviate(one: Part, other: Part) -> bool:
    short, long = (one, other) if one.is_initial else (other, one)
    if long.bound == "abd":
        return short.word in {"a", "ع"}
    if is_abjad(short.word) == is_abjad(long.word):
        return long.word.startswith(short.word)
    return sounds(short.word)[:1].casefold() == sounds(long.word)[:1].casefold()


@lru_cache(maxsize=65536)
def compare(one: str, other: str) -> Compared:
    """Return how like two whole names are. Symmetric."""
    left, right = parts(one), parts(other)
    if not left or not right:
        return Compared(0.0, "nothing")
    if left == right:
        return Compared(1.0 if len(left) > 1 else 0.86, "same" if len(left) > 1 else "one_part")
    if len(left) > len(right):
        left, right = right, left
    joined = _joined(left, right)
    decided = _decided(left, right)
    return max(decided, joined, _without_optional(left, right), key=lambda found: found.score)


def _decided(left: Sequence[Part], right: Sequence[Part]) -> Compared:
    order, close = _best_order(left, right)
    return _decide(left, right, order, close)


def _without_optional(left: Sequence[Part], right: Sequence[Part]) -> Compared:
    """Compare again without what one side has put before or behind by habit: "Md. Abdul Karim" and "Abdul Karim Khan"."""
    mine = {name for part in left for name in known(part.word)}
    theirs = {name for part in right for name in known(part.word)}
    shorter = [part for part in left if not (_is_optional(part) and not known(part.word) & theirs)]
    longer = [part for part in right if not (_is_optional(part) and not known(part.word) & mine)]
    left_out = len(left) + len(right) - len(shorter) - len(longer)
    if not left_out or min(len(shorter), len(longer)) < 2:
        return Compared(0.0, "other")
    if len(shorter) > len(longer):
        shorter, longer = longer, shorter
    found = _decided(shorter, longer)
    return Compared(max(0.0, found.score - 0.07 * left_out), found.code if found.code != "spelling" else "shorter")


def _joined(left: Sequence[Part], right: Sequence[Part]) -> Compared:
    """Names written together by one and apart by the other: "Noor Jahan" and "Noorjahan"."""
    if len(left) == len(right) or any(part.bound for part in (*left, *right)):
        return Compared(0.0, "other")
    close = closeness("".join(part.word for part in left), "".join(part.word for part in right))
    return Compared(0.95 * close, "spelling") if close > 0.93 else Compared(0.0, "other")


def _best_order(left: Sequence[Part], right: Sequence[Part]) -> tuple[tuple[int, ...], list[float]]:
    """Return to which part of ``right`` each of ``left`` belongs, and how close they are. At most six parts each."""
    table = [[part_closeness(one, other) for other in right] for one in left]
    best: tuple[float, tuple[int, ...]] = (-1.0, ())
    for order in permutations(range(len(right)), len(left)):
        total = sum(table[place][at] for place, at in enumerate(order))
        # Of two ways that are as good, the one in order.
        total -= 0.01 * sum(later < sooner for sooner, later in pairwise(order))
        if total > best[0]:
            best = (total, order)
    return best[1], [table[place][at] for place, at in enumerate(best[1])]


def _decide(left: Sequence[Part], right: Sequence[Part], order: tuple[int, ...], close: list[float]) -> Compared:
    worst, mean = min(close), sum(close) / len(close)
    in_order = all(sooner < later for sooner, later in pairwise(order))
    extra = [part for at, part in enumerate(right) if at not in order]
    has_initial = any(part.is_initial for part in (*left, *right))
    if worst < _PART_OTHER:
        firsts = part_closeness(left[0], right[0])
        return Compared(0.6 * mean, "other_first" if firsts < _PART_OTHER else "other_part")
    if worst < _PART_SAME and not has_initial and worst >= _PART_OTHER:
        # A mistake of typing in one long part of several is forgiven; more is not.
        weak = [one for one in close if one < _PART_SAME]
        if len(weak) > 1 or len(close) < 2 or worst < 0.8:
            return Compared(0.75 * worst + 0.05, "other_part")
    score = mean
    if not in_order:
        score -= 0.12
    if extra:
        if 0 not in order:
            # The longer name begins with somebody else: Ahmad, son of Khalil, beside Khalil.
            return Compared(0.55, "other_first")
        if len(left) == 1:
            return Compared(0.6, "one_part")
        score -= 0.05 * len(extra)
    if len(left) == 1 and not extra:
        return Compared(0.86 * score, "one_part")
    code = "order" if not in_order else "initials" if has_initial else "shorter" if extra else "spelling"
    return Compared(max(0.0, score), code)


def _is_optional(part: Part) -> bool:
    return not part.bound and bool(known(part.word) & OPTIONAL)


def keys(name: str) -> list[str]:
    """Return what a name is found by: skeletons of its parts, and of each two of them together, in no order.

    ``0:`` is the whole name in a row, ``2:`` two parts together, ``1:`` one part. The pairs are rare; single parts are
    common. Two spellings of one name share a key unless one was mistyped in its consonants.
    """
    single = [
        tuple(f"{part.bound}{key}" for key in skeletons(part.word)) for part in parts(name) if not part.is_initial
    ]
    single = [one for one in single if one]
    paired = [
        "+".join(sorted((one, other)))
        for place, first in enumerate(single)
        for second in single[place + 1 :]
        for one in first
        for other in second
    ]
    whole = "".join(one[0] for one in single)
    made = [f"0:{whole}"] if whole else []
    made += [f"2:{one}" for one in dict.fromkeys(paired)]
    return made + list(dict.fromkeys(f"1:{one}" for readings in single for one in readings))
