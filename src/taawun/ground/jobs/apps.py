"""Jobs as a Django app; the queue's own tables belong to procrastinate."""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "taawun.ground.jobs"
    label = "jobs"

    def ready(self) -> None:
        from taawun.ground.jobs import upkeep  # noqa: F401  (declares its duties)
