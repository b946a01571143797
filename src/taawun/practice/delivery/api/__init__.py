"""Delivery over the API: the same actions and queries as the pages, for programs."""

from taawun.practice.delivery.api.fleet import router as fleet
from taawun.practice.delivery.api.planning import router as planning

# Carrying has a router of its own (``api/carrying.py``).
routers = (fleet, planning)

__all__ = ["routers"]
