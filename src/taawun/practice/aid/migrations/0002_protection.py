"""Row-level security, and what happened is append-only."""

from django.db import migrations

from taawun.ground.values.tenancy import append_only, protect


class Migration(migrations.Migration):
    dependencies = [("aid", "0001_initial"), ("values", "0001_functions")]

    operations = [
        protect("aid_intent"),
        protect("aid_commitment"),
        protect("aid_happening"),
        append_only("aid_happening"),
    ]
