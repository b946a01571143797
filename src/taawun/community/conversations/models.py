"""Conversations, what is said in them, how far each has read, and coordinators' notes. The words are in the vault."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from taawun.community.circles.models import Circle
from taawun.community.people.models import Agent
from taawun.ground.values.ids import new_id


class Thread(models.Model):
    """The conversation about one thing. It has the id of that thing, and is made when the first word is said."""

    id = models.UUIDField(primary_key=True, editable=False)
    circle = models.ForeignKey(Circle, on_delete=models.CASCADE)
    kind = models.CharField(max_length=20)
    last_number = models.IntegerField(default=0)
    made_at = models.DateTimeField()
    emptied_at = models.DateTimeField(null=True)


class Message(models.Model):
    """One thing said, or a coordinator coming or going. Its text is sealed under this row's id and its author's key.

    ``for_agent`` is the side she spoke for, where that is not herself. A message that was taken back keeps its place.
    """

    class What(models.TextChoices):
        SAID = "said"
        JOINED = "joined"
        LEFT = "left"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    circle = models.ForeignKey(Circle, on_delete=models.CASCADE, db_index=False)
    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="messages", db_index=False)
    number = models.IntegerField()
    what = models.CharField(max_length=8, choices=What.choices, default=What.SAID)
    author = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="+")
    for_agent = models.ForeignKey(Agent, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    as_coordination = models.BooleanField(default=False)
    mentions = ArrayField(models.UUIDField(), default=list)
    posted_at = models.DateTimeField()
    taken_back_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint("thread", "number", name="one_message_a_place")]


class Presence(models.Model):
    """How far an agent has read a conversation; and, for a coordinator, whether she has stepped into it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    circle = models.ForeignKey(Circle, on_delete=models.CASCADE, db_index=False)
    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="presences", db_index=False)
    agent = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="+")
    seen = models.IntegerField(default=0)
    joined_at = models.DateTimeField(null=True)
    left_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint("thread", "agent", name="one_presence_a_conversation")]


class Note(models.Model):
    """What a coordinator wrote down about a need, an offer or a person. The text is sealed under this row's id.

    ``shown``: whom it is about reads it too, and it is sealed under her key. Otherwise it is for coordinators, and has
    a key of its own: a look at it is recorded, but not beside her, because that alone would tell her that it exists.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    circle = models.ForeignKey(Circle, on_delete=models.CASCADE, db_index=False)
    kind = models.CharField(max_length=20)
    about_id = models.UUIDField()
    agent = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="+")
    author = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="+")
    shown = models.BooleanField()
    written_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    taken_back_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index("about_id", "written_at", name="notes_about"),
            models.Index("circle", "expires_at", name="notes_to_destroy", condition=Q(taken_back_at__isnull=True)),
        ]
