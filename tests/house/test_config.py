"""The settings: what is read from where, what is refused, and that each is documented."""

import dataclasses
from pathlib import Path

import pytest

from taawun.house.config import CHECKOUT, Config, embedded_url, load_config, socket_folder
from taawun.house.trouble import Trouble


def test_a_new_installation_needs_no_setting(tmp_path: Path) -> None:
    config = load_config({"TAAWUN_DATA": str(tmp_path)})
    assert config.public_url == "http://127.0.0.1:8000"
    assert config.embedded
    assert config.database_url == embedded_url(tmp_path)
    assert not config.debug
    assert "localhost" in config.allowed_hosts


def test_without_a_word_the_data_lies_in_the_checkout() -> None:
    assert load_config({}).data == CHECKOUT / "data"


def test_flags_win_over_variables_and_variables_over_the_file(tmp_path: Path) -> None:
    (tmp_path / "taawun.toml").write_text('port = 8001\nthreads = 4\nmail_host = "mail.example.org"\n')
    environ = {"TAAWUN_DATA": str(tmp_path), "TAAWUN_PORT": "8002", "TAAWUN_THREADS": "5"}
    config = load_config(environ, port=8003, host=None)
    assert (config.port, config.threads, config.mail_host, config.host) == (8003, 5, "mail.example.org", "127.0.0.1")
    assert config.public_url == "http://127.0.0.1:8003"


def test_what_the_supervisor_tells_wins_over_what_the_operator_told(tmp_path: Path) -> None:
    environ = {
        "TAAWUN_DATA": str(tmp_path),
        "DATABASE_URL": "postgresql://a/b",
        "TAAWUN_DATABASE_URL": embedded_url(tmp_path),
    }
    assert load_config(environ).embedded
    assert not load_config({"TAAWUN_DATA": str(tmp_path), "DATABASE_URL": "postgresql://a/b"}).embedded


def test_the_public_host_is_served_beside_the_operators_own(tmp_path: Path) -> None:
    environ = {
        "TAAWUN_DATA": str(tmp_path),
        "TAAWUN_PUBLIC_URL": "https://help.example.org/",
        "TAAWUN_ALLOWED_HOSTS": "a.example.org, b.example.org",
    }
    config = load_config(environ)
    assert config.public_url == "https://help.example.org"
    assert {"help.example.org", "a.example.org", "b.example.org", "127.0.0.1"} <= set(config.allowed_hosts)
    assert config.mail_from == "taawun@help.example.org"


@pytest.mark.parametrize(
    ("text", "named", "said"),
    [
        ("prot = 8000", "prot", "did you mean port?"),
        ("colour = 1", "colour", "docs/operator.md"),
        ('port = "8000"', "port", "whole number"),
        ("port = true", "port", "whole number"),
        ("port = 0", "port", "1 to 65535"),
        ("port = 65536", "port", "1 to 65535"),
        ("threads = 0", "threads", "1 to 200"),
        ("debug = 1", "debug", "true or false"),
        ("mail_host = 5", "mail_host", "text in quotes"),
        ('mail_from = "nobody"', "mail_from", "mail address"),
        ('allowed_hosts = "a"', "allowed_hosts", "list"),
        ("allowed_hosts = [1]", "allowed_hosts", "list"),
        ('public_url = "help.example.org"', "public_url", "https://"),
        ('public_url = "http://x:99999"', "public_url", "https://"),
        ('public_url = "https://x/?a=b"', "public_url", "https://"),
        ('router = "http://127.0.0.1:5000"', "router", "osrm=http://127.0.0.1:5000 or valhalla="),
        ('router = "osrm=127.0.0.1:5000"', "router", "osrm=http://127.0.0.1:5000 or valhalla="),
        ('host = ""', "host", "address to listen on"),
        ('mail_user = "a\\nb"', "mail_user", "control characters"),
        ('data = "/elsewhere"', "data", "--data"),
        ("port = = 1", "taawun.toml", "not valid TOML"),
        ('[mail]\nhost = "x"', "mail", "does not exist"),
    ],
)
def test_a_wrong_file_is_refused_by_the_name_of_the_setting(tmp_path: Path, text: str, named: str, said: str) -> None:
    (tmp_path / "taawun.toml").write_text(text)
    with pytest.raises(Trouble) as refusal:
        load_config({"TAAWUN_DATA": str(tmp_path)})
    assert named in str(refusal.value)
    assert said in str(refusal.value)


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("TAAWUN_PORT", "eight", "whole number"),
        ("TAAWUN_DEBUG", "perhaps", "true or false"),
        ("TAAWUN_PROT", "8000", "did you mean port?"),
        ("DATABASE_URL", "mysql://a:hidden-word@b/c", "postgresql://"),
    ],
)
def test_a_wrong_variable_is_refused_by_its_name(tmp_path: Path, variable: str, value: str, said: str) -> None:
    with pytest.raises(Trouble) as refusal:
        load_config({"TAAWUN_DATA": str(tmp_path), variable: value})
    assert variable in str(refusal.value)
    assert said in str(refusal.value)
    assert "hidden-word" not in str(refusal.value)


def test_passwords_are_not_shown_with_the_rest(tmp_path: Path) -> None:
    environ = {
        "TAAWUN_DATA": str(tmp_path),
        "TAAWUN_MAIL_PASSWORD": "hidden-word",
        "DATABASE_URL": "postgresql://a:hidden-word@b/c",
    }
    assert "hidden-word" not in repr(load_config(environ))


def test_listening_on_all_addresses_prints_one_that_a_phone_can_open(tmp_path: Path) -> None:
    config = load_config({"TAAWUN_DATA": str(tmp_path), "TAAWUN_HOST": "0.0.0.0"})
    assert "0.0.0.0" not in config.public_url


@pytest.mark.parametrize("depth", [0, 5, 12])
def test_the_socket_stays_within_what_the_system_allows(depth: int) -> None:
    data = Path("/srv").joinpath(*["a-folder-with-a-name"] * depth)
    assert len(str(socket_folder(data) / ".s.PGSQL.5432.lock")) <= 100


def test_two_deep_data_folders_never_share_a_socket() -> None:
    deep = Path("/srv") / ("x" * 120)
    assert socket_folder(deep / "a") != socket_folder(deep / "b")


def test_every_setting_is_documented_for_the_operator() -> None:
    text = (CHECKOUT / "docs" / "operator.md").read_text(encoding="utf-8")
    missing = [
        field.name
        for field in dataclasses.fields(Config)
        if f"`{field.name}`" not in text or f"`TAAWUN_{field.name.upper()}`" not in text
    ]
    assert not missing
