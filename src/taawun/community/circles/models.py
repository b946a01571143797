"""Circles, their areas, members, those who act for an organisation or a neighbour, and invitations."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from taawun.community.circles.rights import Right
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
    # Since when this role demands a second factor, by the database's clock; None where no role does.
    second_factor_asked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint("circle", "agent", name="one_membership_a_circle")]
        indexes = [models.Index("agent", name="memberships_of_an_agent")]


def all_rights() -> list[str]:
    return [one.value for one in Right]


class Representative(models.Model):
    """A named person through whom an organisation acts in a circle, and what she may do for it (``rights``).

    She need not belong to the circle herself: then she sees the organisation's own, and of the circle what everybody sees.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    circle = models.ForeignKey(Circle, on_delete=models.CASCADE)
    organisation = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="representatives")
    person = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="represents")
    rights = ArrayField(models.CharField(max_length=12), default=all_rights)
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
    # Whoever opens it acts for this organisation, with these rights, and does not join the circle by it.
    organisation = models.ForeignKey(Agent, null=True, on_delete=models.CASCADE, related_name="+")
    rights = ArrayField(models.CharField(max_length=12), default=list)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    uses_left = models.IntegerField()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(uses_left__gte=0), name="uses_left_not_negative")]


class Recovery(models.Model):
    """Somebody who lost every way in asks to be let in anew, and coordinators vouch for them.

    What they wrote (``name``, ``address``, ``note``) is sealed under this row. ``agent`` is the member whom the first
    coordinator who vouched recognised. ``state`` follows ``rules.RECOVERY``.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    circle = models.ForeignKey(Circle, on_delete=models.CASCADE)
    agent = models.ForeignKey(Agent, null=True, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=10, default="asked")
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    # When the door opens: at the last word needed, or two days after it.
    opens_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "circle", "agent", name="one_recovery_at_a_time", condition=models.Q(state__in=["vouched", "granted", "open"])
            )
        ]
        indexes = [models.Index("circle", "state", name="recoveries_by_state")]


class Vouch(models.Model):
    """A coordinator's word that they met or called the one who asks, and that it is this member."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    circle = models.ForeignKey(Circle, on_delete=models.CASCADE)
    recovery = models.ForeignKey(Recovery, on_delete=models.CASCADE, related_name="vouches")
    by = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="+")
    vouched_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint("recovery", "by", name="one_word_a_coordinator")]


class Likeness(models.Model):
    """A row whose sealed texts can be found by likeness: a membership, a need. Gone when they are gone."""

    row_id = models.UUIDField(primary_key=True)
    circle = models.ForeignKey(Circle, on_delete=models.CASCADE, db_index=False)
    agent = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="+")
    source = models.CharField(max_length=12)
    noted_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index("circle", "source", name="likenesses_of_a_source")]


class LikenessToken(models.Model):
    """One keyed token of one row. Looked up by equality alone, which row-level security lets an index do."""

    pk = models.CompositePrimaryKey("circle_id", "token", "row_id")
    # No constraint: a dozen tokens a row would each ask for the circle, which their row has asked for already.
    circle = models.ForeignKey(Circle, on_delete=models.CASCADE, db_index=False, db_constraint=False)
    token = models.BigIntegerField()
    row_id = models.UUIDField(db_index=True)


class Twin(models.Model):
    """Two persons of the list who may be one. Nothing is merged: ``same`` is a link, and can be taken back.

    ``one`` is the agent with the smaller id. ``points`` and ``reasons`` say why the pair was brought up.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    circle = models.ForeignKey(Circle, on_delete=models.CASCADE, db_index=False)
    one = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="+")
    other = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="+")
    one_row = models.UUIDField(null=True)
    other_row = models.UUIDField(null=True)
    points = models.SmallIntegerField(default=0)
    reasons = ArrayField(models.CharField(max_length=41), default=list)
    state = models.CharField(max_length=10, default="likely")
    made_at = models.DateTimeField()
    decided_by = models.ForeignKey(Agent, null=True, on_delete=models.SET_NULL, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("circle", "one", "other", name="a_pair_once"),
            models.CheckConstraint(condition=Q(one__lt=F("other")), name="a_pair_in_order"),
            models.CheckConstraint(condition=Q(state__in=["likely", "same", "different"]), name="pair_state_is_known"),
        ]
        indexes = [models.Index("circle", "state", F("points").desc(), name="pairs_to_look_at")]
