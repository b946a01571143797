"""Files on their way in, what each row of them became, and how far a long job has come."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from taawun.community.circles.models import Circle
from taawun.community.people.models import Agent
from taawun.ground.values.ids import new_id


class State(models.TextChoices):
    """Where a file stands. A job works on it in ``checking``, ``bringing`` and ``undoing``."""

    WAITING = "waiting"
    CHECKING = "checking"
    CHECKED = "checked"
    BRINGING = "bringing"
    BROUGHT = "brought"
    UNDOING = "undoing"
    UNDONE = "undone"


class Import(models.Model):
    """A file somebody handed in. The file, its name, the plan and what a rehearsal found lie in the vault under this row,
    and are gone when it was brought in, or after a day. What stays are counts.

    ``digest`` is the keyed hash of the file, ``headers`` those of its columns, ``source`` what its rows' keys begin with.
    ``basis`` says on what ground personal columns are kept; empty as long as nobody has said.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    circle = models.ForeignKey(Circle, on_delete=models.CASCADE)
    made_by = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    what = models.CharField(max_length=10, blank=True)
    basis = models.CharField(max_length=12, blank=True)
    digest = models.BinaryField(max_length=32)
    source = models.BinaryField(max_length=16, default=b"")
    headers = ArrayField(models.BigIntegerField(), default=list)
    counts = models.JSONField(default=dict)
    trouble = models.CharField(max_length=60, blank=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    brought_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(state__in=State.values), name="import_state_is_known")]
        indexes = [models.Index("circle", "made_at", name="imports_of_a_circle")]


class Brought(models.Model):
    """One row of a file and what it became, for the 30 days in which it can be undone: keyed hashes and ids, no text.

    ``key`` says which row of which source it is, ``content`` what it said. ``row_id`` is an intent or a membership.
    """

    id = models.BigAutoField(primary_key=True)
    circle = models.ForeignKey(Circle, on_delete=models.CASCADE, db_index=False)
    load = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="rows")
    key = models.BinaryField(max_length=16)
    content = models.BinaryField(max_length=16)
    row_id = models.UUIDField()

    class Meta:
        constraints = [models.UniqueConstraint("circle", "key", name="one_row_a_key")]


class Progress(models.Model):
    """How far a job has come. It is written beside the job's own transaction, so that it can be seen before the end."""

    load_id = models.UUIDField(primary_key=True)
    circle_id = models.UUIDField()
    done = models.IntegerField(default=0)
    total = models.IntegerField(default=0)
