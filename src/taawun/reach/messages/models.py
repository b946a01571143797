"""Notices, and how far the journal of each circle has been read."""

from django.db import models

from taawun.ground.values.ids import new_id


class Notice(models.Model):
    """Something an agent should know. It holds ids only; the sentence is made when it is read, in the reader's language.

    ``for_id`` is the agent whom it concerns: the reader herself, an organisation or a member she acts for, or somebody
    without an account for whom she stands in as coordinator.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    circle_id = models.UUIDField()
    agent_id = models.UUIDField()
    for_id = models.UUIDField()
    seq = models.BigIntegerField()
    name = models.CharField(max_length=60)
    intent_id = models.UUIDField(null=True)
    commitment_id = models.UUIDField(null=True)
    series_id = models.UUIDField(null=True)
    made_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint("circle_id", "seq", "agent_id", name="one_notice_an_entry_and_agent")]
        indexes = [
            models.Index("agent_id", "circle_id", "seq", name="notices_of_an_agent"),
            models.Index("agent_id", "circle_id", name="notices_not_read", condition=models.Q(read_at__isnull=True)),
            models.Index("made_at", name="notices_to_mail", condition=models.Q(mailed_at__isnull=True)),
        ]


class Cursor(models.Model):
    """The last entry of a circle's journal that was turned into notices."""

    circle_id = models.UUIDField(primary_key=True)
    seq = models.BigIntegerField(default=0)
