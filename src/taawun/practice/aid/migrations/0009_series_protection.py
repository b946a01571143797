"""Row-level security over what repeats."""

from django.db import migrations

from taawun.ground.values.tenancy import protect


class Migration(migrations.Migration):
    dependencies = [("aid", "0008_series"), ("values", "0001_functions")]

    operations = [protect("aid_series"), protect("aid_skip"), protect("aid_standin")]
