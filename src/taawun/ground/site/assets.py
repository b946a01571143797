"""Builds what every page loads, from the sources beside this file: one style sheet, one script, htmx, one sprite of icons.

File names carry a hash of their content, so a browser may keep them for ever; brotli and gzip twins lie beside each file, so
serving costs no compression.
"""

import gzip
import hashlib
import json
import os
import re
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

import brotli  # type: ignore[import-untyped]
from django.conf import settings

from taawun.ground.site.icons import ICONS
from taawun.ground.site.sprite import sprite

HERE: Final = Path(__file__).resolve().parent
MANIFEST: Final = "manifest.json"
HASH_LENGTH: Final = 12

# The order is the cascade: later layers may overrule earlier ones. `@layer` itself would hide every rule from browsers before 2022.
STYLE_LAYERS: Final = ("tokens", "base", "parts", "rooms")
SCRIPTS: Final = ("forms", "live")
# Only loaded by the pages that name them.
PAGE_SCRIPTS: Final = ("passkeys", "talk", "carry", "rounds")
PAGE_STYLES: Final = ("talk", "sheet", "carry", "rounds")


def build(static_root: Path) -> None:
    """Writes every asset and the manifest of their names. A second run with the same sources changes nothing."""
    static_root.mkdir(parents=True, exist_ok=True)
    names = {name: _write(static_root, name, content) for name, content in _simple_assets().items()}
    manifest = _web_manifest(names["mark.svg"])
    names["manifest.webmanifest"] = _write(static_root, "manifest.webmanifest", manifest)
    # Last, so that whoever finds the manifest finds every file it names.
    _replace(static_root / MANIFEST, json.dumps(names, indent=1, sort_keys=True).encode())
    _names.cache_clear()


def asset_url(name: str) -> str:
    """The address of an asset by its plain name. Where nothing was built yet, as in tests, the first call builds."""
    names = _names(str(settings.STATIC_ROOT or _passing_root()))
    if name not in names:
        raise LookupError(f"no asset is called {name!r}; there are: {', '.join(sorted(names))}")
    return f"{settings.STATIC_URL}{names[name]}"


@cache
def _passing_root() -> str:
    return tempfile.mkdtemp(prefix="taawun-static-")


@cache
def _names(static_root: str) -> Mapping[str, str]:
    root = Path(static_root)
    if settings.DEBUG or not (root / MANIFEST).exists():
        build(root)
    found: dict[str, str] = json.loads((root / MANIFEST).read_text("utf-8"))
    return found


def _simple_assets() -> dict[str, bytes]:
    return {
        "taawun.css": style_sheet().encode(),
        "taawun.js": script().encode(),
        "htmx.js": (HERE / "vendor/htmx/htmx.min.js").read_bytes(),
        "icons.svg": icon_sprite().encode(),
        "mark.svg": (HERE / "pictures/mark.svg").read_bytes(),
        **{f"{name}.css": page_style(name).encode() for name in PAGE_STYLES},
        **{f"{name}.js": page_script(name).encode() for name in PAGE_SCRIPTS},
    }


def style_sheet() -> str:
    """All layers in order, without what only people read."""
    sources = "\n".join((HERE / "styles" / f"{layer}.css").read_text("utf-8") for layer in STYLE_LAYERS)
    return _smaller_style(sources)


def script() -> str:
    """Our own scripts, each in a scope of its own."""
    return "\n".join(_smaller_script((HERE / "scripts" / f"{name}.js").read_text("utf-8")) for name in SCRIPTS)


def page_style(name: str) -> str:
    """A sheet that one page needs, made of the same tokens."""
    return _smaller_style((HERE / "styles" / f"{name}.css").read_text("utf-8"))


def page_script(name: str) -> str:
    """A script that one page needs."""
    return _smaller_script((HERE / "scripts" / f"{name}.js").read_text("utf-8"))


def icon_sprite() -> str:
    """A symbol for every drawing in use. Opened as a picture it shows the mark, so the browser's tab needs no file of its own."""
    drawings = {drawing: HERE / "vendor/icons" / f"{drawing}.svg" for drawing in sorted(set(ICONS.values()))}
    mark = (HERE / "pictures/mark.svg").read_text("utf-8")
    picture = re.sub(r"<svg[^>]*>|</svg>|\n\s*", "", mark)
    view = re.search(r'viewBox="([^"]+)"', mark)
    if view is None:
        raise ValueError("pictures/mark.svg has no viewBox")
    return (
        sprite(drawings).replace("<svg ", f'<svg viewBox="{view.group(1)}" ', 1).replace("</svg>", f"{picture}</svg>")
    )


def _web_manifest(mark_name: str) -> bytes:
    """What a phone needs to put Taawun on its home screen."""
    described = {
        "name": "Taawun",
        "short_name": "Taawun",
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": "#f1f4f0",
        "theme_color": "#0b5d51",
        "icons": [
            {"src": f"{settings.STATIC_URL}{mark_name}", "sizes": "any", "type": "image/svg+xml", "purpose": "any"}
        ],
    }
    return json.dumps(described, separators=(",", ":")).encode()


def _smaller_style(source: str) -> str:
    without_comments = re.sub(r"/\*.*?\*/", "", source, flags=re.DOTALL)
    one_line = re.sub(r"\s+", " ", without_comments)
    # Spaces matter around + and - in calc() and between selectors, so only the signs that never need them lose theirs.
    tight = re.sub(r"\s*([{};,>])\s*", r"\1", one_line)
    return re.sub(r":\s+", ":", tight).replace(";}", "}").strip() + "\n"


def _smaller_script(source: str) -> str:
    """Without comment lines and indentation. Anything cleverer would need a parser to be safe, and compression does the rest."""
    lines = (line.strip() for line in source.splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("//"))


def _write(root: Path, name: str, content: bytes) -> str:
    stem, _, ending = name.rpartition(".")
    hashed = f"{stem}.{hashlib.sha256(content).hexdigest()[:HASH_LENGTH]}.{ending}"
    for path, data in (
        (root / hashed, content),
        (root / f"{hashed}.gz", gzip.compress(content, 9, mtime=0)),
        (root / f"{hashed}.br", brotli.compress(content)),
    ):
        if not path.exists():
            _replace(path, data)
    return hashed


def _replace(path: Path, data: bytes) -> None:
    """Whole or not at all: two processes may build at the same time, and a server may be reading."""
    handle, waiting = tempfile.mkstemp(dir=path.parent, prefix=".building-")
    with os.fdopen(handle, "wb") as file:
        file.write(data)
    os.chmod(waiting, 0o644)
    os.replace(waiting, path)
