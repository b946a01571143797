"""What whose it is does with something that repeats: skip a date, pause, go on, change, end."""

import uuid
from datetime import date, datetime

from django.db import transaction

from taawun.community.circles.actor import Actor
from taawun.ground.values.refusal import Refusal
from taawun.practice.aid import access, rules, series_rules
from taawun.practice.aid.actions.series import (
    Again,
    completed,
    finish,
    lock_dates,
    make_dates,
    tell,
    today_in,
    withdraw,
)
from taawun.practice.aid.models import Intent, Series, Skip


def to_manage(actor: Actor, series_id: uuid.UUID, *, now: datetime) -> Series:
    """Return a series that is not over, locked with its dates, for one who may change it."""
    found = access.series_to_move(actor, series_id)
    if not access.may_manage_series(found, actor):
        raise Refusal.forbidden()
    if found.state == "ended":
        raise Refusal.conflict("series.ended")
    lock_dates(found, now=now)
    return found


def skip(actor: Actor, series_id: uuid.UUID, day: date, *, now: datetime) -> Series:
    """Say that one date is not needed. Whoever was on it is told."""
    with transaction.atomic():
        series = to_manage(actor, series_id, now=now)
        _require_date(series, day, now=now)
        if Intent.objects.filter(series=series, occurs_on=day, state="fulfilled").exists():
            raise Refusal.conflict("series.date_done", "day")
        _row, is_new = Skip.objects.get_or_create(
            series=series, day=day, defaults={"circle_id": series.circle_id, "made_at": now}
        )
        if is_new:
            givers = withdraw(series, [day], actor.agent_id, now=now)
            tell(series, "series.skipped", actor.agent_id, {"day": day.isoformat()}, to=sorted(givers), now=now)
            # With one less on the board, the next may have its turn.
            make_dates(series, now=now)
    return series


def unskip(actor: Actor, series_id: uuid.UUID, day: date, *, now: datetime) -> Series:
    """Take a skip back. The date is on the board anew, with whoever does it every time."""
    with transaction.atomic():
        series = to_manage(actor, series_id, now=now)
        if not Skip.objects.filter(series=series, day=day).delete()[0]:
            raise Refusal("series.not_skipped", "day")
        tell(series, "series.unskipped", actor.agent_id, {"day": day.isoformat()}, to=[series.giver_id], now=now)
        make_dates(series, now=now)
    return series


def _require_date(series: Series, day: date, *, now: datetime) -> None:
    today = today_in(series.circle, now)
    if not today <= day <= series_rules.latest(today) or day not in series_rules.between(series.rule, day, day):
        raise Refusal("series.no_such_date", "day")


def pause(actor: Actor, series_id: uuid.UUID, until: date | None, *, now: datetime) -> Series:
    """Rest until a day, on which it goes on, or until somebody says so. The coming dates leave the board."""
    with transaction.atomic():
        series = to_manage(actor, series_id, now=now)
        if series.state != "running":
            raise Refusal.conflict("series.not_running")
        today = today_in(series.circle, now)
        if until is not None and not today < until <= series_rules.latest(today):
            raise Refusal("series.pause_past", "until")
        series.state, series.paused_until = "paused", until
        series.save(update_fields=["state", "paused_until"])
        givers = withdraw(series, None, actor.agent_id, now=now)
        data = {"until": until.isoformat() if until else None}
        tell(series, "series.paused", actor.agent_id, data, to=[series.giver_id, *sorted(givers)], now=now)
    return series


def resume(actor: Actor, series_id: uuid.UUID, *, now: datetime) -> Series:
    with transaction.atomic():
        series = to_manage(actor, series_id, now=now)
        if series.state != "paused":
            raise Refusal.conflict("series.not_paused")
        series.state, series.paused_until = "running", None
        series.save(update_fields=["state", "paused_until"])
        tell(series, "series.resumed", actor.agent_id, {}, to=[series.giver_id], now=now)
        make_dates(series, now=now)
    return series


def end(actor: Actor, series_id: uuid.UUID, *, now: datetime) -> Series:
    """End it: no further dates, and those on the board go."""
    with transaction.atomic():
        series = to_manage(actor, series_id, now=now)
        givers = withdraw(series, None, actor.agent_id, now=now)
        finish(series, actor.agent_id, givers=givers, now=now)
    return series


def change(
    actor: Actor, series_id: uuid.UUID, again: Again, *, from_minute: int | None, to_minute: int | None, quantity: int,
    now: datetime,
) -> Series:  # fmt: skip
    """Change the rule, the hours or the amount. Dates somebody is on stay as agreed; the open ones are made anew."""
    with transaction.atomic():
        series = to_manage(actor, series_id, now=now)
        today = today_in(series.circle, now)
        rule = completed(again, today)
        series_rules.check(rule, today, began=series.starts_on)
        _require_amount_and_hours(quantity, from_minute, to_minute)
        series.repeat, series.every, series.weekdays = rule.kind, rule.every, sorted(set(rule.weekdays))
        series.month_day, series.nth, series.starts_on = rule.month_day, rule.nth, rule.starts_on
        series.ends_on, series.count, series.ends_with = rule.ends_on, rule.count, again.ends_with
        series.from_minute, series.to_minute, series.quantity = from_minute, to_minute, quantity
        series.save()
        untouched = Intent.objects.filter(series=series, state="open", taken=0, occurs_on__gte=today)
        days = [one.occurs_on for one in untouched if one.occurs_on is not None]
        withdraw(series, days, actor.agent_id, now=now)
        tell(series, "series.changed", actor.agent_id, {}, to=[series.giver_id], now=now)
        make_dates(series, now=now)
    return series


def _require_amount_and_hours(quantity: int, from_minute: int | None, to_minute: int | None) -> None:
    if not 0 < quantity <= rules.QUANTITY_PARTS_MAX:
        raise Refusal("quantity.not_positive", "quantity")
    for name, minute in (("from_time", from_minute), ("to_time", to_minute)):
        if minute is not None and not 0 <= minute <= 24 * 60:
            raise Refusal("window.not_a_time", name)
