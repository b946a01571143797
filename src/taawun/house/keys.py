"""The keys of one installation: made once at the first start, kept outside the database, readable by one user alone.

`keys/secret` signs cookies and links; `keys/vault.json` opens the vault. A backup of the database without the second is
a backup nobody can read, and that is its purpose.
"""

from __future__ import annotations

import base64
import binascii
import json
import os
import secrets
from pathlib import Path

from taawun.house.trouble import Trouble

PRIVATE_FILE = 0o600
PRIVATE_FOLDER = 0o700
KEY_BYTES = 32


def folder(data: Path) -> Path:
    return data / "keys"


def secret_file(data: Path) -> Path:
    return folder(data) / "secret"


def vault_file(data: Path) -> Path:
    return folder(data) / "vault.json"


def ensure(data: Path) -> None:
    """Makes both key files where this is a first start. Refuses to make a new vault key for data sealed with a lost one."""
    vault, secret = vault_file(data), secret_file(data)
    if not vault.exists():
        if secret.exists() or (data / "postgres").exists():
            raise Trouble(
                f"The key file {vault} is missing, and without it the names, phones and addresses in this data folder"
                " cannot be read: put it back from your backup, then start again."
            )
        content = {"active": "k1", "keys": {"k1": _new_key()}, "index": _new_key()}
        _write_once(vault, json.dumps(content, indent=1) + "\n")
    if not secret.exists():
        # A lost signing secret costs nothing but the open sessions, so it may be made again.
        _write_once(secret, secrets.token_urlsafe(48) + "\n")
    check_vault_file(vault)


def signing_secret(data: Path) -> str:
    """The secret that signs cookies and links, made on the spot where there is none yet."""
    if not secret_file(data).exists():
        ensure(data)
    return secret_file(data).read_text(encoding="ascii").strip()


def check_vault_file(path: Path) -> None:
    """Refuses a key file that was damaged, before anything is sealed with half of it."""
    wrong = Trouble(f"The key file {path} is damaged: put it back from your backup, then start again.")
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        named = {**content["keys"], "index": content["index"]}
        lengths = {len(base64.b64decode(key, validate=True)) for key in named.values()}
        whole = content["active"] in content["keys"] and lengths == {KEY_BYTES}
    except (ValueError, KeyError, TypeError, binascii.Error) as error:
        raise wrong from error
    if not whole:
        raise wrong


def mode_troubles(data: Path) -> list[str]:
    """The key files and folder that others on this machine can read, each with what to do; empty when all is well."""
    found = []
    private = ((folder(data), PRIVATE_FOLDER), (vault_file(data), PRIVATE_FILE), (secret_file(data), PRIVATE_FILE))
    for path, mode in private:
        if path.exists() and path.stat().st_mode & 0o077:
            found.append(f"{path} can be read by other users of this machine: run chmod {mode:o} {path}")
    return found


def _new_key() -> str:
    return base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode("ascii")


def _write_once(path: Path, text: str) -> None:
    """Whole or not at all, and never over an existing file: two first starts at once end with one key."""
    path.parent.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            return
    finally:
        draft.unlink(missing_ok=True)
