"""Row-level security over recoveries, and the grace of those whose role asks for a second factor begins with this upgrade."""

from django.db import migrations

from taawun.ground.values.tenancy import protect


class Migration(migrations.Migration):
    dependencies = [("circles", "0003_recovery"), ("values", "0001_functions")]

    operations = [
        protect("circles_recovery"),
        protect("circles_vouch"),
        migrations.RunSQL(
            """
            SELECT set_config('taawun.circles', coalesce(string_agg(id::text, ','), ''), true) FROM circles_circle;
            UPDATE circles_membership SET second_factor_asked_at = now()
             WHERE left_at IS NULL AND roles && ARRAY['coordinator', 'treasurer']::varchar[];
            SELECT set_config('taawun.circles', '', true);
            """,
            migrations.RunSQL.noop,
        ),
    ]
