"""Row-level security over the index of likeness, and that it goes with what it was made from.

Whatever takes a name, a phone or a door out of the vault, or changes it, takes the row out of the index too: no room can
forget to. What was only changed is noted again by the action itself, or by the duty within the minute. An address
belongs to a person in every circle, so the scope is opened for as long as that statement runs.
"""

from django.db import migrations

from taawun.ground.values.tenancy import protect

FORGET = """
    CREATE FUNCTION circles_forget_tokens() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        DELETE FROM circles_likenesstoken WHERE row_id IN (SELECT row_id FROM gone);
        RETURN NULL;
    END
    $$;
    CREATE TRIGGER tokens_go_with_their_row AFTER DELETE ON circles_likeness
        REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION circles_forget_tokens();

    CREATE FUNCTION circles_forget_sealed() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        before text;
    BEGIN
        IF TG_OP = 'DELETE' THEN
            DELETE FROM circles_likeness WHERE row_id IN
                (SELECT row_id FROM changed WHERE field IN ('name', 'full_name', 'phone', 'door'));
        ELSIF TG_OP = 'UPDATE' THEN
            -- Not where only the time was set at which it goes.
            DELETE FROM circles_likeness WHERE row_id IN
                (SELECT changed.row_id FROM changed JOIN was ON was.id = changed.id
                  WHERE changed.field IN ('name', 'full_name', 'phone', 'door')
                    AND changed.ciphertext <> was.ciphertext);
        END IF;
        IF EXISTS (SELECT FROM changed WHERE field = 'value') THEN
            before := coalesce(current_setting('taawun.circles', true), '');
            PERFORM set_config('taawun.circles', (SELECT string_agg(id::text, ',') FROM circles_circle), true);
            DELETE FROM circles_likeness WHERE source = 'member' AND agent_id IN
                (SELECT subject_id FROM changed WHERE field = 'value');
            PERFORM set_config('taawun.circles', before, true);
        END IF;
        RETURN NULL;
    END
    $$;
    CREATE TRIGGER likeness_goes_with_what_is_sealed AFTER DELETE ON vault_sealed
        REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION circles_forget_sealed();
    CREATE TRIGGER likeness_changes_with_what_is_sealed AFTER UPDATE ON vault_sealed
        REFERENCING OLD TABLE AS was NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION circles_forget_sealed();
    CREATE TRIGGER likeness_waits_for_new_addresses AFTER INSERT ON vault_sealed
        REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION circles_forget_sealed();

    CREATE FUNCTION circles_forget_member() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        DELETE FROM circles_likeness WHERE row_id = OLD.id;
        RETURN NULL;
    END
    $$;
    CREATE TRIGGER who_is_gone_is_not_found AFTER DELETE ON circles_membership
        FOR EACH ROW EXECUTE FUNCTION circles_forget_member();
    CREATE TRIGGER who_left_is_not_found AFTER UPDATE OF left_at ON circles_membership
        FOR EACH ROW WHEN (NEW.left_at IS NOT NULL) EXECUTE FUNCTION circles_forget_member();
"""
KEEP = """
    DROP TRIGGER who_left_is_not_found ON circles_membership;
    DROP TRIGGER who_is_gone_is_not_found ON circles_membership;
    DROP FUNCTION circles_forget_member();
    DROP TRIGGER likeness_waits_for_new_addresses ON vault_sealed;
    DROP TRIGGER likeness_changes_with_what_is_sealed ON vault_sealed;
    DROP TRIGGER likeness_goes_with_what_is_sealed ON vault_sealed;
    DROP FUNCTION circles_forget_sealed();
    DROP TRIGGER tokens_go_with_their_row ON circles_likeness;
    DROP FUNCTION circles_forget_tokens();
"""


class Migration(migrations.Migration):
    dependencies = [("circles", "0006_likeness"), ("values", "0001_functions"), ("vault", "0002_protection")]

    operations = [
        protect("circles_likeness"),
        protect("circles_likenesstoken"),
        protect("circles_twin"),
        migrations.RunSQL(FORGET, KEEP),
    ]
