"""Aid's duties: in every circle, what is due is asked, expired, warned about and released, and what happened is learnt.
And its errands: the whole board proposed, and many givers asked."""

import logging
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.utils import timezone

from taawun.community.circles.access import actor_in
from taawun.community.circles.actor import Actor
from taawun.community.circles.everywhere import in_every_circle
from taawun.community.circles.likeness.sources import Missing, Source, register_source
from taawun.community.circles.models import Circle, Likeness
from taawun.community.people.models import Account
from taawun.ground.jobs.duties import HOURLY, duty, errand
from taawun.ground.values.refusal import Refusal
from taawun.ground.values.scope import circle_scope
from taawun.practice.aid import actions, rules
from taawun.practice.aid.actions import matching, proposing
from taawun.practice.aid.actions.repeating import SOURCE
from taawun.practice.aid.models import Intent, Proposal, ProposedMatch
from taawun.practice.aid.queries import open_board

logger = logging.getLogger("taawun.aid")
TOLD_EVERY_SECONDS = 1.0


@duty("aid.keep_up")
def keep_up(now: datetime) -> int:
    return in_every_circle(
        lambda circle: sum(actions.keep_up(circle, now=now).values()), what="aid.keep_up", scoped=False
    )


@duty("aid.keep_series", HOURLY)
def keep_series(now: datetime) -> int:
    """Bring the next dates of what repeats onto the board; after a change this happens at once, in the action."""
    return in_every_circle(lambda circle: actions.keep_series(circle, now=now), what="aid.keep_series", scoped=False)


def _missing(circle: Circle, limit: int) -> list[Missing]:
    """Return needs and offers the index of likeness does not have: open ones, and those whose texts are still sealed."""
    known = Likeness.objects.filter(circle=circle, source=SOURCE).values("row_id")
    rows = Intent.objects.filter(circle=circle).exclude(pk__in=known)
    rows = rows.exclude(closed_at__lt=timezone.now() - rules.SEALED_AFTER_END)
    return [Missing(row_id, agent_id) for row_id, agent_id in rows.order_by("pk").values_list("pk", "agent_id")[:limit]]


register_source(Source(SOURCE, _missing))


@duty("aid.learn", HOURLY)
def learn(now: datetime) -> int:
    """Count anew how promises ended, so that suggestions need not."""
    return in_every_circle(lambda circle: matching.learn(circle, now=now), what="aid.learn")


class _Enough(Exception):
    """A coordinator said: good enough."""


class _Work:
    """One proposal in work. It is read and written in transactions of their own; the arithmetic between them is in
    none, so that nobody waits for it, and how far it is can be seen."""

    def __init__(self, proposal_id: str, circle_id: str) -> None:
        self.id, self.circle_id = uuid.UUID(proposal_id), uuid.UUID(circle_id)
        self._began = self._told_at = time.monotonic()
        self._seconds = 1.0

    @contextmanager
    def opened(self) -> Iterator[tuple[Actor, Proposal]]:
        with circle_scope(self.circle_id):
            proposal = Proposal.objects.filter(pk=self.id, state="working").first()
            if proposal is None or proposal.stopped:
                raise _Enough
            yield actor_of(self.circle_id, proposal.made_by_id), proposal

    def answer(self, most: int | None, seconds: float, *, last: bool) -> bool:
        """Work out one answer and keep it. Returns whether it was the whole board."""
        with self.opened() as (actor, proposal):
            board = open_board.read(actor, previous_id=proposal.previous_id, now=timezone.now(), most=most)
        is_whole = last or len(board.requests) + len(board.unchecked) < (most or 0)
        self._began, self._seconds = time.monotonic(), seconds
        outcome = open_board.plan(board, time_limit_seconds=seconds, progress=self.told)
        with self.opened() as (actor, _proposal):
            proposing.keep(actor, self.id, board, outcome, now=timezone.now(), last=is_whole)
        return is_whole

    def told(self) -> None:
        """Say how far it is, about once a second, and ask whether it is good enough."""
        now = time.monotonic()
        if now - self._told_at < TOLD_EVERY_SECONDS:
            return
        self._told_at = now
        share = min(95, 5 + round(90 * (now - self._began) / self._seconds))
        with circle_scope(self.circle_id):
            mine = Proposal.objects.filter(pk=self.id, state="working", stopped=False)
            if not mine.update(done=share):
                raise _Enough

    def give_up(self) -> None:
        """It went wrong. What was found before that stays; where nothing was, it can be tried again."""
        with circle_scope(self.circle_id):
            for proposal in Proposal.objects.filter(pk=self.id, state="working"):
                proposal.state = "ready" if proposal.ready_at else "failed"
                proposal.save(update_fields=["state"])


def actor_of(circle_id: uuid.UUID, agent_id: uuid.UUID | None) -> Actor:
    """Return who asked for a piece of work, as she is now. She had shown all that her role demands when she asked."""
    account = (
        Account.objects.select_related("agent").filter(agent_id=agent_id, is_active=True).first() if agent_id else None
    )
    if account is None:
        raise Refusal.forbidden()
    account.is_strong = True
    return actor_in(Circle.objects.get(pk=circle_id), account)


@errand("aid.propose_board")
def propose_board(proposal_id: str, circle_id: str) -> None:
    """Propose a large board: first for the most urgent needs, so that there is something to look at, then for all."""
    work = _Work(proposal_id, circle_id)
    try:
        if not work.answer(proposing.FIRST, proposing.FIRST_SECONDS, last=False):
            work.answer(None, proposing.WHOLE_SECONDS, last=True)
    except _Enough:
        work.give_up()
    except Exception as error:  # noqa: BLE001  (whatever it is, nobody must wait for ever)
        logger.error("proposing a board failed: %s", type(error).__name__)
        work.give_up()


@errand("aid.accept_chosen")
def accept_chosen(proposal_id: str, circle_id: str) -> None:
    """Ask the givers of many pairs, some at a time, so that nobody else waits for long."""
    circle_key, key = uuid.UUID(circle_id), uuid.UUID(proposal_id)
    while True:
        with circle_scope(circle_key):
            chosen = ProposedMatch.objects.filter(proposal_id=key, state="chosen").order_by("place").first()
            if chosen is None:
                return
            try:
                proposing.accept_chosen(actor_of(circle_key, chosen.decided_by_id), key, now=timezone.now())
            except Refusal:
                # She is no coordinator any more.
                assert chosen.decided_by_id is not None
                proposing.put_back(key, chosen.decided_by_id)
