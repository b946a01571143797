"""Codes and links derived from an id with the server's key, so that nothing stored can be used to sign in."""

import base64
import hashlib
import hmac
import secrets
import uuid

from django.conf import settings

CODE_DIGITS = 6


def _mac(purpose: str, text: str) -> bytes:
    return hmac.new(settings.SECRET_KEY.encode(), f"{purpose}|{text}".encode(), hashlib.sha256).digest()


def code_of(attempt_id: uuid.UUID) -> str:
    """Return the six digits sent for a sign-in attempt."""
    number = int.from_bytes(_mac("sign-in code", str(attempt_id))[:8], "big")
    return str(number % 10**CODE_DIGITS).zfill(CODE_DIGITS)


def token_of(purpose: str, row_id: uuid.UUID) -> str:
    """Return a link token of 128 bits for a row: id and mac in one URL-safe text."""
    mac = _mac(purpose, str(row_id))[:16]
    return base64.urlsafe_b64encode(row_id.bytes + mac).decode().rstrip("=")


def read_token(purpose: str, token: str) -> uuid.UUID | None:
    """Return the id in a token that this server made, else None."""
    try:
        raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except ValueError:
        return None
    if len(raw) != 32:
        return None
    row_id = uuid.UUID(bytes=raw[:16])
    return row_id if hmac.compare_digest(_mac(purpose, str(row_id))[:16], raw[16:]) else None


def challenge_of(challenge_id: uuid.UUID) -> bytes:
    """Return the 32 bytes a passkey is asked to sign."""
    return _mac("passkey challenge", str(challenge_id))


def same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())


def new_token() -> tuple[str, bytes]:
    """Return a random secret to show once and the digest to keep."""
    token = secrets.token_urlsafe(32)
    return token, digest(token)


def digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
