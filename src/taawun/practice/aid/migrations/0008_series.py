"""Things that repeat: the rule, dates that are skipped, and who stands in."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import taawun.ground.values.ids


class Migration(migrations.Migration):
    dependencies = [
        ("aid", "0007_short_links"),
        ("circles", "0007_likeness_protection"),
        ("people", "0004_blocks"),
    ]

    operations = [
        migrations.CreateModel(
            name="Skip",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=taawun.ground.values.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("day", models.DateField()),
                ("made_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="StandIn",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=taawun.ground.values.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("since", models.DateField()),
                ("until", models.DateField()),
                ("waiting_for", models.CharField(blank=True, max_length=8)),
                ("made_at", models.DateTimeField()),
            ],
        ),
        migrations.AddField(
            model_name="commitment",
            name="reminded_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="intent",
            name="occurs_on",
            field=models.DateField(null=True),
        ),
        migrations.CreateModel(
            name="Series",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=taawun.ground.values.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("kind", models.CharField(max_length=60)),
                ("unit", models.CharField(max_length=20)),
                ("quantity", models.BigIntegerField()),
                ("whole_only", models.BooleanField(default=False)),
                ("sensitive", models.BooleanField(default=False)),
                ("summary", models.CharField(blank=True, max_length=200)),
                ("cell", models.BigIntegerField(null=True)),
                ("visibility", models.CharField(max_length=12)),
                ("repeat", models.CharField(max_length=8)),
                ("every", models.SmallIntegerField(default=1)),
                (
                    "weekdays",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.SmallIntegerField(), default=list, size=None
                    ),
                ),
                ("month_day", models.SmallIntegerField(default=0)),
                ("nth", models.SmallIntegerField(default=0)),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField(null=True)),
                ("count", models.SmallIntegerField(null=True)),
                ("ends_with", models.CharField(blank=True, max_length=12)),
                ("from_minute", models.SmallIntegerField(null=True)),
                ("to_minute", models.SmallIntegerField(null=True)),
                ("state", models.CharField(default="running", max_length=8)),
                ("paused_until", models.DateField(null=True)),
                ("giver_agreed", models.BooleanField(default=False)),
                ("posted_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "agent",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="series", to="people.agent"
                    ),
                ),
                ("area", models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, to="circles.area")),
                (
                    "circle",
                    models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, to="circles.circle"),
                ),
                (
                    "entered_by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.agent"
                    ),
                ),
                (
                    "giver",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="people.agent"
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="intent",
            name="series",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="dates",
                to="aid.series",
            ),
        ),
        migrations.AddConstraint(
            model_name="intent",
            constraint=models.UniqueConstraint(models.F("series"), models.F("occurs_on"), name="one_intent_a_date"),
        ),
        migrations.AddField(
            model_name="skip",
            name="circle",
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, to="circles.circle"),
        ),
        migrations.AddField(
            model_name="skip",
            name="series",
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="skips", to="aid.series"),
        ),
        migrations.AddField(
            model_name="standin",
            name="agent",
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="people.agent"),
        ),
        migrations.AddField(
            model_name="standin",
            name="circle",
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, to="circles.circle"),
        ),
        migrations.AddField(
            model_name="standin",
            name="series",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="stand_ins", to="aid.series"
            ),
        ),
        migrations.AddIndex(
            model_name="series",
            index=models.Index(models.F("circle"), models.F("state"), name="series_to_keep"),
        ),
        migrations.AddIndex(
            model_name="series",
            index=models.Index(models.F("agent"), name="series_of_an_agent"),
        ),
        migrations.AddConstraint(
            model_name="series",
            constraint=models.CheckConstraint(condition=models.Q(("quantity__gt", 0)), name="series_has_a_quantity"),
        ),
        migrations.AddConstraint(
            model_name="series",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["running", "paused", "ended"])), name="series_state_is_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="series",
            constraint=models.CheckConstraint(
                condition=models.Q(("repeat__in", ["week", "month", "nth"])), name="series_repeats"
            ),
        ),
        migrations.AddConstraint(
            model_name="series",
            constraint=models.CheckConstraint(condition=models.Q(("every__gte", 1)), name="series_goes_on"),
        ),
        migrations.AddConstraint(
            model_name="skip",
            constraint=models.UniqueConstraint(models.F("series"), models.F("day"), name="a_date_is_skipped_once"),
        ),
        migrations.AddConstraint(
            model_name="standin",
            constraint=models.CheckConstraint(
                condition=models.Q(("until__gte", models.F("since"))), name="stand_in_lasts"
            ),
        ),
    ]
