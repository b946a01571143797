"""Pictures and sounds for tests, made on the fly; each carries something that must not survive."""

import io
import math
import struct
import wave
import zlib
from typing import Any

import av
from av.audio.fifo import AudioFifo
from PIL import Image
from PIL.TiffImagePlugin import IFDRational

CANARY = b"CANARY-SONY-4711"
PLACE = "+34.4301+035.8302/"


def photo(width: int = 800, height: int = 600, *, orientation: int = 1, form: str = "JPEG") -> bytes:
    """A photo as a phone takes it: where, with what, when, a comment, a thumbnail's worth of notes, and something behind
    its end. The left half is red, so that one sees how it is turned."""
    picture = Image.new("RGB", (width, height), (0, 120, 0))
    picture.paste((200, 0, 0), (0, 0, width // 2, height))
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = exif[0x0110] = CANARY.decode()
    exif[0x8825] = {
        1: "N", 2: (IFDRational(34), IFDRational(25), IFDRational(48)), 3: "E", 4: (35, 49, 48), 29: CANARY.decode()
    }  # fmt: skip
    more: dict[str, Any] = {"comment": CANARY} if form == "JPEG" else {}
    out = io.BytesIO()
    picture.save(out, form, exif=exif, xmp=b"<x:xmpmeta>" + CANARY + b"</x:xmpmeta>", **more)
    return out.getvalue() + CANARY


def png_bomb(side: int = 50_000) -> bytes:
    """A PNG of a few thousand bytes that says it is 2.5 thousand million dots."""
    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    rows = zlib.compress(bytes(side + 1) * 40, 9)
    header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def wav(seconds: float, rate: int = 16_000) -> bytes:
    tone = b"".join(struct.pack("<h", int(9000 * math.sin(number / 9))) for number in range(rate // 10))
    out = io.BytesIO()
    with wave.open(out, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(rate)
        sound.writeframes((tone * math.ceil(seconds * 10))[: int(seconds * rate) * 2])
    return out.getvalue()


def sound(form: str, codec: str, seconds: float = 3, rate: int = 48_000, *, film: bool = False, live: bool = False) -> bytes:
    """A recording as a phone makes it, with where it was made and by whom; as a film with a picture too, if asked;
    ``live`` as a browser streams it, without a word on its length."""
    out = io.BytesIO()
    options = {"live": "1"} if live else {}
    with av.open(out, "w", format=form, container_options=options) as made, av.open(io.BytesIO(wav(seconds)), format="wav") as source:
        made.metadata.update({"title": CANARY.decode(), "location": PLACE, "artist": CANARY.decode()})
        if film:
            seen = made.add_stream("mpeg4", rate=5)
            seen.width = seen.height = 64
            seen.pix_fmt = "yuv420p"
        stream = made.add_stream(codec, rate=rate)
        stream.layout = "mono"
        if film:
            for number in range(int(seconds * 5)):
                frame = av.VideoFrame(64, 64, "yuv420p")
                frame.pts = number
                made.mux(seen.encode(frame))
            made.mux(seen.encode(None))
        held = AudioFifo()
        wanted = stream.codec_context.codec.audio_formats[0].name
        turned = av.AudioResampler(format=wanted, layout="mono", rate=rate)
        for frame in source.decode(audio=0):
            for part in turned.resample(frame):
                part.pts = None
                held.write(part)
        while (part := held.read(stream.codec_context.frame_size or 1024)) is not None:
            made.mux(stream.encode(part))
        made.mux(stream.encode(None))
    return out.getvalue()
