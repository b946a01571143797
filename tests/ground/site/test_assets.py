"""What a phone must fetch: complete, small, unchanged by others, and named by its content."""

import gzip
import hashlib
import json
import re
from pathlib import Path
from xml.etree import ElementTree

import brotli
import pytest
from django.test import override_settings

from taawun.ground.site import assets, sprite
from taawun.ground.site.icons import DIRECTIONAL, ICONS

VENDOR = assets.HERE / "vendor"
SVG = "{http://www.w3.org/2000/svg}"
CORE = ("taawun.css", "taawun.js", "htmx.js", "icons.svg")


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("static")
    assets.build(path)
    return path


@pytest.fixture(scope="module")
def names(root: Path) -> dict[str, str]:
    found: dict[str, str] = json.loads((root / assets.MANIFEST).read_text())
    return found


def test_every_name_carries_the_hash_of_its_content(root: Path, names: dict[str, str]) -> None:
    assert set(CORE) < set(names)
    for plain, hashed in names.items():
        content = (root / hashed).read_bytes()
        stem, _, ending = plain.rpartition(".")
        assert hashed == f"{stem}.{hashlib.sha256(content).hexdigest()[:12]}.{ending}"


def test_every_file_has_its_compressed_twins(root: Path, names: dict[str, str]) -> None:
    for hashed in names.values():
        content = (root / hashed).read_bytes()
        assert gzip.decompress((root / f"{hashed}.gz").read_bytes()) == content
        assert brotli.decompress((root / f"{hashed}.br").read_bytes()) == content


def test_building_twice_changes_nothing(root: Path) -> None:
    before = {path.name: path.read_bytes() for path in root.iterdir()}
    assets.build(root)
    assert {path.name: path.read_bytes() for path in root.iterdir()} == before


def test_a_first_visit_stays_within_its_budget(root: Path, names: dict[str, str]) -> None:
    brotli_bytes = {name: (root / f"{names[name]}.br").stat().st_size for name in CORE}
    gzip_bytes = {name: (root / f"{names[name]}.gz").stat().st_size for name in CORE}
    # 40 KB for a first visit, of which 13 are left to the page itself.
    assert sum(brotli_bytes.values()) <= 30_000, brotli_bytes
    assert gzip_bytes["taawun.css"] <= 10_000
    assert gzip_bytes["icons.svg"] <= 9_000
    assert brotli_bytes["taawun.js"] <= 4_000


@pytest.mark.parametrize(
    "later", [r"\?\.[a-zA-Z(\[]", r"\?\?", r"\.\.\.", r"catch\s*\{", r"for await", r"\bimport\b", r"\beval\b"]
)
def test_our_script_is_understood_by_a_phone_of_2017(later: str) -> None:
    code = re.sub(r"'(?:[^'\\]|\\.)*'", "''", assets.script())
    assert not re.search(later, code)


def test_the_vendored_files_are_the_recorded_ones() -> None:
    recorded = dict(reversed(line.split("  ", 1)) for line in (VENDOR / "SHA256SUMS").read_text().splitlines())
    own = {"SHA256SUMS", "README.md"}
    found = {
        path.relative_to(VENDOR).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in VENDOR.rglob("*")
        if path.is_file() and path.name not in own
    }
    assert found == recorded
    assert {"htmx/LICENSE", "icons/LICENSE"} < set(found)


def test_every_icon_is_in_the_sprite_and_nothing_else_is() -> None:
    document = ElementTree.fromstring(assets.icon_sprite())
    symbols = {symbol.attrib["id"] for symbol in document.iter(f"{SVG}symbol")}
    assert symbols == set(ICONS.values())
    assert set(ICONS) >= DIRECTIONAL
    drawings = {path.stem for path in (VENDOR / "icons").glob("*.svg")}
    assert drawings == set(ICONS.values()), "a drawing is vendored that no icon uses, or the other way round"


def test_opened_as_a_picture_the_sprite_shows_the_mark() -> None:
    document = ElementTree.fromstring(assets.icon_sprite())
    assert [child.tag for child in document if child.tag != f"{SVG}symbol"] == [f"{SVG}path", f"{SVG}path"]


@pytest.mark.parametrize(
    ("drawing", "expected"),
    [
        ('<path d="m1 2 3 4"/>', "M1 2l3 4"),
        ('<path d="M1 1h2M5 5v2"/>', "M1 1h2m2 4v2"),
        ('<line x1="1" y1="2" x2="3" y2="4"/>', "M1 2l2 2"),
        ('<rect x="2" y="3" width="4" height="5"/>', "M2 3h4v5h-4z"),
        ('<polygon points="1,1 2,3 4,1"/>', "M1 1l1 2 2-2z"),
        ('<circle cx="12" cy="12" r="2"/>', "M10 12a2 2 0 1 0 4 0 2 2 0 1 0-4 0"),
        # Flags of an arc may stand without a space between them.
        ('<path d="M4 4a1 1 0 00.5 1.2"/>', "M4 4a1 1 0 0 0 .5 1.2"),
        # A hundred steps of 0.04 are four, though each alone would round to nothing.
        (f'<path d="M0 0{"l.04 0" * 100}h1"/>', None),
    ],
)
def test_drawings_keep_their_shape_in_fewer_characters(drawing: str, expected: str | None) -> None:
    packed = sprite.one_path(f'<svg xmlns="http://www.w3.org/2000/svg">{drawing}</svg>', decimals=1)
    if expected is not None:
        assert packed == expected
    else:
        steps = [float(step) for step in re.findall(r"[ l](-?[.\d]+) 0", packed)]
        assert sum(steps) == pytest.approx(4.0, abs=0.05)


def test_a_drawing_the_sprite_cannot_carry_is_refused() -> None:
    with pytest.raises(sprite.UnknownDrawing, match="<text>"):
        sprite.one_path('<svg xmlns="http://www.w3.org/2000/svg"><text>a</text></svg>', 1)
    with pytest.raises(sprite.UnknownDrawing, match="stops short"):
        sprite.one_path('<svg xmlns="http://www.w3.org/2000/svg"><path d="M1 1l2"/></svg>', 1)


def test_the_first_address_asked_for_builds(tmp_path: Path) -> None:
    with override_settings(STATIC_ROOT=tmp_path / "static", STATIC_URL="/static/"):
        address = assets.asset_url("taawun.css")
        assert (tmp_path / "static" / address.removeprefix("/static/")).is_file()
        with pytest.raises(LookupError, match="no asset is called 'nothing.css'"):
            assets.asset_url("nothing.css")


def test_the_web_manifest_points_to_a_file_that_exists(root: Path, names: dict[str, str]) -> None:
    described = json.loads((root / names["manifest.webmanifest"]).read_text())
    for entry in described["icons"]:
        assert (root / Path(entry["src"]).name).is_file()
