"""`./taawun up`: from nothing to a page that works, and everything stopped again at Ctrl-C."""

from __future__ import annotations

import argparse
import errno
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from typing import Any

from taawun.house import database, folder, processes
from taawun.house.config import Config, ensure_keys, load_config
from taawun.house.say import Say
from taawun.house.supervisor import Child, Stopped, Supervisor
from taawun.house.trouble import Trouble
from taawun.solve import warming

WEB_STARTS_TRIED = 3
WEB_SECONDS = 90.0
# By then the first pages are served, and a start that is stopped again at once has made nothing.
WARM_AFTER_SECONDS = 20.0
# Together under ten seconds: web and worker stop at the same time, then the database.
POLITE = ((signal.SIGTERM, 4.0), (signal.SIGKILL, 1.0))
POLITE_TO_DATABASE = ((signal.SIGINT, 3.0), (signal.SIGQUIT, 0.7), (signal.SIGKILL, 0.7))


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="./taawun up", description="Starts Taawun and prints its address. Ctrl-C stops it."
    )
    parser.add_argument("--demo", action="store_true", help="fill a town to try, once, and print links to sign in with")
    parser.add_argument("--host", help="the address to listen on; 0.0.0.0 lets phones in the same network in")
    parser.add_argument("--port", type=int, help="the port to listen on (8000)")
    parser.add_argument("--data", help="the folder in which everything lies (./data)")
    parser.add_argument("--json", action="store_true", help="print one JSON object a line")
    parser.add_argument("--verbose", action="store_true", help="show where an error came from")
    given = parser.parse_args(arguments)
    config = load_config(data=given.data, host=given.host, port=given.port)
    say = Say(given.json)
    folder.check(config.data)
    with folder.claimed(config.data) as claim:
        orphans = claim.clear_orphans()
        if orphans:
            say.line("recovered", f"Ended {orphans} processes that an earlier start had left behind.", count=orphans)
        ensure_keys(config)
        with open_port(config.host, config.port) as listener:
            claim.describe(address=config.public_url, arguments=["up", *arguments])
            with Supervisor(say, claim) as supervisor:
                try:
                    start = Start(config, supervisor, say, verbose=given.verbose)
                    start.all(listener, demo=given.demo)
                    start.warm()
                    supervisor.serve()
                except Stopped:
                    pass
                finally:
                    say.done()
                say.line("stopping", "Stopping.")
    if supervisor.asked_to_upgrade:
        # The same process goes on as the one that changes the version, and comes back as the new one's `up`.
        os.execv(sys.executable, [sys.executable, "-m", "taawun.house.upgrading", str(config.data)])
    say.line("stopped", "Stopped. Everything is kept in the data folder.", data=str(config.data))
    return 0


def open_port(host: str, port: int) -> socket.socket:
    """The listening socket. The supervisor keeps it, so that nobody else takes the port while the web server restarts."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
    except OSError as error:
        raise Trouble(
            f"The address {host} cannot be listened on ({error.strerror}): choose another with --host."
        ) from error
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(1024)
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise Trouble(
                f"Port {port} is taken by another program: stop that one, or choose another port with --port {port + 1 if port < 65535 else 8000}."
            ) from error
        if error.errno == errno.EACCES:
            raise Trouble(f"Port {port} may only be used by root: choose one above 1023 with --port.") from error
        raise Trouble(
            f"The address {host}:{port} cannot be listened on ({error.strerror}): choose another with --host."
        ) from error
    return listener


class Start:
    """The steps of a start, each under the supervisor's eyes."""

    def __init__(self, config: Config, supervisor: Supervisor, say: Say, *, verbose: bool) -> None:
        self.config = config
        self.supervisor = supervisor
        self.say = say
        self.verbose = verbose
        self.env = environment(config)

    def all(self, listener: socket.socket, *, demo: bool) -> None:
        if self.config.embedded:
            self.database()
        else:
            self.say.step("Asking the database server")
            for warning in database.check_external(self.config.database_url):
                self.say.line("warning", f"Warning: {warning}")
        outcome = self.prepare(demo=demo)
        self.web(listener)
        self.worker()
        self.greet(outcome)

    def database(self) -> None:
        """Starts the embedded PostgreSQL and waits until the application's role can use it."""
        cluster = database.cluster(self.config)
        self.say.step("Making the database" if not cluster.files.exists() else "Starting the database")
        cluster.prepare()
        child = Child(
            "database",
            cluster.start,
            POLITE_TO_DATABASE,
            self._quietly("database", "the database system is"),
            stops_last=True,
        )
        self.supervisor.add(child)
        ready = self.supervisor.wait_until(
            lambda: child.deaths > 0 or (child.process is not None and cluster.is_ready(child.process.pid)),
            database.START_SECONDS,
        )
        if child.deaths or not ready:
            raise database.explain_output("\n".join(child.tail), cluster.files)
        cluster.ensure_role_and_database()

    def prepare(self, *, demo: bool) -> dict[str, Any]:
        """Runs the preparing process and returns what it found out."""
        heard: dict[str, Any] = {}

        def on_line(line: str) -> None:
            fact = _fact(line)
            if "step" in fact:
                self.say.step(fact["step"])
            elif "detail" in fact:
                self.say.tick(fact["detail"])
            elif fact:
                heard.update(fact)
            elif self.verbose:
                self.say.line("output", f"prepare | {line}", child="prepare")

        flags = [flag for flag, wanted in (("--demo", demo), ("--verbose", self.verbose)) if wanted]
        child = self._python("prepare", ["-m", "taawun.house.prepare", *flags])
        child.on_line = on_line
        code = self.supervisor.run(child)
        self.say.done()
        if code or "path" not in heard:
            last = child.tail[-1] if child.tail else "it said nothing"
            raise Trouble(
                heard.get("trouble")
                or f"Preparing Taawun failed with code {code} ({last}); ./taawun up --verbose shows more."
            )
        return heard

    def web(self, listener: socket.socket) -> None:
        """Starts the web server and waits until it answers."""
        self.say.step("Starting the web server")
        number = listener.fileno()
        child = self._python("web", ["-m", "taawun.house.web", "--socket", str(number)], pass_fds=(number,))
        self.supervisor.add(child)
        answered = self.supervisor.wait_until(
            lambda: child.deaths >= WEB_STARTS_TRIED or is_healthy(listener), WEB_SECONDS
        )
        self.say.done()
        if child.deaths >= WEB_STARTS_TRIED:
            raise Trouble(
                f"The web server does not start ({child.tail[-1] if child.tail else 'it said nothing'}): the lines above say why."
            )
        if not answered:
            raise Trouble(
                f"The web server runs but does not answer at /health/ within {WEB_SECONDS:.0f} seconds: the lines above say why."
            )

    def worker(self) -> None:
        child = self._python("worker", ["-m", "taawun.house.manage", "procrastinate", "worker"])
        child.on_line = self._quietly("worker", "Launching a worker")
        self.supervisor.add(child)

    def warm(self) -> None:
        """Makes the solvers ready once people have their first pages, so that nobody waits for it who asks for a plan."""
        if warming.is_warm():
            return
        self.supervisor.wait_until(lambda: False, WARM_AFTER_SECONDS)
        child = self._python("solver", ["-m", "taawun.solve.warming"])
        child.on_line = lambda _line: None
        self.supervisor.run(child)

    def greet(self, outcome: dict[str, Any]) -> None:
        """The lines the whole start was for."""
        address = self.config.public_url
        links = [{"name": name, "role": role, "url": address + path} for name, role, path in outcome["links"]]
        self.say.line(
            "ready", f"Taawun is ready: {address}{outcome['path']}", url=address + outcome["path"], links=links
        )
        width = max((len(f"{link['name']}, {link['role']}") for link in links), default=0)
        for link in links:
            who = f"{link['name']}, {link['role']}"
            if not self.say.as_json:
                self.say.line("link", f"  {who:<{width}}  {link['url']}")
        if not self.say.as_json:
            self.say.line("hint", "Ctrl-C stops it.")

    def _python(self, name: str, arguments: list[str], pass_fds: tuple[int, ...] = ()) -> Child:
        def start() -> subprocess.Popen[bytes]:
            return processes.start([sys.executable, *arguments], env=self.env, pass_fds=pass_fds)

        return Child(name, start, POLITE)

    def _quietly(self, name: str, expected: str) -> Callable[[str], None]:
        """Passes on a child's lines but for the one kind it prints when all is well, and all of them while it stops."""

        def on_line(line: str) -> None:
            if expected not in line and not self.supervisor.asked_to_stop:
                self.say.line("output", f"{name} | {line}", child=name)

        return on_line


def environment(config: Config) -> dict[str, str]:
    """What the children need to find the same data folder, port and database."""
    return {
        **os.environ,
        "TAAWUN_DATA": str(config.data),
        "TAAWUN_HOST": config.host,
        "TAAWUN_PORT": str(config.port),
        "TAAWUN_DATABASE_URL": database.connect_url(config),
        "DJANGO_SETTINGS_MODULE": "taawun.house.settings",
        "PYTHONUNBUFFERED": "1",
    }


def is_healthy(listener: socket.socket) -> bool:
    """Whether /health/ answers with 200 on this machine."""
    host, port = listener.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    connection = http.client.HTTPConnection(host, port, timeout=1)
    try:
        connection.request("GET", "/health/", headers={"Host": f"localhost:{port}"})
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _fact(line: str) -> dict[str, Any]:
    try:
        fact = json.loads(line)
    except ValueError:
        return {}
    return fact if isinstance(fact, dict) else {}
