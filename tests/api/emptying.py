"""Emptying the test database after tests that really commit. What keeps the journal from being emptied is switched off for it."""

from django.apps import apps
from django.db import connection, connections

KEPT = {"django_migrations", "django_content_type"}


def empty_database() -> None:
    names = [model._meta.db_table for model in apps.get_models(include_auto_created=True) if model._meta.managed]
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'nothing_is_emptied'")
        guarded = [row[0] for row in cursor.fetchall()]
        for name in guarded:
            cursor.execute(f"ALTER TABLE {name} DISABLE TRIGGER USER")
        cursor.execute(f"TRUNCATE {', '.join(name for name in names if name not in KEPT)} CASCADE")
        for name in guarded:
            cursor.execute(f"ALTER TABLE {name} ENABLE TRIGGER USER")
    connections.close_all()
