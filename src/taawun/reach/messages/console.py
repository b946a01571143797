"""Where no mail host is set up yet, messages appear on the server's console: whoever runs it passes them on.

The address is masked, because a terminal is read over the shoulder and copied into logs.
"""

import sys
import threading
from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

_printing = threading.Lock()
PHONE_DIGITS_SHOWN = 3


def masked(address: str) -> str:
    """Return enough of an address to tell two people apart, and too little to write to either."""
    local, at, domain = address.rpartition("@")
    if at:
        return f"{local[:1]}…@{domain[:1]}…{domain[domain.rfind('.') :]}"
    return f"…{address[-PHONE_DIGITS_SHOWN:]}"


def show(address: str, subject: str, text: str) -> None:
    """Print one message to one person, whole, so that two of them never mix."""
    lines = [f"Message for {masked(address)}: {subject}", *(f"  {line}" for line in text.splitlines() if line.strip())]
    with _printing:
        print("\n".join(lines), file=sys.stdout, flush=True)


class ConsoleBackend(BaseEmailBackend):
    """Django's mail goes to the console, in the form of ``show``."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for message in email_messages:
            for address in message.recipients():
                show(address, str(message.subject), str(message.body))
        return len(email_messages)
