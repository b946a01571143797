"""A circle's catalogue of kinds: the default one with the circle's own changes laid over it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.utils.translation import get_language

from taawun.community.circles import catalogue
from taawun.community.circles.catalogue.vocabulary import called_exactly
from taawun.community.circles.models import Circle
from taawun.ground.values.refusal import Refusal
from taawun.ground.words.clean import search_key


@dataclass(frozen=True, slots=True)
class CircleKind:
    """A kind as this circle knows it. ``name`` is in the active language; ``unit`` is a code of ``words.units``."""

    code: str
    group: str
    name: str
    unit: str
    icon: str
    nature: str
    sensitive: bool
    splittable: bool
    hidden: bool = False
    search: str = ""


def _own_name(names: Mapping[str, str]) -> str:
    language = get_language() or "en"
    return names.get(language) or names.get("en") or next(iter(names.values()), "")


def _default(kind: catalogue.Kind) -> CircleKind:
    return CircleKind(
        kind.code, kind.group, str(kind.name), kind.unit, kind.icon, kind.nature, kind.sensitive, kind.splittable,
        search=" ".join(kind.search),
    )


def _changed(code: str, change: Mapping[str, object]) -> CircleKind:
    base = catalogue.BY_CODE.get(code)
    kind = _default(base) if base else CircleKind(code, "own", code, "piece", "box", "good", False, True)
    fields = {key: value for key, value in change.items() if key in {"unit", "icon", "sensitive", "hidden", "splittable"}}
    names = change.get("name")
    if isinstance(names, dict) and names:
        fields["name"] = _own_name(names)
        fields["search"] = f"{kind.search} {' '.join(str(one) for one in names.values())}"
    return replace(kind, **fields)  # type: ignore[arg-type]


def find(circle: Circle, code: str) -> CircleKind:
    """Return a kind, hidden ones too (old intents still name them), or refuse."""
    change = circle.kind_changes.get(code)
    if change is not None:
        return _changed(code, change)
    base = catalogue.BY_CODE.get(code)
    if base is None:
        raise Refusal("kind.unknown", "kind")
    return _default(base)


def shown(circle: Circle, code: str) -> CircleKind:
    """Return a kind for showing: an unknown code of an old import still has its code as name."""
    try:
        return find(circle, code)
    except Refusal:
        return _changed(code, {})


def all_of(circle: Circle) -> list[CircleKind]:
    """Return every kind, hidden ones too, in the order of the catalogue's groups, the circle's own last."""
    codes = [kind.code for kind in catalogue.ALL]
    own = [code for code in circle.kind_changes if code not in catalogue.BY_CODE]
    return [find(circle, code) for code in (*codes, *own)]


def offered(circle: Circle) -> list[CircleKind]:
    """Return every kind people can choose."""
    return [kind for kind in all_of(circle) if not kind.hidden]


def read(circle: Circle, text: str) -> CircleKind:
    """Return the kind with this code or name, or the one that people call exactly so in one of the nine languages."""
    text = text.strip()
    if text in circle.kind_changes or text in catalogue.BY_CODE:
        kind = find(circle, text)
        if not kind.hidden:
            return kind
    wanted = search_key(text)
    for kind in offered(circle):
        names = [kind.name, *kind.search.split()] if " " not in wanted else [kind.name]
        if wanted and wanted in {search_key(name) for name in names}:
            return kind
    called = [code for code in called_exactly(text) if not find(circle, code).hidden]
    if len(called) == 1:
        return find(circle, called[0])
    found = catalogue.search(text, get_language() or "en")
    if len(found) == 1 or (found and search_key(str(found[0].name)) == wanted):
        return find(circle, found[0].code)
    raise Refusal("kind.unknown", "kind")
