"""The embedded PostgreSQL: who connects as what, what survives a crash, and what is said when it cannot start."""

import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from taawun.house import accounts, database, folder, processes
from taawun.house.config import embedded_url, load_config, postgres_folder
from taawun.house.database import Cluster
from taawun.house.trouble import Trouble


@pytest.fixture(scope="module")
def throwaway() -> Iterator[tuple[Path, str]]:
    with database.throwaway() as made:
        yield made


def test_the_application_is_bound_by_row_level_security(throwaway: tuple[Path, str]) -> None:
    with psycopg.connect(throwaway[1], autocommit=True) as connection:
        rights = connection.execute(
            "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname = current_user"
        )
        assert rights.fetchone() == (False, False, False, True)
        owner = connection.execute("SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = current_database()")
        assert owner.fetchone() == ("taawun",)
        connection.execute("CREATE TABLE guarded (circle int)")
        connection.execute("INSERT INTO guarded VALUES (1)")
        connection.execute("ALTER TABLE guarded ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
        assert connection.execute("SELECT count(*) FROM guarded").fetchone() == (0,)


def test_rights_the_role_must_not_have_are_taken_away_at_every_start(throwaway: tuple[Path, str]) -> None:
    data, url = throwaway
    with psycopg.connect(embedded_url(data, "postgres", "postgres"), autocommit=True) as connection:
        connection.execute("ALTER ROLE taawun BYPASSRLS")
    assert "NOBYPASSRLS" in database.check_external(url)[0]
    Cluster(data, accounts.owner_of(postgres_folder(data))).ensure_role_and_database()
    assert database.check_external(url) == []


def test_only_the_socket_listens_and_only_for_this_user(throwaway: tuple[Path, str]) -> None:
    data, url = throwaway
    with psycopg.connect(url) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
        assert connection.execute("SHOW server_encoding").fetchone() == ("UTF8",)
    assert (data / "run").stat().st_mode & 0o077 == 0
    assert postgres_folder(data).stat().st_mode & 0o077 == 0


def test_arabic_sorts_and_folds_the_same_on_every_machine(throwaway: tuple[Path, str]) -> None:
    with psycopg.connect(throwaway[1]) as connection:
        provider = connection.execute(
            "SELECT datlocprovider, datlocale FROM pg_database WHERE datname = current_database()"
        )
        assert provider.fetchone() == ("b", "C.UTF-8")
        assert connection.execute("SELECT lower('ÀÉ'), 'ا' < 'ب'").fetchone() == ("àé", True)


def test_a_deep_data_folder_starts_and_keeps_its_data(tmp_path: Path) -> None:
    data = tmp_path.joinpath(*["a folder with spaces and a long name"] * 4)
    config = load_config({"TAAWUN_DATA": str(data)})
    try:
        with database.running(config) as url, psycopg.connect(url) as connection:
            connection.execute("CREATE TABLE kept (value int)")
            assert folder.is_claimed(data)
        assert not folder.is_claimed(data)
        with database.running(config) as url, psycopg.connect(url) as connection:
            assert connection.execute("SELECT count(*) FROM kept").fetchone() == (0,)
    finally:
        database.cluster(config).sockets.rmdir()


def test_a_server_whose_supervisor_was_killed_is_replaced(tmp_path: Path) -> None:
    folder.make(tmp_path)
    cluster = Cluster(tmp_path, accounts.owner_of(postgres_folder(tmp_path)), durable=False)
    cluster.prepare()
    with open(os.devnull, "wb") as nowhere:
        first = cluster.start(nowhere)
        assert processes.wait_until(lambda: cluster.is_ready(first.pid), 20)
        second = cluster.start(nowhere)
        try:
            assert first.wait(1) is not None
            assert processes.wait_until(lambda: cluster.is_ready(second.pid), 20)
        finally:
            database.stop(second)
    # After a reboot the noted id may belong to any program; here, to the one that runs this test.
    note = cluster.files / "postmaster.pid"
    note.write_text(f"{os.getppid()}\n{cluster.files}\n0\n5432\n\n\n\nready\n")
    note.chmod(0o644)
    with open(os.devnull, "wb") as nowhere:
        third = cluster.start(nowhere)
        try:
            assert processes.wait_until(lambda: cluster.is_ready(third.pid), 20)
        finally:
            third.send_signal(signal.SIGQUIT)
            third.wait(5)


@pytest.mark.parametrize(
    ("version", "said"),
    [
        ("19", "made by PostgreSQL 19, newer than"),
        ("16", "made by PostgreSQL 16, and this Taawun runs 18"),
        ("", "does not start"),
        ("x", "restore"),
    ],
)
def test_files_of_another_version_are_refused_by_name(tmp_path: Path, version: str, said: str) -> None:
    folder.make(tmp_path)
    postgres_folder(tmp_path).mkdir()
    (postgres_folder(tmp_path) / "PG_VERSION").write_text(version)
    with pytest.raises(Trouble, match=said):
        Cluster(tmp_path, accounts.owner_of(postgres_folder(tmp_path))).prepare()


def test_damaged_files_are_refused_with_what_the_server_said(tmp_path: Path) -> None:
    config = load_config({"TAAWUN_DATA": str(tmp_path / "data")})
    with database.running(config):
        pass
    (database.cluster(config).files / "global" / "pg_control").write_bytes(b"")
    with (
        pytest.raises(Trouble, match=r"does not start \(.*pg_control.*restore the data folder"),
        database.running(config),
    ):
        pass


@pytest.mark.parametrize(
    ("output", "said"),
    [
        ('FATAL:  could not write to file "pg_wal/xlogtemp.9": No space left on device', "The disk is full"),
        ("initdb: error: could not write file: No space left on device", "The disk is full"),
        ('FATAL:  could not open file "x": Permission denied', "chown"),
        ("PANIC:  could not locate a valid checkpoint record", "could not locate a valid checkpoint record"),
        ("", "it said nothing"),
    ],
)
def test_what_postgresql_says_becomes_one_sentence(output: str, said: str) -> None:
    sentence = str(database.explain_output(output, Path("/data/postgres")))
    assert said in sentence
    assert "\n" not in sentence


def test_a_database_of_the_operators_own_is_asked_before_use(throwaway: tuple[Path, str]) -> None:
    data, url = throwaway
    assert database.check_external(url) == []
    (warning,) = database.check_external(embedded_url(data, "postgres", "postgres"))
    assert "ALTER ROLE postgres NOSUPERUSER NOBYPASSRLS" in warning


def test_a_database_that_cannot_be_used_is_refused_without_its_password(
    throwaway: tuple[Path, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert database.CONNECT_SECONDS == 5
    monkeypatch.setattr(database, "CONNECT_SECONDS", 2)
    data, _ = throwaway
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        port = deaf.getsockname()[1]
        troubles = {
            f"postgresql://a:hidden-word@127.0.0.1:{port}/x": "no answer within 2 seconds",
            "postgresql://a:hidden-word@127.0.0.1:1/x": "Connection refused",
            embedded_url(data, "nobody-here"): "no such role or database",
            embedded_url(data, "taawun", "nothing-here"): "no such role or database",
            "postgresql://a:hidden-word@[::1/x": "cannot be read",
        }
        for url, said in troubles.items():
            with pytest.raises(Trouble) as refusal:
                database.check_external(url)
            assert said in str(refusal.value)
            assert "hidden-word" not in str(refusal.value)
            assert "\n" not in str(refusal.value)
