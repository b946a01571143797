"""What a file really is, by its first bytes. Its name and what a browser says of it count for nothing."""

from typing import Final

PICTURE: Final = "picture"
VOICE: Final = "voice"

# Where the drawing formats of iPhones and new cameras name themselves, inside the same box as sounds and films do.
_HEIC_BRANDS: Final = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})
_AVIF_BRANDS: Final = frozenset({b"avif", b"avis"})


def picture_format(data: bytes) -> str:
    """Return the name of a picture's format (as the decoder calls it), ``heic``, ``svg``, or nothing."""
    start = data[:32]
    if start.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if start.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if start[:4] == b"RIFF" and start[8:12] == b"WEBP":
        return "WEBP"
    if start.startswith((b"GIF87a", b"GIF89a")):
        return "GIF"
    if start.startswith(b"BM") and len(data) > 26:
        return "BMP"
    if start[4:8] == b"ftyp":
        if start[8:12] in _AVIF_BRANDS:
            return "AVIF"
        return "heic" if start[8:12] in _HEIC_BRANDS else ""
    return "svg" if _is_svg(data) else ""


def _is_svg(data: bytes) -> bool:
    head = data[:1000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return head.startswith(b"<") and b"<svg" in head


def voice_format(data: bytes) -> str:
    """Return the name of the reader for a sound (or a film with sound), or nothing."""
    start = data[:16]
    if start.startswith(b"\x1aE\xdf\xa3"):
        return "matroska"
    if start[4:8] == b"ftyp":
        return "mov"
    if start.startswith(b"OggS"):
        return "ogg"
    if start[:4] == b"RIFF" and start[8:12] == b"WAVE":
        return "wav"
    if start.startswith(b"#!AMR"):
        return "amr"
    if start.startswith(b"fLaC"):
        return "flac"
    if start.startswith(b"caff"):
        return "caf"
    if start.startswith(b"ID3"):
        return "mp3"
    if len(start) > 1 and start[0] == 0xFF:
        # Both begin with eleven or twelve ones; the two bits after tell raw AAC from MP3.
        return "aac" if start[1] & 0xF6 == 0xF0 else "mp3" if start[1] & 0xE0 == 0xE0 and start[1] & 0x06 else ""
    return ""


def ogg_is_whole(data: bytes) -> bool:
    """Return whether the last page of an Ogg file is all there: one that was cut off on the way sounds whole."""
    start = data.rfind(b"OggS")
    if start < 0 or start + 27 > len(data):
        return False
    sizes = data[start + 27 : start + 27 + data[start + 26]]
    return start + 27 + len(sizes) + sum(sizes) <= len(data)
