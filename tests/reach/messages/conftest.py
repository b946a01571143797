"""A mail server, and people who can be written to."""

from collections.abc import Iterator

import pytest

from taawun.community.people import actions as people
from tests.reach.messages.mail_server import MailServer
from tests.world import NOW, World


@pytest.fixture
def mail_server(settings) -> Iterator[MailServer]:
    """The house sends its mail to a real server on this machine."""
    server = MailServer()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = "127.0.0.1", server.port, False
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_TIMEOUT = 5
    settings.DEFAULT_FROM_EMAIL = "taawun@help.example.org"
    settings.PUBLIC_URL = "https://help.example.org"
    yield server
    server.close()


@pytest.fixture
def letters_world(world: World) -> World:
    """Everybody has a proven address: amina@example.org and so on."""
    for name, account in world.accounts.items():
        people.add_contact(account, f"{name.lower()}@example.org", "GB", now=NOW, verified=True)
    return world
