"""A number that ends all sessions of an account when it is counted up."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial")]

    operations = [
        migrations.AddField("account", "session_round", models.PositiveIntegerField(default=0)),
    ]
