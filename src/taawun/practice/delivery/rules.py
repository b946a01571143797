"""What is allowed in planning and carrying, and what follows. Pure: values in, an answer or a refusal out, no clock."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from taawun.ground.values.refusal import Refusal
from taawun.ground.values.states import StateMachine

VEHICLES = ("foot", "bicycle", "cargo_bike", "motorbike", "car", "van", "truck", "boat")
# What a vehicle holds and a stop needs room for, in whole pieces; in this order in every array of loads.
ROOM = ("boxes", "litres", "seats", "kilograms")
# What not every carrier may or can take. ``medicine`` and ``cash`` are given by a coordinator who has met her.
NEEDS = ("cold_box", "medicine", "cash", "pair")
VETTED = ("medicine", "cash")
GOALS = ("shortest", "balanced")
# Where a carrier's way begins and ends. ``anywhere``: at her last stop.
PLACES = ("home", "depot", "anywhere")

PLAN = StateMachine(
    name="plan",
    initial="draft",
    final=frozenset({"closed"}),
    moves={
        "plan": {"draft": "planning", "ready": "planning", "promised": "planning"},
        "finish": {"planning": "ready"},
        # What was promised stays promised, also when the rest is planned anew.
        "finish_promised": {"planning": "promised"},
        "give_up": {"planning": "draft"},
        "arrange": {"draft": "ready", "ready": "ready"},
        "promise": {"draft": "promised", "ready": "promised", "promised": "promised"},
        "close": {"draft": "closed", "planning": "closed", "ready": "closed", "promised": "closed"},
    },
)

RUN = StateMachine(
    name="run",
    initial="planned",
    final=frozenset({"done", "cancelled"}),
    moves={
        "promise": {"planned": "promised"},
        "start": {"promised": "started"},
        "finish": {"promised": "done", "started": "done"},
        "cancel": {"planned": "cancelled", "promised": "cancelled", "started": "cancelled"},
    },
)

# ``delivered`` of a pick-up means: taken in. Who was not there, or said "not now", may still be met later the same day.
STOP = StateMachine(
    name="stop",
    initial="waiting",
    final=frozenset({"delivered", "part", "refused", "cancelled"}),
    moves={
        "set_out": {"waiting": "on_the_way"},
        "deliver": {one: "delivered" for one in ("waiting", "on_the_way", "not_there", "not_now")},
        "part": {one: "part" for one in ("waiting", "on_the_way", "not_there", "not_now")},
        "miss": {one: "not_there" for one in ("waiting", "on_the_way", "not_now")},
        "put_off": {one: "not_now" for one in ("waiting", "on_the_way", "not_there")},
        "refuse": {one: "refused" for one in ("waiting", "on_the_way", "not_there", "not_now")},
        "try_again": {one: "waiting" for one in ("on_the_way", "not_there", "not_now")},
        "cancel": {one: "cancelled" for one in ("waiting", "on_the_way", "not_there", "not_now")},
    },
)

# Still to be done; the carrier goes there.
AHEAD = frozenset({"waiting", "on_the_way"})
# May still become something else before the day is closed.
OPEN = AHEAD | {"not_there", "not_now"}
MET = frozenset({"delivered", "part"})
# A run that a carrier has been told of.
TOLD_RUNS = frozenset({"promised", "started"})


@dataclass(frozen=True, slots=True)
class Vehicle:
    """What one usually takes, by ``ROOM``, how fast it goes in a town, stops and parking left out, and how much longer
    its way is than the circle's usual detour, in hundredths."""

    room: tuple[int, int, int, int]
    metres_per_second: float
    detour: int = 100


OF_VEHICLE = {
    "foot": Vehicle((1, 20, 0, 10), 1.2, 95),
    "bicycle": Vehicle((2, 30, 0, 15), 3.6, 97),
    "cargo_bike": Vehicle((8, 150, 0, 80), 3.3),
    "motorbike": Vehicle((2, 40, 1, 25), 7.0),
    "car": Vehicle((12, 300, 4, 250), 7.0),
    "van": Vehicle((60, 2000, 2, 800), 6.5, 102),
    "truck": Vehicle((200, 8000, 2, 3000), 6.0, 105),
    "boat": Vehicle((20, 500, 4, 300), 3.0, 120),
}
ROOM_MAX = 100_000

# How many of a unit fill one box, where people count in pieces and not in boxes.
IN_A_BOX = {"box": 1, "bag": 1, "set": 1, "family": 1, "plant": 4, "pack": 6, "pair": 6, "piece": 6, "portion": 8}
# A thing of these kinds fills more than its share of a box.
BOXES_OF_ONE = {
    "household.mattress": 8, "household.furniture": 12, "household.fridge": 20, "household.cooking_gas": 2,
    "housing.tent": 3, "housing.heating": 3, "health.mobility": 6, "health.equipment": 3, "farm.irrigation_parts": 2,
    "tools.generator": 8, "tools.pump": 6, "transport.bicycle": 8, "digital.device": 1,
}  # fmt: skip
CARRIED_BESIDES_GOODS = frozenset({"money.cash"})
NEEDS_OF_KIND = {
    "health.medicine": ("medicine",),
    "money.cash": ("cash",),
    "food.meat_fish": ("cold_box",),
    "food.dairy_eggs": ("cold_box",),
}

# What serving a need is worth when not all fit: one that cannot wait goes before a hundred that can.
WORTH = {0: 1, 1: 4, 2: 20, 3: 400}
LOCKED_WORTH = 100_000
# What it is worth, in seconds of driving, that the same person comes as last time.
SAME_PERSON_SECONDS = 900

SERVICE_MINUTES_MAX = 240
STOPS_MAX = 2_000
CARRIERS_MAX = 200
DEPOTS_MAX = 20


def is_carried(code: str, nature: str) -> bool:
    return nature == "good" or code in CARRIED_BESIDES_GOODS


def loads_of(code: str, unit: str, quantity: int) -> dict[str, int]:
    """Return the room an amount takes, rounded up to whole pieces. ``quantity`` is in the unit's smallest part."""
    if unit == "kg":
        return {"kilograms": -(-quantity // 1000)}
    if unit == "litre":
        return {"litres": -(-quantity // 1000)}
    if unit == "person":
        return {"seats": quantity}
    if code in BOXES_OF_ONE:
        return {"boxes": quantity * BOXES_OF_ONE[code] if unit != "day" else BOXES_OF_ONE[code]}
    if unit == "day":
        return {"boxes": 1}
    if code in CARRIED_BESIDES_GOODS:
        return {}
    return {"boxes": -(-quantity // IN_A_BOX.get(unit, 1))}


def read_room(given: Mapping[str, int], field: str) -> dict[str, int]:
    """Return room by the names of ``ROOM``, without what is zero; refuse what is not room."""
    for name, amount in given.items():
        if name not in ROOM:
            raise Refusal("room.unknown", field)
        if not 0 <= amount <= ROOM_MAX:
            raise Refusal("room.amount", name if field == "capacity" else field, limit=ROOM_MAX)
    return {name: int(given[name]) for name in ROOM if given.get(name)}


def read_needs(given: Iterable[str], field: str = "needs") -> list[str]:
    wanted = set(given)
    if not wanted <= set(NEEDS):
        raise Refusal("needs.unknown", field)
    return [one for one in NEEDS if one in wanted]


def hours(from_minute: int | None, to_minute: int | None, field: str) -> None:
    """Both hours or neither, the end after the beginning."""
    if (from_minute is None) != (to_minute is None):
        raise Refusal("hours.both", field)
    if from_minute is None or to_minute is None:
        return
    if not (0 <= from_minute <= 24 * 60 and 0 <= to_minute <= 24 * 60):
        raise Refusal("window.not_a_time", field)
    if to_minute <= from_minute:
        raise Refusal("hours.backwards", field)


def rest(from_minute: int | None, to_minute: int | None, minutes: int) -> None:
    """A break lies between two times, and fits there."""
    if minutes < 0 or minutes > 8 * 60:
        raise Refusal("rest.minutes", "break_minutes")
    if not minutes:
        return
    if from_minute is None or to_minute is None:
        raise Refusal("rest.times", "break_from")
    hours(from_minute, to_minute, "break_to")
    if to_minute - from_minute < minutes:
        raise Refusal("rest.fits", "break_minutes")


def moment(day: date, minute: int, zone: ZoneInfo) -> datetime:
    """Return a minute of a day as the clock on the wall shows it; 1440 is the next midnight."""
    days, minute = divmod(minute, 24 * 60)
    at = time(minute // 60, minute % 60)
    return datetime.combine(day + timedelta(days=days), at, zone).astimezone(UTC)


def day_span(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    return moment(day, 0, zone), moment(day, 24 * 60, zone)


@dataclass(frozen=True, slots=True)
class Wanted:
    """When an intent can be served: a window, standing days with hours, or nothing said."""

    starts_at: datetime | None
    ends_at: datetime | None
    weekdays: tuple[int, ...]
    from_minute: int | None
    to_minute: int | None


def window_on(day: date, wanted: Wanted, zone: ZoneInfo) -> tuple[datetime | None, datetime | None] | None:
    """Return from when to when a stop can be called at on a day; None where not at all. Open ends stay open."""
    start, end = day_span(day, zone)
    if wanted.weekdays and day.weekday() not in wanted.weekdays:
        return None
    if wanted.starts_at is not None and wanted.starts_at >= end:
        return None
    if wanted.ends_at is not None and wanted.ends_at <= start:
        return None
    opens = wanted.starts_at if wanted.starts_at is not None and wanted.starts_at > start else None
    closes = wanted.ends_at if wanted.ends_at is not None and wanted.ends_at < end else None
    if wanted.weekdays and wanted.from_minute is not None:
        opens = moment(day, wanted.from_minute, zone)
    if wanted.weekdays and wanted.to_minute is not None:
        closes = moment(day, wanted.to_minute, zone)
    return opens, closes


QUARTER = timedelta(minutes=15)


def told_window(
    eta: datetime, width: timedelta, opens: datetime | None, closes: datetime | None
) -> tuple[datetime, datetime]:
    """Return the window a recipient is told: full quarters of an hour around the time planned, inside what she asked for.

    More of it lies after the planned time than before: rounds come late, seldom early.
    """
    quarters = max(2, int(width / QUARTER))
    before = QUARTER * max(1, quarters // 3)
    begin = _to_quarter(eta - before)
    if opens is not None and begin < opens <= eta:
        begin = opens
    end = begin + QUARTER * quarters
    if closes is not None and eta <= closes < end:
        end = closes
    return begin, max(end, eta)


def _to_quarter(at: datetime) -> datetime:
    return at - timedelta(minutes=at.minute % 15, seconds=at.second, microseconds=at.microsecond)


def move_plan(state: str, verb: str) -> str:
    after = PLAN.next(state, verb)
    if after is None:
        raise Refusal.conflict(
            "plan.closed" if state == "closed" else "plan.going_on" if state == "planning" else "plan.not_now"
        )
    return after


def move_run(state: str, verb: str) -> str:
    after = RUN.next(state, verb)
    if after is None:
        raise Refusal.conflict("run.over" if state in RUN.final else f"run.not_{verb}")
    return after


def comes_on(day: date, weekdays: Iterable[int], every: int, starts_on: date, ends_on: date | None) -> bool:
    """Whether a standing round comes on a day: weeks are counted from the week of its first day."""
    if day < starts_on or (ends_on is not None and day > ends_on) or day.weekday() not in tuple(weekdays):
        return False
    monday, first = day - timedelta(days=day.weekday()), starts_on - timedelta(days=starts_on.weekday())
    return (monday - first).days // 7 % every == 0
