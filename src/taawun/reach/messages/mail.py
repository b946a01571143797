"""Handing a mail to the mail server, and saying honestly what became of it: gone, refused, or surely not sent."""

import hashlib
import logging
import smtplib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage, get_connection

from taawun.ground.jobs import signs

PERMANENT = 500
SIGN = "mail"
logger = logging.getLogger("taawun.messages")


class NotSent(Exception):
    """The mail has surely not left: it may be tried again. The text holds no address, because it ends in logs."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail in plain text. ``mark`` is its own name, the same however often it is composed."""

    subject: str
    text: str
    mark: str
    stop_url: str = ""

    def to(self, address: str) -> EmailMessage:
        host = urlsplit(settings.PUBLIC_URL).hostname or "localhost"
        headers = {
            # Set here, since Django's own would tell everybody the name of this machine.
            "Message-ID": f"<{hashlib.sha256(self.mark.encode()).hexdigest()[:32]}@{host}>",
            "Auto-Submitted": "auto-generated",
        }
        if self.stop_url:
            headers["List-Unsubscribe"] = f"<{self.stop_url}>"
            headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        return EmailMessage(self.subject, self.text, settings.DEFAULT_FROM_EMAIL, [address], headers=headers)


def is_set_up() -> bool:
    """Whether there is a mail server to hand anything to."""
    return bool(settings.EMAIL_HOST)


@contextmanager
def post() -> Iterator[Any]:
    """Open the way to the mail server for several mails."""
    connection = get_connection()
    try:
        connection.open()
    except (OSError, smtplib.SMTPException) as error:
        signs.ill(SIGN, f"it cannot be reached ({type(error).__name__})")
        raise NotSent(f"the mail server does not take anything ({type(error).__name__})") from None
    try:
        yield connection
    finally:
        try:
            connection.close()
        except (OSError, smtplib.SMTPException):
            logger.debug("the mail server hung up first")


def send(connection: Any, letter: Letter, address: str) -> bool:
    """Send one letter. False: it was refused for good, or nobody knows whether it left, so it is not sent again."""
    try:
        connection.send_messages([letter.to(address)])
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _ in error.recipients.values()]
        if any(code < PERMANENT for code in codes):
            signs.ill(SIGN, "it asks to come again later")
            raise NotSent("the mail server asks to come again later") from None
        logger.warning("the mail server knows no such mailbox; a letter was not delivered")
        return False
    except smtplib.SMTPDataError as error:
        if error.smtp_code < PERMANENT:
            signs.ill(SIGN, "it asks to come again later")
            raise NotSent("the mail server asks to come again later") from None
        signs.ill(SIGN, f"it refused a letter ({error.smtp_code})")
        logger.warning("the mail server refused a letter (%s)", error.smtp_code)
        return False
    except smtplib.SMTPResponseException as error:
        signs.ill(SIGN, f"it refuses the sender or the password ({error.smtp_code})")
        raise NotSent(f"the mail server refuses the sender or the password ({error.smtp_code})") from None
    except (OSError, smtplib.SMTPException) as error:
        # The line broke: perhaps before the letter was taken, perhaps after. Twice would be worse than once too few,
        # since the notice stands on the page and a code can be asked for again.
        signs.ill(SIGN, f"it hung up in the middle of a letter ({type(error).__name__})")
        logger.warning("the mail server hung up in the middle of a letter (%s)", type(error).__name__)
        return False
    signs.well(SIGN)
    return True
