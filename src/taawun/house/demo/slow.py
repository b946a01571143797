"""The hand that calls the real actions: every check, lock and statement that a click would make."""

import uuid
from datetime import datetime

from taawun.community.circles import access as circle_access
from taawun.community.circles import actions as circles
from taawun.community.circles.actor import Actor
from taawun.community.people import actions as people
from taawun.house.demo.hand import Hand
from taawun.house.demo.people import Commons, Member
from taawun.house.demo.town import REGION
from taawun.practice.aid import access, actions
from taawun.practice.aid.actions import IntentDraft
from taawun.practice.aid.actions.agreeing import Reach
from taawun.practice.aid.models import Commitment, Intent


class Slow(Hand):
    """The caller has opened the scope of every circle in the story."""

    def __init__(self) -> None:
        self._actors: dict[tuple[int, int], Actor] = {}

    def actor(self, at: Commons, by: Member) -> Actor:
        """Return who clicks. Kept, because roles do not change while this hand writes: ``forget`` when they do."""
        key = id(at), id(by)
        if key not in self._actors:
            assert by.account is not None
            self._actors[key] = circle_access.actor_in(at.circle, by.account)
        return self._actors[key]

    def forget(self) -> None:
        self._actors.clear()

    def intent(self, intent_id: uuid.UUID) -> Intent:
        return Intent.objects.get(pk=intent_id)

    def commitment(self, commitment_id: uuid.UUID) -> Commitment:
        return Commitment.objects.get(pk=commitment_id)

    def open_account(self, who: Member, *, now: datetime) -> None:
        account = people.open_account(name=who.name, language=who.language, now=now)
        people.change_profile(account, name=who.name, language=who.language, languages=list(who.speaks), digits="")
        people.add_contact(account, who.address, REGION, now=now, verified=True)
        who.account, who.agent_id = account, account.agent_id

    def join(self, at: Commons, who: Member, *, now: datetime) -> None:
        assert who.account is not None
        circles.join_open(at.circle, who.account, now=now)
        area_id = at.area_id(who.quarter)
        if area_id is not None:
            circles.set_area(self.actor(at, who), who.agent_id, area_id, now=now)

    def post(self, at: Commons, by: Member, draft: IntentDraft, *, now: datetime) -> uuid.UUID:
        return actions.post(self.actor(at, by), draft, now=now).id

    def post_without_account(self, at: Commons, draft: IntentDraft, *, visitor: str, now: datetime) -> uuid.UUID:
        return actions.post_without_account(at.circle, draft, visitor=visitor, now=now)[0].id

    def call_back(self, at: Commons, by: Member, intent_id: uuid.UUID, *, now: datetime) -> None:
        access.details_for_coordinator(self.actor(at, by), intent_id, "called back to check", now=now)

    def check(self, at: Commons, by: Member, intent_id: uuid.UUID, *, now: datetime) -> None:
        actions.check(self.actor(at, by), intent_id, now=now)

    def renew(self, at: Commons, by: Member, intent_id: uuid.UUID, *, now: datetime) -> None:
        actions.renew(self.actor(at, by), intent_id, now=now)

    def withdraw(self, at: Commons, by: Member, intent_id: uuid.UUID, *, now: datetime) -> None:
        actions.withdraw(self.actor(at, by), intent_id, now=now)

    def claim(
        self,
        at: Commons,
        by: Member,
        intent_id: uuid.UUID,
        *,
        quantity: int,
        with_intent: uuid.UUID | None = None,
        agent: Member,
        reach: Reach,
        now: datetime,
    ) -> uuid.UUID:
        made = actions.claim(
            self.actor(at, by), intent_id, quantity=quantity, with_intent=with_intent, on_behalf_of=agent.agent_id,
            reach=reach, now=now,
        )  # fmt: skip
        return made.id

    def propose(
        self, at: Commons, by: Member, request_id: uuid.UUID, offer_id: uuid.UUID, *, quantity: int, now: datetime
    ) -> uuid.UUID:
        return actions.propose(self.actor(at, by), request_id, offer_id, quantity=quantity, now=now).id

    def accept(self, at: Commons, by: Member, commitment_id: uuid.UUID, *, reach: Reach, now: datetime) -> None:
        actions.accept(self.actor(at, by), commitment_id, reach=reach, now=now)

    def decline(self, at: Commons, by: Member, commitment_id: uuid.UUID, *, now: datetime) -> None:
        actions.decline(self.actor(at, by), commitment_id, now=now)

    def drop_out(self, at: Commons, by: Member, commitment_id: uuid.UUID, *, now: datetime) -> None:
        actions.drop_out(self.actor(at, by), commitment_id, now=now)

    def still_on_it(self, at: Commons, by: Member, commitment_id: uuid.UUID, *, now: datetime) -> None:
        actions.still_on_it(self.actor(at, by), commitment_id, now=now)

    def hand_over(self, at: Commons, by: Member, commitment_id: uuid.UUID, to: Member, *, now: datetime) -> uuid.UUID:
        return actions.hand_over(self.actor(at, by), commitment_id, to.agent_id, now=now).id

    def look(self, at: Commons, by: Member, commitment_id: uuid.UUID, *, now: datetime) -> None:
        access.contact_details(self.commitment(commitment_id), self.actor(at, by), now=now)

    def deliver(self, at: Commons, by: Member, commitment_id: uuid.UUID, *, quantity: int, now: datetime) -> None:
        actions.deliver(self.actor(at, by), commitment_id, quantity=quantity, now=now)

    def receive(self, at: Commons, by: Member, commitment_id: uuid.UUID, *, now: datetime) -> None:
        actions.receive(self.actor(at, by), commitment_id, now=now)

    def fail(self, at: Commons, by: Member, commitment_id: uuid.UUID, reason: str, *, now: datetime) -> None:
        actions.fail(self.actor(at, by), commitment_id, reason, now=now)

    def thank(self, at: Commons, by: Member, commitment_id: uuid.UUID, *, now: datetime) -> None:
        actions.thank(self.actor(at, by), commitment_id, now=now)

    def keep_up(self, at: Commons, *, now: datetime) -> None:
        actions.keep_up(at.circle, now=now)

    def put_down(self) -> None:
        """Everything is written already."""
