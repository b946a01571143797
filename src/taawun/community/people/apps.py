"""People as a Django app."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "taawun.community.people"
    label = "people"

    def ready(self) -> None:
        from taawun.community.people import jobs, refusals  # noqa: F401  (declares its duty, registers its sentences)
        from taawun.community.people.factors.strength import NEEDED
        from taawun.community.people.pages.second import way_out
        from taawun.ground.site.middleware import register_way_out

        register_way_out(NEEDED, way_out)
        from taawun.community.people import belongings, own

        belongings.register(own.BELONGING)
