"""Messages as a Django app."""

from django.apps import AppConfig


class MessagesConfig(AppConfig):
    name = "taawun.reach.messages"
    label = "notices"

    def ready(self) -> None:
        from taawun.community.conversations import subjects
        from taawun.reach.messages import actions, jobs, refusals  # noqa: F401  (declares duties, registers sentences)

        subjects.on_seen(actions.mark_conversation_read)
        from taawun.community.people import belongings
        from taawun.reach.messages import own

        belongings.register(own.BELONGING)
