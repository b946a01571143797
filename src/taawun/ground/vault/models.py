"""Sealed values and the wrapped keys that open them."""

from django.db import models

from taawun.ground.values.ids import new_id


class DataKey(models.Model):
    """The key of one subject in one circle (or in none), wrapped by a master key. Deleting it erases the subject."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    circle_id = models.UUIDField(null=True)
    subject_id = models.UUIDField()
    key_id = models.CharField(max_length=40, db_index=True)
    wrapped = models.BinaryField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint("subject_id", "circle_id", name="one_key_a_subject_and_circle", nulls_distinct=False)
        ]


class Sealed(models.Model):
    """One field of one row. The ciphertext opens only for this circle, row and field."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    circle_id = models.UUIDField(null=True)
    subject_id = models.UUIDField(db_index=True)
    row_id = models.UUIDField()
    field = models.CharField(max_length=40)
    ciphertext = models.BinaryField()
    sealed_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint("row_id", "field", name="one_value_a_field")]
        indexes = [
            models.Index("expires_at", name="sealed_by_expiry", condition=models.Q(expires_at__isnull=False)),
        ]
