"""Row-level security over programmes, placements and links to figures."""

from django.db import migrations

from taawun.ground.values.tenancy import protect


class Migration(migrations.Migration):
    dependencies = [("aid", "0003_programmes"), ("values", "0001_functions")]

    operations = [
        protect("aid_programme"),
        protect("aid_placement"),
        protect("aid_figureslink"),
    ]
