"""Rows that may be about the same person or the same need: shown, never merged and never dropped by themselves.

Only exact signs are looked at here: the same phone or address, or the same name and the same kind.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from taawun.community.circles.actions.bringing import DecidedPerson
from taawun.community.circles.actor import Actor
from taawun.community.circles.models import Membership
from taawun.community.people.identity import parse_address
from taawun.community.people.models import Contact
from taawun.ground.values.refusal import Refusal
from taawun.ground.words.clean import search_key
from taawun.practice.aid.actions.posting import Decided
from taawun.reach.sheets.passing import Passed

AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Twin:
    """A row that may be there already. ``other_line`` is a row of the same file, 0 where it is somebody of the circle."""

    line: int
    other_line: int
    sign: str
    shown: str = ""


@dataclass(frozen=True, slots=True)
class Twins:
    shown: list[Twin]
    count: int


@dataclass
class Seeker:
    """Collects the signs of every row of a file, and then says which rows may be about the same."""

    actor: Actor
    of_people: bool
    _first: dict[int, int] = field(default_factory=dict)
    _inside: list[Twin] = field(default_factory=list)
    _phones: list[tuple[str, int]] = field(default_factory=list)
    _names: list[tuple[str, int]] = field(default_factory=list)

    def note(self, row: Passed) -> None:
        if row.status != "new":
            return
        for part in row.parts[:1]:
            for sign, text in _signs(part.made):
                first = self._first.setdefault(hash((sign, text)), row.line)
                if first != row.line:
                    self._inside.append(Twin(row.line, first, sign))
                    break
            if self.of_people and isinstance(part.made, DecidedPerson):
                self._phones += [(one.value, row.line) for one in part.made.addresses]
                self._names.append((search_key(part.made.membership.agent.name), row.line))
            elif isinstance(part.made, Decided):
                self._phones.append((part.made.sealed["phone"], row.line))

    def twins(self, most: int) -> Twins:
        found = [*self._inside, *self._in_circle()]
        found.sort(key=lambda one: one.line)
        return Twins(found[:most], len(found))

    def _in_circle(self) -> Iterator[Twin]:
        """Yield rows whose phone or name is that of somebody who belongs here. Who has an account is not given away."""
        members = Membership.objects.filter(circle=self.actor.circle, left_at__isnull=True)
        paper = members.filter(agent__account__isnull=True)
        for start in range(0, len(self._phones), AT_ONCE):
            lines = dict(_indexed(self._phones[start : start + AT_ONCE], self.actor.circle.region))
            contacts = Contact.objects.filter(blind_index__in=lines, agent__memberships__in=paper)
            for index, name in contacts.values_list("blind_index", "agent__name"):
                yield Twin(lines[bytes(index)], 0, "phone", name)
        if self._names:
            here = {search_key(name): name for name in members.values_list("agent__name", flat=True) if name}
            for key, line in self._names:
                if key in here:
                    yield Twin(line, 0, "name", here[key])


def _indexed(phones: Iterable[tuple[str, int]], region: str) -> Iterator[tuple[bytes, int]]:
    for text, line in phones:
        try:
            yield parse_address(text, region).blind_index, line
        except Refusal:
            continue


def _signs(made: Decided | DecidedPerson) -> Iterator[tuple[str, str]]:
    if isinstance(made, DecidedPerson):
        for address in made.addresses:
            yield "phone", address.value
        yield "name", search_key(made.membership.agent.name)
        return
    kind = made.intent.kind
    if made.sealed["phone"]:
        yield "phone", f"{made.sealed['phone']}|{kind}"
    if made.sealed["name"]:
        yield "name", f"{search_key(made.sealed['name'])}|{kind}"
