"""Sheets as a Django app: for its templates and its sentences."""

from django.apps import AppConfig


class SheetsConfig(AppConfig):
    name = "taawun.reach.sheets"
    label = "sheets"

    def ready(self) -> None:
        from taawun.reach.sheets import refusals  # noqa: F401  (registers its sentences)
