"""People as a Django app."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "taawun.community.people"
    label = "people"

    def ready(self) -> None:
        from taawun.community.people import refusals  # noqa: F401  (registers its sentences)
