"""The style sheet in both directions of writing, both schemes, and old browsers."""

import re
from itertools import product

import pytest

from taawun.ground.site import assets

LAYERS = {layer: (assets.HERE / "styles" / f"{layer}.css").read_text() for layer in assets.STYLE_LAYERS}
SHEET = assets.style_sheet()
SIDED = re.compile(r"(?:margin|padding|inset|border-(?:width|color|style)|scroll-padding|scroll-margin):([^;}]+)")


def physical_sides(css: str) -> list[str]:
    """Everything in a sheet that would stay on its side when the page is mirrored."""
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    found = re.findall(r"[^;{}]*\b(?:left|right)\b[^;{}]*", css)
    for value in SIDED.findall(re.sub(r":\s+", ":", css)):
        words = re.findall(r"(?:calc|var)\((?:[^()]|\([^()]*\))*\)|\S+", value.strip())
        if len(words) == 4 and words[1] != words[3]:
            found.append(value)
    for value in re.findall(r"border-radius:\s*([^;}]+)", css):
        for corners in value.split("/"):
            words = corners.split()
            if len(words) == 4 and (words[0] != words[1] or words[2] != words[3]):
                found.append(value)
    return found


@pytest.mark.parametrize("layer", LAYERS)
def test_no_rule_names_a_side(layer: str) -> None:
    assert physical_sides(LAYERS[layer]) == []


@pytest.mark.parametrize(
    "rule",
    [
        "a { margin-left: 1px }",
        "a { text-align: right }",
        "a { padding: 1px 2px 3px 4px }",
        "a { margin: 0 var(--s1) 0 calc(1px + (2px * 3)) }",
        "a { float: left }",
        "a { border-radius: 1px 0 0 1px }",
    ],
)
def test_the_check_for_sides_finds_them(rule: str) -> None:
    assert physical_sides(rule)


def test_the_check_for_sides_lets_symmetry_pass() -> None:
    assert physical_sides("a { margin: 0 1px 2px 1px; border-radius: 1px 1px 2px 2px / 3px 3px 0 0 } /* left */") == []


@pytest.mark.parametrize("modern", [":has(", "@layer", "light-dark(", "oklch(", "color-mix(", "&", ":is(", ":where("])
def test_rules_are_understood_by_old_browsers(modern: str) -> None:
    assert modern not in SHEET


def test_nothing_is_fetched_from_elsewhere() -> None:
    assert not re.search(r"url\(|@import|@font-face", SHEET)


def test_rules_name_no_colour_that_is_no_token() -> None:
    for layer in ("base", "parts", "rooms"):
        assert re.findall(r"#[0-9a-fA-F]{3,8}\b|rgba?\(|hsla?\(", LAYERS[layer]) == []


def test_every_token_used_is_defined() -> None:
    assert set(re.findall(r"var\((--[\w-]+)", SHEET)) <= set(re.findall(r"(--[\w-]+):", LAYERS["tokens"]))


def tokens(scheme: str) -> dict[str, str]:
    light, _, dark = LAYERS["tokens"].partition("@media")
    found = dict(re.findall(r"(--[\w-]+):\s*(#[0-9a-f]+)", light))
    return found | (dict(re.findall(r"(--[\w-]+):\s*(#[0-9a-f]+)", dark)) if scheme == "dark" else {})


def luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    digits = "".join(digit * 2 for digit in digits) if len(digits) == 3 else digits
    channels = (int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


HUES = ("pine", "gold", "brick", "sea")
WORDS_ON_PAPER = [*product(("--ink", "--soft"), ("--page", "--sheet", "--sunk"))]
WORDS_ON_TINTS = [(f"--{word}", f"--{hue}-tint") for hue in HUES for word in (f"{hue}-word", "ink")]
INK_ON_HUES = [(f"--{hue}-ink", f"--{hue}") for hue in HUES]
COLOURED_WORDS = [*product(("--pine-word", "--brick-word"), ("--page", "--sheet"))]
PAIRS = WORDS_ON_PAPER + WORDS_ON_TINTS + INK_ON_HUES + COLOURED_WORDS + [("--pine-ink", "--pine-deep")]


def test_contrast_is_computed_as_the_guidelines_do() -> None:
    assert contrast("#000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#fff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("words", "ground"), PAIRS)
def test_words_can_be_read(scheme: str, words: str, ground: str) -> None:
    named = tokens(scheme)
    assert contrast(named[words], named[ground]) >= 4.5


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    ("mark", "ground"),
    [
        ("--edge", "--sheet"),
        ("--edge", "--page"),
        ("--focus", "--page"),
        ("--focus", "--sheet"),
        ("--brick", "--sheet"),
    ],
)
def test_edges_and_focus_can_be_seen(scheme: str, mark: str, ground: str) -> None:
    named = tokens(scheme)
    assert contrast(named[mark], named[ground]) >= 3
