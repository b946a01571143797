"""Row-level security over matching."""

from django.db import migrations

from taawun.ground.values.tenancy import protect


class Migration(migrations.Migration):
    dependencies = [("aid", "0010_matching"), ("values", "0001_functions")]

    operations = [
        protect("aid_matching"), protect("aid_proposal"), protect("aid_proposedmatch"), protect("aid_unmetneed"),
    ]  # fmt: skip
