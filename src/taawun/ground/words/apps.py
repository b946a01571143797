"""The words room is a Django app only for its template filters."""

from django.apps import AppConfig


class WordsConfig(AppConfig):
    name = "taawun.ground.words"
    label = "words"
