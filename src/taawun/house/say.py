"""What the operator reads at the terminal: plain lines, or with `--json` one object a line for a program to read."""

from __future__ import annotations

import json
import os
import sys
import time
from dataclasses import dataclass, field

SLOW_SECONDS = 2.0
UPDATE_SECONDS = 5.0


@dataclass
class Say:
    """Prints lines. A step that takes more than two seconds shows that it is still under way."""

    as_json: bool = False
    _step: str = ""
    _since: float = 0.0
    _shown: float = 0.0
    _on_screen: bool = field(default=False)

    def line(self, event: str, text: str, **facts: object) -> None:
        """One finished line. `event` and `facts` are for programs, `text` is for people."""
        self._clear()
        if self.as_json:
            text = json.dumps({"event": event, "text": text, **facts}, ensure_ascii=False)
        self._print(text)

    def step(self, text: str) -> None:
        """Begins a step; it is only mentioned when it turns out to be slow."""
        self._clear()
        self._step, self._since, self._shown = text, time.monotonic(), 0.0

    def tick(self, detail: str = "") -> None:
        """Called now and then while a step runs."""
        now = time.monotonic()
        seconds = now - self._since
        live = sys.stdout.isatty() and not self.as_json
        if not self._step or seconds < SLOW_SECONDS or now - self._shown < (0.2 if live else UPDATE_SECONDS):
            return
        self._shown = now
        text = f"{self._step} … {int(seconds)} s" + (f"  {detail}" if detail else "")
        if live:
            self._print(f"\r\033[K{text[:150]}", end="")
            self._on_screen = True
        else:
            self.line("progress", text, seconds=int(seconds))

    def done(self) -> None:
        """Ends the step."""
        self._clear()
        self._step = ""

    def _clear(self) -> None:
        if self._on_screen:
            self._print("\r\033[K", end="")
            self._on_screen = False

    @staticmethod
    def _print(text: str, end: str = "\n") -> None:
        try:
            print(text, end=end, flush=True)
        except OSError:
            # The terminal was closed. There is still a house to run, or to stop in order, without anyone watching.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
