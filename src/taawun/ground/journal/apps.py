"""The journal as a Django app."""

from django.apps import AppConfig


class JournalConfig(AppConfig):
    name = "taawun.ground.journal"
    label = "journal"

    def ready(self) -> None:
        from taawun.ground.journal import jobs  # noqa: F401  (declares its duty)
