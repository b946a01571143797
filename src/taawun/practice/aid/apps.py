"""Aid as a Django app."""

from django.apps import AppConfig


class AidConfig(AppConfig):
    name = "taawun.practice.aid"
    label = "aid"

    def ready(self) -> None:
        from taawun.community.circles import sentences
        from taawun.community.conversations import subjects
        from taawun.practice.aid import conversing, jobs, refusals, wording  # noqa: F401  (declares its duty, its refusals)

        sentences.register(wording.ENTRIES)
        for kind, practice in conversing.PRACTICES.items():
            subjects.register(kind, practice)
        from taawun.community.people import belongings, blocks
        from taawun.practice.aid import own
        from taawun.practice.aid.actions.parting import part

        belongings.register(own.BELONGING)
        blocks.when_hidden(part)
