"""Notices about something that repeats."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("notices", "0002_protection")]

    operations = [migrations.AddField(model_name="notice", name="series_id", field=models.UUIDField(null=True))]
