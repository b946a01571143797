"""The settings of one installation: `taawun.toml` in the data folder, `TAAWUN_*` variables on top, into one frozen object.

Whatever is not known, or not of the right kind, is refused with a sentence that names the setting: a misspelt setting that
is silently ignored is found at midnight.
"""

from __future__ import annotations

import dataclasses
import difflib
import hashlib
import os
import socket
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_type_hints
from urllib.parse import quote, urlsplit

from taawun.house import keys
from taawun.house.trouble import Trouble

CHECKOUT = Path(__file__).resolve().parents[3]
FILE_NAME = "taawun.toml"
SOCKET_PATH_LIMIT_BYTES = 100
LOOPBACK_HOSTS = ("localhost", "127.0.0.1", "[::1]")


@dataclasses.dataclass(frozen=True, slots=True)
class Config:
    """Every setting, with its default. docs/operator.md describes each; a test keeps it so."""

    data: Path
    host: str = "127.0.0.1"
    port: int = 8000
    public_url: str = ""
    allowed_hosts: tuple[str, ...] = ()
    database_url: str = dataclasses.field(default="", repr=False)
    threads: int = 8
    debug: bool = False
    mail_host: str = ""
    mail_port: int = 587
    mail_user: str = ""
    mail_password: str = dataclasses.field(default="", repr=False)
    mail_from: str = ""
    mail_tls: bool = True
    second_factor_grace_days: int = 14
    backup_folder: str = ""
    router: str = ""

    @property
    def embedded(self) -> bool:
        """Whether Taawun runs its own PostgreSQL in the data folder."""
        return self.database_url == embedded_url(self.data)

    @property
    def package(self) -> Path:
        """The folder of the package, where templates and catalogues of words lie."""
        return CHECKOUT / "src" / "taawun"

    @property
    def static_root(self) -> Path:
        """Where the built style sheets and scripts lie: made anew at every start, so no part of a backup."""
        return self.data / "static"

    @property
    def secret_key(self) -> str:
        return keys.signing_secret(self.data)

    @property
    def vault_keys(self) -> Path:
        return keys.vault_file(self.data)


def ensure_keys(config: Config) -> None:
    """Makes the key files where this is a first start."""
    keys.ensure(config.data)


def postgres_folder(data: Path) -> Path:
    return data / "postgres"


def socket_folder(data: Path) -> Path:
    """Where the embedded PostgreSQL puts its socket: in the data folder, or, when that lies too deep, in a short private one.

    The system allows a socket's path about 100 characters, and the name PostgreSQL adds takes 16 of them.
    """
    inside = data / "run"
    if len(os.fsencode(inside)) + len("/.s.PGSQL.5432.lock") <= SOCKET_PATH_LIMIT_BYTES:
        return inside
    fingerprint = hashlib.sha256(os.fsencode(data)).hexdigest()[:12]
    return Path("/tmp") / f"taawun-{os.getuid()}-{fingerprint}"


def embedded_url(data: Path, user: str = "taawun", database: str = "taawun") -> str:
    """How to reach the embedded PostgreSQL, whether or not it runs at the moment."""
    return f"postgresql://{user}@/{database}?host={quote(str(socket_folder(data)), safe='')}"


def load_config(environ: Mapping[str, str] | None = None, **overrides: object) -> Config:
    """Reads the file and the environment. `overrides` are command line flags and win over both; None means not given."""
    environ = os.environ if environ is None else environ
    given = {name: value for name, value in overrides.items() if value is not None}
    data = (
        Path(str(given.pop("data", "") or environ.get("TAAWUN_DATA", "") or CHECKOUT / "data")).expanduser().absolute()
    )
    values = _from_file(data / FILE_NAME) | _from_environment(environ)
    for name, value in given.items():
        values[name] = _checked(name, value, f"--{name.replace('_', '-')}")
    return _completed(Config(data=data, **values))


def _from_file(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            raw = tomllib.load(file)
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except OSError as error:
        raise Trouble(
            f"The settings file {path} cannot be read ({error.strerror}): give this user the right to read it."
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Trouble(f"The settings file {path} is not valid TOML: {error}.") from error
    if "data" in raw:
        raise Trouble(
            f"The setting data in {path} cannot stand in the data folder itself: give --data or TAAWUN_DATA instead."
        )
    return {name: _checked(_known(name, str(path)), value, str(path)) for name, value in raw.items()}


def _from_environment(environ: Mapping[str, str]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    if environ.get("DATABASE_URL"):
        values["database_url"] = _checked("database_url", environ["DATABASE_URL"], "DATABASE_URL")
    for variable, text in environ.items():
        if not variable.startswith("TAAWUN_") or variable == "TAAWUN_DATA":
            continue
        name = _known(variable.removeprefix("TAAWUN_").lower(), variable)
        values[name] = _checked(name, _from_text(name, text, variable), variable)
    return values


def _known(name: str, source: str) -> str:
    """Refuses a name that is no setting, with the nearest one that is."""
    names = [field.name for field in dataclasses.fields(Config)]
    if name in names:
        return name
    near = difflib.get_close_matches(name, names, n=1)
    hint = f"did you mean {near[0]}?" if near else "docs/operator.md lists them all."
    raise Trouble(f"The setting {name} ({source}) does not exist: {hint}")


def _from_text(name: str, text: str, source: str) -> object:
    """A variable is always text; this reads it as the kind the setting has."""
    kind = get_type_hints(Config)[name]
    if kind is int:
        try:
            return int(text)
        except ValueError:
            raise Trouble(f"The setting {name} ({source}) must be a whole number, not {text!r}.") from None
    if kind is bool:
        words = {
            "1": True,
            "true": True,
            "yes": True,
            "on": True,
            "0": False,
            "false": False,
            "no": False,
            "off": False,
            "": False,
        }
        if text.lower() not in words:
            raise Trouble(f"The setting {name} ({source}) must be true or false, not {text!r}.")
        return words[text.lower()]
    if kind is not str:
        return [part.strip() for part in text.split(",") if part.strip()]
    return text


def _checked(name: str, value: object, source: str) -> object:
    """The value in the kind its setting has, within its bounds, or a sentence."""
    kind = get_type_hints(Config)[name]
    if kind is int and (not isinstance(value, int) or isinstance(value, bool)):
        raise Trouble(f"The setting {name} ({source}) must be a whole number, not {value!r}.")
    if kind is bool and not isinstance(value, bool):
        raise Trouble(f"The setting {name} ({source}) must be true or false, not {value!r}.")
    if kind is str and not isinstance(value, str):
        raise Trouble(f"The setting {name} ({source}) must be a text in quotes, not {value!r}.")
    if name == "allowed_hosts":
        if not isinstance(value, list | tuple) or not all(isinstance(host, str) and host for host in value):
            raise Trouble(f"The setting {name} ({source}) must be a list of host names, not {value!r}.")
        return tuple(value)
    if isinstance(value, str) and any(ord(character) < 32 for character in value):
        raise Trouble(f"The setting {name} ({source}) must not hold control characters.")
    wrong = _out_of_bounds(name, value)
    if wrong:
        raise Trouble(f"The setting {name} ({source}) {wrong}, not {value!r}.")
    return value


def _out_of_bounds(name: str, value: Any) -> str:
    if name in ("port", "mail_port") and not 1 <= value <= 65535:
        return "must be a port from 1 to 65535"
    if name == "threads" and not 1 <= value <= 200:
        return "must be from 1 to 200"
    if name == "second_factor_grace_days" and not 0 <= value <= 365:
        return "must be a number of days from 0 to 365"
    if name == "host" and not value:
        return "must be an address to listen on, such as 127.0.0.1"
    if name == "mail_from" and value and "@" not in value:
        return "must be a mail address"
    if name == "public_url" and value and not _is_web_address(value):
        return "must be an address such as https://help.example.org"
    if name == "router" and not _is_router(value):
        return "must be osrm=http://127.0.0.1:5000 or valhalla=http://127.0.0.1:8002"
    if name == "database_url" and value and urlsplit(value).scheme not in ("postgresql", "postgres"):
        # The value itself holds a password and is not repeated.
        raise Trouble(
            "The setting database_url (DATABASE_URL) must begin with postgresql://, as in postgresql://user:password@host:5432/taawun."
        )
    return ""


def _is_router(value: str) -> bool:
    # As plain here as there: what reads settings stands before everything that needs libraries.
    kind, equals, url = value.strip().partition("=")
    return not value.strip() or (bool(equals) and kind in ("osrm", "valhalla") and _is_web_address(url))


def _is_web_address(value: str) -> bool:
    try:
        parts = urlsplit(value)
        return (
            parts.scheme in ("http", "https")
            and bool(parts.hostname)
            and parts.port != 0
            and not parts.query
            and not parts.fragment
        )
    except ValueError:
        return False


def _completed(config: Config) -> Config:
    """Fills in what follows from the rest: the public address, the hosts served, the database, the sender of mail."""
    public_url = (config.public_url or f"http://{_reachable_host(config.host)}:{config.port}").rstrip("/")
    public_host = urlsplit(public_url).hostname or ""
    hosts = dict.fromkeys((*config.allowed_hosts, _bracketed(public_host), *LOOPBACK_HOSTS))
    mail_from = (
        config.mail_from
        or f"taawun@{public_host if '.' in public_host and not public_host[0].isdigit() else 'localhost'}"
    )
    database_url = config.database_url or embedded_url(config.data)
    return dataclasses.replace(
        config, public_url=public_url, database_url=database_url, allowed_hosts=tuple(hosts), mail_from=mail_from
    )


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _reachable_host(host: str) -> str:
    """The host to print for an address to listen on: "all addresses" is nothing a phone can open, the laptop's own is."""
    if host not in ("0.0.0.0", "::"):
        return _bracketed(host)
    # Connecting a datagram socket sends nothing; it only asks the system which of its addresses it would send from.
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
            return str(probe.getsockname()[0])
        except OSError:
            return "localhost"
