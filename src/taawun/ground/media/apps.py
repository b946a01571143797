"""Media as a Django app."""

from django.apps import AppConfig


class MediaConfig(AppConfig):
    name = "taawun.ground.media"
    label = "media"

    def ready(self) -> None:
        from taawun.ground.media import refusals  # noqa: F401  (registers its sentences)
