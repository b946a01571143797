"""Pictures and voice notes, sealed."""

from django.db import models

from taawun.ground.media import kinds
from taawun.ground.values.ids import new_id


class Medium(models.Model):
    """One picture or voice note of one row of another room. What it shows is sealed under its subject's key.

    It lies in the database and not in a folder, so that a backup holds it, a circle's row-level security covers it,
    and throwing the subject's key away makes it noise wherever a copy may lie.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    circle_id = models.UUIDField()
    subject_id = models.UUIDField(db_index=True)
    row_id = models.UUIDField(db_index=True)
    kind = models.CharField(max_length=8)
    mime = models.CharField(max_length=40)
    width = models.IntegerField(default=0)
    height = models.IntegerField(default=0)
    milliseconds = models.IntegerField(default=0)
    content = models.BinaryField()
    small = models.BinaryField(default=bytes)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=[kinds.PICTURE, kinds.VOICE]), name="medium_kind_is_known"
            ),
            models.UniqueConstraint("row_id", "kind", name="one_medium_a_row_and_kind"),
        ]
