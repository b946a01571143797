"""Reading what a person typed as their e-mail or phone. The same address always gives the same text."""

import re
import uuid
from dataclasses import dataclass
from datetime import datetime

from taawun.community.people import texts
from taawun.community.people.models import Channel
from taawun.ground.values.refusal import Refusal
from taawun.ground.vault import store
from taawun.ground.words.errors import WordsError
from taawun.ground.words.phones import parse_phone

EMAIL = re.compile(r"^[^@\s\x00-\x1f<>,;:\"()\[\]\\]{1,64}@[^@\s\x00-\x1f<>,;:\"()\[\]\\]{1,190}\.[^@\s.]{2,63}$")
EMAIL_LENGTH_MAX = 254


@dataclass(frozen=True, slots=True)
class Address:
    """A normalised e-mail address or an E.164 phone number."""

    channel: Channel
    value: str

    @property
    def blind_index(self) -> bytes:
        return store.blind_index(f"contact:{self.channel}", self.value)


def parse_address(text: str, region: str, field: str = "address") -> Address:
    """Read an e-mail address, or a phone number as written in ``region`` (ISO 3166-1 alpha-2)."""
    text = text.strip()
    if not text:
        raise Refusal("address.empty", field)
    if "@" in text:
        if len(text) > EMAIL_LENGTH_MAX or not EMAIL.match(text):
            raise Refusal("address.not_email", field)
        local, _, domain = text.rpartition("@")
        try:
            domain = domain.encode("idna").decode("ascii")
        except UnicodeError:
            raise Refusal("address.not_email", field) from None
        return Address(Channel.EMAIL, f"{local.lower()}@{domain.lower()}")
    try:
        return Address(Channel.PHONE, parse_phone(text, region))
    except WordsError as error:
        raise texts.refuse(error, field) from None


def seal_address(contact_id: uuid.UUID, agent_id: uuid.UUID, address: Address, *, now: datetime) -> None:
    """Seal a contact's address under its row. It belongs to the person, not to a circle."""
    store.seal(circle_id=None, subject_id=agent_id, row_id=contact_id, fields={"value": address.value}, now=now)
