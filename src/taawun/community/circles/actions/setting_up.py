"""Setting a community up and changing what was defaulted: its settings, areas and kinds."""

import itertools
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db import IntegrityError, connection, transaction
from django.db.models.functions import Now
from django.utils.text import slugify

from taawun.community.circles import catalogue, kinds
from taawun.community.circles.actions.entries import tell_members
from taawun.community.circles.actor import Actor
from taawun.community.circles.models import AcceptClaims, Area, Circle, Membership, Role
from taawun.community.people import limits, texts
from taawun.community.people.models import Account
from taawun.ground.journal import record
from taawun.ground.journal.models import Audience
from taawun.ground.site.icons import THINGS
from taawun.ground.values.ids import new_id
from taawun.ground.values.place import RESOLUTION_COARSEST, RESOLUTION_FINEST, Point, cell_of
from taawun.ground.values.refusal import Refusal
from taawun.ground.values.scope import set_scope
from taawun.ground.words.languages import BY_CODE as LANGUAGES
from taawun.ground.words.units import BY_CODE as UNITS

NAME_LENGTH_MAX = 120
AREA_NAME_LENGTH_MAX = 80
WELCOME_LENGTH_MAX = 2000
AREAS_MAX = 200
OWN_KINDS_MAX = 150
SET_UPS_A_DAY_MAX = 5
SLUG_LENGTH_MAX = 50


def set_up(
    account: Account,
    *,
    name: str,
    place_name: str,
    languages: Sequence[str],
    region: str = "GB",
    time_zone: str = "UTC",
    point: Point | None = None,
    now: datetime,
) -> Circle:
    """Set up a community from three answers; everything else has a default. Who sets it up coordinates it."""
    limits.require("set up", str(account.pk), at_most=SET_UPS_A_DAY_MAX, window=timedelta(days=1), now=now)
    wanted = {
        "name": _circle_name(name),
        "place_name": _place_name(place_name),
        "languages": _languages(languages),
        "region": _region(region),
        "time_zone": _time_zone(time_zone),
    }
    place_name = str(wanted["place_name"])
    with transaction.atomic():
        circle = Circle.objects.create(
            slug=_free_slug(str(wanted["name"])), cell=cell_of(point) if point else None, created_at=now, **wanted
        )
        set_scope([circle.id])
        Area.objects.create(circle=circle, name=place_name[:AREA_NAME_LENGTH_MAX], cell=circle.cell)
        Membership.objects.create(
            circle=circle, agent=account.agent, roles=[Role.MEMBER, Role.COORDINATOR, Role.TREASURER], joined_at=now,
            second_factor_asked_at=Now(),
        )  # fmt: skip
        record.append(
            circle.id,
            "circle.set_up",
            actor_id=account.agent_id,
            subject_id=None,
            data={},
            now=now,
            audience=Audience.MEMBERS,
        )
    return circle


def _free_slug(name: str) -> str:
    """Return an address nobody has. Two of the same name set up in the same moment wait for each other here."""
    base = slugify(name, allow_unicode=True)[:SLUG_LENGTH_MAX].strip("-_") or "circle"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"slug:{base}"])
    taken = set(Circle.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    return next(slug for slug in _slugs(base) if slug not in taken)


def _slugs(base: str) -> Iterator[str]:
    yield base
    yield from (f"{base}-{number}" for number in itertools.count(2))


def _circle_name(text: str) -> str:
    name = texts.line(text, "name", NAME_LENGTH_MAX)
    if not name:
        raise Refusal("circle.name", "name")
    return name


def _place_name(text: str) -> str:
    place_name = texts.line(text, "place_name", NAME_LENGTH_MAX)
    if not place_name:
        raise Refusal("circle.place", "place_name")
    return place_name


def _languages(codes: Sequence[str]) -> list[str]:
    if not codes or any(code not in LANGUAGES for code in codes):
        raise Refusal("circle.languages", "languages")
    return list(dict.fromkeys(codes))


def _region(text: str) -> str:
    region = text.strip().upper()
    if len(region) != 2 or not region.isascii() or not region.isalpha():
        raise Refusal("circle.region", "region")
    return region


def _time_zone(text: str) -> str:
    try:
        return ZoneInfo(text).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Refusal("circle.time_zone", "time_zone") from None


def change_settings(
    actor: Actor,
    *,
    name: str,
    place_name: str,
    languages: Sequence[str],
    region: str,
    time_zone: str,
    welcome: str,
    is_public: bool,
    is_joinable: bool,
    accept_claims: str,
    resolution: int,
    now: datetime,
) -> Circle:
    """Change what was defaulted. Every change is on the record, by the names of the settings that changed."""
    if not actor.is_coordinator:
        raise Refusal.forbidden()
    if accept_claims not in AcceptClaims.values:
        raise Refusal("setting.unknown", "accept_claims")
    if not RESOLUTION_COARSEST <= resolution <= RESOLUTION_FINEST:
        raise Refusal("setting.unknown", "resolution")
    wanted = {
        "name": _circle_name(name),
        "place_name": _place_name(place_name),
        "languages": _languages(languages),
        "region": _region(region),
        "time_zone": _time_zone(time_zone),
        "welcome": texts.paragraph(welcome, "welcome", WELCOME_LENGTH_MAX),
        "is_public": is_public,
        "is_joinable": is_joinable,
        "accept_claims": accept_claims,
        "resolution": resolution,
    }
    with transaction.atomic():
        circle = Circle.objects.select_for_update().get(pk=actor.circle.id)
        changed = [field for field, value in wanted.items() if getattr(circle, field) != value]
        if changed:
            for field in changed:
                setattr(circle, field, wanted[field])
            circle.save(update_fields=changed)
            tell_members(actor, "circle.changed", None, {"settings": changed}, now)
    return circle


def area_of(circle: Circle, area_id: uuid.UUID | None) -> Area | None:
    if area_id is None:
        return None
    area = Area.objects.filter(circle=circle, pk=area_id).first()
    if area is None:
        raise Refusal("area.unknown", "area")
    return area


@dataclass
class KnownAreas:
    """``area_of`` for a great many rows: the circle's areas are read once, when the first row names one."""

    circle: Circle
    _known: dict[uuid.UUID, Area] | None = None

    def of(self, area_id: uuid.UUID | None) -> Area | None:
        if area_id is None:
            return None
        if self._known is None:
            self._known = {area.id: area for area in Area.objects.filter(circle=self.circle)}
        if area_id not in self._known:
            raise Refusal("area.unknown", "area")
        return self._known[area_id]


def add_area(actor: Actor, name: str, point: Point | None, *, now: datetime) -> Area:
    """Add a named neighbourhood, with the coarse cell it lies in when a point is given."""
    if not actor.is_coordinator:
        raise Refusal.forbidden()
    cleaned = _area_name(name)
    if Area.objects.filter(circle=actor.circle).count() >= AREAS_MAX:
        raise Refusal.conflict("area.too_many", "name", limit=AREAS_MAX)
    try:
        with transaction.atomic():
            area = Area.objects.create(
                circle=actor.circle, name=cleaned, cell=cell_of(point, actor.circle.resolution) if point else None
            )
    except IntegrityError:
        raise Refusal.conflict("area.exists", "name") from None
    tell_members(actor, "area.added", area.id, {}, now)
    return area


def _area_name(text: str) -> str:
    cleaned = texts.line(text, "name", AREA_NAME_LENGTH_MAX)
    if not cleaned:
        raise Refusal("area.name", "name")
    return cleaned


def change_area(actor: Actor, area_id: uuid.UUID, name: str, point: Point | None, *, now: datetime) -> Area:
    """Rename an area; a point moves it, no point leaves it where it is."""
    if not actor.is_coordinator:
        raise Refusal.forbidden()
    cleaned = _area_name(name)
    area = Area.objects.filter(circle=actor.circle, pk=area_id).first()
    if area is None:
        raise Refusal.not_found()
    area.name = cleaned
    if point is not None:
        area.cell = cell_of(point, actor.circle.resolution)
    try:
        with transaction.atomic():
            area.save(update_fields=["name", "cell"])
    except IntegrityError:
        raise Refusal.conflict("area.exists", "name") from None
    tell_members(actor, "area.changed", area.id, {}, now)
    return area


def change_kind(
    actor: Actor,
    code: str | None,
    *,
    names: dict[str, str],
    unit: str,
    icon: str,
    sensitive: bool,
    hidden: bool,
    now: datetime,
) -> str:
    """Change a kind for this circle, hide it, or add one of the circle's own (``code`` None). Returns its code."""
    if not actor.is_coordinator:
        raise Refusal.forbidden()
    cleaned = {language: texts.line(text, "name", AREA_NAME_LENGTH_MAX) for language, text in names.items()}
    cleaned = {language: text for language, text in cleaned.items() if text}
    if any(language not in LANGUAGES for language in names):
        raise Refusal("language.unknown", "name")
    if unit not in UNITS:
        raise Refusal("setting.unknown", "unit")
    if icon not in THINGS:
        raise Refusal("setting.unknown", "icon")
    with transaction.atomic():
        circle = Circle.objects.select_for_update().get(pk=actor.circle.id)
        if code is None:
            if not cleaned:
                raise Refusal("kind.name", "name")
            if sum(one not in catalogue.BY_CODE for one in circle.kind_changes) >= OWN_KINDS_MAX:
                raise Refusal.conflict("kind.too_many", "name", limit=OWN_KINDS_MAX)
            code = f"own.{new_id().hex[-12:]}"
        else:
            kinds.find(circle, code)
            if not cleaned and code not in catalogue.BY_CODE:
                raise Refusal("kind.name", "name")
        circle.kind_changes[code] = {
            "name": cleaned,
            "unit": unit,
            "icon": icon,
            "sensitive": sensitive,
            "hidden": hidden,
        }
        circle.save(update_fields=["kind_changes"])
        tell_members(actor, "kind.changed", None, {"kind": code}, now)
    return code
