"""Row-level security, and taps are append-only."""

from django.db import migrations

from taawun.ground.values.tenancy import append_only, protect


class Migration(migrations.Migration):
    dependencies = [("delivery", "0001_initial"), ("values", "0001_functions")]

    operations = [
        protect("delivery_preferences"),
        protect("delivery_depot"),
        protect("delivery_carrier"),
        protect("delivery_standingrun"),
        protect("delivery_dayplan"),
        protect("delivery_run"),
        protect("delivery_stop"),
        protect("delivery_tap"),
        append_only("delivery_tap"),
    ]
