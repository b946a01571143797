"""The hand that writes the story down. There are two: ``Slow`` calls the real actions, one by one; ``Swift`` follows
the same rules in memory and writes weeks of history at once. A test holds what both have written side by side.
"""

import uuid
from abc import ABC, abstractmethod
from datetime import datetime

from taawun.house.demo.people import Commons, Member
from taawun.practice.aid.actions import IntentDraft
from taawun.practice.aid.actions.agreeing import Reach
from taawun.practice.aid.models import Commitment, Intent


class Hand(ABC):
    """Every verb of the story. ``by`` is who clicks, in the circle ``at``; what comes back is the row's id."""

    @abstractmethod
    def intent(self, intent_id: uuid.UUID) -> Intent: ...

    @abstractmethod
    def commitment(self, commitment_id: uuid.UUID) -> Commitment: ...

    @abstractmethod
    def open_account(self, who: Member, *, now: datetime) -> None: ...

    @abstractmethod
    def join(self, at: Commons, who: Member, *, now: datetime) -> None: ...

    @abstractmethod
    def post(self, at: Commons, by: Member, draft: IntentDraft, *, now: datetime) -> uuid.UUID: ...

    @abstractmethod
    def post_without_account(self, at: Commons, draft: IntentDraft, *, visitor: str, now: datetime) -> uuid.UUID: ...

    @abstractmethod
    def call_back(self, at: Commons, by: Member, intent_id: uuid.UUID, *, now: datetime) -> None: ...

    @abstractmethod
    def check(self, at: Commons, by: Member, intent_id: uuid.UUID, *, now: datetime) -> None: ...

    @abstractmethod
    def renew(self, at: Commons, by: Member, intent_id: uuid.UUID, *, now: datetime) -> None: ...

    @abstractmethod
    def withdraw(self, at: Commons, by: Member, intent_id: uuid.UUID, *, now: datetime) -> None: ...

    @abstractmethod
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
    ) -> uuid.UUID: ...

    @abstractmethod
    def propose(
        self, at: Commons, by: Member, request_id: uuid.UUID, offer_id: uuid.UUID, *, quantity: int, now: datetime
    ) -> uuid.UUID: ...

    @abstractmethod
    def accept(self, at: Commons, by: Member, commitment_id: uuid.UUID, *, reach: Reach, now: datetime) -> None: ...

    @abstractmethod
    def decline(self, at: Commons, by: Member, commitment_id: uuid.UUID, *, now: datetime) -> None: ...

    @abstractmethod
    def drop_out(self, at: Commons, by: Member, commitment_id: uuid.UUID, *, now: datetime) -> None: ...

    @abstractmethod
    def still_on_it(self, at: Commons, by: Member, commitment_id: uuid.UUID, *, now: datetime) -> None: ...

    @abstractmethod
    def hand_over(
        self, at: Commons, by: Member, commitment_id: uuid.UUID, to: Member, *, now: datetime
    ) -> uuid.UUID: ...

    @abstractmethod
    def look(self, at: Commons, by: Member, commitment_id: uuid.UUID, *, now: datetime) -> None: ...

    @abstractmethod
    def deliver(self, at: Commons, by: Member, commitment_id: uuid.UUID, *, quantity: int, now: datetime) -> None: ...

    @abstractmethod
    def receive(self, at: Commons, by: Member, commitment_id: uuid.UUID, *, now: datetime) -> None: ...

    @abstractmethod
    def fail(self, at: Commons, by: Member, commitment_id: uuid.UUID, reason: str, *, now: datetime) -> None: ...

    @abstractmethod
    def thank(self, at: Commons, by: Member, commitment_id: uuid.UUID, *, now: datetime) -> None: ...

    @abstractmethod
    def keep_up(self, at: Commons, *, now: datetime) -> None: ...

    @abstractmethod
    def put_down(self) -> None:
        """Write what is not yet written."""
