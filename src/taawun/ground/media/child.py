"""The process in which strangers' files are decoded: little memory, little time, and no way to open anything.

Run as a script with ``picture`` or ``voice``; the file comes in on the standard input and what was made of it goes out
on the standard output: a line of JSON, then the bytes it announces.
"""

import contextlib
import json
import sys
from pathlib import Path

SECONDS_MAX = 8
MEMORY_MAX = 700 << 20


def confine() -> None:
    """From here on: no new file, no socket, no core file, and an end to memory and time.

    Three descriptors are open, and there will never be a fourth.
    """
    try:
        import resource
    except ImportError:  # no such limits on this system; the time limit of the parent is left
        return
    for what, most in (
        (resource.RLIMIT_CPU, SECONDS_MAX),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_DATA, MEMORY_MAX),
        (resource.RLIMIT_NOFILE, 3),
    ):
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(what, (most, most))


def answer(told: dict[str, object], *parts: bytes) -> None:
    out = sys.stdout.buffer
    out.write(json.dumps(told | {"parts": [len(part) for part in parts]}).encode() + b"\n")
    for part in parts:
        out.write(part)
    out.flush()


def main(kind: str) -> None:
    from taawun.ground.media import picture, voice
    from taawun.ground.values.refusal import Refusal

    (picture if kind == "picture" else voice).warm_up()
    data = sys.stdin.buffer.read()
    confine()
    try:
        if kind == "picture":
            seen = picture.make(data)
            answer({"width": seen.width, "height": seen.height, "mime": seen.mime}, seen.content, seen.small)
        else:
            heard = voice.make(data)
            answer({"milliseconds": heard.milliseconds, "mime": heard.mime}, heard.content)
    except Refusal as refusal:
        answer({"refused": refusal.code, "field": refusal.field, "facts": refusal.facts})


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[3]))
    main(sys.argv[1])
