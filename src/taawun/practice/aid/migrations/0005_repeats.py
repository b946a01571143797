"""Needs that were asked for again, and how often."""

import django.db.models.deletion
from django.db import migrations, models

import taawun.ground.values.ids


class Migration(migrations.Migration):
    dependencies = [
        ("aid", "0004_programmes_protection"),
        ("circles", "0006_likeness"),
        ("people", "0004_blocks"),
    ]

    operations = [
        migrations.AddField(
            model_name="intent",
            name="asked_again",
            field=models.SmallIntegerField(db_default=0, default=0),
        ),
        migrations.CreateModel(
            name="Repeat",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=taawun.ground.values.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("reason", models.CharField(max_length=10)),
                ("points", models.SmallIntegerField(default=0)),
                ("state", models.CharField(max_length=10)),
                ("first_urgency", models.SmallIntegerField(null=True)),
                ("again_urgency", models.SmallIntegerField(null=True)),
                ("made_at", models.DateTimeField()),
                ("decided_at", models.DateTimeField(null=True)),
                (
                    "again",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="repeats", to="aid.intent"
                    ),
                ),
                (
                    "circle",
                    models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, to="circles.circle"),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="people.agent"
                    ),
                ),
                (
                    "first",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="asked_again_by", to="aid.intent"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        models.F("circle"),
                        models.F("state"),
                        models.OrderBy(models.F("made_at"), descending=True),
                        name="repeats_to_look_at",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(models.F("first"), models.F("again"), name="a_repeat_once"),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["likely", "waiting", "counted", "different"])),
                        name="repeat_state_is_known",
                    ),
                ],
            },
        ),
    ]
