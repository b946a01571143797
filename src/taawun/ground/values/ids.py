"""UUIDv7 identifiers (RFC 9562): sortable by time, made by the server or by an offline phone."""

import secrets
import time
import uuid


def new_id(unix_milliseconds: int | None = None) -> uuid.UUID:
    """Return a UUIDv7; the first 48 bits are the Unix time in milliseconds, the rest is random."""
    milliseconds = time.time_ns() // 1_000_000 if unix_milliseconds is None else unix_milliseconds
    value = (milliseconds & ((1 << 48) - 1)) << 80
    value |= 0x7 << 76
    value |= secrets.randbits(12) << 64
    value |= 0b10 << 62
    value |= secrets.randbits(62)
    return uuid.UUID(int=value)


def parse_id(text: object) -> uuid.UUID | None:
    """Return the UUID written in ``text``, or None when it is not one."""
    try:
        return uuid.UUID(str(text))
    except ValueError:
        return None
