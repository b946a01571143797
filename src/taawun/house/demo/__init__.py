"""A believable town to try Taawun in: eight weeks of mutual aid by the sea, and what stands open today."""

from taawun.house.demo.filling import fill, links

__all__ = ["fill", "links"]
