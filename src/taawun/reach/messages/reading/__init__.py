"""Reading a chat message into a draft of a need or an offer: lexicons and rules, no database, no network, no model.

Every value of a draft comes with the words it was read from; what the message does not say stays empty. A person
corrects the draft and saves it: nothing here decides.
"""

from taawun.reach.messages.reading.draft import Also, Draft, Found, Phone, When
from taawun.reach.messages.reading.kinds import Kinds
from taawun.reach.messages.reading.read import read_message, read_messages

__all__ = ["Also", "Draft", "Found", "Kinds", "Phone", "When", "read_message", "read_messages"]
