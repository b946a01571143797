"""Migration operations for what the database itself enforces: row-level security and append-only tables."""

from django.db.migrations import RunSQL


def protect(table: str, *, column: str = "circle_id", shared: bool = False, own: str = "") -> RunSQL:
    """Let only rows of the transaction's circles through, for the table's owner too.

    ``shared`` also lets through rows that belong to no circle; ``own`` names an agent column whose
    rows are visible to that agent in every circle (see ``scope.set_agents``).
    """
    condition = f"{column} = ANY ((SELECT taawun_ids('taawun.circles'))::uuid[])"
    if shared:
        condition += f" OR {column} IS NULL"
    reading = condition
    if own:
        reading += f" OR {own} = ANY ((SELECT taawun_ids('taawun.agents'))::uuid[])"
    return RunSQL(
        f"""
        ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
        ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
        CREATE POLICY circle_reads ON {table} FOR SELECT USING ({reading});
        CREATE POLICY circle_inserts ON {table} FOR INSERT WITH CHECK ({condition});
        CREATE POLICY circle_updates ON {table} FOR UPDATE USING ({condition}) WITH CHECK ({condition});
        CREATE POLICY circle_deletes ON {table} FOR DELETE USING ({condition});
        """,
        f"""
        DROP POLICY circle_reads ON {table};
        DROP POLICY circle_inserts ON {table};
        DROP POLICY circle_updates ON {table};
        DROP POLICY circle_deletes ON {table};
        ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY;
        ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;
        """,
    )


def append_only(table: str) -> RunSQL:
    """Refuse UPDATE, DELETE and TRUNCATE on the table: a correction is a new record."""
    return RunSQL(
        f"""
        CREATE TRIGGER nothing_is_edited_away BEFORE UPDATE OR DELETE ON {table}
            FOR EACH ROW EXECUTE FUNCTION taawun_refuse_change();
        CREATE TRIGGER nothing_is_emptied BEFORE TRUNCATE ON {table}
            FOR EACH STATEMENT EXECUTE FUNCTION taawun_refuse_change();
        """,
        f"""
        DROP TRIGGER nothing_is_edited_away ON {table};
        DROP TRIGGER nothing_is_emptied ON {table};
        """,
    )
