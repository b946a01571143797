"""What a kind is."""

from dataclasses import dataclass
from typing import Any, Literal

Nature = Literal["good", "service", "skill", "space"]


@dataclass(frozen=True, slots=True)
class Kind:
    """What an intent can be about. Valueflows: ResourceSpecification.

    ``unit`` is a code of ``words.units``, ``icon`` a name of ``site.icons``. ``search`` holds further words people use
    for it, in English and in Arabic, whatever the language of the page.
    """

    code: str
    group: str
    name: Any
    """Lazily translated."""
    unit: str
    icon: str
    nature: Nature
    sensitive: bool
    splittable: bool
    search: tuple[str, ...]


def good(code: str, name: Any, *, unit: str, icon: str, english: str, arabic: str, sensitive: bool = False) -> Kind:
    return _kind("good", code, name, unit, icon, (english, arabic), sensitive)


def service(code: str, name: Any, *, unit: str, icon: str, english: str, arabic: str, sensitive: bool = False) -> Kind:
    """Something done for others that a neighbour can do."""
    return _kind("service", code, name, unit, icon, (english, arabic), sensitive)


def skill(code: str, name: Any, *, unit: str, icon: str, english: str, arabic: str, sensitive: bool = False) -> Kind:
    """Something done for others that takes learning."""
    return _kind("skill", code, name, unit, icon, (english, arabic), sensitive)


def space(code: str, name: Any, *, unit: str, icon: str, english: str, arabic: str, sensitive: bool = False) -> Kind:
    return _kind("space", code, name, unit, icon, (english, arabic), sensitive)


def _kind(nature: Nature, code: str, name: Any, unit: str, icon: str, search: tuple[str, ...], sensitive: bool) -> Kind:
    # Half a borrowed ladder, half a roof or half of one family's help is no help; everything else can come from several
    # givers.
    lent = nature == "good" and unit == "day"
    whole = lent or unit == "family" or (nature == "space" and unit != "place")
    return Kind(code, code.partition(".")[0], name, unit, icon, nature, sensitive, not whole, search)
