"""The hand that follows the rules in memory. What a click would ask of ``rules``, it asks of ``rules``; what the
actions would write, it puts on the shelf. It makes no checks of its own: the story only asks for what may happen, and the test
that holds both hands side by side would show it otherwise.
"""

import uuid
from collections.abc import Callable
from datetime import datetime

from django.contrib.auth.hashers import make_password

from taawun.community.circles import kinds
from taawun.community.circles.models import Membership, Representative, Role
from taawun.community.people.identity import parse_address
from taawun.community.people.models import Account, Agent, Consent, Contact
from taawun.ground.journal.models import Audience
from taawun.ground.values.place import cell_of
from taawun.ground.vault.store import Viewer
from taawun.house.demo.hand import Hand
from taawun.house.demo.people import Commons, Member
from taawun.house.demo.shelf import Shelf
from taawun.house.demo.town import REGION
from taawun.practice.aid import receipts, rules
from taawun.practice.aid.actions import IntentDraft
from taawun.practice.aid.actions.agreeing import Reach
from taawun.practice.aid.actions.entries import audience_of
from taawun.practice.aid.models import Commitment, Happening, Intent, Receipt


class Swift(Hand):
    def __init__(self) -> None:
        self.shelf = Shelf()
        self._intents: dict[uuid.UUID, Intent] = {}
        self._commitments: dict[uuid.UUID, Commitment] = {}
        # What upkeep must look at, by circle; dicts, because they keep the order in which things were begun.
        self._open: dict[uuid.UUID, dict[uuid.UUID, Intent]] = {}
        self._living: dict[uuid.UUID, dict[uuid.UUID, Commitment]] = {}
        # Whom each person acts for, by circle.
        self._represents: dict[uuid.UUID, dict[uuid.UUID, set[uuid.UUID]]] = {}
        self._latest: datetime | None = None

    def intent(self, intent_id: uuid.UUID) -> Intent:
        return self._intents[intent_id]

    def commitment(self, commitment_id: uuid.UUID) -> Commitment:
        return self._commitments[commitment_id]

    # People.

    def open_account(self, who: Member, *, now: datetime) -> None:
        agent = Agent(name=who.name, languages=list(who.speaks), created_at=now)
        account = Account(agent=agent, language=who.language, created_at=now, password=make_password(None))
        address = parse_address(who.address, REGION)
        contact = Contact(
            agent=agent, channel=address.channel, blind_index=address.blind_index, verified_at=now, created_at=now
        )
        consent = Consent(agent=agent, to="account", given=True, recorded_by=agent, recorded_at=now)
        for row in (agent, account, contact, consent):
            self.shelf.put(row)
        self.shelf.seal(None, agent.id, contact.id, {"value": address.value}, now)
        who.account, who.agent_id = account, agent.id
        self._latest = now

    def join(self, at: Commons, who: Member, *, now: datetime) -> None:
        area_id = at.area_id(who.quarter)
        self.shelf.put(
            Membership(
                circle=at.circle, agent_id=who.agent_id, roles=[Role.MEMBER.value], area_id=area_id, joined_at=now
            )
        )
        self._tell_members(at, who, "member.joined", {}, now)
        if area_id is not None:
            self._tell_members(at, who, "member.area_set", {"area": str(area_id)}, now)

    def _tell_members(self, at: Commons, who: Member, name: str, data: dict[str, object], now: datetime) -> None:
        self._latest = now
        self.shelf.tell(
            at.circle.id, name, actor_id=who.agent_id, subject_id=who.agent_id, data=data, now=now,
            audience=Audience.MEMBERS, topics=["members"],
        )  # fmt: skip

    # Needs and offers.

    def post(self, at: Commons, by: Member, draft: IntentDraft, *, now: datetime) -> uuid.UUID:
        agent_id = draft.on_behalf_of or by.agent_id
        name = draft.private.name or next(one.name for one in at.members if one.agent_id == agent_id)
        return self._post(at, draft, agent_id, name, entered_by=by.agent_id, checked=True, now=now).id

    def post_without_account(self, at: Commons, draft: IntentDraft, *, visitor: str, now: datetime) -> uuid.UUID:
        agent = Agent(name="", languages=[], created_at=now)
        self.shelf.put(agent)
        intent = self._post(at, draft, agent.id, draft.private.name, entered_by=None, checked=False, now=now)
        self.shelf.put(
            Receipt(index=receipts.index_of(receipts.new_code()), circle=at.circle, intent_id=intent.id, made_at=now)
        )
        return intent.id

    def _post(
        self,
        at: Commons,
        draft: IntentDraft,
        agent_id: uuid.UUID,
        name: str,
        *,
        entered_by: uuid.UUID | None,
        checked: bool,
        now: datetime,
    ) -> Intent:
        kind, private = kinds.find(at.circle, draft.kind), draft.private
        direction, urgency = rules.Direction(draft.direction), rules.Urgency(draft.urgency)
        times = rules.clocks(direction, urgency, standing=bool(draft.weekdays), ends_at=draft.ends_at, now=now)
        areas = {area.id: area for area in at.areas.values()}
        area = areas[draft.area_id] if draft.area_id else None
        assert private.point is not None
        intent = Intent(
            circle=at.circle, direction=direction, kind=kind.code, unit=kind.unit, quantity=draft.quantity,
            whole_only=draft.whole_only or not kind.splittable, sensitive=kind.sensitive, agent_id=agent_id,
            entered_by_id=entered_by if entered_by != agent_id else None, summary=draft.summary, area=area,
            cell=cell_of(private.point, at.circle.resolution), starts_at=draft.starts_at, ends_at=draft.ends_at,
            weekdays=sorted(set(draft.weekdays)), from_minute=draft.from_minute, to_minute=draft.to_minute,
            urgency=urgency,
            visibility=draft.visibility or rules.default_visibility(direction, sensitive=kind.sensitive),
            checked_at=now if checked else None, posted_at=now, fresh_at=now, ask_at=times.ask_at,
            expires_at=times.expires_at,
        )  # fmt: skip
        self.shelf.put(intent)
        self._intents[intent.id] = intent
        self._note(intent)
        sealed = {
            "name": name,
            "phone": private.reach,
            "door": private.door,
            "details": private.details,
            "point": f"{private.point.latitude:.6f},{private.point.longitude:.6f}",
        }
        self.shelf.seal(at.circle.id, agent_id, intent.id, sealed, now)
        on_behalf = entered_by is not None and entered_by != agent_id
        self._about_intent(
            intent, "intent.posted", entered_by or agent_id, {"quantity": draft.quantity, "on_behalf": on_behalf}, now
        )
        return intent

    def call_back(self, at: Commons, by: Member, intent_id: uuid.UUID, *, now: datetime) -> None:
        self.shelf.look(self._viewer(at, by), [intent_id], "coordination", at.circle.id, now)

    def check(self, at: Commons, by: Member, intent_id: uuid.UUID, *, now: datetime) -> None:
        intent = self._intents[intent_id]
        intent.checked_at = now
        self._about_intent(intent, "intent.checked", by.agent_id, {}, now)

    def renew(self, at: Commons, by: Member, intent_id: uuid.UUID, *, now: datetime) -> None:
        intent = self._intents[intent_id]
        ends_at = intent.ends_at if intent.ends_at and intent.ends_at > now else None
        times = rules.clocks(
            rules.Direction(intent.direction), rules.Urgency(intent.urgency), standing=intent.is_standing,
            ends_at=ends_at, now=now,
        )  # fmt: skip
        if intent.ends_at and ends_at is None:
            intent.starts_at = intent.ends_at = None
        if intent.state == "expired":
            intent.state = "open"
        intent.fresh_at, intent.ask_at, intent.expires_at, intent.asked_at = now, times.ask_at, times.expires_at, None
        intent.closed_at = None
        self._note(intent)
        self.shelf.keep_until(intent.id, None)
        self._about_intent(intent, "intent.renewed", by.agent_id, {}, now)

    def withdraw(self, at: Commons, by: Member, intent_id: uuid.UUID, *, now: datetime) -> None:
        intent = self._intents[intent_id]
        for one in list(self._living.get(at.circle.id, {}).values()):
            if intent_id in (one.request_id, one.offer_id):
                self._release(one, "withdrawn", by.agent_id, now)
        intent.state, intent.closed_at = "withdrawn", now
        self._note(intent)
        self.shelf.keep_until(intent.id, now + rules.SEALED_AFTER_END)
        self._about_intent(intent, "intent.withdrawn", by.agent_id, {}, now)

    # Agreeing.

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
        intent = self._intents[intent_id]
        yes = rules.needs_yes(at.circle.accept_claims, intent.terms, vouched=by in at.coordinators)
        claimed = rules.claim(intent.terms, quantity, now=now, needs_yes=yes)
        pair = [intent_id] if with_intent is None else [intent_id, with_intent]
        commitment = self._commit(at, by, pair, intent, agent.agent_id, claimed, now)
        side = "giver" if intent.is_request else "receiver"
        sealed = {
            f"{side}_name": agent.name,
            f"{side}_phone": reach.phone,
            f"{side}_door": reach.door,
            f"{side}_details": reach.details,
        }
        self.shelf.seal(at.circle.id, agent.agent_id, commitment.id, sealed, now)
        self._about(commitment, "claim.made", by.agent_id, {"agreed": commitment.state == "agreed"}, now)
        return commitment.id

    def propose(
        self, at: Commons, by: Member, request_id: uuid.UUID, offer_id: uuid.UUID, *, quantity: int, now: datetime
    ) -> uuid.UUID:
        request, offer = self._intents[request_id], self._intents[offer_id]
        claimed = rules.claim(offer.terms, quantity, now=now, needs_yes=True)
        rules.claim(request.terms, quantity, now=now, needs_yes=False)
        commitment = self._commit(at, by, [request_id, offer_id], offer, request.agent_id, claimed, now)
        self._about(commitment, "match.proposed", by.agent_id, {}, now)
        return commitment.id

    def _commit(
        self,
        at: Commons,
        by: Member,
        pair: list[uuid.UUID],
        intent: Intent,
        claimer_id: uuid.UUID,
        claimed: rules.Claimed,
        now: datetime,
    ) -> Commitment:
        rows = [self._intents[one] for one in pair]
        request = next((one for one in rows if one.is_request), None)
        offer = next((one for one in rows if not one.is_request), None)
        times = self._claim_clocks(request or intent, now)
        commitment = Commitment(
            circle=at.circle, request=request, offer=offer,
            giver_id=claimer_id if intent.is_request else intent.agent_id,
            receiver_id=intent.agent_id if intent.is_request else claimer_id,
            made_by_id=by.agent_id if by.agent_id != claimer_id else None, quantity=claimed.quantity,
            state=claimed.state, waiting_for=claimed.waiting_for or "", made_at=now,
            agreed_at=now if claimed.state == "agreed" else None, due_at=times.due_at, warn_at=times.warn_at,
            release_at=times.release_at,
        )  # fmt: skip
        self.shelf.put(commitment)
        self._commitments[commitment.id] = commitment
        self._living.setdefault(at.circle.id, {})[commitment.id] = commitment
        self._apply(rows, lambda terms: rules.hold(terms, claimed.quantity), now)
        return commitment

    @staticmethod
    def _claim_clocks(leading: Intent, now: datetime) -> rules.ClaimClocks:
        return rules.claim_clocks(
            rules.Urgency(leading.urgency), starts_at=leading.starts_at, ends_at=leading.ends_at, now=now
        )

    def _restart(self, commitment: Commitment, now: datetime) -> None:
        times = self._claim_clocks(self._leading(commitment), now)
        commitment.warn_at, commitment.release_at, commitment.warned_at = times.warn_at, times.release_at, None

    def accept(self, at: Commons, by: Member, commitment_id: uuid.UUID, *, reach: Reach, now: datetime) -> None:
        commitment = self._commitments[commitment_id]
        side, commitment.waiting_for = commitment.waiting_for, ""
        commitment.state, commitment.agreed_at = rules.move(commitment.state, "accept"), now
        self._restart(commitment, now)
        agent_id = commitment.giver_id if side == "giver" else commitment.receiver_id
        sealed = {f"{side}_phone": reach.phone, f"{side}_door": reach.door}
        self.shelf.seal(at.circle.id, agent_id, commitment.id, sealed, now)
        self._about(commitment, "claim.accepted", by.agent_id, {}, now)

    def decline(self, at: Commons, by: Member, commitment_id: uuid.UUID, *, now: datetime) -> None:
        self._release(self._commitments[commitment_id], "declined", by.agent_id, now, entry="claim.declined")

    def drop_out(self, at: Commons, by: Member, commitment_id: uuid.UUID, *, now: datetime) -> None:
        self._release(self._commitments[commitment_id], "dropped_out", by.agent_id, now)

    def still_on_it(self, at: Commons, by: Member, commitment_id: uuid.UUID, *, now: datetime) -> None:
        commitment = self._commitments[commitment_id]
        self._restart(commitment, now)
        self._about(commitment, "claim.kept", by.agent_id, {}, now)

    def hand_over(self, at: Commons, by: Member, commitment_id: uuid.UUID, to: Member, *, now: datetime) -> uuid.UUID:
        before = self._commitments[commitment_id]
        assert before.request is not None
        self._release(before, "handed_over", by.agent_id, now, entry="claim.handed_over")
        claimed = rules.Claimed(before.quantity, "waiting", rules.Side.GIVER)
        passed_on = self._commit(at, by, [before.request.id], before.request, to.agent_id, claimed, now)
        passed_on.handed_on_from, passed_on.due_at = before, before.due_at
        self._about(passed_on, "claim.made", by.agent_id, {"agreed": False}, now)
        return passed_on.id

    def look(self, at: Commons, by: Member, commitment_id: uuid.UUID, *, now: datetime) -> None:
        commitment = self._commitments[commitment_id]
        rows = [one for one in (commitment.id, commitment.request_id, commitment.offer_id) if one is not None]
        self.shelf.look(self._viewer(at, by), rows, f"commitment:{commitment.id}", at.circle.id, now)

    def _viewer(self, at: Commons, by: Member) -> Viewer:
        """As ``Actor.viewer``: what is an organisation's is no stranger's to those who act for it."""
        if at.circle.id not in self._represents:
            found = self._represents[at.circle.id] = {}
            rows = Representative.objects.filter(circle=at.circle, until__isnull=True)
            for person_id, organisation_id in rows.values_list("person_id", "organisation_id"):
                found.setdefault(person_id, set()).add(organisation_id)
        return Viewer(by.agent_id, frozenset(self._represents[at.circle.id].get(by.agent_id, set()) | {by.agent_id}))

    # It happens.

    def deliver(self, at: Commons, by: Member, commitment_id: uuid.UUID, *, quantity: int, now: datetime) -> None:
        commitment = self._commitments[commitment_id]
        after = rules.move(commitment.state, "deliver")
        amount = rules.delivered_amount(commitment.quantity, quantity)
        held = commitment.quantity
        self._apply(self._parts(commitment), lambda terms: rules.hand_in(terms, held, amount, now=now), now)
        commitment.delivered = amount
        self._end(commitment, after, "", now)
        self._happened(commitment, "delivered", amount, by, now)

    def receive(self, at: Commons, by: Member, commitment_id: uuid.UUID, *, now: datetime) -> None:
        commitment = self._commitments[commitment_id]
        after, said = rules.move(commitment.state, "receive"), commitment.delivered
        amount = rules.delivered_amount(commitment.quantity, said)
        held = commitment.quantity
        if said is None:
            self._apply(self._parts(commitment), lambda terms: rules.hand_in(terms, held, amount, now=now), now)
        commitment.delivered = amount
        self._end(commitment, after, "", now)
        self._happened(commitment, "received", amount, by, now)

    def fail(self, at: Commons, by: Member, commitment_id: uuid.UUID, reason: str, *, now: datetime) -> None:
        commitment = self._commitments[commitment_id]
        after, said = rules.move(commitment.state, "fail"), commitment.delivered
        held = commitment.quantity
        if said is None:
            self._apply(self._parts(commitment), lambda terms: rules.give_back(terms, held, now=now), now)
        else:
            delivered = said
            self._apply(
                self._parts(commitment), lambda terms: rules.correct_delivery(terms, delivered, 0, now=now), now
            )
        commitment.delivered = None
        self._end(commitment, after, reason, now)
        self._happened(commitment, "failed", 0, by, now, reason=reason)

    def thank(self, at: Commons, by: Member, commitment_id: uuid.UUID, *, now: datetime) -> None:
        commitment = self._commitments[commitment_id]
        commitment.thanked_at = now
        self._about(commitment, "help.thanked", by.agent_id, {}, now)

    def _happened(
        self, commitment: Commitment, name: str, quantity: int, by: Member, now: datetime, **data: object
    ) -> None:
        self.shelf.put(
            Happening(
                circle_id=commitment.circle_id, commitment=commitment, name=name, quantity=quantity,
                by_id=by.agent_id, event_at=now, recorded_at=now,
            )
        )  # fmt: skip
        self._about(commitment, f"help.{name}", by.agent_id, {"delivered": quantity, **data}, now)

    # The clock.

    def keep_up(self, at: Commons, *, now: datetime) -> None:
        rows = list(self._open.get(at.circle.id, {}).values())
        for intent in sorted(rows, key=lambda one: one.ask_at):
            if intent.asked_at is None and intent.ask_at <= now < intent.expires_at:
                intent.asked_at = now
                self._about_intent(intent, "intent.asked", None, {}, now)
        for intent in sorted(rows, key=lambda one: one.expires_at):
            if intent.expires_at <= now:
                self._apply([intent], lambda terms: rules.Standing("expired", terms.taken, terms.done), now)
                self._about_intent(intent, "intent.expired", None, {}, now)
        living = list(self._living.get(at.circle.id, {}).values())
        for one in sorted(living, key=lambda one: one.warn_at or now):
            if one.warned_at is None and one.warn_at and one.release_at and one.warn_at <= now < one.release_at:
                one.warned_at = now
                self._about(one, "claim.warned", None, {}, now)
        for one in sorted(living, key=lambda one: one.release_at or now):
            if one.release_at and one.release_at <= now:
                self._release(one, "stale", None, now)

    def put_down(self) -> None:
        if self._latest is not None:
            self.shelf.write(self._latest)

    # What the verbs share.

    def _leading(self, commitment: Commitment) -> Intent:
        leading = commitment.request or commitment.offer
        assert leading is not None
        return leading

    def _parts(self, commitment: Commitment) -> list[Intent]:
        """The intents a commitment holds a part of, in the order in which they would be locked."""
        return sorted((one for one in (commitment.request, commitment.offer) if one), key=lambda one: one.id)

    def _note(self, intent: Intent) -> None:
        """Keep the list of open intents true."""
        waiting = self._open.setdefault(intent.circle_id, {})
        if intent.state == "open":
            waiting[intent.id] = intent
        else:
            waiting.pop(intent.id, None)

    def _apply(
        self, intents: list[Intent], change: Callable[[rules.IntentTerms], rules.Standing], now: datetime
    ) -> None:
        for intent in intents:
            after = change(intent.terms)
            if after.state in {"fulfilled", "expired"} and intent.state != after.state:
                intent.closed_at = now
                self.shelf.keep_until(intent.id, now + rules.SEALED_AFTER_END)
            intent.state, intent.taken, intent.done = after.state, after.taken, after.done
            self._note(intent)

    def _end(self, commitment: Commitment, state: str, reason: str, now: datetime) -> None:
        commitment.state, commitment.reason, commitment.ended_at = state, reason, now
        commitment.waiting_for, commitment.release_at, commitment.warn_at = "", None, None
        self._living[commitment.circle_id].pop(commitment.id, None)
        self.shelf.keep_until(commitment.id, now + rules.SEALED_AFTER_END)

    def _release(
        self,
        commitment: Commitment,
        reason: str,
        actor_id: uuid.UUID | None,
        now: datetime,
        entry: str = "claim.released",
    ) -> None:
        after = rules.move(commitment.state, "decline" if reason == "declined" else "release")
        held = commitment.quantity
        self._apply(self._parts(commitment), lambda terms: rules.give_back(terms, held, now=now), now)
        self._end(commitment, after, reason, now)
        self._about(commitment, entry, actor_id, {"reason": reason}, now)

    def _about_intent(
        self, intent: Intent, name: str, actor_id: uuid.UUID | None, data: dict[str, object], now: datetime
    ) -> None:
        self._latest = now
        self.shelf.tell(
            intent.circle_id, name, actor_id=actor_id, subject_id=intent.id,
            data={"direction": intent.direction, "kind": intent.kind, **data}, now=now, audience=audience_of(intent),
            topics=["board", f"intent:{intent.id}", f"agent:{intent.agent_id}"],
        )  # fmt: skip

    def _about(
        self, commitment: Commitment, name: str, actor_id: uuid.UUID | None, data: dict[str, object], now: datetime
    ) -> None:
        self._latest = now
        parts = self._parts(commitment)
        self.shelf.tell(
            commitment.circle_id, name, actor_id=actor_id, subject_id=commitment.id,
            data={
                "request": str(commitment.request_id) if commitment.request_id else None,
                "offer": str(commitment.offer_id) if commitment.offer_id else None,
                "giver": str(commitment.giver_id),
                "receiver": str(commitment.receiver_id),
                "quantity": commitment.quantity,
                **data,
            },
            now=now, audience=min(audience_of(one) for one in parts),
            topics=[
                "board", f"commitment:{commitment.id}", *(f"intent:{one.id}" for one in parts),
                f"agent:{commitment.giver_id}", f"agent:{commitment.receiver_id}",
            ],
        )  # fmt: skip
