"""Circles as a Django app."""

from django.apps import AppConfig


class CirclesConfig(AppConfig):
    name = "taawun.community.circles"
    label = "circles"

    def ready(self) -> None:
        from taawun.community.circles import jobs, refusals  # noqa: F401  (declares its duty, registers its sentences)
