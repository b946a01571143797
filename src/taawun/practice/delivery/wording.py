"""Rounds in plain words: vehicles, room, needs, states, why something is on no run, what is wrong with a run. Translated."""

from collections.abc import Iterable, Mapping
from datetime import datetime, time
from fractions import Fraction

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext, ngettext_lazy, pgettext_lazy

from taawun.ground.words.formats import format_number, format_time

Text = Promise | str

VEHICLES: dict[str, tuple[Text, str]] = {
    "foot": (pgettext_lazy("vehicle", "On foot"), "shoes"),
    "bicycle": (pgettext_lazy("vehicle", "Bicycle"), "bicycle"),
    "cargo_bike": (pgettext_lazy("vehicle", "Cargo bike"), "bicycle"),
    "motorbike": (pgettext_lazy("vehicle", "Motorbike"), "bicycle"),
    "car": (pgettext_lazy("vehicle", "Car"), "car"),
    "van": (pgettext_lazy("vehicle", "Van"), "van"),
    "truck": (pgettext_lazy("vehicle", "Truck"), "truck"),
    "boat": (pgettext_lazy("vehicle", "Boat"), "boat"),
}
ROOM: dict[str, Text] = {
    "boxes": pgettext_lazy("room in a vehicle", "Boxes"),
    "litres": pgettext_lazy("room in a vehicle", "Litres"),
    "seats": pgettext_lazy("room in a vehicle", "Seats"),
    "kilograms": pgettext_lazy("room in a vehicle", "Kilograms"),
}
ROOM_COUNTED = {
    "boxes": ngettext_lazy("%(count)s box", "%(count)s boxes", "number"),
    "litres": ngettext_lazy("%(count)s litre", "%(count)s litres", "number"),
    "seats": ngettext_lazy("%(count)s seat", "%(count)s seats", "number"),
    "kilograms": ngettext_lazy("%(count)s kg", "%(count)s kg", "number"),
}
NEEDS: dict[str, Text] = {
    "cold_box": _lazy("Cold box"),
    "medicine": _lazy("May carry medicine"),
    "cash": _lazy("May carry cash"),
    "pair": _lazy("Two go together"),
}
GOALS: dict[str, tuple[Text, Text]] = {
    "shortest": (_lazy("Shortest"), _lazy("The least way in all. Some carriers may have more to do than others.")),
    "balanced": (_lazy("Even"), _lazy("Everybody works about as long, and all ways together are longer.")),
}
WAYS: dict[str, Text] = {
    "down": _lazy("The router did not answer, so times and ways are straight lines made longer."),
    "many": _lazy("Too many places to ask the router about, so times and ways are straight lines made longer."),
}
STARTS: dict[str, Text] = {"depot": _lazy("At the depot"), "home": _lazy("At home")}
ENDS: dict[str, Text] = {
    "anywhere": _lazy("Free after the last stop"),
    "depot": _lazy("Back at the depot"),
    "home": _lazy("At home"),
}
PLAN_STATES: dict[str, tuple[Text, str, str]] = {
    "draft": (pgettext_lazy("plan", "Not planned yet"), "edit", ""),
    "planning": (pgettext_lazy("plan", "Being planned"), "clock", "info"),
    "ready": (pgettext_lazy("plan", "Planned, not promised"), "list", "warn"),
    "promised": (pgettext_lazy("plan", "Promised"), "accept", "good"),
    "closed": (pgettext_lazy("plan", "Closed"), "received", ""),
}
RUN_STATES: dict[str, tuple[Text, str, str]] = {
    "planned": (pgettext_lazy("run", "Not promised"), "list", ""),
    "promised": (pgettext_lazy("run", "Promised"), "accept", "good"),
    "started": (pgettext_lazy("run", "On the way"), "truck", "info"),
    "done": (pgettext_lazy("run", "Done"), "received", "good"),
    "cancelled": (pgettext_lazy("run", "Dropped out"), "release", "bad"),
}
STOP_STATES: dict[str, tuple[Text, str, str]] = {
    "waiting": (pgettext_lazy("stop", "To come"), "clock", ""),
    "on_the_way": (pgettext_lazy("stop", "On the way"), "truck", "info"),
    "delivered": (pgettext_lazy("stop", "Delivered"), "delivered", "good"),
    "part": (pgettext_lazy("stop", "In part"), "delivered", "warn"),
    "not_there": (pgettext_lazy("stop", "Nobody was there"), "warning", "bad"),
    "not_now": (pgettext_lazy("stop", "Not now"), "clock", "warn"),
    "refused": (pgettext_lazy("stop", "Not wanted"), "decline", "warn"),
    "cancelled": (pgettext_lazy("stop", "Cancelled"), "close", ""),
}
CANCELLED: dict[str, Text] = {
    "withdrawn": _lazy("It is no longer asked for."),
    "gone": _lazy("Somebody else is on it already."),
    "taken_out": _lazy("A coordinator took it out."),
    "closed": _lazy("The day was closed; it is open on the board again."),
}
# Why a stop is on no run, each with what could be done about it.
UNSERVED: dict[str, Text] = {
    "": _lazy("It waits for the next planning."),
    "ability": _lazy("No carrier of this day has what it needs: a cold box, medicine, cash, or a second person."),
    "carrier": _lazy("The carrier it is locked to can't take it. Unlock it, or change what it needs."),
    "capacity": _lazy("It is bigger than every vehicle of this day. Take a part of it, or add a bigger vehicle."),
    "window": _lazy("No carrier can be there at that time. Ask for another time, or a carrier with other hours."),
    "far": _lazy("It lies too far away from every carrier and depot. Check its place."),
    "depot": _lazy("Nobody can load at its depot. Look at the depot's hours."),
    "pair": _lazy("Its pick-up or its drop-off can't be reached, and one is no use without the other."),
    "time": _lazy("There is not enough time or room for everything. Add a carrier, or take less on."),
    "many": _lazy("There are more stops than can be planned at once, and others are more urgent."),
    "place": _lazy("No place is known for it, nor for its pick-up. Give it an area."),
    "goods_gone": _lazy("Its goods are with a carrier who dropped out. Agree on where to hand them over."),
}
FAULTS: dict[str, Text] = {
    "late": _lazy("somebody is reached too late"),
    "overload": _lazy("more is loaded than fits"),
    "ability": _lazy("the carrier lacks what a stop needs"),
    "carrier": _lazy("a stop is locked to another carrier"),
    "order": _lazy("something is dropped before it is picked up"),
    "not_loaded": _lazy("nothing was loaded for it"),
    "depot_closed": _lazy("the depot is closed then"),
    "depot_again": _lazy("the depot can't be visited twice"),
    "shift": _lazy("it takes longer than the carrier's hours"),
    "rest": _lazy("there is no time for the break"),
    "max_seconds": _lazy("it takes longer than the carrier wants"),
    "max_metres": _lazy("it is further than the carrier wants"),
    "max_stops": _lazy("these are more stops than the carrier wants"),
    "no_way": _lazy("no way leads there"),
    "twice": _lazy("a stop is on it twice"),
    "half_pair": _lazy("a pick-up and its drop-off are apart"),
}
# What an entry of the journal says on the record of the circle, and its icon.
ENTRIES: dict[str, tuple[Text, str]] = {
    "depot.added": (_lazy("A depot was added"), "place"),
    "depot.changed": (_lazy("A depot was changed"), "edit"),
    "depot.ended": (_lazy("A depot was ended"), "close"),
    "carrier.added": (_lazy("Somebody carries from now on"), "truck"),
    "carrier.changed": (_lazy("What somebody carries with was changed"), "edit"),
    "carrier.vetted": (_lazy("A coordinator said what a carrier may carry"), "shield"),
    "carrier.paused": (_lazy("A carrier pauses"), "clock"),
    "carrier.resumed": (_lazy("A carrier carries again"), "renew"),
    "carrier.ended": (_lazy("Somebody carries no longer"), "close"),
    "rounds.preferences": (_lazy("How rounds are planned was changed"), "settings"),
    "standing.added": (_lazy("A round that comes again was begun"), "repeat"),
    "standing.changed": (_lazy("A round that comes again was changed"), "edit"),
    "standing.paused": (_lazy("A round that comes again pauses"), "clock"),
    "standing.resumed": (_lazy("A round that comes again goes on"), "renew"),
    "standing.ended": (_lazy("A round that comes again has ended"), "close"),
    "plan.made": (_lazy("The rounds of a day were begun"), "list"),
    "plan.changed": (_lazy("The rounds of a day were changed"), "edit"),
    "plan.stops_added": (_lazy("Needs were put on the rounds"), "plus"),
    "plan.carriers_added": (_lazy("Carriers were added to a day"), "add-person"),
    "plan.companion": (_lazy("Who goes along on a round was changed"), "people"),
    "plan.stop_changed": (_lazy("A stop was changed"), "edit"),
    "plan.stop_locked": (_lazy("A stop was locked to its round"), "private"),
    "plan.stop_unlocked": (_lazy("A stop was unlocked"), "private"),
    "plan.run_locked": (_lazy("A round was locked"), "private"),
    "plan.run_unlocked": (_lazy("A round was unlocked"), "private"),
    "plan.run_removed": (_lazy("A carrier was taken out of a day"), "close"),
    "plan.run_dropped": (_lazy("A carrier dropped out"), "release"),
    "plan.stop_moved": (_lazy("A stop was moved to another round or place"), "hand-over"),
    "plan.stops_taken_out": (_lazy("Stops were taken out"), "withdraw"),
    "plan.stops_withdrawn": (_lazy("Needs on the rounds are no longer asked for"), "withdraw"),
    "plan.asked": (_lazy("The planning of the rounds was begun"), "clock"),
    "plan.planned": (_lazy("The rounds were planned"), "list"),
    "plan.gave_up": (_lazy("The planning of the rounds broke off"), "warning"),
    "plan.promised": (_lazy("Rounds were promised"), "accept"),
    "plan.closed": (_lazy("The rounds of a day were closed"), "received"),
    "run.promised": (_lazy("A carrier was told her round"), "accept"),
    "run.changed": (_lazy("A promised round was changed"), "edit"),
    "run.dropped_out": (_lazy("A carrier dropped out of a round"), "release"),
    "run.closed": (_lazy("A round was closed"), "received"),
    "stop.promised": (_lazy("A delivery was announced"), "clock"),
    "stop.moved": (_lazy("A delivery comes at another time"), "clock"),
    "stop.unplanned": (_lazy("An announced delivery has no carrier at the moment"), "warning"),
    "stop.cancelled": (_lazy("A delivery was taken off a round"), "close"),
}


def counted(name: str, amount: int) -> str:
    return str(ROOM_COUNTED[name] % {"number": amount, "count": format_number(amount)})


def room(loads: Mapping[str, int]) -> str:
    """Return loads or room in words: ``12 boxes, 40 kg``."""
    return _(", ").join(counted(name, int(loads[name])) for name in ROOM if loads.get(name))


def joined(parts: Iterable[str]) -> str:
    """Return facts in one line. No middle dot: beside a figure it reads as a zero in Arabic."""
    return _(", ").join(one for one in parts if one)


def length(seconds: int) -> str:
    """Return a time span in whole minutes, or hours and minutes."""
    minutes = max(0, round(seconds / 60))
    hours, rest = divmod(minutes, 60)
    if not hours:
        return ngettext("%(count)s min", "%(count)s min", minutes) % {"count": format_number(minutes)}
    if not rest:
        return ngettext("%(count)s h", "%(count)s h", hours) % {"count": format_number(hours)}
    return _("%(hours)s h %(minutes)s min") % {"hours": format_number(hours), "minutes": format_number(rest)}


def kilometres(metres: int) -> str:
    tenths = round(metres / 100)
    return _("%(count)s km") % {"count": format_number(Fraction(tenths, 10))}


def difference(seconds: int, metres: int) -> str:
    """Return what a move costs: ``+6 min, +1.2 km``. Less way is said as less."""
    minutes, tenths = round(seconds / 60), round(metres / 100)
    if not minutes and not tenths:
        return _("no more way")
    facts = {
        "minutes": _signed(minutes, format_number(abs(minutes))),
        "kilometres": _signed(tenths, format_number(Fraction(abs(tenths), 10))),
    }
    return _("%(minutes)s min, %(kilometres)s km") % facts


def _signed(number: int, text: str) -> str:
    # Isolated, so that the sign stays before its number in every direction of writing.
    return f"\u2066{'+' if number > 0 else '−' if number < 0 else '±'}{text}\u2069"


def span(begin: datetime | None, end: datetime | None) -> str:
    """Return from when to when, by the clock; nothing where neither is known."""
    if begin is None and end is None:
        return ""
    if begin is None or end is None:
        moment = begin or end
        text = _("from %(time)s") if begin is not None else _("until %(time)s")
        return text % {"time": format_time(moment)}  # type: ignore[arg-type]
    return _("%(start)s to %(end)s") % {"start": format_time(begin), "end": format_time(end)}


def hours(from_minute: int | None, to_minute: int | None) -> str:
    """Return the hours of every day, as minutes since midnight, by the clock of whoever reads; midnight ends a day too."""
    if from_minute is None or to_minute is None or to_minute - from_minute >= 24 * 60:
        return _("at any hour")
    start, end = (format_time(time(minute // 60 % 24, minute % 60)) for minute in (from_minute, to_minute))
    return _("%(start)s to %(end)s") % {"start": start, "end": end}


def faults(codes: Iterable[str]) -> str:
    return _(", ").join(str(FAULTS[code]) for code in codes if code in FAULTS)
