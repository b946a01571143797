"""Circles as a Django app."""

from django.apps import AppConfig


class CirclesConfig(AppConfig):
    name = "taawun.community.circles"
    label = "circles"

    def ready(self) -> None:
        from taawun.community.circles import refusals  # noqa: F401  (registers its sentences)
