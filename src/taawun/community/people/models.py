"""Agents (those who give and receive), the accounts people sign in with, and how they are reached."""

from collections.abc import Iterator
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext

from taawun.ground.values.ids import new_id


class AgentKind(models.TextChoices):
    PERSON = "person"
    ORGANISATION = "organisation"
    HOUSEHOLD = "household"


class Agent(models.Model):
    """Somebody who gives and receives: a person, an organisation, a household. Valueflows: Agent.

    ``name`` is what the circle calls them, chosen to be shown; a person's full name, phone and door are in the
    vault. Someone entered by a coordinator has an agent and no account. A ``private`` agent (who filed a need
    without an account) has an empty name and the real one in the vault.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=12, choices=AgentKind.choices, default=AgentKind.PERSON)
    name = models.CharField(max_length=120, blank=True)
    languages = ArrayField(models.CharField(max_length=8), default=list)
    created_at = models.DateTimeField()
    entered_by = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="entered")
    erased_at = models.DateTimeField(null=True)

    @property
    def shown(self) -> str:
        """What the others read: the chosen name, or that it is somebody who was erased."""
        return gettext("somebody who left") if self.erased_at and not self.name else self.name


class AccountManager(BaseUserManager["Account"]):
    """Accounts are made by ``actions.open_account`` only; Django needs a manager to look one up by its key."""

    def get_by_natural_key(self, username: str | None) -> "Account":
        return self.get(pk=str(username))


class Account(AbstractBaseUser):
    """What a person signs in with. It holds no name and no address: those are the agent's and the vault's."""

    USERNAME_FIELD = "id"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    agent = models.OneToOneField(Agent, on_delete=models.PROTECT, related_name="account")
    language = models.CharField(max_length=8, default="en")
    digits = models.CharField(max_length=8, blank=True)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    # The day only: enough to find sleeping accounts, too little to say when somebody was awake.
    last_login = None
    last_seen_on = models.DateField(null=True)
    # Counting it up ends every session that was begun before.
    session_round = models.PositiveIntegerField(default=0)
    # Since when there is a passkey or an app with codes; None when there is neither.
    second_factor_since = models.DateTimeField(null=True)
    # Somebody asks to be let in anew as this person (the circles' recovery); every page says so while it stands.
    way_back_asked_at = models.DateTimeField(null=True)
    # Where "leave quickly" leads: the name of one of a few harmless pages, empty for the usual one.
    exit_to = models.CharField(max_length=12, blank=True)

    # Whether this request came with a second factor. The door that let the account in says so; nothing else may.
    is_strong = False

    objects = AccountManager()

    class Meta:
        constraints = [models.CheckConstraint(condition=~models.Q(password=""), name="password_is_set_or_unusable")]

    def __str__(self) -> str:
        return str(self.pk)

    def get_session_auth_hash(self) -> str:
        """Return what a session must carry to be this account's: another password or another round ends it."""
        content = f"{self.password}|{self.session_round}"
        return salted_hmac("taawun.people.session", content, algorithm="sha256").hexdigest()

    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        yield from ()


class Channel(models.TextChoices):
    EMAIL = "email"
    PHONE = "phone"


class Contact(models.Model):
    """A way to reach an agent. The address itself is sealed in the vault under this row's id, field ``value``."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    agent = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="contacts")
    channel = models.CharField(max_length=8, choices=Channel.choices)
    blind_index = models.BinaryField(max_length=32)
    verified_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "blind_index", name="one_account_a_contact", condition=models.Q(verified_at__isnull=False)
            )
        ]
        indexes = [models.Index("blind_index", name="contact_by_blind_index")]


class SignInAttempt(models.Model):
    """A link and a code on their way to somebody. Neither is stored: both are derived from the id with the server's key.

    ``contact_index`` is the blind index of the address it was asked for, whether or not anybody has it.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    account = models.ForeignKey(Account, null=True, on_delete=models.CASCADE)
    contact = models.ForeignKey(Contact, null=True, on_delete=models.CASCADE)
    contact_index = models.BinaryField(max_length=32)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    tries_left = models.SmallIntegerField(default=5)
    used_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index("created_at", name="attempts_to_send", condition=models.Q(sent_at__isnull=True))]


class ApiToken(models.Model):
    """A program's key to the API, with the rights of the account that made it. Only its hash is stored."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=60)
    digest = models.BinaryField(max_length=32, unique=True)
    may_write = models.BooleanField(default=False)
    # Made in a session that had shown a second factor, so that a role that demands one does not rest for it.
    is_strong = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)


class Consent(models.Model):
    """What somebody agreed to, when, and who wrote it down. Withdrawing is a new row."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    agent = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="consents")
    to = models.CharField(max_length=40)
    given = models.BooleanField()
    recorded_by = models.ForeignKey(Agent, null=True, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()


class RateWindow(models.Model):
    """How often something was tried in a window of time, by a keyed hash of who tried."""

    key = models.BinaryField(max_length=32, primary_key=True)
    window_ends_at = models.DateTimeField(db_index=True)
    count = models.IntegerField()


class Session(AbstractBaseSession):
    """A browser that is known. Its key is stored as a keyed hash: nobody comes in with what stands in the database.

    What the browser is called ("a phone, Chrome") and since when lies in the data; no address and no user agent does.
    """

    session_key = models.CharField(max_length=64, primary_key=True)
    account = models.ForeignKey(Account, null=True, on_delete=models.CASCADE, related_name="sessions")


class Challenge(models.Model):
    """A question put to a passkey. The bytes are derived from the id; answering it takes the row away, so once."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    account = models.ForeignKey(Account, null=True, on_delete=models.CASCADE)
    expires_at = models.DateTimeField(db_index=True)


class Passkey(models.Model):
    """A key that lies in a phone, a computer or a stick, and opens with a finger, a face or a PIN."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="passkeys")
    name = models.CharField(max_length=60)
    credential_id = models.BinaryField(unique=True)
    public_key = models.BinaryField()
    sign_count = models.BigIntegerField(default=0)
    created_at = models.DateTimeField()
    last_used_on = models.DateField(null=True)


class CodeApp(models.Model):
    """An app that shows six digits (TOTP). Its secret is sealed in the vault under this row's id, field ``secret``.

    ``last_step`` is the half minute whose code was used last: each code is good for once.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    account = models.OneToOneField(Account, on_delete=models.CASCADE, related_name="code_app")
    created_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    last_step = models.BigIntegerField(default=0)


class PaperCode(models.Model):
    """One of ten codes printed on paper as a way back in. Only its keyed hash is stored."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="paper_codes")
    digest = models.BinaryField(max_length=32, unique=True)
    created_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)


class Erasure(models.Model):
    """Somebody asked to be erased. Until ``due_at`` she can call it off; then a duty does it and the row is gone."""

    agent = models.OneToOneField(Agent, on_delete=models.CASCADE, primary_key=True, related_name="erasure")
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField(db_index=True)


class Block(models.Model):
    """Somebody wants nothing to do with somebody else. The row does not say who: ``owner`` is a keyed hash.

    Whose it is, whom it hides and what she calls them is sealed in the vault under this row's id, as a subject of its
    own, so that a stolen database tells at most which two agents do not see each other (``HiddenPair``).
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner = models.BinaryField(max_length=32, db_index=True)
    made_at = models.DateTimeField()


class BlockHandle(models.Model):
    """By what the one who is blocked is known again: the blind index of an address, or a keyed hash of an agent's id."""

    block = models.ForeignKey(Block, on_delete=models.CASCADE, related_name="handles")
    handle = models.BinaryField(max_length=32, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint("block", "handle", name="one_handle_a_block")]


class HiddenPair(models.Model):
    """Two agents who do not see each other, written both ways round; ``count`` blocks say so."""

    one_id = models.UUIDField()
    other_id = models.UUIDField()
    count = models.IntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint("one_id", "other_id", name="one_row_a_hidden_pair")]
