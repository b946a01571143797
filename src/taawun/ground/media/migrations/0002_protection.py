"""Row-level security over pictures and voice notes."""

from django.db import migrations

from taawun.ground.values.tenancy import protect


class Migration(migrations.Migration):
    dependencies = [("media", "0001_initial"), ("values", "0001_functions")]

    operations = [protect("media_medium")]
