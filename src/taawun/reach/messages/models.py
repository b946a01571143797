"""Notices, and how far the journal of each circle has been read."""

from django.db import models

from taawun.ground.values.ids import new_id


class Notice(models.Model):
    """Something an agent should know. It holds ids only; the sentence is made when it is read, in the reader's language."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    circle_id = models.UUIDField()
    agent_id = models.UUIDField()
    seq = models.BigIntegerField()
    name = models.CharField(max_length=60)
    intent_id = models.UUIDField(null=True)
    commitment_id = models.UUIDField(null=True)
    made_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint("circle_id", "seq", "agent_id", name="one_notice_an_entry_and_agent")]
        indexes = [
            models.Index("agent_id", "made_at", name="notices_of_an_agent"),
            models.Index("made_at", name="notices_to_mail", condition=models.Q(mailed_at__isnull=True)),
        ]


class Cursor(models.Model):
    """The last entry of a circle's journal that was turned into notices."""

    circle_id = models.UUIDField(primary_key=True)
    seq = models.BigIntegerField(default=0)
