"""How matches are judged, as data a community can read and change: each setting with its default and its bounds. Pure.

What a circle changed is a mapping of a setting's code to a decimal text; the rest is the default. Points say how much a
term weighs beside the others: a door next to one's own brings ``distance_points``, and all else is measured by it.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from decimal import Decimal, InvalidOperation

from taawun.ground.values.refusal import Refusal
from taawun.solve.matching.terms import Weights


@dataclass(frozen=True, slots=True)
class Setting:
    """A number a community may change. ``unit``: points, km, days, tasks, offers, or "" for yes (1) and no (0)."""

    code: str
    section: str
    default: Decimal
    least: Decimal
    most: Decimal
    unit: str

    @property
    def is_switch(self) -> bool:
        return not self.unit


def _setting(code: str, section: str, default: str, most: str, unit: str, least: str = "0") -> Setting:
    return Setting(code, section, Decimal(default), Decimal(least), Decimal(most), unit)


SETTINGS: tuple[Setting, ...] = (
    _setting("distance_points", "near", "40", "100", "points", "1"),
    _setting("distance_half_km", "near", "3", "100", "km", "0.1"),
    _setting("same_area_points", "near", "24", "100", "points"),
    _setting("radius_km", "near", "50", "500", "km", "1"),
    _setting("fit_points", "fits", "20", "100", "points"),
    _setting("time_points", "fits", "20", "100", "points"),
    _setting("language_points", "fits", "10", "100", "points"),
    _setting("urgency_points", "fits", "8", "100", "points"),
    _setting("waiting_points_per_day", "fits", "1", "20", "points"),
    _setting("fairness_points", "fair", "1", "20", "points"),
    _setting("fairness_points_most", "fair", "25", "100", "points"),
    _setting("evenness_km", "fair", "0.5", "50", "km"),
    _setting("step_km", "fair", "0.25", "10", "km", "0.05"),
    _setting("experience_points", "fair", "6", "100", "points"),
    _setting("experience_half_count", "fair", "3", "100", "tasks", "1"),
    _setting("learns", "sure", "1", "1", ""),
    _setting("success_points", "sure", "20", "100", "points"),
    _setting("stale_points_per_day", "sure", "1", "20", "points"),
    _setting("age_days_most", "sure", "10", "90", "days", "1"),
    _setting("candidates_each", "board", "12", "60", "offers", "2"),
    _setting("keep_km", "board", "2", "50", "km"),
)
BY_CODE = {one.code: one for one in SETTINGS}
SECTIONS = ("near", "fits", "fair", "sure", "board")
# A weight is written with at most so many digits behind the point.
PLACES = Decimal("0.01")
_WEIGHTS = frozenset(one.name for one in fields(Weights))
WHOLE = frozenset({"candidates_each", "learns", "experience_half_count", "age_days_most"})


@dataclass(frozen=True)
class Rules:
    """The settings of one circle: what it changed, over the defaults."""

    changes: Mapping[str, str]

    def value(self, code: str) -> Decimal:
        """Return a setting. One that was stored under other bounds is held to those of today."""
        setting = BY_CODE[code]
        try:
            stored = Decimal(str(self.changes.get(code, setting.default)))
        except InvalidOperation:
            stored = setting.default
        return min(max(stored, setting.least), setting.most) if stored.is_finite() else setting.default

    def number(self, code: str) -> float:
        return float(self.value(code))

    @property
    def learns(self) -> bool:
        return self.value("learns") == 1

    def weights(self, *, for_request: bool) -> Weights:
        """Return the weights for offers beside a request, or for requests beside an offer."""
        known = {code: self.number(code) for code in BY_CODE if code in _WEIGHTS}
        per_day = -self.number("stale_points_per_day") if for_request else self.number("waiting_points_per_day")
        success = self.number("success_points") if self.learns else 0.0
        return Weights(**known | {"age_points_per_day": per_day, "success_points": success})

    @property
    def points_per_km(self) -> float:
        """What one more kilometre costs at the distance that halves the points: the rate between points and ways."""
        return self.number("distance_points") / (4 * self.number("distance_half_km"))


DEFAULT = Rules({})


def read(code: str, text: str) -> Decimal:
    """Read one setting, or refuse with what would be right."""
    setting = BY_CODE.get(code)
    if setting is None:
        raise Refusal("matching.unknown", code)
    try:
        value = Decimal(text.strip())
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite() or not setting.least <= value <= setting.most:
        raise Refusal("matching.bounds", code, least=plain(setting.least), most=plain(setting.most))
    if value != value.quantize(Decimal(1) if code in WHOLE else PLACES):
        raise Refusal("matching.whole" if code in WHOLE else "matching.places", code)
    return value


def plain(value: Decimal) -> str:
    """Write a number without needless zeros: 0.25, 40."""
    return f"{value.normalize():f}"


def changed(before: Mapping[str, str], wanted: Mapping[str, str]) -> dict[str, str]:
    """Return what differs from the defaults after a change. Each text is read; a default is not stored."""
    after = {code: text for code, text in before.items() if code in BY_CODE}
    for code, text in wanted.items():
        value = read(code, text)
        after.pop(code, None)
        if value != BY_CODE[code].default:
            after[code] = plain(value)
    return after


def said(*facts: object) -> str:
    """Return a short digest of what an intent says, so that it shows when it says something else."""
    return hashlib.blake2b(repr(facts).encode(), digest_size=16).hexdigest()
