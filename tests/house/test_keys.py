"""The keys: made once, private, never replaced behind the operator's back."""

import base64
import json
from pathlib import Path

import pytest

from taawun.house import keys
from taawun.house.trouble import Trouble


def test_the_first_start_makes_private_keys_that_stay(tmp_path: Path) -> None:
    keys.ensure(tmp_path)
    first = keys.vault_file(tmp_path).read_bytes(), keys.signing_secret(tmp_path)
    keys.ensure(tmp_path)
    assert (keys.vault_file(tmp_path).read_bytes(), keys.signing_secret(tmp_path)) == first
    assert keys.mode_troubles(tmp_path) == []
    content = json.loads(first[0])
    assert len(base64.b64decode(content["keys"][content["active"]])) == 32
    assert len(base64.b64decode(content["index"])) == 32
    assert content["index"] not in content["keys"].values()
    assert sorted(path.name for path in keys.folder(tmp_path).iterdir()) == ["secret", "vault.json"]


def test_a_lost_vault_key_is_never_made_anew_for_old_data(tmp_path: Path) -> None:
    keys.ensure(tmp_path)
    keys.vault_file(tmp_path).unlink()
    with pytest.raises(Trouble, match=r"vault\.json is missing.*backup"):
        keys.ensure(tmp_path)
    assert not keys.vault_file(tmp_path).exists()


def test_a_database_without_keys_is_refused_too(tmp_path: Path) -> None:
    (tmp_path / "postgres").mkdir()
    with pytest.raises(Trouble, match="backup"):
        keys.ensure(tmp_path)


def test_a_lost_signing_secret_is_made_anew(tmp_path: Path) -> None:
    keys.ensure(tmp_path)
    old = keys.signing_secret(tmp_path)
    keys.secret_file(tmp_path).unlink()
    assert keys.signing_secret(tmp_path) != old


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"active": "k1", "keys": {}, "index": "AAAA"}',
        '{"active": "k1", "keys": {"k1": "short"}, "index": "short"}',
        "\x00",
    ],
)
def test_a_damaged_key_file_is_refused_before_anything_is_sealed(tmp_path: Path, text: str) -> None:
    keys.ensure(tmp_path)
    keys.vault_file(tmp_path).write_text(text)
    with pytest.raises(Trouble, match="damaged"):
        keys.ensure(tmp_path)


def test_a_key_that_others_can_read_is_found(tmp_path: Path) -> None:
    keys.ensure(tmp_path)
    keys.vault_file(tmp_path).chmod(0o644)
    (found,) = keys.mode_troubles(tmp_path)
    assert "chmod 600" in found
