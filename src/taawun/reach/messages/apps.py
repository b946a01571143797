"""Messages as a Django app."""

from django.apps import AppConfig


class MessagesConfig(AppConfig):
    name = "taawun.reach.messages"
    label = "notices"

    def ready(self) -> None:
        from taawun.reach.messages import jobs, refusals  # noqa: F401  (declares duties, registers sentences)
