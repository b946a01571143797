"""Delivery as a Django app."""

from django.apps import AppConfig


class DeliveryConfig(AppConfig):
    name = "taawun.practice.delivery"
    label = "delivery"

    def ready(self) -> None:
        from taawun.community.circles import sentences
        from taawun.community.people import belongings
        from taawun.practice.delivery import (  # (declare their duties, their errand and their refusals)
            carry_jobs,  # noqa: F401
            carry_ready,
            jobs,  # noqa: F401
            own,
            refusals,  # noqa: F401
            wording,
        )

        sentences.register(wording.ENTRIES)
        belongings.register(own.BELONGING)
        carry_ready.declare()
