"""Whether a message asks or offers. A longer phrase swallows the shorter ones in it: "who needs" offers, "needs" asks."""

from collections.abc import Sequence
from typing import Final

from taawun.ground.words.phrases import Match, longest
from taawun.reach.messages.reading.draft import Direction, Found
from taawun.reach.messages.reading.prepare import Prepared

_REQUEST, _REQUEST_WEAK, _OFFER, _OFFER_WEAK, _WITHDRAWN = (
    "direction.request", "direction.request_weak", "direction.offer", "direction.offer_weak", "direction.withdrawn",
)  # fmt: skip
# What sounds like a cue and is none: "no problem".
_NOTHING: Final = "direction.nothing"
_CUES: Final = (_REQUEST, _REQUEST_WEAK, _OFFER, _OFFER_WEAK, _WITHDRAWN, _NOTHING)
_WEIGHT: Final = {_REQUEST: 2.0, _OFFER: 2.0, _REQUEST_WEAK: 0.6, _OFFER_WEAK: 0.8}
_A_WORD_MORE: Final = 0.5
_EARLIER: Final = 0.02
_FURTHER: Final = 0.6
# "I have three children" offers nothing: what one has is not always to give.
_PEOPLE: Final = ("counting.people", "counting.age", "counting.duration")
_ASKED, _ASKED_AND_OFFERED = 1.3, 0.4
_PART_OF_IT: Final = 4


class Cues:
    """The cues found, and what they add up to."""

    def __init__(self, prepared: Prepared) -> None:
        self.prepared = prepared
        found = [one for one in prepared.markers if one.value in _CUES]
        self.matches = [one for one in _clear(longest(found)) if not self._has_people(one)]

    def _has_people(self, match: Match[str]) -> bool:
        if match.value != _OFFER_WEAK:
            return False
        return any(self.prepared.at(match.last + step, *_PEOPLE) is not None for step in (0, 1, 2))

    def score(self, marker: str, weak: str) -> float:
        """Add up the cues of one direction: the surest in full, each further one for less. The first say more than the last."""
        worths: list[float] = []
        seen: set[str] = set()
        for one in self.matches:
            if one.value not in (marker, weak):
                continue
            words = " ".join(token.key for token in self.prepared.tokens[one.first : one.last])
            if words in seen:
                continue
            seen.add(words)
            worth = _WEIGHT[one.value] + (_A_WORD_MORE * (one.last - one.first - 1) if one.value == marker else 0.0)
            worths.append(worth * (1.0 - min(_EARLIER * one.first, 0.5)) * (1.0 if one.exact else 0.7))
        worths.sort(reverse=True)
        return sum(worth * _FURTHER**number for number, worth in enumerate(worths))

    def direction(self, *, names_a_kind: bool) -> Found[Direction] | None:
        """Return what the message does. One that only names things asks for them."""
        request, offer = self.score(_REQUEST, _REQUEST_WEAK), self.score(_OFFER, _OFFER_WEAK)
        if self.matches or names_a_kind:
            request += self._questions()
        if offer > request:
            return Found("offer", self.spans(_OFFER, _OFFER_WEAK))
        if request > 0 or names_a_kind:
            return Found("request", self.spans(_REQUEST, _REQUEST_WEAK))
        return None

    def _questions(self) -> float:
        """A question that offers nothing asks."""
        offering = {self.prepared.sentences[one.first] for one in self.matches if one.value == _OFFER}
        asked = self.prepared.questions - offering
        return _ASKED if asked else _ASKED_AND_OFFERED if self.prepared.questions else 0.0

    def withdrawn(self, *, given: bool = False) -> Found[bool] | None:
        """Return the words that say it is over; none where the message goes on to ask for something in so many words."""
        over = [one for one in self.matches if one.value == _WITHDRAWN]
        asked = any(one.value == _REQUEST for one in self.matches)
        if asked or given:
            # One word such as "full" or "closed" says that it is over only where nothing else goes on.
            over = [one for one in over if one.last - one.first > 1 or self._ends(one)]
        # "We no longer need it, who does may take it" gives.
        if any(one.value == _OFFER and one.exact and one.first >= over[0].last for one in self.matches if over):
            return None
        if not over or any(
            one.value == _REQUEST and one.exact and not self._is_near(one, over) for one in self.matches
        ):
            return None
        return Found(True, self.spans(_WITHDRAWN))

    def _ends(self, over: Match[str]) -> bool:
        """Whether a word that it is over stands close behind what was asked: "ihtiyacımız tamamlandı"."""
        asked = [one for one in self.matches if one.value == _REQUEST]
        return all(one.first < over.first for one in asked) and any(
            over.first - one.last < _PART_OF_IT for one in asked
        )

    def _is_near(self, one: Match[str], over: Sequence[Match[str]]) -> bool:
        """Whether a cue stands so close to a word that it is over that it is part of it: "no need, I have found one"."""
        return any(one.first - other.last < _PART_OF_IT and other.first - one.last < _PART_OF_IT for other in over)

    def spans(self, *markers: str) -> tuple[tuple[int, int], ...]:
        found = [one for one in self.matches if one.value in markers]
        strong = [one for one in found if not one.value.endswith("_weak")] or found
        return tuple(dict.fromkeys(self.prepared.span(one.first, one.last) for one in strong))

    def words(self, direction: Direction | None) -> list[tuple[int, int]]:
        """Return where the cues of a direction stand, as word numbers."""
        wanted = (_OFFER, _OFFER_WEAK) if direction == "offer" else (_REQUEST, _REQUEST_WEAK)
        return [(one.first, one.last) for one in self.matches if one.value in wanted]


def _clear(matches: Sequence[Match[str]]) -> list[Match[str]]:
    """Of cues on the very same words keep one: the one that is over, then the strong before the weak."""
    order = {_WITHDRAWN: 0, _NOTHING: 0, _OFFER: 1, _REQUEST: 2, _OFFER_WEAK: 3, _REQUEST_WEAK: 4}
    best: dict[tuple[int, int], Match[str]] = {}
    for one in matches:
        key = (one.first, one.last)
        # What stands there just as it is listed is meant, not what it would be without an ending.
        if key not in best or (not one.listed, order[one.value]) < (not best[key].listed, order[best[key].value]):
            best[key] = one
    kept: list[Match[str]] = []
    for one in sorted(best.values(), key=lambda one: (one.first - one.last, one.first)):
        if not any(one.first < other.last and other.first < one.last for other in kept):
            kept.append(one)
    return sorted(kept, key=lambda one: one.first)
