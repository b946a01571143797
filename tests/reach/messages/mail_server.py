"""A mail server for tests: real SMTP on a port of this machine, which keeps what it is given and can be told to refuse."""

from __future__ import annotations

import email
import email.policy
import socketserver
import threading
from collections.abc import Callable
from email.message import EmailMessage


class MailServer(socketserver.ThreadingTCPServer):
    """``answers`` maps a verb of the protocol to what is answered, ``answers_once`` for its next use; an empty one hangs up."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Talk)
        self.letters: list[EmailMessage] = []
        self.recipients: list[str] = []
        self.calls = 0
        self.answers: dict[str, str] = {}
        self.answers_once: dict[str, str] = {}
        self.on_letter: Callable[[], None] = lambda: None
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def close(self) -> None:
        self.shutdown()
        self.server_close()


class _Talk(socketserver.StreamRequestHandler):
    server: MailServer

    def handle(self) -> None:
        self.server.calls += 1
        if not self._say("CONNECT", "220 ready"):
            return
        while line := self.rfile.readline():
            verb = line.split()[0].upper().decode() if line.split() else ""
            if verb == "DATA":
                self._say("", "354 go on")
                content = b""
                while (line := self.rfile.readline()) not in (b".\r\n", b""):
                    content += line[1:] if line.startswith(b"..") else line
                self.server.on_letter()
                # "END" answers the letter itself; hanging up there leaves the sender in the dark about it.
                if self._say("END", "250 taken"):
                    self.server.letters.append(email.message_from_bytes(content, policy=email.policy.default))
                else:
                    return
            elif verb == "QUIT":
                self._say("", "221 bye")
                return
            else:
                if verb == "RCPT":
                    self.server.recipients.append(line.decode().strip())
                if not self._say(verb, "250 fine"):
                    return

    def _say(self, verb: str, text: str) -> bool:
        """Answer; False when it was a refusal that ends the talk."""
        answer = self.server.answers_once.pop(verb, self.server.answers.get(verb, text))
        if not answer:
            return False
        self.wfile.write(f"{answer}\r\n".encode())
        return not (verb == "END" and answer[0] != "2")
