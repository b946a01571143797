"""Sheets as a Django app: for its templates and its sentences."""

from django.apps import AppConfig


class SheetsConfig(AppConfig):
    name = "taawun.reach.sheets"
    label = "sheets"

    def ready(self) -> None:
        from taawun.community.circles import sentences
        from taawun.reach.sheets import jobs, refusals, telling, wording  # noqa: F401  (duties, sentences)

        sentences.register(wording.ENTRIES)
        from taawun.community.people import belongings
        from taawun.reach.sheets import own

        belongings.register(own.BELONGING)
