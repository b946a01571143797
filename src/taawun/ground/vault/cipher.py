"""AES-256-GCM over small values, keys wrapped by keys, and the blind index. Bytes in, bytes out; no database.

Envelope encryption: each subject (a person, an intent) has a data key of its own, wrapped by a master key that
lives outside the database. Rotating the master key re-wraps data keys and touches no value; throwing a data key
away makes every value sealed under it unreadable, wherever a copy of the ciphertext may lie.
"""

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
NONCE_BYTES = 12


class VaultError(Exception):
    """The sealed value, its key or its place does not fit: tampering, or the wrong key file."""


@dataclass(frozen=True, slots=True)
class KeyRing:
    """Master keys by id, the active one, and the key of the blind index."""

    active: str
    keys: Mapping[str, bytes]
    index: bytes

    def __post_init__(self) -> None:
        if self.active not in self.keys:
            raise VaultError(f"the active key {self.active} is not among the keys")
        for key in (*self.keys.values(), self.index):
            if len(key) != KEY_BYTES:
                raise VaultError(f"a vault key has {KEY_BYTES} bytes, not {len(key)}")


def load_key_ring(path: Path) -> KeyRing:
    """Read the key file: ``{"active": id, "keys": {id: base64}, "index": base64}``."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        keys = {str(name): base64.b64decode(key, validate=True) for name, key in content["keys"].items()}
        return KeyRing(str(content["active"]), keys, base64.b64decode(content["index"], validate=True))
    except FileNotFoundError:
        raise VaultError(f"the vault's key file {path} is missing; restore it from your backup") from None
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise VaultError(f"the vault's key file {path} is damaged: {error}") from None


def encrypt(key: bytes, plain: bytes, bound_to: bytes) -> bytes:
    """Return nonce and ciphertext; ``bound_to`` must be given again to open it."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plain, bound_to)


def decrypt(key: bytes, sealed: bytes, bound_to: bytes) -> bytes:
    try:
        return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], bound_to)
    except (InvalidTag, ValueError):
        raise VaultError("a sealed value does not open in this place with this key") from None


def new_key() -> bytes:
    return secrets.token_bytes(KEY_BYTES)


def wrap(ring: KeyRing, data_key: bytes, bound_to: bytes) -> tuple[str, bytes]:
    """Return the id of the master key used and the wrapped data key."""
    return ring.active, encrypt(ring.keys[ring.active], data_key, b"wrap|" + bound_to)


def unwrap(ring: KeyRing, key_id: str, wrapped: bytes, bound_to: bytes) -> bytes:
    if key_id not in ring.keys:
        raise VaultError(f"the vault's key {key_id} is not in the key file")
    return decrypt(ring.keys[key_id], wrapped, b"wrap|" + bound_to)


def blind_index(ring: KeyRing, purpose: str, value: str) -> bytes:
    """Return a keyed hash by which an exact value is found again without being stored."""
    return hmac.new(ring.index, f"{purpose}|{value}".encode(), hashlib.sha256).digest()
