"""The index of likeness, and the pairs of persons it brought up."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import taawun.ground.values.ids


class Migration(migrations.Migration):
    dependencies = [
        ("circles", "0005_staff_rights"),
        ("people", "0004_blocks"),
    ]

    operations = [
        migrations.CreateModel(
            name="LikenessToken",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "circle_id", "token", "row_id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("token", models.BigIntegerField()),
                ("row_id", models.UUIDField(db_index=True)),
                (
                    "circle",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        to="circles.circle",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Likeness",
            fields=[
                ("row_id", models.UUIDField(primary_key=True, serialize=False)),
                ("source", models.CharField(max_length=12)),
                ("noted_at", models.DateTimeField()),
                (
                    "agent",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="people.agent"),
                ),
                (
                    "circle",
                    models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, to="circles.circle"),
                ),
            ],
            options={
                "indexes": [models.Index(models.F("circle"), models.F("source"), name="likenesses_of_a_source")],
            },
        ),
        migrations.CreateModel(
            name="Twin",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=taawun.ground.values.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("one_row", models.UUIDField(null=True)),
                ("other_row", models.UUIDField(null=True)),
                ("points", models.SmallIntegerField(default=0)),
                (
                    "reasons",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=41), default=list, size=None
                    ),
                ),
                ("state", models.CharField(default="likely", max_length=10)),
                ("made_at", models.DateTimeField()),
                ("decided_at", models.DateTimeField(null=True)),
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
                    "one",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="people.agent"),
                ),
                (
                    "other",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="people.agent"),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        models.F("circle"),
                        models.F("state"),
                        models.OrderBy(models.F("points"), descending=True),
                        name="pairs_to_look_at",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(models.F("circle"), models.F("one"), models.F("other"), name="a_pair_once"),
                    models.CheckConstraint(condition=models.Q(("one__lt", models.F("other"))), name="a_pair_in_order"),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["likely", "same", "different"])), name="pair_state_is_known"
                    ),
                ],
            },
        ),
    ]
