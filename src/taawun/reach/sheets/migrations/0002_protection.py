"""Row-level security over files on their way in and what became of their rows."""

from django.db import migrations

from taawun.ground.values.tenancy import protect


class Migration(migrations.Migration):
    dependencies = [("sheets", "0001_imports"), ("values", "0001_functions")]

    operations = [protect("sheets_import"), protect("sheets_brought"), protect("sheets_progress")]
