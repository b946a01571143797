"""Making pictures and voice notes anew, each in a process of its own: what a decoder does wrong stays in there."""

import json
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any, Final

from taawun.ground.media import kinds
from taawun.ground.values.refusal import Refusal

PICTURE_BYTES_MAX: Final = 12_000_000
VOICE_BYTES_MAX: Final = 6_000_000
BYTES_MAX: Final = {kinds.PICTURE: PICTURE_BYTES_MAX, kinds.VOICE: VOICE_BYTES_MAX}
SECONDS_MAX: Final = 12.0
CHILD: Final = Path(__file__).with_name("child.py")
# A web process has eight threads; decoders in all of them at once would take the memory of a small machine.
_at_once = threading.BoundedSemaphore(2)


class Made:
    """What was made of a file: the kind, the bytes to keep, a small picture, and its measures."""

    __slots__ = ("content", "height", "kind", "milliseconds", "mime", "small", "width")

    def __init__(self, kind: str, told: dict[str, Any], parts: list[bytes]) -> None:
        self.kind = kind
        self.mime = str(told["mime"])
        self.content = parts[0]
        self.small = parts[1] if len(parts) > 1 else b""
        self.width, self.height = int(told.get("width", 0)), int(told.get("height", 0))
        self.milliseconds = int(told.get("milliseconds", 0))


def make_picture(data: bytes) -> Made:
    """Return a picture of at most 1600 pixels a side as JPEG, upright, with a small one; or refuse, field ``picture``."""
    if not data:
        raise Refusal("picture.empty", "picture")
    _refuse_large(kinds.PICTURE, len(data))
    # What is no picture at all is known without a process.
    name = kinds.picture_format(data)
    if name in {"", "heic", "svg"}:
        raise Refusal(f"picture.{name or 'unknown'}", "picture")
    return _made(kinds.PICTURE, data)


def make_voice(data: bytes) -> Made:
    """Return a voice note of at most a minute as Ogg Opus; or refuse, field ``voice``."""
    if not data:
        raise Refusal("voice.empty", "voice")
    _refuse_large(kinds.VOICE, len(data))
    if not kinds.voice_format(data):
        raise Refusal("voice.unknown", "voice")
    return _made(kinds.VOICE, data)


def _refuse_large(kind: str, size: int) -> None:
    if size > BYTES_MAX[kind]:
        raise too_many_bytes(kind)


def too_many_bytes(kind: str) -> Refusal:
    return Refusal(f"{kind}.too_many_bytes", kind, megabytes=BYTES_MAX[kind] // 1_000_000)


def _made(kind: str, data: bytes) -> Made:
    with _at_once:
        try:
            done = subprocess.run(
                # Alone with the standard library and the installed packages; no setting, key or address goes along.
                [sys.executable, "-I", str(CHILD), kind],
                input=data,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                timeout=SECONDS_MAX,
                env={"LANG": "C.UTF-8", "OMP_NUM_THREADS": "1"},
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise Refusal(f"{kind}.broken", kind) from None
    line, _, rest = done.stdout.partition(b"\n")
    if done.returncode != 0 or not line:
        # The process was ended by its limits or by a fault in a decoder: nothing of it is believed.
        raise Refusal(f"{kind}.broken", kind)
    told = json.loads(line)
    if "refused" in told:
        raise Refusal(str(told["refused"]), str(told["field"]), **told["facts"])
    parts: list[bytes] = []
    for length in told["parts"]:
        parts.append(rest[:length])
        rest = rest[length:]
    return Made(kind, told, parts)
