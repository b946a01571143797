"""Staff act with rights of their own, may come in by a link, and see whom they act for in every circle."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import taawun.community.circles.models


class Migration(migrations.Migration):
    dependencies = [("circles", "0004_recovery_protection"), ("values", "0001_functions")]

    operations = [
        migrations.AddField(
            model_name="representative",
            name="rights",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=12),
                default=taawun.community.circles.models.all_rights,
                size=None,
            ),
        ),
        migrations.AddField(
            model_name="invitation",
            name="organisation",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="people.agent"
            ),
        ),
        migrations.AddField(
            model_name="invitation",
            name="rights",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=12), default=list, size=None
            ),
        ),
        migrations.RunSQL(
            """
            DROP POLICY circle_reads ON circles_representative;
            CREATE POLICY circle_reads ON circles_representative FOR SELECT
             USING (circle_id = ANY ((SELECT taawun_ids('taawun.circles'))::uuid[])
                    OR person_id = ANY ((SELECT taawun_ids('taawun.agents'))::uuid[]));
            """,
            """
            DROP POLICY circle_reads ON circles_representative;
            CREATE POLICY circle_reads ON circles_representative FOR SELECT
             USING (circle_id = ANY ((SELECT taawun_ids('taawun.circles'))::uuid[]));
            """,
        ),
    ]
