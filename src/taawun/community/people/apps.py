"""People as a Django app."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "taawun.community.people"
    label = "people"

    def ready(self) -> None:
        from taawun.community.people import jobs, refusals  # noqa: F401  (declares its duty, registers its sentences)
