"""From a text to its draft: prepare, find, weigh."""

from collections.abc import Iterable, Sequence
from datetime import date
from fractions import Fraction
from typing import Final

from taawun.reach.messages.reading import details, direction, quantity
from taawun.reach.messages.reading.draft import Also, Draft, Found, Span
from taawun.reach.messages.reading.kinds import Kinds, Named, find_kinds, is_background
from taawun.reach.messages.reading.lexicon import Lexicon, Sounds, lexicon_of
from taawun.reach.messages.reading.phones import find_phones
from taawun.reach.messages.reading.prepare import Prepared, prepare
from taawun.reach.messages.reading.split import split

# A longer paste is a document, not a message; the page says so.
TEXT_LENGTH_MAX: Final = 20_000
MESSAGES_MAX: Final = 60
_MESSAGE_LENGTH_MAX: Final = 4_000
_COUNTED_MAY_LACK: Final = 1.4


def read_messages(
    text: str,
    *,
    region: str | None,
    languages: Iterable[str],
    kinds: Kinds,
    today: date,
    areas: Sequence[tuple[str, str]] = (),
    lexicon: Lexicon | None = None,
) -> list[Draft]:
    """Return a draft for each message of a paste that says something, in the order of the paste."""
    usual = tuple(languages)
    drafts = []
    for piece in split(text, today)[:MESSAGES_MAX]:
        draft = read_message(
            text[piece.start : piece.end], region=region, languages=usual, kinds=kinds, today=piece.day or today,
            areas=areas, sender=piece.sender, lexicon=lexicon,
        )  # fmt: skip
        if draft.says_something:
            drafts.append(draft)
    return drafts


def read_message(
    text: str,
    *,
    region: str | None,
    languages: Iterable[str],
    kinds: Kinds,
    today: date,
    areas: Sequence[tuple[str, str]] = (),
    sender: str = "",
    lexicon: Lexicon | None = None,
) -> Draft:
    """Return what one message says. ``region`` settles phones without a country code, ``languages`` break ties."""
    text = text[:_MESSAGE_LENGTH_MAX]
    words = lexicon if lexicon is not None else lexicon_of()
    prepared = prepare(text, words, kinds.books, _sounds(kinds, words), languages)
    if not prepared.tokens:
        return Draft(text)
    phones = find_phones(text, region)
    taken: list[Span] = [span for one in phones for span in one.spans]
    cues = direction.Cues(prepared)
    places = details.find_places(prepared, taken)
    beside = [span for span, is_beside in places if is_beside]
    leaning = cues.direction(names_a_kind=False)
    named = find_kinds(prepared, kinds, cues.words(leaning.value if leaning else None), beside)
    decided = cues.direction(names_a_kind=bool(named))
    prepared.offered = decided is not None and decided.value == "offer"
    when = details.find_when(prepared, today, taken)
    if when is not None:
        taken = [*taken, *when.spans]
    amounts = [quantity.find_quantity(prepared, one, named, kinds.units[one.code], taken) for one in named]
    _counted_first(named, amounts)
    return Draft(
        text=text,
        languages=prepared.languages,
        direction=decided,
        kind=_found(prepared, named[0]) if named else None,
        also=tuple(
            Also(_found(prepared, one), much, quantity.counts_unit(prepared, much, kinds.units[one.code]))
            for one, much in zip(named[1:], amounts[1:], strict=True)
        ),
        quantity=amounts[0] if amounts else None,
        counts_unit=not named or quantity.counts_unit(prepared, amounts[0], kinds.units[named[0].code]),
        phones=phones,
        places=tuple(Found(text[slice(*prepared.span(*span))], (prepared.span(*span),)) for span, _beside in places),
        area=details.find_area(prepared, areas),
        urgency=details.find_urgency(prepared, when, today),
        when=when,
        name=details.find_name(prepared, taken, sender),
        withdrawn=cues.withdrawn(given=bool(phones) and bool(amounts and amounts[0])),
    )


def _counted_first(named: list[Named], amounts: list[Found[Fraction] | None]) -> None:
    """Put what is counted before what is only mentioned, where both are said about as surely: "two beds, near the shop"."""
    if not named or amounts[0] is not None:
        return
    for place, (one, much) in enumerate(zip(named, amounts, strict=True)):
        if much is not None and not is_background(one, named[0]) and one.sure >= named[0].sure - _COUNTED_MAY_LACK:
            named.insert(0, named.pop(place))
            amounts.insert(0, amounts.pop(place))
            return


def _found(prepared: Prepared, named: Named) -> Found[str]:
    return Found(named.code, named.spans(prepared))


def _sounds(kinds: Kinds, lexicon: Lexicon) -> Sounds:
    """Return the Arabic words that Latin letters may stand for: made once for a set of kinds."""
    if kinds.sounds is None:
        known = [book.known.get("ar", set()) for book in kinds.books]
        kinds.sounds = Sounds(lexicon.book.known.get("ar", set()), *known)
    return kinds.sounds
