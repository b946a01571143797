"""Aid as a Django app."""

from django.apps import AppConfig


class AidConfig(AppConfig):
    name = "taawun.practice.aid"
    label = "aid"

    def ready(self) -> None:
        from taawun.practice.aid import refusals  # noqa: F401  (registers its sentences)
