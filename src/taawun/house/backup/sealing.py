"""A stream sealed for one public key: written piece by piece, read piece by piece, never held whole.

X25519 with a key of the moment, HKDF-SHA256, and AES-256-GCM over pieces of one mebibyte, numbered and with a mark on the
last (the STREAM construction of Hoang, Reyhanitabar, Rogaway and Vizár, 2015): a piece changed, moved, left out or cut
off at the end is found.
"""

from __future__ import annotations

import io
import secrets
from collections.abc import Iterator
from typing import IO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

MAGIC = b"TAAWUN BACKUP 1\n"
PIECE_BYTES = 1 << 20
TAG_BYTES = 16
PREFIX_BYTES = 7
HEADER_BYTES = len(MAGIC) + 32 + PREFIX_BYTES


class NotABackup(Exception):
    """The file does not begin as a backup does."""


class Unreadable(Exception):
    """The file does not open: another code, or it was changed. ``begun`` tells whether its first piece did open."""

    def __init__(self, *, begun: bool) -> None:
        super().__init__("a piece does not open")
        self.begun = begun


class Sealer(io.RawIOBase):
    """A file to write to; what is written lands sealed in ``target``. Without ``finish`` the last mark is missing."""

    def __init__(self, target: IO[bytes], recipient: X25519PublicKey) -> None:
        moment = X25519PrivateKey.generate()
        public = moment.public_key().public_bytes_raw()
        self._target = target
        self._prefix = secrets.token_bytes(PREFIX_BYTES)
        self._header = MAGIC + public + self._prefix
        self._cipher = AESGCM(_key(moment.exchange(recipient), public, recipient.public_bytes_raw()))
        self._buffer = bytearray()
        self._number = 0
        self.count_bytes = 0
        target.write(self._header)

    def writable(self) -> bool:
        return True

    def write(self, data: object, /) -> int:
        piece = memoryview(data)  # type: ignore[arg-type]
        self._buffer += piece
        self.count_bytes += len(piece)
        # One byte more than a piece must be there, because only the end may be written as the last.
        while len(self._buffer) > PIECE_BYTES:
            self._put(bytes(self._buffer[:PIECE_BYTES]), last=False)
            del self._buffer[:PIECE_BYTES]
        return len(piece)

    def finish(self) -> None:
        self._put(bytes(self._buffer), last=True)
        self._buffer.clear()

    def _put(self, piece: bytes, *, last: bool) -> None:
        self._target.write(self._cipher.encrypt(_nonce(self._prefix, self._number, last=last), piece, self._header))
        self._number += 1


class Opener(io.RawIOBase):
    """The opposite: a file to read from. Every byte it gives was found whole."""

    def __init__(self, source: IO[bytes], private: X25519PrivateKey) -> None:
        self._pieces = opened(source, private)
        self._waiting = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object, /) -> int:
        target = memoryview(buffer)  # type: ignore[arg-type]
        while not self._waiting:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._waiting = memoryview(piece)
        count = min(len(target), len(self._waiting))
        target[:count] = self._waiting[:count]
        self._waiting = self._waiting[count:]
        return count


def opened(source: IO[bytes], private: X25519PrivateKey) -> Iterator[bytes]:
    """Yield the pieces of a sealed stream in order, each proven."""
    header = source.read(HEADER_BYTES)
    if len(header) != HEADER_BYTES or not header.startswith(MAGIC):
        raise NotABackup
    public, prefix = header[len(MAGIC) : len(MAGIC) + 32], header[-PREFIX_BYTES:]
    shared = private.exchange(X25519PublicKey.from_public_bytes(public))
    cipher = AESGCM(_key(shared, public, private.public_key().public_bytes_raw()))
    number = 0
    piece = source.read(PIECE_BYTES + TAG_BYTES)
    while True:
        following = source.read(PIECE_BYTES + TAG_BYTES)
        try:
            yield cipher.decrypt(_nonce(prefix, number, last=not following), piece, header)
        except InvalidTag:
            raise Unreadable(begun=number > 0) from None
        if not following:
            return
        piece, number = following, number + 1


def _key(shared: bytes, moment: bytes, recipient: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt=moment + recipient, info=b"taawun backup 1").derive(shared)


def _nonce(prefix: bytes, number: int, *, last: bool) -> bytes:
    return prefix + number.to_bytes(4, "big") + (b"\x01" if last else b"\x00")
