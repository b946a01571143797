"""The house as a Django app: it holds commands and no rule."""

from django.apps import AppConfig


class HouseConfig(AppConfig):
    name = "taawun.house"
    label = "house"
