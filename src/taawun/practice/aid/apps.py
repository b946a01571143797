"""Aid as a Django app."""

from django.apps import AppConfig


class AidConfig(AppConfig):
    name = "taawun.practice.aid"
    label = "aid"

    def ready(self) -> None:
        from taawun.practice.aid import jobs, refusals  # noqa: F401  (declares its duty, registers its sentences)
