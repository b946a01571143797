"""Signs of life: when something that works by itself last did, and last did not."""

from django.db import models


class Sign(models.Model):
    """One thing that must go on unwatched (mail, the backup of the day, the look at the disk) and how it fared."""

    name = models.CharField(max_length=40, primary_key=True)
    well_at = models.DateTimeField(null=True)
    ill_at = models.DateTimeField(null=True)
    # Why it failed, in words without addresses; or what is kept from look to look.
    note = models.TextField(default="", blank=True)
