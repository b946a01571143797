"""Cuts the vendored drawings down to one sprite: every drawing becomes a single path on a 24-unit grid, which halves what a phone must fetch."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final
from xml.etree import ElementTree

NAMESPACE: Final = "{http://www.w3.org/2000/svg}"

# How many numbers each path command takes, and which of them are the one-character flags of an arc.
ARITY: Final = {"m": 2, "l": 2, "h": 1, "v": 1, "c": 6, "s": 4, "q": 4, "t": 2, "a": 7, "z": 0}
ARC_FLAGS: Final = (3, 4)
NUMBER: Final = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
SPACE: Final = re.compile(r"[\s,]*")


class UnknownDrawing(ValueError):
    """A drawing holds something the sprite cannot carry."""


def sprite(drawings: Mapping[str, Path], decimals: int = 1) -> str:
    """One SVG document with a symbol for every name. Stroke and fill come from the page's own style sheet."""
    symbols = "".join(
        f'<symbol id="{name}" viewBox="0 0 24 24"><path d="{one_path(path.read_text("utf-8"), decimals)}"/></symbol>'
        for name, path in drawings.items()
    )
    return f'<svg xmlns="http://www.w3.org/2000/svg">{symbols}</svg>\n'


def one_path(svg: str, decimals: int) -> str:
    """The whole drawing as the data of one path."""
    # The files are our own vendored copies, so the parser meets no hostile document.
    root = ElementTree.fromstring(svg)
    return "".join(_packed(_path_data(shape), decimals) for shape in root)


def _path_data(shape: ElementTree.Element) -> str:
    tag = shape.tag.removeprefix(NAMESPACE)

    def at(name: str, default: float = 0.0) -> float:
        return float(shape.get(name, default))

    if tag == "path":
        return shape.attrib["d"]
    if tag == "line":
        return f"M{at('x1')} {at('y1')}L{at('x2')} {at('y2')}"
    if tag == "circle":
        return _ellipse(at("cx"), at("cy"), at("r"), at("r"))
    if tag == "ellipse":
        return _ellipse(at("cx"), at("cy"), at("rx"), at("ry"))
    if tag in {"polyline", "polygon"}:
        return "M" + shape.attrib["points"] + ("z" if tag == "polygon" else "")
    if tag == "rect":
        corner = at("rx", at("ry"))
        return _rectangle(at("x"), at("y"), at("width"), at("height"), corner)
    raise UnknownDrawing(f"the sprite cannot carry <{tag}>")


def _ellipse(x: float, y: float, rx: float, ry: float) -> str:
    half = f"a{rx} {ry} 0 1 0 "
    return f"M{x - rx} {y}{half}{2 * rx} 0{half}{-2 * rx} 0"


def _rectangle(x: float, y: float, width: float, height: float, corner: float) -> str:
    if corner == 0:
        return f"M{x} {y}h{width}v{height}h{-width}z"
    arc = f"a{corner} {corner} 0 0 1 "
    across, down = width - 2 * corner, height - 2 * corner
    return (
        f"M{x + corner} {y}h{across}{arc}{corner} {corner}v{down}{arc}{-corner} {corner}"
        f"h{-across}{arc}{-corner} {-corner}v{-down}{arc}{corner} {-corner}z"
    )


def _packed(data: str, decimals: int) -> str:
    """The same path in fewer characters: every step relative to where the pen really stands after rounding, so that errors never add up."""
    meant, drawn = [0.0, 0.0], [0.0, 0.0]
    meant_start, drawn_start = [0.0, 0.0], [0.0, 0.0]
    written: list[str] = []
    previous = ""
    for command, numbers in _segments(data):
        letter = command.lower()
        if letter == "z":
            meant, drawn = list(meant_start), list(drawn_start)
            written.append("z")
            previous = "z"
            continue
        base = meant if command.islower() else [0.0, 0.0]
        steps = list(numbers)
        axes = _axes(letter)
        for place, axis in axes:
            steps[place] = round(base[axis] + numbers[place] - drawn[axis], decimals)
        for place, axis in axes[-2:]:
            meant[axis] = base[axis] + numbers[place]
            drawn[axis] += steps[place]
        if letter == "m":
            meant_start, drawn_start = list(meant), list(drawn)
            # The first move of a drawing's part is absolute, so that parts can follow one another in one path.
            letter = "M" if not previous else "m"
        text = _joined(steps, letter == "a", decimals)
        repeats = letter == previous and letter != "m"
        written.append(text if repeats and text.startswith("-") else f" {text}" if repeats else letter + text)
        previous = letter
    return "".join(written)


def _axes(letter: str) -> list[tuple[int, int]]:
    """Which of a command's numbers are coordinates, and along which axis; the last ones are where the pen comes to rest."""
    if letter in "hv":
        return [(0, "hv".index(letter))]
    first = 5 if letter == "a" else 0
    return [(place, (place - first) % 2) for place in range(first, ARITY[letter])]


def _segments(data: str) -> Iterator[tuple[str, list[float]]]:
    """Each command with its numbers, one repetition at a time. Flags of an arc may be written without a space between them."""
    position, command = 0, ""
    while (position := _skip(data, position)) < len(data):
        if data[position].isalpha():
            command, position = data[position], position + 1
        numbers: list[float] = []
        for place in range(ARITY[command.lower()]):
            position = _skip(data, position)
            if command.lower() == "a" and place in ARC_FLAGS:
                numbers.append(float(data[position]))
                position += 1
                continue
            found = NUMBER.match(data, position)
            if found is None:
                raise UnknownDrawing(f"a path stops short at {data[position : position + 12]!r}")
            numbers.append(float(found.group()))
            position = found.end()
        yield command, numbers
        # Further pairs after a move are lines.
        command = {"m": "l", "M": "L"}.get(command, command)


def _skip(data: str, position: int) -> int:
    found = SPACE.match(data, position)
    return position if found is None else found.end()


def _joined(numbers: list[float], arc: bool, decimals: int) -> str:
    written = ""
    for place, number in enumerate(numbers):
        digits = f"{number:.{decimals}f}".rstrip("0").rstrip(".").replace("-0.", "-.")
        digits = {"-0": "0", "-.": "0", "": "0"}.get(digits, digits)
        if digits.startswith("0."):
            digits = digits[1:]
        # A minus sign separates by itself; an arc's flags keep their spaces, which every renderer understands.
        needs_space = place > 0 and not (digits.startswith("-") and not (arc and place in ARC_FLAGS))
        written += (" " if needs_space else "") + digits
    return written
