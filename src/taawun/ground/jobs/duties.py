"""Duties and errands, declared where they belong and handed to the queue when the program starts.

A duty runs every minute and looks at the state ("what is due?"), so that a lost run heals by itself. An errand is
queued by name in the caller's transaction: it runs if and only if the change was committed, and may run twice.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import procrastinate
from django.utils import timezone
from procrastinate.contrib.django import app

EVERY_MINUTE = "* * * * *"
NIGHTLY = "17 3 * * *"
logger = logging.getLogger("taawun.jobs")


@dataclass(frozen=True, slots=True)
class Duty:
    name: str
    run: Callable[[datetime], object]
    cron: str


_duties: dict[str, Duty] = {}
_errands: dict[str, Callable[..., None]] = {}


def duty(name: str, cron: str = EVERY_MINUTE) -> Callable[[Callable[[datetime], object]], Callable[[datetime], object]]:
    """Declare a duty: a function of the time. It must be safe to run at any time, also twice at once."""

    def declare(run: Callable[[datetime], object]) -> Callable[[datetime], object]:
        _duties[name] = Duty(name, run, cron)
        return run

    return declare


def errand(name: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Declare an errand: a function of ids (never of personal data: the queue is not the vault)."""

    def declare(run: Callable[..., None]) -> Callable[..., None]:
        _errands[name] = run
        return run

    return declare


def queue(name: str, **arguments: str | int) -> None:
    """Queue an errand in the current transaction."""
    app.configure_task(name).defer(**arguments)


def run_duty(name: str, now: datetime) -> object:
    return _duties[name].run(now)


def duty_names() -> list[str]:
    return sorted(_duties)


def register(queue_app: procrastinate.App) -> None:
    """Hand everything declared to procrastinate. Called once, when all rooms are loaded."""
    for one in _duties.values():
        _register_duty(queue_app, one)
    for name, run in _errands.items():
        queue_app.task(name=name, retry=procrastinate.RetryStrategy(max_attempts=6, exponential_wait=4))(run)


def _register_duty(queue_app: procrastinate.App, one: Duty) -> None:
    # A lock in the queue keeps two runs of the same duty apart; a run still waiting makes the next one needless.
    @queue_app.periodic(cron=one.cron)
    @queue_app.task(name=f"duty.{one.name}", lock=f"duty.{one.name}", queueing_lock=f"duty.{one.name}", pass_context=False)
    def run(timestamp: int) -> None:
        one.run(timezone.now())
