"""What a sheet brought of somebody is remembered by keyed hashes for 30 days; when she is erased, they go at once.

The same file brought in again after that brings her again: nobody remembers that she was in it.
"""

from taawun.community.circles.models import Membership
from taawun.community.people.belongings import Belonging, Person
from taawun.practice.aid.models import Intent
from taawun.reach.sheets.models import Brought


def erase(person: Person) -> None:
    intents = Intent.objects.filter(circle_id__in=person.circle_ids, agent=person.agent).values("pk")
    memberships = Membership.objects.filter(circle_id__in=person.circle_ids, agent=person.agent).values("pk")
    Brought.objects.filter(row_id__in=intents).delete()
    Brought.objects.filter(row_id__in=memberships).delete()


BELONGING = Belonging("sheets", erase=erase)
