"""Conversations as a Django app."""

from django.apps import AppConfig


class ConversationsConfig(AppConfig):
    name = "taawun.community.conversations"
    label = "conversations"
