"""How help comes about in a circle: somebody is on it, the other side says yes, and it arrives or it does not.

How often which end comes is taken from a real crisis network: six in ten matches are delivered; the others end because
the giver no longer has it, the receiver is not there, or the need is gone.
"""

import uuid
from datetime import datetime, timedelta
from random import Random

from taawun.house.demo import rhythm, wants
from taawun.house.demo.life import Life
from taawun.house.demo.people import Member
from taawun.house.demo.rhythm import after, by_day
from taawun.house.demo.story import Story
from taawun.house.demo.wants import Want
from taawun.practice.aid.actions.agreeing import Reach
from taawun.practice.aid.models import Commitment, Intent

# How long it takes until somebody is on it, by urgency from "whenever" to "now".
FOUND_AFTER = (timedelta(hours=30), timedelta(hours=12), timedelta(hours=3), timedelta(minutes=25))
# What becomes of an agreed promise, out of 1000.
ENDS = {
    "delivered": 655, "dropped_out": 95, "stale": 35, "not_there": 80, "giver_could_not": 50,
    "no_longer_needed": 27, "wrong_thing": 10, "unsafe": 4, "other": 10, "handed_over": 34,
}  # fmt: skip
NOBODY_SHARE = 0.12
PARTS_SHARE = 0.35
ANSWERS = {"accept": 86, "decline": 8, "silence": 6}
OFFERS_KEPT = 60


class Helping:
    """Gives every need its helpers and every offer its takers."""

    def __init__(self, life: Life) -> None:
        self.life = life
        self.story: Story = life.story
        self.chance: Random = life.chance
        # Open offers by kind, the newest last: what a coordinator sees as a suggestion.
        self.offers: dict[str, list[uuid.UUID]] = {}
        life.on_need, life.on_gift, life.on_turn = self.seek, self.offered, self.take_turn

    @property
    def now(self) -> datetime:
        return self.story.now

    # Finding each other.

    def seek(self, intent_id: uuid.UUID) -> None:
        """Somebody will find this need, unless nobody does."""
        if self.chance.random() < NOBODY_SHARE:
            return
        urgency = self.story.hand.intent(intent_id).urgency
        # In the first hours of the flood there are more needs than hands.
        slower = 1 + 2 * rhythm.storm(self.now, self.story.end)
        found = self.now + after(self.chance, FOUND_AFTER[urgency] * slower, 1.0)
        self.story.at(found if urgency == 3 else by_day(self.chance, found), lambda: self._respond(intent_id))

    def _respond(self, intent_id: uuid.UUID) -> None:
        intent = self.story.hand.intent(intent_id)
        if intent.state != "open" or intent.expires_at <= self.now:
            return
        quantity = self._part(intent)
        offer = self._fitting_offer(intent, quantity) if self.chance.random() < 0.6 else None
        if offer is not None and (intent.visibility == "coordinators" or self.chance.random() < 0.5):
            coordinator = self.chance.choice(self.life.at.coordinators)
            made = self.story.hand.propose(
                self.life.at, coordinator, intent_id, offer.id, quantity=quantity, now=self.now
            )
        else:
            made_by_giver = self._claim(intent, offer, quantity)
            if made_by_giver is None:
                return
            made = made_by_giver
        self.begun(made)
        if self.story.hand.intent(intent_id).state == "open":
            self.seek(intent_id)

    def _part(self, intent: Intent) -> int:
        left = intent.quantity - intent.taken
        unit = wants.BY_CODE[intent.kind].parts_per_unit
        if intent.whole_only or left < 2 * unit or self.chance.random() > PARTS_SHARE:
            return left
        return self.chance.randint(1, left // unit - 1) * unit

    def _claim(self, intent: Intent, offer: Intent | None, quantity: int) -> uuid.UUID | None:
        """The giver is on it: with her own offer if she had made one, else just so."""
        life = self.life
        if offer is not None:
            giver: Member | None = life.by_agent[offer.agent_id]
        elif intent.visibility == "coordinators":
            others = [one for one in life.at.coordinators if one.agent_id != intent.agent_id]
            giver = self.chance.choice(others) if others else None
        else:
            near = next((number for number, area in life.at.areas.items() if area.id == intent.area_id), None)
            if near is None and intent.agent_id in life.by_agent:
                near = life.by_agent[intent.agent_id].quarter
            giver = life.helper(but=frozenset({intent.agent_id}), near=near)
        if giver is None or (intent.visibility == "coordinators" and giver.acts not in life.at.coordinators):
            return None
        return self.story.hand.claim(
            life.at, giver.acts, intent.id, quantity=quantity, with_intent=offer.id if offer else None, agent=giver,
            reach=self.reach(giver), now=self.now,
        )  # fmt: skip

    def _fitting_offer(self, request: Intent, quantity: int) -> Intent | None:
        for offer_id in reversed(self.offers.get(request.kind, [])[-OFFERS_KEPT:]):
            offer = self.story.hand.intent(offer_id)
            whole = offer.whole_only and quantity != offer.quantity
            if offer.state != "open" or offer.expires_at <= self.now or offer.agent_id == request.agent_id or whole:
                continue
            if offer.quantity - offer.taken >= quantity:
                return offer
        return None

    def offered(self, intent_id: uuid.UUID) -> None:
        """An offer is there: it may be used for needs, and some members take from it directly."""
        offer = self.story.hand.intent(intent_id)
        self.offers.setdefault(offer.kind, []).append(intent_id)
        for _ in range(self.chance.choice((0, 0, 1, 1, 2))):
            found = by_day(self.chance, self.now + after(self.chance, timedelta(hours=20), 1.0))
            self.story.at(found, lambda: self._take(intent_id))

    def _take(self, intent_id: uuid.UUID) -> None:
        offer = self.story.hand.intent(intent_id)
        taker = self.chance.choice(self.life.at.members)
        if offer.state != "open" or offer.expires_at <= self.now or taker.agent_id == offer.agent_id:
            return
        self.begun(self._taken_by(taker, offer, self._part(offer)))

    def take_turn(self, intent_id: uuid.UUID, want: Want) -> None:
        """Somebody asks for a part of a standing offer for its next time."""
        offer = self.story.hand.intent(intent_id)
        quantity = self.chance.choice(want.amounts) * want.parts_per_unit
        taker = self.chance.choice(self.life.at.members)
        if offer.state != "open" or offer.expires_at <= self.now or taker.kind == "organisation":
            return
        if 0 < quantity <= offer.quantity - offer.taken and not offer.whole_only:
            self.begun(self._taken_by(taker, offer, quantity), turn=self._next_turn(offer))

    def _taken_by(self, taker: Member, offer: Intent, quantity: int) -> uuid.UUID:
        return self.story.hand.claim(
            self.life.at, taker.acts, offer.id, quantity=quantity, agent=taker, reach=self.reach(taker), now=self.now
        )

    def _next_turn(self, offer: Intent) -> datetime:
        day = rhythm.local(self.now).date()
        while True:
            starts = rhythm.at_local(day, offer.from_minute or 0)
            if day.weekday() in offer.weekdays and starts > self.now + timedelta(hours=1):
                return starts + timedelta(minutes=self.chance.uniform(5, 90))
            day += timedelta(days=1)

    @staticmethod
    def reach(who: Member) -> Reach:
        return Reach(phone=who.phone, door=who.door)

    # Saying yes.

    def begun(self, commitment_id: uuid.UUID, turn: datetime | None = None) -> None:
        """A promise exists: agreed at once, or waiting for the other side. ``turn`` is when a standing offer is due."""
        made = self.story.hand.commitment(commitment_id)
        self._watch(made)
        if made.state == "agreed":
            self._agreed(commitment_id, turn)
            return
        answer = self.chance.choices(list(ANSWERS), list(ANSWERS.values()))[0]
        if answer == "silence":
            return
        typical = timedelta(minutes=40) if turn is None else timedelta(minutes=70)
        said = by_day(self.chance, self.now + after(self.chance, typical, 0.9))
        self.story.at(said, lambda: self._answer(commitment_id, answer, turn))

    def _answer(self, commitment_id: uuid.UUID, answer: str, turn: datetime | None) -> None:
        made, hand, at = self.story.hand.commitment(commitment_id), self.story.hand, self.life.at
        if made.state != "waiting":
            return
        agent_id = made.giver_id if made.waiting_for == "giver" else made.receiver_id
        by = self.life.clicks(agent_id)
        if answer == "decline":
            hand.decline(at, by, commitment_id, now=self.now)
            self._again(made)
            return
        known = self.life.by_agent.get(agent_id)
        hand.accept(at, by, commitment_id, reach=self.reach(known) if known else Reach(), now=self.now)
        self._watch(hand.commitment(commitment_id))
        self._agreed(commitment_id, turn)

    # What becomes of it.

    def _agreed(self, commitment_id: uuid.UUID, turn: datetime | None) -> None:
        made = self.story.hand.commitment(commitment_id)
        # Who hands something out at a door of their own every week seldom needs to see where the others live.
        if self.chance.random() < (0.9 if turn is None else 0.15):
            self.story.at(self.now + after(self.chance, timedelta(minutes=6)), lambda: self._look(commitment_id))
        ends = dict(ENDS)
        if made.request_id is None or turn is not None:
            ends["handed_over"] = 0
        end = self.chance.choices(list(ends), list(ends.values()))[0]
        whole = max(made.due_at - self.now, timedelta(minutes=30))
        # Most are done well within their time; the window of a need, not its posting, says when.
        opens = made.due_at - timedelta(hours=4)
        when = self.now + min(whole, timedelta(days=4)) * min(1.6, self.chance.lognormvariate(-0.9, 0.6))
        if end == "delivered" and made.request_id and self.story.hand.intent(made.request_id).starts_at:
            when = max(when, opens)
        if turn is not None and turn > self.now:
            when = turn
        if made.due_at - made.made_at > timedelta(hours=8):
            when = by_day(self.chance, when)
        if end == "stale":
            self._stale_at(made)
            return
        self._hold_until(commitment_id, when)
        self.story.at(when, lambda: self._ends(commitment_id, end))

    def _look(self, commitment_id: uuid.UUID) -> None:
        made = self.story.hand.commitment(commitment_id)
        if made.state != "agreed":
            return
        self.story.hand.look(self.life.at, self.life.clicks(made.giver_id), commitment_id, now=self.now)
        if made.receiver_id in self.life.by_agent and self.chance.random() < 0.25:
            self.story.hand.look(self.life.at, self.life.clicks(made.receiver_id), commitment_id, now=self.now)

    def _watch(self, made: Commitment) -> None:
        self.life.upkeep_at(made.warn_at)
        self.life.upkeep_at(made.release_at)
        self._stale_at(made)

    def _stale_at(self, made: Commitment) -> None:
        """When a promise is released because nobody said a word, the need looks for somebody else."""
        if made.release_at is not None:
            self.story.at(made.release_at + timedelta(minutes=3), lambda: self._gone_stale(made.id))

    def _gone_stale(self, commitment_id: uuid.UUID) -> None:
        made = self.story.hand.commitment(commitment_id)
        just_now = made.ended_at is not None and self.now - made.ended_at < timedelta(minutes=10)
        if made.state == "released" and made.reason == "stale" and just_now:
            self._again(made)

    def _hold_until(self, commitment_id: uuid.UUID, when: datetime) -> None:
        """Who still means to come taps once after each warning."""
        made = self.story.hand.commitment(commitment_id)
        if made.warn_at and made.release_at and made.release_at <= when:
            said = made.warn_at + (made.release_at - made.warn_at) * self.chance.uniform(0.1, 0.8)
            self.story.at(said, lambda: self._still_on_it(commitment_id, when))

    def _still_on_it(self, commitment_id: uuid.UUID, when: datetime) -> None:
        made = self.story.hand.commitment(commitment_id)
        if made.state != "agreed" or made.release_at is None or made.release_at <= self.now:
            return
        self.story.hand.still_on_it(self.life.at, self.life.clicks(made.giver_id), commitment_id, now=self.now)
        self._watch(self.story.hand.commitment(commitment_id))
        self._hold_until(commitment_id, when)

    def _ends(self, commitment_id: uuid.UUID, end: str) -> None:
        hand, at = self.story.hand, self.life.at
        made = hand.commitment(commitment_id)
        if made.state != "agreed":
            return
        by = self.life.clicks(made.giver_id)
        if end == "delivered":
            self._deliver(made, by)
        elif end == "dropped_out":
            hand.drop_out(at, by, commitment_id, now=self.now)
            self._again(made)
        elif end == "handed_over":
            self._hand_over(made, by)
        else:
            hand.fail(at, by, commitment_id, end, now=self.now)
            if end != "no_longer_needed":
                self._again(made)
            elif made.request_id is not None and hand.intent(made.request_id).state == "open":
                asks = self.life.clicks(hand.intent(made.request_id).agent_id)
                hand.withdraw(at, asks, made.request_id, now=self.now)

    def _deliver(self, made: Commitment, by: Member) -> None:
        quantity = made.quantity
        unit = wants.BY_CODE[self._kind(made)].parts_per_unit
        # What is only wanted whole is brought whole, or not at all.
        parts = [self.story.hand.intent(one) for one in (made.request_id, made.offer_id) if one is not None]
        part = quantity > 2 * unit and self.chance.random() < 0.07 and not any(one.whole_only for one in parts)
        if part:
            quantity -= unit * self.chance.randint(1, quantity // unit - 2)
        self.story.hand.deliver(self.life.at, by, made.id, quantity=quantity, now=self.now)
        if part:
            self._again(made)
        if self.chance.random() < 0.72:
            seen = by_day(self.chance, self.now + after(self.chance, timedelta(hours=2), 1.0))
            self.story.at(seen, lambda: self._receive(made.id))

    def _kind(self, made: Commitment) -> str:
        intent_id = made.request_id or made.offer_id
        assert intent_id is not None
        return self.story.hand.intent(intent_id).kind

    def _receive(self, commitment_id: uuid.UUID) -> None:
        hand, at = self.story.hand, self.life.at
        made = hand.commitment(commitment_id)
        if made.state != "delivered":
            return
        by = self.life.clicks(made.receiver_id)
        if self.chance.random() < 0.015:
            hand.fail(at, by, commitment_id, "wrong_thing", now=self.now)
            self._again(made)
            return
        hand.receive(at, by, commitment_id, now=self.now)
        if self.chance.random() < 0.75:
            said = self.now + after(self.chance, timedelta(minutes=12), 1.2)
            self.story.at(said, lambda: self._thank(commitment_id, by))

    def _thank(self, commitment_id: uuid.UUID, by: Member) -> None:
        if self.story.hand.commitment(commitment_id).state == "received":
            self.story.hand.thank(self.life.at, by, commitment_id, now=self.now)

    def _hand_over(self, made: Commitment, by: Member) -> None:
        to = self.life.helper(but=frozenset({made.giver_id, made.receiver_id, by.agent_id}))
        if to is None:
            return
        passed_on = self.story.hand.hand_over(self.life.at, by, made.id, to, now=self.now)
        self.begun(passed_on)

    def _again(self, made: Commitment) -> None:
        """A part is open again: its clocks run on, and somebody else may find it."""
        for intent_id in (made.request_id, made.offer_id):
            if intent_id is None:
                continue
            intent = self.story.hand.intent(intent_id)
            if intent.state == "open":
                self.life.upkeep_for(intent)
                if intent.is_request:
                    self.seek(intent_id)
