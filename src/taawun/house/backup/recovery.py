"""The recovery code: the private half of a key pair, written on paper. Only the public half stays on the machine.

So the machine can make backups by itself every night, and neither a stolen backup nor the stolen machine opens one.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from taawun.house import keys
from taawun.house.trouble import Trouble

# Crockford's digits: no I, L, O or U, so that what is read aloud or from paper is not mistaken.
DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_READ_AS = str.maketrans("ILOU", "110V")
KEY_BYTES = 32
CHECK_BYTES = 3
CODE_LENGTH = 56
GROUP = 4


def public_file(data: Path) -> Path:
    return keys.folder(data) / "recovery.pub"


def public_key(data: Path) -> X25519PublicKey | None:
    """The key backups are sealed for, or None where no recovery code was made yet."""
    try:
        return X25519PublicKey.from_public_bytes(bytes.fromhex(public_file(data).read_text().strip()))
    except FileNotFoundError:
        return None
    except ValueError:
        raise Trouble(
            f"The file {public_file(data)} is damaged: make a new recovery code with ./taawun backup --new-code."
        ) from None


def new_code(data: Path) -> str:
    """Make a key pair, keep the public half, and return the code. It is nowhere else: who asked shows it once."""
    private = X25519PrivateKey.from_private_bytes(secrets.token_bytes(KEY_BYTES))
    path = public_file(data)
    path.parent.mkdir(mode=keys.PRIVATE_FOLDER, parents=True, exist_ok=True)
    draft = path.with_name(f".recovery.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, keys.PRIVATE_FILE)
    with os.fdopen(descriptor, "w") as file:
        file.write(private.public_key().public_bytes_raw().hex() + "\n")
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    return written(private.private_bytes_raw())


def written(private: bytes) -> str:
    """Return 32 bytes as 14 groups of four digits, the last ones a check on all the others."""
    number = int.from_bytes(private + _check(private), "big")
    digits = []
    for _ in range(CODE_LENGTH):
        number, digit = divmod(number, 32)
        digits.append(DIGITS[digit])
    text = "".join(reversed(digits))
    return "-".join(text[start : start + GROUP] for start in range(0, CODE_LENGTH, GROUP))


def read(text: str) -> X25519PrivateKey:
    """Return the key of a code typed from paper, in any case and spacing."""
    typed = "".join(character for character in text.upper() if character.isalnum()).translate(_READ_AS)
    wrong = next((character for character in typed if character not in DIGITS), "")
    if wrong:
        raise Trouble(f"A recovery code has no {wrong!r} in it: type it as it stands on the paper.")
    if len(typed) != CODE_LENGTH:
        raise Trouble(
            f"A recovery code has {CODE_LENGTH} letters and digits, and this has {len(typed)}: type all of it."
        )
    number = 0
    for character in typed:
        number = number * 32 + DIGITS.index(character)
    content = number.to_bytes(KEY_BYTES + CHECK_BYTES, "big")
    private, check = content[:KEY_BYTES], content[KEY_BYTES:]
    if check != _check(private):
        raise Trouble("This recovery code has a mistake in it: compare it with the paper, group by group.")
    return X25519PrivateKey.from_private_bytes(private)


def _check(private: bytes) -> bytes:
    return hashlib.sha256(b"taawun recovery code" + private).digest()[:CHECK_BYTES]
