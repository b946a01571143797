"""A picture made anew from what was sent: upright, small, and with nothing in it but what can be seen.

Runs in a process of its own (``child``), because decoders are large programs in C that read what strangers send. No
Django, no database, no file: bytes in, bytes out. What is refused before decoding costs no memory.
"""

import io
import warnings
from dataclasses import dataclass
from typing import Final

from PIL import Image, ImageCms, ImageFile, ImageOps

from taawun.ground.media import kinds
from taawun.ground.values.refusal import Refusal

SIDE_MAX: Final = 1600
SMALL_SIDE_MAX: Final = 240
BYTES_WANTED: Final = 300_000
SMALL_BYTES_MAX: Final = 8_000
SIDE_SENT_MAX: Final = 30_000
PIXELS_MAX: Final = 25_000_000
# A JPEG is decoded at a half, a quarter or an eighth of its size, so that a phone's largest costs no more than a small one.
PIXELS_JPEG_MAX: Final = 220_000_000
QUALITIES: Final = (82, 72, 60, 48, 36)
MIME: Final = "image/jpeg"
PAPER: Final = (255, 255, 255)


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as it is kept: JPEG, because every phone of the last twenty years shows and forwards it."""

    content: bytes
    small: bytes
    width: int
    height: int
    mime: str = MIME


def warm_up() -> None:
    """Load every decoder now: afterwards this process may open no file any more."""
    Image.init()
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    # Our own measure, told as a refusal, stands in front of the library's.
    Image.MAX_IMAGE_PIXELS = None
    ImageCms.createProfile("sRGB")
    warnings.simplefilter("ignore")


def make(data: bytes) -> Picture:
    """Return the picture made anew, or a refusal that says what would be right."""
    name = kinds.picture_format(data)
    if name == "heic":
        raise Refusal("picture.heic", "picture")
    if name == "svg":
        raise Refusal("picture.svg", "picture")
    if not name:
        raise Refusal("picture.unknown", "picture")
    try:
        with Image.open(io.BytesIO(data), formats=[name]) as opened:
            return _made(opened)
    except MemoryError:
        raise Refusal("picture.too_large", "picture", megapixels=PIXELS_MAX // 1_000_000) from None
    except (OSError, SyntaxError, ValueError, EOFError, TypeError, IndexError, KeyError, OverflowError):
        # A decoder's words for "this is damaged" are many.
        raise Refusal("picture.broken", "picture") from None


def _made(opened: Image.Image) -> Picture:
    width, height = opened.size
    is_jpeg = opened.format in {"JPEG", "MPO"}
    most = PIXELS_JPEG_MAX if is_jpeg else PIXELS_MAX
    if width * height > most or max(width, height) > SIDE_SENT_MAX:
        raise Refusal("picture.too_large", "picture", megapixels=most // 1_000_000)
    if is_jpeg:
        opened.draft(None, (SIDE_MAX, SIDE_MAX))
    # Of a film of pictures the first is taken.
    opened.seek(0)
    opened.load()
    profile = opened.info.get("icc_profile")
    orientation = opened.getexif().get(0x0112, 1)
    plain = _flat(opened)
    plain.thumbnail((SIDE_MAX, SIDE_MAX), Image.Resampling.LANCZOS)
    plain = _upright(_in_common_colours(plain, profile), orientation)
    content = _written(plain, BYTES_WANTED, SIDE_MAX)
    small = plain.copy()
    small.thumbnail((SMALL_SIDE_MAX, SMALL_SIDE_MAX), Image.Resampling.LANCZOS)
    return Picture(content, _written(small, SMALL_BYTES_MAX, SMALL_SIDE_MAX), plain.width, plain.height)


def _flat(opened: Image.Image) -> Image.Image:
    """Return a new picture of eight bits a colour without transparency; what shines through is white paper."""
    if opened.mode.startswith("I") or opened.mode == "F":
        # Sixteen bits of grey; dividing keeps the picture where cutting off would whiten it.
        opened = opened.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    if opened.mode in {"RGBA", "LA", "PA", "RGBa", "La"} or "transparency" in opened.info:
        seen = opened.convert("RGBA")
        paper = Image.new("RGB", seen.size, PAPER)
        paper.paste(seen, mask=seen.getchannel("A"))
        return paper
    fresh = Image.new("CMYK" if opened.mode == "CMYK" else "RGB", opened.size)
    fresh.paste(opened if opened.mode in {"RGB", "CMYK"} else opened.convert("RGB"))
    return fresh


def _in_common_colours(plain: Image.Image, profile: object) -> Image.Image:
    """Return the picture in the colours every screen knows. A profile that can't be read is left out."""
    if isinstance(profile, bytes) and 0 < len(profile) < 1_000_000:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            target = ImageCms.createProfile("sRGB")
            turned = ImageCms.profileToProfile(plain, source, target, outputMode="RGB")
            if turned is not None:
                plain = turned
        except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
            pass
    if plain.mode != "RGB":
        plain = plain.convert("RGB")
    # A picture of its own: whatever the old one carried along stays behind.
    clean = Image.new("RGB", plain.size)
    clean.paste(plain)
    return clean


def _upright(plain: Image.Image, orientation: object) -> Image.Image:
    """Turn the picture as its camera was held, because the note that says so is not kept."""
    turns = {
        2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_270, 7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_90,
    }  # fmt: skip
    turn = turns.get(orientation) if isinstance(orientation, int) else None
    return plain.transpose(turn) if turn is not None else plain


def _written(plain: Image.Image, bytes_max: int, side: int) -> bytes:
    """Return the picture as JPEG in at most so many bytes: first coarser, then smaller."""
    while True:
        for quality in QUALITIES:
            out = io.BytesIO()
            plain.save(out, "JPEG", quality=quality, optimize=True, progressive=True)
            if out.tell() <= bytes_max:
                return out.getvalue()
        side = side * 3 // 4
        plain = ImageOps.contain(plain, (side, side), Image.Resampling.LANCZOS)
