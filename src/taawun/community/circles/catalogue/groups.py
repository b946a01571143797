"""The groups of kinds, in the order in which people are asked: what a day needs first, then what a year needs."""

from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import pgettext_lazy


@dataclass(frozen=True, slots=True)
class Group:
    code: str
    name: Any
    """Lazily translated."""
    icon: str


GROUPS: Final[tuple[Group, ...]] = (
    Group("food", pgettext_lazy("kind group", "Food and water"), "food"),
    Group("health", pgettext_lazy("kind group", "Medicine and health"), "medicine"),
    Group("care", pgettext_lazy("kind group", "Care at home"), "elder"),
    Group("company", pgettext_lazy("kind group", "Listening and company"), "listening"),
    Group("transport", pgettext_lazy("kind group", "Transport"), "car"),
    Group("housing", pgettext_lazy("kind group", "A roof"), "house"),
    Group("household", pgettext_lazy("kind group", "Clothes and household"), "clothes"),
    Group("children", pgettext_lazy("kind group", "Children"), "child"),
    Group("learning", pgettext_lazy("kind group", "Learning"), "teaching"),
    Group("money", pgettext_lazy("kind group", "Hardship"), "money"),
    Group("tools", pgettext_lazy("kind group", "Tools to borrow"), "tools"),
    Group("repairs", pgettext_lazy("kind group", "Repairs"), "repair"),
    Group("papers", pgettext_lazy("kind group", "Languages and papers"), "paperwork"),
    Group("digital", pgettext_lazy("kind group", "Phones and internet"), "computer"),
    Group("farm", pgettext_lazy("kind group", "Farm and water"), "tractor"),
    Group("animals", pgettext_lazy("kind group", "Animals"), "animal"),
    Group("spaces", pgettext_lazy("kind group", "Spaces"), "hall"),
    Group("organising", pgettext_lazy("kind group", "Organising"), "people"),
    Group("crisis", pgettext_lazy("kind group", "In a crisis"), "urgent"),
    Group("celebrations", pgettext_lazy("kind group", "Joys and sorrows"), "gift"),
)
