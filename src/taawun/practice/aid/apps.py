"""Aid as a Django app."""

from django.apps import AppConfig


class AidConfig(AppConfig):
    name = "taawun.practice.aid"
    label = "aid"

    def ready(self) -> None:
        from taawun.community.circles import sentences
        from taawun.practice.aid import jobs, refusals, wording  # noqa: F401  (declares its duty, its refusals)

        sentences.register(wording.ENTRIES)
