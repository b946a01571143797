"""A believable town to try Taawun in: eight weeks of a mutual aid network by the sea, and what stands open in it today."""

from taawun.house.demo.filling import fill, links

__all__ = ["fill", "links"]
