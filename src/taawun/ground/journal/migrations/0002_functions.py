"""Append-only by trigger, fenced by row-level security, appended by one function."""

from django.db import migrations

from taawun.ground.values.tenancy import append_only, protect


class Migration(migrations.Migration):
    dependencies = [("journal", "0001_initial"), ("values", "0001_functions")]

    operations = [
        protect("journal_entry"),
        protect("journal_head"),
        append_only("journal_entry"),
        migrations.RunSQL(
            """
            CREATE FUNCTION journal_append(entry text) RETURNS bigint LANGUAGE plpgsql AS $$
            DECLARE
                fields jsonb := entry::jsonb;
                circle uuid := (fields->>'circle_id')::uuid;
                place bigint;
                before bytea;
                after bytea;
            BEGIN
                INSERT INTO journal_head (circle_id, seq, hash)
                    VALUES (circle, 0, decode(repeat('00', 32), 'hex')) ON CONFLICT DO NOTHING;
                SELECT seq + 1, hash INTO STRICT place, before
                    FROM journal_head WHERE circle_id = circle FOR UPDATE;
                after := sha256(before || int8send(place) || convert_to(entry, 'UTF8'));
                INSERT INTO journal_entry (id, circle_id, seq, name, actor_id, subject_id, audience, topics, body,
                                           event_at, recorded_at, previous_hash, hash)
                    VALUES ((fields->>'id')::uuid, circle, place, fields->>'name', (fields->>'actor_id')::uuid,
                            (fields->>'subject_id')::uuid, (fields->>'audience')::smallint,
                            ARRAY(SELECT jsonb_array_elements_text(fields->'topics')), entry,
                            (fields->>'event_at')::timestamptz, (fields->>'recorded_at')::timestamptz, before, after);
                UPDATE journal_head SET seq = place, hash = after WHERE circle_id = circle;
                PERFORM pg_notify('taawun_journal', circle || ':' || place);
                RETURN place;
            END
            $$;
            """,
            "DROP FUNCTION journal_append(text);",
        ),
    ]
