"""Media as a Django app."""

from django.apps import AppConfig


class MediaConfig(AppConfig):
    name = "taawun.ground.media"
    label = "media"
