"""Circles, their areas, members, those who act for an organisation or a neighbour, and invitations."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from taawun.community.people.models import Agent
from taawun.ground.values.ids import new_id


class AcceptClaims(models.TextChoices):
    """When the other side must say yes before somebody who taps "I'm on this" sees the door."""

    SENSITIVE = "sensitive"
    ALWAYS = "always"
    NEVER = "never"


class Circle(models.Model):
    """A community with its own rules. Valueflows: Agent of type Organization, the scope of its plans.

    ``kind_changes`` holds what differs from the default catalogue: kind code to
    ``{"name": {"en": …}, "unit": …, "icon": …, "sensitive": …, "hidden": …}``.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    slug = models.SlugField(max_length=60, unique=True, allow_unicode=True)
    name = models.CharField(max_length=120)
    place_name = models.CharField(max_length=120)
    cell = models.BigIntegerField(null=True)
    resolution = models.SmallIntegerField(default=7)
    region = models.CharField(max_length=2, default="GB")
    time_zone = models.CharField(max_length=60, default="UTC")
    languages = ArrayField(models.CharField(max_length=8))
    welcome = models.TextField(max_length=2000, blank=True)
    is_public = models.BooleanField(default=True)
    is_joinable = models.BooleanField(default=False)
    accept_claims = models.CharField(max_length=12, choices=AcceptClaims.choices, default=AcceptClaims.SENSITIVE)
    kind_changes = models.JSONField(default=dict)
    created_at = models.DateTimeField()


class Area(models.Model):
    """A named neighbourhood of a circle: what the public may know of where somebody is."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    circle = models.ForeignKey(Circle, on_delete=models.CASCADE, related_name="areas")
    name = models.CharField(max_length=80)
    cell = models.BigIntegerField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint("circle", "name", name="one_area_a_name")]


class Role(models.TextChoices):
    MEMBER = "member"
    COORDINATOR = "coordinator"
    TREASURER = "treasurer"
    GUARDIAN = "guardian"


class Membership(models.Model):
    """An agent belongs to a circle, in roles. A paper member has no account; ``looked_after_by`` acts for them."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    circle = models.ForeignKey(Circle, on_delete=models.CASCADE, related_name="memberships")
    agent = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="memberships")
    roles = ArrayField(models.CharField(max_length=12, choices=Role.choices), default=list)
    area = models.ForeignKey(Area, null=True, on_delete=models.SET_NULL)
    looked_after_by = models.ForeignKey(Agent, null=True, on_delete=models.SET_NULL, related_name="+")
    joined_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint("circle", "agent", name="one_membership_a_circle")]
        indexes = [models.Index("agent", name="memberships_of_an_agent")]


class Representative(models.Model):
    """A named person through whom an organisation acts in a circle."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    circle = models.ForeignKey(Circle, on_delete=models.CASCADE)
    organisation = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="representatives")
    person = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="represents")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "circle", "organisation", "person", name="acts_once_for_an_organisation",
                condition=models.Q(until__isnull=True),
            )
        ]


class Invitation(models.Model):
    """A link by which people join a circle. Only its digest is stored."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    circle = models.ForeignKey(Circle, on_delete=models.CASCADE)
    digest = models.BinaryField(max_length=32, unique=True)
    made_by = models.ForeignKey(Agent, on_delete=models.PROTECT)
    agent = models.ForeignKey(Agent, null=True, on_delete=models.CASCADE, related_name="+")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    uses_left = models.IntegerField()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(uses_left__gte=0), name="uses_left_not_negative")]
