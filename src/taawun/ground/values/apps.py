"""The values room is a Django app only for the database functions its migration makes."""

from django.apps import AppConfig


class ValuesConfig(AppConfig):
    name = "taawun.ground.values"
    label = "values"
