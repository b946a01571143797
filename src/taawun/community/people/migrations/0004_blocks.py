"""Who does not see whom, and who asked to be erased."""

import django.db.models.deletion
from django.db import migrations, models

from taawun.ground.values.ids import new_id


class Migration(migrations.Migration):
    dependencies = [("people", "0003_ways_in")]

    operations = [
        migrations.CreateModel(
            name="Block",
            fields=[
                ("id", models.UUIDField(default=new_id, editable=False, primary_key=True, serialize=False)),
                ("owner", models.BinaryField(db_index=True, max_length=32)),
                ("made_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="BlockHandle",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("handle", models.BinaryField(db_index=True, max_length=32)),
                (
                    "block",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="handles", to="people.block"
                    ),
                ),
            ],
            options={"constraints": [models.UniqueConstraint(models.F("block"), models.F("handle"), name="one_handle_a_block")]},
        ),
        migrations.CreateModel(
            name="HiddenPair",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("one_id", models.UUIDField()),
                ("other_id", models.UUIDField()),
                ("count", models.IntegerField(default=1)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(models.F("one_id"), models.F("other_id"), name="one_row_a_hidden_pair")
                ]
            },
        ),
        migrations.CreateModel(
            name="Erasure",
            fields=[
                ("asked_at", models.DateTimeField()),
                ("due_at", models.DateTimeField(db_index=True)),
                (
                    "agent",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="erasure",
                        serialize=False,
                        to="people.agent",
                    ),
                ),
            ],
        ),
    ]
