"""Jobs as a Django app; the queue's own tables belong to procrastinate."""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "taawun.ground.jobs"
    label = "jobs"
