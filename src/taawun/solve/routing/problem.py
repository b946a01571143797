"""What a plan of rounds is asked and what it answers: arrays in, runs out, one stated cost.

Words: a *stop* is one place to call at, a *carrier* one person (or pair) with what they drive, a *depot* a place where
goods are loaded, a *run* one carrier's day: an order of visits. In such an order a stop is its row number i >= 0, and a
visit of depot k, to load there, is ``depot_visit(k)``, which is negative.

All times are whole seconds on one scale of the caller's (say, since midnight of the day planned); all lengths whole metres.

The cost of a plan, lower is better:

    for each stop left out        its priority x a price above all travel: so the most worth is served first
    + for each run                travel seconds, metres and working seconds by ``Weights``, and a fixed price a run
    + for each run, if balanced   a price that grows with the square of the working time: even days cost least
    + for each stop               ``preferred_worth`` where another than its preferred carrier serves it
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

NONE = -1
HOME = -1  # a carrier starts or ends at their own home
OPEN = -2  # a carrier's run ends at its last stop

# A whole plan stays within memory and 64-bit sums below these.
PLACES_MAXIMUM = 5_000  # different places: two square tables of them
STOPS_MAXIMUM = 20_000  # more are not planned in one go: those of least priority are left out, with a reason
CARRIERS_MAXIMUM = 2_000
DEPOTS_MAXIMUM = 200
TIME_MAXIMUM = 2**40
LOAD_MAXIMUM = 2**40
PRIORITY_MAXIMUM = 1_000_000
ABILITIES_MAXIMUM = 2**62
ALWAYS = TIME_MAXIMUM

Order = Sequence[int]

Reason = Literal["ability", "carrier", "capacity", "window", "far", "depot", "pair", "time", "many"]
"""Why a stop is in no run:

ability    no carrier has what it needs
carrier    the carrier it is fixed to (or, for what is locked, drives it now) can't: too small, elsewhere, not able
capacity   bigger than every carrier
window     no carrier can be there while it is open and be back in time, within what they drive, even with nothing else to do
far        further than ``Options.reach_metres`` from every carrier and depot, or no way leads there
depot      no carrier can load at the depot it comes from
pair       what it belongs with (its pick-up, or one of the drop-offs of this pick-up) can't be served
time       each could be served, but not all: not enough carriers, room or time
many       the problem has more stops than are planned in one go, and others come first
"""
REASONS: tuple[Reason, ...] = get_args(Reason)

Fault = Literal[
    "late", "overload", "ability", "carrier", "order", "not_loaded", "depot_closed", "depot_again",
    "shift", "rest", "max_seconds", "max_metres", "max_stops", "no_way", "twice", "half_pair",
]  # fmt: skip
"""What is wrong with a run somebody made by hand:

late          a stop is reached after it closes             overload     more aboard than the carrier can take
ability       the carrier lacks what the stop needs         carrier      the stop is fixed to another carrier
order         the pick-up does not come before              not_loaded   no visit of its depot comes before the stop
depot_closed  a depot is reached after it closes            depot_again  a depot once more, where reloading is not allowed
shift         the run ends after the carrier's hours        rest         the break can't be held in its time
max_seconds, max_metres, max_stops   more than the carrier drives
no_way        no way leads from one visit to the next       twice        a stop is in the runs more than once
half_pair     a pick-up without one of its drop-offs
"""
FAULTS: tuple[Fault, ...] = get_args(Fault)


def depot_visit(depot: int) -> int:
    """Return what stands in an order for "load at this depot" (its own inverse)."""
    return -1 - depot


@dataclass(frozen=True, eq=False)
class Stops:
    """n stops. ``Stops.of(latitude, longitude, …)`` fills in what is not given.

    latitude, longitude  (n,) float64 degrees
    service_seconds      (n,) time spent there
    opens, closes        (n,) service may begin from the one to the other, both included
    load                 (n, d) what is dropped or, at a pick-up, taken in: boxes, litres, seats, cold box …: d measures
    collects             (n,) bool: a pick-up. What no drop-off takes stays aboard until the next depot or the end
    pickup_of            (n,) the stop where this drop-off's load is picked up, earlier in the same run; -1: at a depot.
                         A pick-up and all its drop-offs are served together or not at all
    depot                (n,) which depot a drop-off's load comes from; -1: whichever the run loads at
    needs                (n,) bits of abilities its carrier must all have; what they mean is the caller's
    fixed_carrier        (n,) the one carrier who may serve it, or -1
    preferred_carrier    (n,) who had better serve it, or -1; ``preferred_worth`` (n,) is what that is worth, in seconds
    priority             (n,) worth of serving it when not all fit, from 0 (as well not). Worths add up: one of 100 goes
                         before ninety-nine of 1
    """

    latitude: FloatArray
    longitude: FloatArray
    service_seconds: IntArray
    opens: IntArray
    closes: IntArray
    load: IntArray
    collects: BoolArray
    pickup_of: IntArray
    depot: IntArray
    needs: IntArray
    fixed_carrier: IntArray
    preferred_carrier: IntArray
    preferred_worth: IntArray
    priority: IntArray

    @classmethod
    def of(cls, latitude: ArrayLike, longitude: ArrayLike, **given: ArrayLike) -> "Stops":
        """Return stops with the usual in all columns not given: open always, no load, anyone may serve them."""
        n = np.asarray(latitude).size
        usual: dict[str, ArrayLike] = {
            "service_seconds": np.zeros(n, np.int64), "opens": np.full(n, -ALWAYS), "closes": np.full(n, ALWAYS),
            "load": np.zeros((n, 0), np.int64), "collects": np.zeros(n, np.bool_), "pickup_of": np.full(n, NONE),
            "depot": np.full(n, NONE), "needs": np.zeros(n, np.int64), "fixed_carrier": np.full(n, NONE),
            "preferred_carrier": np.full(n, NONE), "preferred_worth": np.zeros(n, np.int64),
            "priority": np.ones(n, np.int64),
        }  # fmt: skip
        return cls(latitude=latitude, longitude=longitude, **(usual | given))  # type: ignore[arg-type]

    def __post_init__(self) -> None:
        _columns(self, "stops", ("latitude", "longitude"), ("collects",), ("load",))
        _places("stops", self.latitude, self.longitude)
        _within("stops.service_seconds", self.service_seconds, 0, TIME_MAXIMUM)
        _windows("stops", self.opens, self.closes)
        _within("stops.load", self.load, 0, LOAD_MAXIMUM)
        _within("stops.needs", self.needs, 0, ABILITIES_MAXIMUM)
        _within("stops.preferred_worth", self.preferred_worth, 0, TIME_MAXIMUM)
        _within("stops.priority", self.priority, 0, PRIORITY_MAXIMUM)
        self._check_pairs()

    def __len__(self) -> int:
        return int(self.latitude.size)

    def _check_pairs(self) -> None:
        _within("stops.pickup_of", self.pickup_of, NONE, len(self) - 1)
        drops = np.flatnonzero(self.pickup_of != NONE)
        bad = drops[~self.collects[self.pickup_of[drops]]]
        if bad.size:
            raise ValueError(f"stops.pickup_of row {bad[0]}: row {self.pickup_of[bad[0]]} is not marked in collects")
        bad = drops[self.collects[drops]]
        if bad.size:
            raise ValueError(f"stops.pickup_of row {bad[0]}: a pick-up can't itself be picked up elsewhere")
        bad = drops[self.depot[drops] != NONE]
        if bad.size:
            raise ValueError(f"stops.depot row {bad[0]}: it comes from a pick-up, so it can't come from a depot")
        dropped = np.zeros_like(self.load)
        np.add.at(dropped, self.pickup_of[drops], self.load[drops])
        over = np.flatnonzero((dropped > self.load).any(axis=1))
        if over.size:
            raise ValueError(f"stops.load row {over[0]}: its drop-offs need more than is picked up there")


@dataclass(frozen=True, eq=False)
class Carriers:
    """m carriers. ``Carriers.of(capacity, …)`` fills in what is not given.

    capacity             (m, d) how much of each measure fits at once
    abilities            (m,) bits, as in ``Stops.needs``
    latitude, longitude  (m,) float64 degrees of their home; NaN where neither ``start`` nor ``end`` is HOME
    start, end           (m,) a depot, or HOME (-1); ``end`` may be OPEN (-2): free after the last stop
    opens, closes        (m,) leaves no earlier, is back no later
    break_from, break_until, break_seconds   (m,) a rest of so many seconds lies wholly between the two times; 0: none.
                         A run that is over early enough has its rest afterwards
    profile              (m,) row of ``Travel.profiles``: on foot, by bicycle, by car …
    max_seconds, max_metres, max_stops       (m,) of the whole run
    may_reload           (m,) bool: come back to a depot and load for another trip. Without it each depot is loaded at
                         once at most
    """

    capacity: IntArray
    abilities: IntArray
    latitude: FloatArray
    longitude: FloatArray
    start: IntArray
    end: IntArray
    opens: IntArray
    closes: IntArray
    break_from: IntArray
    break_until: IntArray
    break_seconds: IntArray
    profile: IntArray
    max_seconds: IntArray
    max_metres: IntArray
    max_stops: IntArray
    may_reload: BoolArray

    @classmethod
    def of(cls, capacity: ArrayLike, **given: ArrayLike) -> "Carriers":
        """Return carriers with the usual in all columns not given: from depot 0 and back, all day, no limits."""
        m = len(np.asarray(capacity))
        usual: dict[str, ArrayLike] = {
            "abilities": np.zeros(m, np.int64), "latitude": np.full(m, np.nan), "longitude": np.full(m, np.nan),
            "start": np.zeros(m, np.int64), "end": np.zeros(m, np.int64),
            "opens": np.full(m, -ALWAYS), "closes": np.full(m, ALWAYS),
            "break_from": np.zeros(m, np.int64), "break_until": np.zeros(m, np.int64),
            "break_seconds": np.zeros(m, np.int64), "profile": np.zeros(m, np.int64),
            "max_seconds": np.full(m, TIME_MAXIMUM), "max_metres": np.full(m, TIME_MAXIMUM),
            "max_stops": np.full(m, TIME_MAXIMUM), "may_reload": np.zeros(m, np.bool_),
        }  # fmt: skip
        return cls(capacity=capacity, **(usual | given))  # type: ignore[arg-type]

    def __post_init__(self) -> None:
        _columns(self, "carriers", ("latitude", "longitude"), ("may_reload",), ("capacity",))
        at_home = (self.start == HOME) | (self.end == HOME)
        _places("carriers", self.latitude, self.longitude, at_home)
        _within("carriers.capacity", self.capacity, 0, LOAD_MAXIMUM)
        _within("carriers.abilities", self.abilities, 0, ABILITIES_MAXIMUM)
        _windows("carriers", self.opens, self.closes)
        for name in ("break_seconds", "max_seconds", "max_metres", "max_stops"):
            _within(f"carriers.{name}", getattr(self, name), 0, TIME_MAXIMUM)
        resting = self.break_seconds > 0
        bad = np.flatnonzero(resting & (self.break_until - self.break_from < self.break_seconds))
        if bad.size:
            raise ValueError(
                f"carriers.break_until row {bad[0]}: the break of {self.break_seconds[bad[0]]} seconds does not fit "
                "between break_from and break_until"
            )

    def __len__(self) -> int:
        return int(self.abilities.size)


@dataclass(frozen=True, eq=False)
class Depots:
    """k depots: where they are (k,) float64 degrees, when they are open for loading, and how long loading takes, each
    time something is loaded there, at the start of a run too."""

    latitude: FloatArray
    longitude: FloatArray
    opens: IntArray
    closes: IntArray
    loading_seconds: IntArray

    @classmethod
    def of(cls, latitude: ArrayLike, longitude: ArrayLike, **given: ArrayLike) -> "Depots":
        """Return depots that are always open and load at once, where nothing else is given."""
        k = np.asarray(latitude).size
        usual: dict[str, ArrayLike] = {
            "opens": np.full(k, -ALWAYS), "closes": np.full(k, ALWAYS), "loading_seconds": np.zeros(k, np.int64),
        }  # fmt: skip
        return cls(latitude=latitude, longitude=longitude, **(usual | given))  # type: ignore[arg-type]

    def __post_init__(self) -> None:
        _columns(self, "depots", ("latitude", "longitude"), (), ())
        _places("depots", self.latitude, self.longitude)
        _windows("depots", self.opens, self.closes)
        _within("depots.loading_seconds", self.loading_seconds, 0, TIME_MAXIMUM)

    def __len__(self) -> int:
        return int(self.latitude.size)


@dataclass(frozen=True, eq=False)
class Profile:
    """One way of travelling: great circle x ``detour`` / speed or, where the operator has a router, its tables:
    ``seconds`` and ``metres``, (n+m+k) square, rows *from* and columns *to*: first the n stops, then the m carriers'
    homes, then the k depots. -1 says that no way leads there."""

    metres_per_second: float = 8.0
    detour: float = 1.35
    seconds: IntArray | None = None
    metres: IntArray | None = None

    def __post_init__(self) -> None:
        if not (np.isfinite(self.metres_per_second) and self.metres_per_second > 0):
            raise ValueError("profile.metres_per_second must be above 0")
        if not (np.isfinite(self.detour) and self.detour >= 1):
            raise ValueError("profile.detour must be 1 or more: no way is shorter than the straight one")
        if (self.seconds is None) != (self.metres is None):
            raise ValueError("profile.seconds and profile.metres come together or not at all")
        for name in ("seconds", "metres"):
            if getattr(self, name) is not None:
                table = _whole(f"profile.{name}", getattr(self, name))
                if table.ndim != 2 or table.shape[0] != table.shape[1]:
                    raise ValueError(f"profile.{name} must be a square table")
                _within(f"profile.{name}", table, -1, 2**31 - 1)
                object.__setattr__(self, name, table)
        if self.seconds is not None and self.metres is not None and self.seconds.shape != self.metres.shape:
            raise ValueError("profile.seconds and profile.metres must be of one size")


@dataclass(frozen=True, eq=False)
class Travel:
    profiles: tuple[Profile, ...] = (Profile(),)


@dataclass(frozen=True, slots=True)
class Weights:
    """What counts, each per unit, in seconds: a second of driving is 1. ``balance`` is only used by "balanced": with 1, a
    second more for someone with an average day weighs as much as a second of driving. By 3 a day of made-up rounds comes out
    about as even as it can be; the whole way is then longer by a third to two thirds, for more carriers drive."""

    travel_second: float = 1.0
    metre: float = 0.0
    work_second: float = 0.0
    run: float = 0.0
    balance: float = 3.0

    def __post_init__(self) -> None:
        for name in ("travel_second", "metre", "work_second", "run", "balance"):
            value = getattr(self, name)
            if not (np.isfinite(value) and 0 <= value <= 1e6):
                raise ValueError(f"weights.{name} must lie between 0 and 1,000,000")


@dataclass(frozen=True, slots=True)
class Options:
    """aim: the shortest way in all, or even working times. reach_metres: a stop further than that from every carrier's
    start and every depot is not planned (as the crow flies)."""

    aim: Literal["shortest", "balanced"] = "shortest"
    weights: Weights = field(default_factory=Weights)
    reach_metres: int = 300_000

    def __post_init__(self) -> None:
        if self.aim not in ("shortest", "balanced"):
            raise ValueError("options.aim must be 'shortest' or 'balanced'")
        if self.reach_metres < 0:
            raise ValueError("options.reach_metres must be 0 or more")


@dataclass(frozen=True, eq=False)
class Problem:
    stops: Stops
    carriers: Carriers
    depots: Depots
    travel: Travel = field(default_factory=Travel)
    options: Options = field(default_factory=Options)

    def __post_init__(self) -> None:
        n, m, k = len(self.stops), len(self.carriers), len(self.depots)
        for name, count, most in (("carriers", m, CARRIERS_MAXIMUM), ("depots", k, DEPOTS_MAXIMUM)):
            if count > most:
                raise ValueError(f"{name}: more than {most} rows")
        measures = self.carriers.capacity.shape[1]
        if self.stops.load.shape[1] != measures:
            raise ValueError(f"stops.load has {self.stops.load.shape[1]} measures, carriers.capacity has {measures}")
        _within("stops.fixed_carrier", self.stops.fixed_carrier, NONE, m - 1)
        _within("stops.preferred_carrier", self.stops.preferred_carrier, NONE, m - 1)
        _within("stops.depot", self.stops.depot, NONE, k - 1)
        _within("carriers.start", self.carriers.start, HOME, k - 1)
        _within("carriers.end", self.carriers.end, OPEN, k - 1)
        _within("carriers.profile", self.carriers.profile, 0, len(self.travel.profiles) - 1)
        size = n + m + k
        for row, profile in enumerate(self.travel.profiles):
            if profile.seconds is not None and profile.seconds.shape[0] != size:
                raise ValueError(
                    f"travel.profiles row {row}: the tables must have {size} rows: stops, carriers, depots"
                )


@dataclass(frozen=True, slots=True)
class Visit:
    """One entry of a run. ``stop`` is -1 at a depot, ``depot`` is -1 at a stop. Arrives, waits until it opens (or rests),
    begins, leaves. ``late`` is by how many seconds it begins too late (0 in every plan made here). ``aboard`` is
    what the carrier has with them on leaving."""

    stop: int
    depot: int
    arrival: int
    wait: int
    begin: int
    leave: int
    late: int
    travel_seconds: int
    metres: int
    aboard: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class FaultAt:
    """A fault of a run, at the stop it shows at, or -1 for the run as a whole; by how much, where that is a number."""

    fault: Fault
    stop: int = NONE
    amount: int = 0


@dataclass(frozen=True, slots=True)
class Run:
    """A carrier's day. It begins as late as it can without ending later. ``rest`` is the break, from and until, or None
    where there is none (or after the run). ``aboard`` is what is loaded at the start. ``travel_seconds`` and
    ``metres`` include the way to the end place; ``work_seconds`` is ``end - begin``, the rest left out."""

    carrier: int
    order: tuple[int, ...]
    visits: tuple[Visit, ...]
    begin: int
    end: int
    rest: tuple[int, int] | None
    aboard: tuple[int, ...]
    travel_seconds: int
    metres: int
    wait_seconds: int
    work_seconds: int
    cost: float
    faults: tuple[FaultAt, ...] = ()

    @property
    def stops(self) -> tuple[int, ...]:
        return tuple(entry for entry in self.order if entry >= 0)


@dataclass(frozen=True, slots=True)
class Unserved:
    stop: int
    reason: Reason


@dataclass(frozen=True, slots=True)
class Totals:
    """``cost`` is the whole cost above without the stops left out; ``left_out`` is the sum of their priorities.
    ``longest`` and ``shortest_work`` are working seconds among those carriers who drive."""

    served: int = 0
    left_out: int = 0
    runs: int = 0
    travel_seconds: int = 0
    metres: int = 0
    wait_seconds: int = 0
    work_seconds: int = 0
    longest_work: int = 0
    shortest_work: int = 0
    late_seconds: int = 0
    faults: int = 0
    cost: float = 0.0


@dataclass(frozen=True, eq=False)
class Solution:
    """One run for every carrier, in their order; a run without visits is a carrier who stays at home. ``feasible``: no run
    has a fault. A plan made here is always feasible; only orders made by hand can have faults."""

    runs: tuple[Run, ...]
    unserved: tuple[Unserved, ...]
    totals: Totals
    seed: int = 0

    @property
    def feasible(self) -> bool:
        return self.totals.faults == 0

    @property
    def orders(self) -> tuple[tuple[int, ...], ...]:
        """(m) What ``timetable``, ``cost_of_move``, ``replan`` and ``plan(start=…)`` take."""
        return tuple(run.order for run in self.runs)


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a day stands when it is planned anew; every field may be left out.

    done        (m) how many leading entries of each carrier's order have happened: they stay as they are
    free_at     (m) when each carrier left the last of those (or, with none done, left for the first). None: not yet on the
                way, and all can still change, the load too. Who is on the way has aboard what their order said; a stop that
                comes to them needs a further visit of its depot
    gone        carriers who dropped out: what they have not done goes to others
    locked      stops that stay with the carrier who has them
    stay_worth  how many seconds it is worth that a stop stays with its carrier: so few are moved
    """

    done: tuple[int, ...] = ()
    free_at: tuple[int | None, ...] = ()
    gone: frozenset[int] = frozenset()
    locked: frozenset[int] = frozenset()
    stay_worth: int = 900


@dataclass(frozen=True, slots=True)
class Move:
    """What it would cost to put a stop (with its pick-up or drop-offs) elsewhere. ``cost`` is the change of the whole
    cost, ``travel_seconds`` and ``metres`` the change of the ways; ``orders`` the runs after it; ``faults`` what
    would be wrong then and is not wrong now."""

    stop: int
    carrier: int
    position: int
    cost: float
    travel_seconds: int
    metres: int
    faults: tuple[FaultAt, ...]
    orders: tuple[tuple[int, ...], ...]

    @property
    def feasible(self) -> bool:
        return not self.faults


def _whole(name: str, given: ArrayLike) -> IntArray:
    """Return whole numbers as int64; floats only where they are whole."""
    array = np.asarray(given)
    if array.size == 0:
        return np.ascontiguousarray(array, dtype=np.int64)
    if array.dtype.kind == "f":
        bad = np.argwhere(~np.isfinite(array) | (array != np.floor(array)))
        if bad.size:
            raise ValueError(f"{name} row {bad[0][0]}: {array[tuple(bad[0])]} is not a whole number")
    elif array.dtype.kind not in "iub":
        raise ValueError(f"{name} must be whole numbers")
    return np.ascontiguousarray(array, dtype=np.int64)


def _columns(
    table: object, word: str, floats: tuple[str, ...], booleans: tuple[str, ...], wide: tuple[str, ...]
) -> None:
    """Make every column the array its docstring says, all equally long."""
    rows = None
    for name in table.__dataclass_fields__:  # type: ignore[attr-defined]
        given = getattr(table, name)
        if name in floats:
            column: NDArray[np.generic] = np.ascontiguousarray(given, dtype=np.float64)
        elif name in booleans:
            column = np.ascontiguousarray(given)
            if column.size and column.dtype != np.bool_:
                raise ValueError(f"{word}.{name} must be True or False in every row")
            column = column.astype(np.bool_)
        else:
            column = _whole(f"{word}.{name}", given)
        if column.ndim != (2 if name in wide else 1):
            raise ValueError(f"{word}.{name} must have {'two dimensions' if name in wide else 'one dimension'}")
        rows = column.shape[0] if rows is None else rows
        if column.shape[0] != rows:
            raise ValueError(f"{word}.{name} has {column.shape[0]} rows, the other columns have {rows}")
        object.__setattr__(table, name, column)


def _within(name: str, values: IntArray, least: int, most: int) -> None:
    if values.size:
        bad = np.argwhere((values < least) | (values > most))
        if bad.size:
            where = tuple(bad[0])
            raise ValueError(f"{name} row {where[0]}: {values[where]} must lie between {least} and {most}")


def _windows(word: str, opens: IntArray, closes: IntArray) -> None:
    _within(f"{word}.opens", opens, -TIME_MAXIMUM, TIME_MAXIMUM)
    _within(f"{word}.closes", closes, -TIME_MAXIMUM, TIME_MAXIMUM)
    bad = np.flatnonzero(closes < opens)
    if bad.size:
        row = bad[0]
        raise ValueError(f"{word}.closes row {row}: it closes ({closes[row]}) before it opens ({opens[row]})")


def _places(word: str, latitude: FloatArray, longitude: FloatArray, asked: BoolArray | None = None) -> None:
    for name, values, most in (("latitude", latitude, 90.0), ("longitude", longitude, 180.0)):
        fine = np.abs(values) <= most  # NaN is not
        bad = np.flatnonzero(~fine if asked is None else ~fine & asked)
        if bad.size:
            raise ValueError(
                f"{word}.{name} row {bad[0]}: {values[bad[0]]} is not between -{most:g} and {most:g} degrees"
            )
