"""Row-level security over sealed values and their keys. Those of a person outside any circle are shared."""

from django.db import migrations

from taawun.ground.values.tenancy import protect


class Migration(migrations.Migration):
    dependencies = [("vault", "0001_initial"), ("values", "0001_functions")]

    operations = [protect("vault_datakey", shared=True), protect("vault_sealed", shared=True)]
