"""Circles as a Django app."""

from django.apps import AppConfig


class CirclesConfig(AppConfig):
    name = "taawun.community.circles"
    label = "circles"

    def ready(self) -> None:
        from taawun.community.circles import jobs, refusals  # noqa: F401  (declares its duty, registers its sentences)
        from taawun.community.circles.queries import holds_demanding_role
        from taawun.community.people.factors import strength

        strength.register_demand(holds_demanding_role)
        from taawun.community.circles import own
        from taawun.community.people import belongings, blocks

        blocks.known_as(own.same_person_as)
        belongings.opened_by(own.where)
        belongings.register(own.BELONGING)
