"""How a text file is written: by its mark, by strict UTF-8, or else by which reading gives the letters people write.

Nothing is replaced in silence. Where the bytes do not say, the best reading is taken and the others are offered with samples.
"""

import codecs
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from charset_normalizer import from_bytes

from taawun.ground.values.refusal import Refusal

DAMAGED: Final = "utf-8-replace"
"""UTF-8 with a few broken letters, which are shown as U+FFFD."""
# In the order in which they are preferred where two read the same.
_CANDIDATES: Final = ("cp1252", "cp1256", "cp1254", "iso8859-9", "cp1250", "mac_roman", "cp850", "iso8859-6", "cp720")
KNOWN: Final = frozenset(
    {"utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", DAMAGED, "latin-1", *_CANDIDATES}
)

_LATIN: Final = frozenset("àâäæçéèêëîïôœùûüÿÀÂÄÆÇÉÈÊËÎÏÔŒÙÛÜŸáíóúñãõßÁÍÓÚÑöÖåÅøØìòÌÒ")
_TURKISH: Final = frozenset("ğıİşŞĞ")
_ARABIC_OFTEN: Final = frozenset("اليمنوربتهةدعسفكقحجأىشطصخإضذثزغءئآظؤ")
_ARABIC: Final = frozenset("پچژگکیۀً ٌ ٍ َ ُ ِ ّ ْـ،؛؟٠١٢٣٤٥٦٧٨٩".replace(" ", ""))
_SIGNS: Final = frozenset("“”‘’–—…«»€£°·•\u00a0ºª©®™№½×§")
_ONLY_AT_END: Final = frozenset("ةى")
_RUN: Final = re.compile(rb"[^\n\r,;\t|\"]*[\x80-\xff][^\n\r,;\t|\"]*")
_SAMPLE_BYTES: Final = 200_000
_SAMPLES: Final = 5
_OPINION_BYTES: Final = 4_000


@dataclass(frozen=True, slots=True)
class Found:
    """``others`` are further readings, the best first; ``damaged`` counts broken letters, ``line`` is that of the first."""

    encoding: str
    others: tuple[str, ...] = ()
    damaged: int = 0
    line: int = 0


def find_encoding(data: bytes) -> Found:
    """Return how the bytes are to be read, or refuse text with zero bytes in it."""
    if data.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)) and len(data) % 4 == 0:
        return Found("utf-32")
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return Found("utf-16")
    without_mark = _utf16_without_mark(data)
    if without_mark:
        return Found(without_mark)
    nul = data.find(b"\0")
    if nul >= 0:
        raise Refusal("sheet.zero_byte", "file", line=_line_of(data, nul))
    broken, first = _broken_utf8(data)
    if not broken:
        return Found("utf-8-sig" if data.startswith(codecs.BOM_UTF8) else "utf-8")
    ranked = _ranked(data)
    if data.startswith(codecs.BOM_UTF8) or broken * 20 < _sequences(data):
        return Found(DAMAGED, ranked[:2], broken, _line_of(data, first))
    return Found(ranked[0], ranked[1:4])


def checked(data: bytes, encoding: str) -> str:
    """Return a chosen encoding by its own name, or refuse one that is unknown or cannot be."""
    name = encoding.strip().lower()
    if name not in KNOWN:
        raise Refusal("sheet.encoding_unknown", "encoding", text=encoding[:40])
    if name == DAMAGED:
        return name
    try:
        for piece in pieces(data, name):
            if "\0" in piece:
                raise Refusal("sheet.encoding_wrong", "encoding", text=encoding)
    except UnicodeError as error:
        raise Refusal("sheet.encoding_wrong", "encoding", text=encoding) from error
    return name


def reader(data: bytes, encoding: str) -> io.TextIOWrapper:
    """Return the text as a stream: a file of fifty megabytes is never text as a whole."""
    if encoding == DAMAGED:
        return io.TextIOWrapper(io.BytesIO(data), "utf-8-sig", errors="replace", newline="")
    return io.TextIOWrapper(io.BytesIO(data), encoding, newline="")


def pieces(data: bytes, encoding: str) -> Iterator[str]:
    parts = (data[place : place + (1 << 20)] for place in range(0, len(data), 1 << 20))
    return codecs.iterdecode(parts, encoding)


def samples(data: bytes, encoding: str) -> tuple[tuple[str, ...], ...]:
    """Return the first lines that hold a letter outside ASCII, each as one cell: a person sees which reading is right."""
    lines: list[tuple[str, ...]] = []
    name, errors = ("utf-8-sig", "replace") if encoding == DAMAGED else (encoding, "replace")
    for match in re.finditer(rb"[^\r\n]*[\x80-\xff][^\r\n]*", data[: 20 * _SAMPLE_BYTES]):
        lines.append((match[0][:400].decode(name, errors).strip("\ufeff")[:200],))
        if len(lines) == _SAMPLES:
            break
    return tuple(lines)


def _utf16_without_mark(data: bytes) -> str:
    """Tell by the signs of ASCII, which every table has: in UTF-16 each stands beside a zero byte, always on one side."""
    head = data[:4000]
    if len(head) < 4 or len(data) % 2 or b"\0" not in head:
        return ""
    even, odd = head[::2], head[1::2]
    little = sum(1 for low, high in zip(even, odd, strict=True) if high == 0 and 9 <= low < 127)
    big = sum(1 for high, low in zip(even, odd, strict=True) if high == 0 and 9 <= low < 127)
    encoding = "utf-16-le" if little > 3 * big else "utf-16-be" if big > 3 * little else ""
    if not encoding or max(little, big) * 8 < len(even):
        return ""
    try:
        return encoding if "\0" not in head.decode(encoding, "ignore") else ""
    except UnicodeError:
        return ""


def _line_of(data: bytes, place: int) -> int:
    before = data[:place].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return before.count(b"\n") + 1


def _broken_utf8(data: bytes) -> tuple[int, int]:
    """Return how many places are no UTF-8, and the first of them."""
    decoder, place, broken, first = codecs.getincrementaldecoder("utf-8")(), 0, 0, 0
    try:
        for start in range(0, len(data), 1 << 20):
            decoder.decode(data[start : start + (1 << 20)])
        decoder.decode(b"", True)
        return 0, 0
    except UnicodeDecodeError:
        pass
    while place < len(data) and broken < 100_000:
        try:
            data[place : place + (1 << 20)].decode()
            place += 1 << 20
        except UnicodeDecodeError as error:
            at = place + error.start
            if error.end == len(data[place : place + (1 << 20)]) and at + 4 < len(data) and error.start > 0:
                # Only the piece ends in the middle of a letter.
                place = at
                continue
            first = first if broken else at
            broken += 1
            place = place + error.end
    return broken, first


def _sequences(data: bytes) -> int:
    """Return how many letters of several bytes the file would hold as UTF-8."""
    return sum(1 for _ in re.finditer(rb"[\xc2-\xf4][\x80-\xbf]{1,3}", data))


def _ranked(data: bytes) -> tuple[str, ...]:
    """Return the encodings that can read the file, the most likely first."""
    runs = b"\n".join(match[0] for match, _ in zip(_RUN.finditer(data), range(4_000), strict=False))[:_SAMPLE_BYTES]
    scores: dict[str, float] = {}
    for place, encoding in enumerate(_CANDIDATES):
        try:
            for _piece in pieces(data, encoding):
                pass
            scores[encoding] = _likeness(runs.decode(encoding)) - place / 1000
        except UnicodeError:
            continue
    opinion = from_bytes(runs[:_OPINION_BYTES], cp_isolation=list(scores)).best() if scores and runs else None
    if opinion is not None:
        # A second opinion settles what the letters leave open, and no more.
        name = opinion.encoding.replace("iso8859_", "iso8859-")
        scores[name] = scores.get(name, -1.0) + 0.0005
    # Every byte is a letter of Latin-1, so that there is always one reading.
    return tuple(sorted(scores, key=lambda one: -scores[one])) or ("latin-1",)


def _likeness(text: str) -> float:
    """Return how much the letters outside ASCII are those of the languages we expect, from -1 to 1."""
    total, count = 0.0, 0
    for word in text.split():
        if word.isascii():
            continue
        arabic = any(one in _ARABIC_OFTEN for one in word)
        latin = any(one.isascii() and one.isalpha() or one in _LATIN or one in _TURKISH for one in word)
        for place, one in enumerate(word):
            if one.isascii():
                continue
            count += 1
            total += _letter(one, word, place)
            if arabic and latin:
                total -= 0.7
    return total / count if count else 0.0


def _letter(one: str, word: str, place: int) -> float:
    inside = 0 < place < len(word) - 1 and word[place - 1].isalpha() and word[place + 1].isalpha()
    if one in _ARABIC_OFTEN:
        return 0.2 if one in _ONLY_AT_END and inside else 1.0
    if one in _ARABIC:
        return 0.6
    if one in _LATIN or one in _TURKISH:
        # A capital in the middle of small letters is a wrong reading.
        wrong = one.isupper() and place > 0 and word[place - 1].islower()
        return -0.5 if wrong else 1.0
    if one in _SIGNS:
        return 0.5 if not inside or one in "’‘" else -0.3
    return -1.0 if not one.isalpha() else -0.4
