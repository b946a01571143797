"""Who may do what with a link from a mail: the link is the permission, and it is good for one thing."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from taawun.community.circles.access import actor_in
from taawun.community.circles.actor import Actor
from taawun.community.circles.everywhere import circle_ids
from taawun.community.circles.models import Circle
from taawun.community.people import secrets
from taawun.community.people.models import Account
from taawun.ground.values.refusal import Refusal
from taawun.ground.values.scope import set_scope
from taawun.practice.aid.access import may_manage
from taawun.practice.aid.models import Intent
from taawun.reach.messages.models import Notice

OPEN: Final = "open"
DONE: Final = "done"
OVER: Final = "over"


@dataclass(frozen=True, slots=True)
class Asked:
    """A question "is this still there?" and who was asked. The scope of its circle is open."""

    notice: Notice
    intent: Intent
    actor: Actor

    def standing(self, now: datetime) -> str:
        """Whether it can be answered, was answered already, or is over because it ran out or was closed."""
        if self.intent.state in {"withdrawn", "fulfilled"}:
            return OVER
        if self.intent.fresh_at > self.notice.made_at:
            return DONE
        return OVER if self.intent.state == "expired" or self.intent.expires_at <= now else OPEN


def asked_by_link(token: str) -> Asked:
    """Return what a link from a mail asks about; not found when it is not ours, or its reader has left the circle."""
    notice_id = secrets.read_token("still", token)
    if notice_id is None:
        raise Refusal("link.ended", status=404)
    # This server made the token, so the notice may be looked for in every circle; after that, only its own is open.
    set_scope(circle_ids())
    notice = Notice.objects.filter(pk=notice_id, name="intent.asked").first()
    if notice is None:
        raise Refusal("link.ended", status=404)
    set_scope([notice.circle_id])
    circle = Circle.objects.get(pk=notice.circle_id)
    account = Account.objects.select_related("agent").filter(agent_id=notice.agent_id, is_active=True).first()
    intent = Intent.objects.filter(circle=circle, pk=notice.intent_id).first() if notice.intent_id else None
    if account is None or intent is None:
        raise Refusal("link.ended", status=404)
    actor = actor_in(circle, account)
    if not actor.is_member or not may_manage(intent, actor):
        raise Refusal("link.ended", status=404)
    return Asked(notice, intent, actor)


def account_for_quiet(token: str) -> uuid.UUID:
    """Return the agent whose letters a link stops."""
    agent_id = secrets.read_token("quiet", token)
    if agent_id is None or not Account.objects.filter(agent_id=agent_id).exists():
        raise Refusal("link.ended", status=404)
    return agent_id
