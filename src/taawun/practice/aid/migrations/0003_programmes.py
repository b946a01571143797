"""Programmes of organisations, what was handed to them, and links to figures."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import taawun.ground.values.ids


class Migration(migrations.Migration):
    dependencies = [
        ("aid", "0002_protection"),
        ("circles", "0005_staff_rights"),
        ("people", "0004_blocks"),
    ]

    operations = [
        migrations.CreateModel(
            name="Programme",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=taawun.ground.values.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("name", models.CharField(max_length=120)),
                (
                    "kinds",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60), default=list, size=None
                    ),
                ),
                (
                    "groups",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20), default=list, size=None
                    ),
                ),
                ("texts", models.JSONField(default=dict)),
                (
                    "area_ids",
                    django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), default=list, size=None),
                ),
                ("cell", models.BigIntegerField(null=True)),
                ("rings", models.SmallIntegerField(default=0)),
                (
                    "weekdays",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.SmallIntegerField(), default=list, size=None
                    ),
                ),
                ("from_minute", models.SmallIntegerField(null=True)),
                ("to_minute", models.SmallIntegerField(null=True)),
                ("contact", models.CharField(blank=True, max_length=200)),
                ("entry", models.CharField(default="anyone", max_length=10)),
                ("period", models.CharField(blank=True, max_length=8)),
                ("capacity", models.JSONField(default=dict)),
                ("has_waiting_list", models.BooleanField(default=False)),
                ("is_open", models.BooleanField(default=True)),
                ("made_at", models.DateTimeField()),
                ("changed_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "circle",
                    models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, to="circles.circle"),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="programmes", to="people.agent"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Placement",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=taawun.ground.values.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("quantity", models.BigIntegerField()),
                ("made_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("reason", models.CharField(blank=True, max_length=20)),
                (
                    "circle",
                    models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, to="circles.circle"),
                ),
                (
                    "commitment",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="placement",
                        to="aid.commitment",
                    ),
                ),
                (
                    "consent",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="people.consent"
                    ),
                ),
                (
                    "intent",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="placements", to="aid.intent"
                    ),
                ),
                (
                    "referred_by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.agent"
                    ),
                ),
                (
                    "programme",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="placements", to="aid.programme"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="FiguresLink",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=taawun.ground.values.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("digest", models.BinaryField(max_length=32, unique=True)),
                ("made_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("circle", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="circles.circle")),
                (
                    "made_by",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.agent"),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="people.agent"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        models.F("circle"),
                        models.F("organisation"),
                        condition=models.Q(("ended_at", None)),
                        name="one_link_to_figures",
                        nulls_distinct=False,
                    )
                ],
            },
        ),
        migrations.AddIndex(
            model_name="programme",
            index=models.Index(
                models.F("circle"),
                models.F("organisation"),
                condition=models.Q(("ended_at", None)),
                name="programmes_of_a_circle",
            ),
        ),
        migrations.AddConstraint(
            model_name="programme",
            constraint=models.CheckConstraint(
                condition=models.Q(("period__in", ["", "week", "month", "places"])), name="period_is_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="programme",
            constraint=models.CheckConstraint(
                condition=models.Q(("entry__in", ["anyone", "referral"])), name="entry_is_known"
            ),
        ),
        migrations.AddIndex(
            model_name="placement",
            index=models.Index(models.F("circle"), models.F("made_at"), name="placements_of_a_circle"),
        ),
        migrations.AddConstraint(
            model_name="placement",
            constraint=models.CheckConstraint(condition=models.Q(("quantity__gt", 0)), name="placement_has_a_quantity"),
        ),
        migrations.AddConstraint(
            model_name="placement",
            constraint=models.UniqueConstraint(
                models.F("programme"),
                models.F("intent"),
                condition=models.Q(("commitment", None), ("ended_at", None)),
                name="once_on_a_waiting_list",
            ),
        ),
    ]
