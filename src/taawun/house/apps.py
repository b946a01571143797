"""The house as a Django app: commands, its own duties, and no rule."""

from django.apps import AppConfig


class HouseConfig(AppConfig):
    name = "taawun.house"
    label = "house"

    def ready(self) -> None:
        from taawun.house import jobs, taking  # noqa: F401  (declares its duties)

        taking.register()
