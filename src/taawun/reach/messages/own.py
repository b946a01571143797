"""Notices hold ids only; when somebody is erased, those to her and about her go too."""

from django.db.models import Q

from taawun.community.people.belongings import Belonging, Person, Taken
from taawun.reach.messages import queries
from taawun.reach.messages.models import Notice


def take(person: Person) -> Taken:
    """Return what she was told: that something happened, when, and whether she read it."""
    rows = Notice.objects.filter(circle_id__in=person.circle_ids, agent_id=person.agent_id).order_by("made_at", "id")
    notices = [
        {
            "about": one.name, "need_or_offer": one.intent_id, "promise": one.commitment_id, "comes_again": one.series_id,
            "made_at": one.made_at,
            "read_at": one.read_at, "mailed_at": one.mailed_at,
        }
        for one in rows
    ]  # fmt: skip
    return Taken({"wants_mail": person.agent_id in queries.wants_mail([person.agent_id]), "notices": notices})


def erase(person: Person) -> None:
    about = Q(agent_id=person.agent_id) | Q(for_id=person.agent_id)
    Notice.objects.filter(about, circle_id__in=person.circle_ids).delete()


BELONGING = Belonging("notices", take=take, erase=erase)
