"""Row-level security over notices: those of the scope's circles."""

from django.db import migrations

from taawun.ground.values.tenancy import protect


class Migration(migrations.Migration):
    dependencies = [("notices", "0001_initial"), ("values", "0001_functions")]

    operations = [protect("notices_notice"), protect("notices_cursor")]
