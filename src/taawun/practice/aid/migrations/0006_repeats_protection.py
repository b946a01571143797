"""Row-level security over repeats; how often a need was asked for again is counted here, whatever makes or ends a repeat."""

from django.db import migrations

from taawun.ground.values.tenancy import protect

COUNT = """
    CREATE FUNCTION aid_count_repeats() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        UPDATE aid_intent SET asked_again =
            (SELECT least(count(*), 32767) FROM aid_repeat WHERE first_id = aid_intent.id AND state = 'counted')
            WHERE id IN (SELECT first_id FROM changed);
        RETURN NULL;
    END
    $$;
    CREATE TRIGGER repeats_are_counted AFTER INSERT ON aid_repeat
        REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION aid_count_repeats();
    CREATE TRIGGER repeats_are_counted_anew AFTER UPDATE ON aid_repeat
        REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION aid_count_repeats();
    CREATE TRIGGER repeats_are_counted_off AFTER DELETE ON aid_repeat
        REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION aid_count_repeats();
"""
LEAVE = """
    DROP TRIGGER repeats_are_counted_off ON aid_repeat;
    DROP TRIGGER repeats_are_counted_anew ON aid_repeat;
    DROP TRIGGER repeats_are_counted ON aid_repeat;
    DROP FUNCTION aid_count_repeats();
"""


class Migration(migrations.Migration):
    dependencies = [("aid", "0005_repeats"), ("values", "0001_functions")]

    operations = [protect("aid_repeat"), migrations.RunSQL(COUNT, LEAVE)]
