"""What every test may ask for."""

import os
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, connections
from hypothesis import settings

from tests.world import World, make_world

# Each property on forty examples, other ones in every run; EXAMPLES=400 looks longer.
settings.register_profile("taawun", max_examples=int(os.environ.get("EXAMPLES", "40")))
settings.load_profile("taawun")


@pytest.fixture
def world(db: None) -> World:
    """A circle with Amina (coordinator), Yusuf and Zeynep (members)."""
    made = make_world()
    made.join("Yusuf")
    made.join("Zeynep")
    return made


@pytest.fixture
def other_world(db: None) -> World:
    """A second circle that nobody of the first belongs to."""
    return make_world("Hillside", founder="Omar")


@pytest.fixture
def committed_db(django_db_setup: None, django_db_blocker) -> Iterator[None]:
    """A database whose transactions really commit, for tests with several connections; emptied afterwards.

    Emptying must get past the triggers that keep the journal from being emptied, so it switches them off for itself.
    A module that uses it overrides ``db`` with it (``def db(committed_db)``), because only a test that asks for ``db``
    makes pytest-django create the test database.
    """
    with django_db_blocker.unblock():
        assert str(connection.settings_dict["NAME"]).startswith("test_"), "this would empty a real database"
        yield
        tables = [model._meta.db_table for model in apps.get_models(include_auto_created=True) if model._meta.managed]
        tables = [table for table in tables if table not in {"django_migrations", "django_content_type"}]
        with connection.cursor() as cursor:
            cursor.execute("SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'nothing_is_emptied'")
            guarded = [row[0] for row in cursor.fetchall()]
            for table in guarded:
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            cursor.execute(f"TRUNCATE {', '.join(tables)} CASCADE")
            for table in guarded:
                cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        connections.close_all()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """The system's Chromium; who asks checks that it is there.

    It ends with the module that asked. Playwright keeps an event loop running in this thread meanwhile, and beside a
    running loop Django opens a new connection to the database of the settings, which is not the one of the tests.
    """
    from playwright.sync_api import sync_playwright

    from tests.browser.serving import CHROMIUM, FLAGS

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()
