"""Short links. The table is read before a circle is known, like receipts, and holds nothing but ids."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("circles", "0001_initial"), ("aid", "0006_repeats_protection")]
    operations = [
        migrations.CreateModel(
            name="ShortLink",
            fields=[
                ("code", models.CharField(max_length=8, primary_key=True, serialize=False)),
                ("page", models.CharField(max_length=8)),
                ("made_at", models.DateTimeField()),
                ("circle", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="circles.circle")),
                (
                    "intent",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="aid.intent"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        models.F("circle"), models.F("page"), models.F("intent"), name="one_short_link_a_page",
                        nulls_distinct=False,
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("page__in", ["intent", "board", "ask"])), name="short_link_page_is_known"
                    ),
                ],
            },
        ),
    ]
