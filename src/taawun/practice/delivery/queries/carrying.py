"""What a carrier, a sheet of paper and a recipient are shown of a run, in a bounded number of statements."""

import itertools
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext as _

from taawun.community.circles import kinds
from taawun.community.circles.actor import Actor
from taawun.community.circles.kinds import CircleKind
from taawun.community.circles.models import Circle
from taawun.ground.values.place import centre_of
from taawun.ground.words.formats import format_number
from taawun.ground.words.units import format_amount, format_amount_bare
from taawun.practice.delivery import access, carry_access, carry_rules, carry_wording, rules
from taawun.practice.delivery.models import Run, Stop, Tap

# A kunya is no name by itself: "Abu" and "Umm" take the word after them along.
_KUNYAS = frozenset({"abu", "abou", "umm", "um", "oum", "أبو", "ابو", "أم", "ام", "bint", "ibn"})
EMPTY: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Line:
    """One stop as its carrier sees it. ``door`` is empty where it is not open to her now."""

    stop: Stop
    number: int
    kind: CircleKind | None
    amount: str
    area: str
    window: str
    state: str
    icon: str
    look: str
    is_next: bool = False
    door: Mapping[str, str] = field(default_factory=dict)
    # The goods for this stop and those after it have to be fetched from the depot first.
    loads: bool = False
    slip: str = ""

    @property
    def is_ahead(self) -> bool:
        return self.stop.state in rules.OPEN

    @property
    def can_be_put_off(self) -> bool:
        return self.stop.what == "dropoff"

    @property
    def needs(self) -> list[tuple[str, str, str]]:
        """What has to be seen to with this stop: label, icon, look."""
        return [carry_wording.need(one) for one in self.stop.needs]

    @property
    def tel(self) -> str:
        """The number to call, where what was given as a way to be reached is one."""
        phone = self.door.get("phone", "")
        return phone if phone.startswith("+") and phone[1:].isdecimal() else ""

    @property
    def geo(self) -> str:
        """Where a map may lead: the very place if it is open to her, else the middle of its coarse field."""
        if self.door.get("point"):
            return self.door["point"].replace(" ", "")
        if self.stop.cell is None:
            return ""
        middle = centre_of(self.stop.cell)
        return f"{middle.latitude:.3f},{middle.longitude:.3f}"

    @property
    def bare(self) -> str:
        return format_amount_bare(self.stop.quantity, self.stop.intent.unit, "en", "latn") if self.stop.intent else ""

    @property
    def first_name(self) -> str:
        return first_name(self.door.get("name", ""))


@dataclass(frozen=True, slots=True)
class Round:
    """A run with its stops: ``next`` are those whose doors are open, ``later`` and ``over`` the rest."""

    run: Run
    lines: Sequence[Line]
    drives: bool
    takes_along: bool
    kept_until: datetime

    @property
    def next(self) -> Sequence[Line]:
        return [one for one in self.lines if one.is_next]

    @property
    def later(self) -> Sequence[Line]:
        return [one for one in self.lines if one.is_ahead and not one.is_next]

    @property
    def over(self) -> Sequence[Line]:
        return [one for one in self.lines if not one.is_ahead]

    @property
    def done(self) -> int:
        return len(self.over)

    @property
    def is_told(self) -> bool:
        return self.run.state in rules.TOLD_RUNS

    @property
    def progress_text(self) -> str:
        return _("%(taken)s of %(all)s") % {"taken": format_number(self.done), "all": format_number(len(self.lines))}


def first_name(name: str) -> str:
    """Return how somebody is called at a door: the first of the names, with what belongs to it."""
    words = name.split()
    taken = 2 if words and words[0].lower().strip(".") in _KUNYAS else 1
    return " ".join(words[:taken])


def round_of(actor: Actor, run: Run, *, opens: bool, now: datetime) -> Round:
    """Return a run as a page shows it. ``opens``: the doors of the next stops are opened, and each look is on record."""
    preferences = access.preferences(actor.circle)
    rows = carry_access.stops(run)
    stops = [one for one in rows if one.what in carry_access.CARRIED]
    loads = {after.id for before, after in itertools.pairwise(rows) if before.what == "load"}
    drives = access.drives(run, actor)
    near = set(carry_rules.ahead([(one.id, one.state) for one in stops], preferences.doors_ahead))
    doors: Mapping[uuid.UUID, Mapping[str, str]] = {}
    if opens and drives:
        wanted = [one for one in stops if one.id in near]
        doors = carry_access.doors(run, actor, wanted, f"run:{run.id}", now=now)
    lines = [
        line(
            actor.circle,
            one,
            number,
            now=now,
            is_next=one.id in near,
            door=doors.get(one.id, EMPTY),
            loads=one.id in loads and number > 1,
        )
        for number, one in enumerate(stops, 1)
    ]
    along = carry_access.may_take_along(run, actor, preferences, now=now)
    return Round(run, lines, drives, along, carry_access.kept_until(run, actor.circle))


def line(
    circle: Circle,
    stop: Stop,
    number: int,
    *,
    now: datetime,
    is_next: bool = False,
    door: Mapping[str, str] = EMPTY,
    loads: bool = False,
) -> Line:
    word, icon, look = carry_wording.state(stop.state, stop.what)
    about = stop.intent
    place = stop.offer if stop.what == "pickup" and stop.offer else about
    return Line(
        stop=stop,
        number=number,
        kind=kinds.find(circle, about.kind) if about else None,
        amount=format_amount(stop.quantity, about.unit) if about and stop.quantity else "",
        area=place.area.name if place and place.area and (stop.what == "dropoff" or stop.offer) else "",
        window=carry_wording.window(stop.told_from or stop.eta, stop.told_until, now),
        state=word,
        icon=icon,
        look=look,
        is_next=is_next,
        door=door,
        loads=loads,
    )


@dataclass(frozen=True, slots=True)
class SaidLine:
    """One tap as a coordinator sees it: what it said, how it was answered, and how far the phone's clock was off."""

    tap: Tap
    what: str
    icon: str
    source: str
    answer: str
    proof: str
    off: str
    fits: bool
    note: str
    photo: bool


def said(tap: Tap, *, note: str, photo: bool) -> SaidLine:
    word, icon = carry_wording.WHATS[tap.what]
    code, proof = str(tap.answer.get("code", "")), str(tap.answer.get("proof", ""))
    minutes = round(tap.clock_offset / 60)
    return SaidLine(
        tap=tap, what=str(word), icon=icon, source=str(carry_wording.SOURCES.get(tap.source, "")),
        answer="" if code == "done" else str(carry_wording.ANSWERS[code]), proof=str(carry_wording.PROOFS.get(proof, "")),
        off=carry_wording.clock_off(minutes) if minutes else "", note=note, photo=photo,
        fits=code not in carry_wording.TO_LOOK_AT and proof != "code_wrong",
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class ComingLine:
    """A delivery as whoever waits for it sees it: no carrier's name, no other stop."""

    stop: Stop
    kind: CircleKind
    amount: str
    window: str
    state: str
    icon: str
    look: str
    code: str
    token: str
    delivered: str

    @property
    def can_put_off(self) -> bool:
        return self.stop.state in {*rules.AHEAD, "not_there"} and self.is_told

    @property
    def can_take_back(self) -> bool:
        return self.stop.state == "not_now" and self.is_told

    @property
    def is_told(self) -> bool:
        return self.stop.run is not None and self.stop.run.state in rules.TOLD_RUNS


def coming(circle: Circle, stop: Stop, *, now: datetime) -> ComingLine:
    assert stop.intent is not None
    word, icon, look = carry_wording.state(stop.state, stop.what)
    return ComingLine(
        stop=stop,
        kind=kinds.find(circle, stop.intent.kind),
        amount=format_amount(stop.quantity, stop.intent.unit) if stop.quantity else "",
        window=carry_wording.window(stop.told_from or stop.eta, stop.told_until, now),
        state=word,
        icon=icon,
        look=look,
        code=carry_access.code_for(stop.id),
        token=carry_access.coming_token(stop.id),
        delivered=format_amount(stop.delivered, stop.intent.unit) if stop.delivered else "",
    )


def coming_of(circle: Circle, intent_ids: Sequence[uuid.UUID], *, now: datetime) -> list[ComingLine]:
    """Return what is coming for needs: one statement."""
    return [coming(circle, one, now=now) for one in carry_access.coming_to(circle, intent_ids)]
