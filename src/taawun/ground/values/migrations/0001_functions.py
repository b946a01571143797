"""The two database functions every room's protection stands on."""

from django.db import migrations


class Migration(migrations.Migration):
    initial = True
    dependencies: list[tuple[str, str]] = []

    operations = [
        migrations.RunSQL(
            """
            CREATE FUNCTION taawun_ids(setting text) RETURNS uuid[] LANGUAGE sql STABLE AS $$
                SELECT string_to_array(nullif(current_setting(setting, true), ''), ',')::uuid[]
            $$;
            CREATE FUNCTION taawun_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                RAISE EXCEPTION 'the table % is append-only', TG_TABLE_NAME
                    USING ERRCODE = 'restrict_violation';
            END
            $$;
            """,
            "DROP FUNCTION taawun_refuse_change(); DROP FUNCTION taawun_ids(text);",
        )
    ]
