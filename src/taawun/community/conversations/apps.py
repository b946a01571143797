"""Conversations as a Django app."""

from django.apps import AppConfig


class ConversationsConfig(AppConfig):
    name = "taawun.community.conversations"
    label = "conversations"

    def ready(self) -> None:
        from taawun.community.circles import sentences
        from taawun.community.conversations import jobs, members, own, refusals, subjects, wording  # noqa: F401
        from taawun.community.people import belongings

        sentences.register(wording.ENTRIES)
        belongings.register(own.BELONGING)
        belongings.name_fields(own.FIELDS)
        subjects.register(members.KIND, members.PRACTICE)
