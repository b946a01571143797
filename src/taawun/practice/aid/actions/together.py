"""Many promises made and let go in one transaction, in a few statements: each by the rules of a single one.

What ``agreeing.commit`` and ``holding.release`` write at once is noted here and written by ``write``, with the entries
of the journal in their order. The caller holds the locks on the intents and on the commitments that end.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from taawun.community.circles.actor import Actor
from taawun.community.people.models import Agent
from taawun.ground.journal import record
from taawun.ground.journal.record import NewEntry
from taawun.ground.values.bulk import insert_many, update_many
from taawun.ground.vault import store
from taawun.practice.aid import rules
from taawun.practice.aid.actions import entries
from taawun.practice.aid.actions.agreeing import drawn_up
from taawun.practice.aid.actions.holding import ENDED, STANDING, close_off, stand
from taawun.practice.aid.models import Commitment, Intent


@dataclass
class Together:
    actor: Actor
    now: datetime
    entries: list[NewEntry] = field(default_factory=list)
    _made: list[Commitment] = field(default_factory=list)
    _ended: list[Commitment] = field(default_factory=list)
    _intents: dict[uuid.UUID, Intent] = field(default_factory=dict)
    _finished: set[uuid.UUID] = field(default_factory=set)

    def commit(self, intent: Intent, giver: Agent, claimed: rules.Claimed) -> Commitment:
        """Draw up a promise of a need. How its giver is reached is for the caller to seal, once it is written."""
        made = drawn_up(self.actor, {intent.id: intent}, intent, giver, claimed, now=self.now)
        self._stand(intent, rules.hold(intent.terms, claimed.quantity))
        self._made.append(made)
        return made

    def release(
        self, commitment: Commitment, intent: Intent, reason: str, *, entry: str = "claim.released", told_by: str = ""
    ) -> None:
        """Give a promised part back to everybody."""
        after = rules.move(commitment.state, "release")
        self._stand(intent, rules.give_back(intent.terms, commitment.quantity, now=self.now))
        close_off(commitment, after, reason, now=self.now)
        self._ended.append(commitment)
        self.tell(commitment, intent, entry, {"reason": reason} | entries.told(told_by))

    def tell(self, commitment: Commitment, intent: Intent, name: str, data: Mapping[str, object]) -> None:
        one = entries.commitment_entry(commitment, {intent.id: intent}, name, self.actor.agent_id, dict(data))
        self.entries.append(one)

    def _stand(self, intent: Intent, after: rules.Standing) -> None:
        self._intents[intent.id] = intent
        if stand(intent, after, now=self.now):
            self._finished.add(intent.id)

    def write(self) -> None:
        """Write promises and needs; what is sealed of those that are over goes a while later."""
        update_many(self._intents.values(), STANDING)
        insert_many(self._made)
        update_many(self._ended, ENDED)
        over = self._finished | {one.id for one in self._ended}
        if over:
            store.keep_until(over, self.now + rules.SEALED_AFTER_END)

    def record(self) -> None:
        """Write the journal: last in the transaction, as the circle's other writers wait from here on."""
        record.append_many(self.actor.circle.id, self.entries, now=self.now)
