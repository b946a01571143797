"""What a person types, made safe to store and to show; keys for searching it; and a look for personal data in public
text.

Stored text is what the person meant: composed, trimmed, without characters that cannot be seen but change what others
see. Search keys go much further and are never shown.
"""

import re
import unicodedata
from typing import Final

from taawun.ground.words.digits import to_latin
from taawun.ground.words.errors import WordsError

# Explicit embeddings, overrides and isolates turn the order of what stands around them, balanced or not, and no
# keyboard types them; the marks LRM, RLM and ALM and the joiners ZWNJ and ZWJ do honest work in Arabic, Persian and
# Urdu, and stay.
_DIRECTION: Final = "\u202a-\u202e\u2066-\u2069"
_UNSEEN: Final = "\ufeff\u00ad\u2060-\u2064\u206a-\u206f\ufff9-\ufffb\U000e0000-\U000e007f"
_REMOVED: Final = re.compile(f"[{_DIRECTION}{_UNSEEN}\x01-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]")
_LINE_ENDS: Final = re.compile("\r\n|[\r\n\x0b\x0c\x85\u2028\u2029]")
_SPACES: Final = re.compile(r"[^\S\n]+")
_BLANK_LINES: Final = re.compile(r"\n{3,}")
# More marks than any script stacks on one letter: they only serve to paint over the neighbours.
_MARKS_STACKED_MAX: Final = 6
_LETTERS_UNSEEN: Final = frozenset("\u115f\u1160\u3164\uffa0\u2800")
_FSI, _LRI, _PDI = "\u2068", "\u2066", "\u2069"
_DIRECTION_ONLY: Final = re.compile(f"[{_DIRECTION}]")


def clean_line(text: str, max_length: int) -> str:
    """Return ``text`` as one tidy line, or ``WordsError`` ``text.too_long``, ``text.nul`` or ``text.broken``."""
    return _limited(" ".join(_cleaned(text, max_length).split()), max_length)


def clean_text(text: str, max_length: int, max_lines: int) -> str:
    """Return ``text`` as tidy lines with at most one blank line between them; also ``text.too_many_lines``."""
    lines = (_SPACES.sub(" ", line).strip() for line in _cleaned(text, max_length).split("\n"))
    tidy = _BLANK_LINES.sub("\n\n", "\n".join(lines).strip("\n"))
    if tidy.count("\n") >= max_lines:
        raise WordsError("text.too_many_lines", limit=max_lines)
    return _limited(tidy, max_length)


def _cleaned(text: str, max_length: int) -> str:
    # Ten megabytes are refused before anything walks through them. A text that is only long by its spaces is let
    # through to the real measure after cleaning.
    if len(text) > 4 * max_length + 1000:
        raise WordsError("text.too_long", limit=max_length)
    if "\0" in text:
        raise WordsError("text.nul")
    try:
        text.encode()
    except UnicodeEncodeError as broken:
        raise WordsError("text.broken") from broken
    text = _LINE_ENDS.sub("\n", unicodedata.normalize("NFC", text))
    text = _REMOVED.sub("", text)
    # Where all is plain ASCII nothing below has anything to do, and most of what machines send is.
    if text.isascii():
        return text
    return _thin_marks("".join(one for one in text if not _is_noncharacter(one)))


def _is_noncharacter(one: str) -> bool:
    code = ord(one)
    return code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF


def _thin_marks(text: str) -> str:
    if text.isascii():
        return text
    kept: list[str] = []
    stacked = 0
    for one in text:
        stacked = stacked + 1 if unicodedata.combining(one) else 0
        if stacked <= _MARKS_STACKED_MAX:
            kept.append(one)
    return "".join(kept)


def _limited(text: str, max_length: int) -> str:
    if not has_visible(text):
        return ""
    if len(text) > max_length:
        raise WordsError("text.too_long", limit=max_length, length=len(text))
    return text


def has_visible(text: str) -> bool:
    """Return whether anything in ``text`` leaves ink: a name made of joiners and blanks is no name."""
    return any(unicodedata.category(one)[0] in "LNPS" and one not in _LETTERS_UNSEEN for one in text)


def isolate(text: str) -> str:
    """Return user text for a plain-text sentence (SMS, CSV), so that it cannot turn the order of its neighbours.

    Pages use ``<bdi>`` instead.
    """
    return "\n".join(f"{_FSI}{line}{_PDI}" for line in _DIRECTION_ONLY.sub("", text).split("\n"))


def isolate_ltr(text: str) -> str:
    """Return a phone number, a code or a plus code for a plain-text sentence: always laid out from left to right."""
    return f"{_LRI}{_DIRECTION_ONLY.sub('', text)}{_PDI}"


# Marks on Latin, Greek and Cyrillic letters, Arabic vowel signs and annotations, tatweel, joiners and direction marks.
# The signs of Bengali and other scripts are letters in their own right and stay.
_KEY_DROPPED: Final = re.compile(
    "[\u0300-\u036f\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06ed\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\u00ad"
    "'\u2019\u02bb\u02bc\u02bf\u02be\u0621\u0674]"
)
_KEY_SAME: Final = str.maketrans(
    {
        # Alef in its forms; the others lose their hamza or madda as combining marks.
        "ٱ": "ا", "ٲ": "ا", "ٳ": "ا",
        # Taa marbuta and the forms of haa.
        "ة": "ه", "ہ": "ه", "ھ": "ه", "ە": "ه", "ۂ": "ه", "ۃ": "ه", "ۀ": "ه",
        # Yaa: Arabic, Persian, Urdu.
        "ى": "ي", "ی": "ي", "ے": "ي", "ې": "ي", "ۍ": "ي", "ێ": "ي",
        # Kaf: Arabic, Persian, Sindhi.
        "ک": "ك", "ڪ": "ك", "ګ": "گ",
        "ں": "ن",
        # Latin letters that do not come apart into a letter and a mark.
        "ı": "i", "ø": "o", "đ": "d", "ł": "l", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th", "ħ": "h",
    }
)  # fmt: skip


def search_key(text: str) -> str:
    """Return the form of ``text`` in which two spellings of one word are equal. For matching only; never stored as
    text.
    """
    text = unicodedata.normalize("NFKD", to_latin(text)).casefold()
    # Casefolding can leave marks of its own: the Turkish dotted capital İ becomes i and a dot above.
    text = _KEY_DROPPED.sub("", unicodedata.normalize("NFKD", text)).translate(_KEY_SAME)
    # The vowel signs of Bengali are marks: they belong to the word, and everything that is neither letter nor mark
    # parts words.
    parts = "".join(one if one.isalnum() or unicodedata.category(one)[0] == "M" else " " for one in text)
    return " ".join(parts.split())


# The lengths are bounded, so that a long text without an @ costs no more than its length.
_EMAIL: Final = re.compile(r"[^\s@<>,;:()\[\]]{1,64}@[^\s@<>,;:()\[\]]{1,190}\.[^\W\d_]{2,63}")
# Two digits or letters after the plus say which door; a code padded with zeros names an area and is no secret.
_PLUS_CODE: Final = re.compile(
    r"(?<![\w+])(?=[2-9]*[CFGHJMPQRVWX])[2-9CFGHJMPQRVWX]{4,8}\+[2-9CFGHJMPQRVWX]{2,7}(?!\w)", re.IGNORECASE
)
_PHONE: Final = re.compile(
    r"(?<![0-9A-Za-z_])(?<![0-9][.,])(?:\+ ?)?\(?[0-9](?:[ \u00a0().\-\u2010-\u2015/]{0,3}[0-9]){6,19}(?!\w)"
)
_DAY_OF_MONTH, _MONTH = "(?:0?[1-9]|[12][0-9]|3[01])", "(?:0?[1-9]|1[0-2])"
_YEAR: Final = "(?:1[34][0-9]{2}|(?:19|20)[0-9]{2})"
# A year of two digits counts only where no further number is joined on: 06-12-20-56-78 is a phone number.
_DAY: Final = re.compile(
    rf"(?<![0-9]){_YEAR}([-/.]){_MONTH}\1{_DAY_OF_MONTH}(?![0-9])"
    rf"|(?<![0-9]){_DAY_OF_MONTH}([-/.]){_DAY_OF_MONTH}\2{_YEAR}(?![0-9])"
    rf"|(?<![0-9])(?<![0-9][-/.]){_DAY_OF_MONTH}([-/.]){_DAY_OF_MONTH}\3[0-9]{{2}}(?![-/.]?[0-9])"
)
_DAY_SOLID: Final = re.compile("(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])")
_CLOCK: Final = re.compile(r"(?<![0-9.])[0-9]{1,2}(?::[0-9]{2}|\.[0-9]{2}(?![.]?[0-9]))(?![0-9])")


def looks_personal(text: str) -> list[str]:
    """Return the pieces of ``text`` that look like a phone number, an e-mail address or a precise plus code.

    Meant for a question before publishing ("this seems to hold a phone number"), so dates, hours and amounts do not
    count.
    """
    found = [(match.start(), match[0]) for match in _EMAIL.finditer(text)]
    found += [(match.start(), match[0]) for match in _PLUS_CODE.finditer(text)]
    # Each digit becomes one digit and each date as many blanks, so that positions in the original stay the same.
    plain = _EMAIL.sub(_blank, to_latin(text))
    plain = _CLOCK.sub(_blank, _DAY.sub(_blank, plain))
    for match in _PHONE.finditer(plain):
        if _is_phone_like(match[0]):
            found.append((match.start(), text[match.start() : match.end()]))
    return [piece for _, piece in sorted(found)]


def _blank(match: re.Match[str]) -> str:
    # A letter, not a space: two numbers left and right of a date must not grow together.
    return "x" * len(match[0])


def _is_phone_like(text: str) -> bool:
    groups = re.findall(r"[0-9]+", text)
    digits = "".join(groups)
    if text.startswith(("+", "00")):
        return 8 <= len(digits) <= 17
    if digits.startswith("0"):
        return len(digits) >= 8
    if len(groups) == 1:
        # A round figure or a year, month and day in one word is no phone number.
        return len(digits) >= 8 and not digits.endswith("0000") and not _DAY_SOLID.fullmatch(digits)
    if all(len(group) == 4 and 1300 <= int(group) <= 2100 for group in groups):
        return False
    if len(groups) == 2 and all(group.endswith("00") for group in groups):
        return False
    if re.fullmatch(r"[0-9]{1,3}(?:[ .\u00a0][0-9]{3})+", text) and digits.endswith("000"):
        return False
    # Numbers of one or two digits in a row are a list, save where they begin with 0 as phone numbers do.
    if len(digits) == 7:
        return [len(group) for group in groups] == [3, 4]
    return max(len(group) for group in groups) >= 3
