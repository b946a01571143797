"""The only code that writes people: accounts, contacts, signing in, tokens."""

import uuid
from datetime import datetime, timedelta

from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F

from taawun.community.people import blocks, limits, secrets, texts
from taawun.community.people.factors import strength
from taawun.community.people.identity import Address, parse_address, seal_address
from taawun.community.people.models import (
    Account,
    Agent,
    AgentKind,
    ApiToken,
    Consent,
    Contact,
    RateWindow,
    SignInAttempt,
)
from taawun.ground.jobs import duties
from taawun.ground.values.refusal import Refusal
from taawun.ground.vault import store
from taawun.ground.words.digits import SYSTEMS, to_latin
from taawun.ground.words.languages import BY_CODE, COMPLETE

SEND_ERRAND = "messages.sign_in"
ATTEMPT_LIFETIME = timedelta(minutes=10)
ATTEMPTS_A_DAY_MAX = 5
# To one address, whoever asks: beyond that it would be a nuisance sent by mail.
ATTEMPTS_OF_EVERYBODY_A_DAY_MAX = 15
# Of one visitor, who can be a whole mobile network.
ATTEMPTS_AN_HOUR_MAX = 60
CODES_A_QUARTER_HOUR_MAX = 20
PASSWORDS_A_QUARTER_HOUR_MAX = 5
# By everybody together at one address, in six hours.
PASSWORDS_OF_EVERYBODY_MAX = 30
TOKEN_NAME_LENGTH_MAX = 60
PASSWORD_LENGTH_MAX = 200
CONTACTS_MAX = 10
TOKENS_MAX = 20
# Pages nobody minds having open, also somebody who looks over the shoulder.
EXITS = {
    "wikipedia": "https://www.wikipedia.org/",
    "weather": "https://www.bbc.com/weather",
    "search": "https://www.google.com/",
}
USUAL_EXIT = "wikipedia"


def enter_agent(
    *,
    name: str,
    kind: AgentKind = AgentKind.PERSON,
    languages: list[str] | None = None,
    entered_by: Agent | None = None,
    now: datetime,
) -> Agent:
    """Make somebody who gives and receives; without an account until one is opened."""
    return Agent.objects.create(
        kind=kind, name=name, languages=languages or [], entered_by=entered_by, created_at=now
    )


def open_account(*, name: str, language: str, now: datetime, agent: Agent | None = None) -> Account:
    """Open an account for a new agent, or for one who had none. It has no password until one is set."""
    shown = texts.name(name) if agent is None else agent.name
    chosen = language if language in COMPLETE else "en"
    with transaction.atomic():
        agent = agent or enter_agent(name=shown, languages=[chosen], now=now)
        account = Account(agent=agent, language=chosen, created_at=now)
        account.password = make_password(None)
        account.save(force_insert=True)
        Consent.objects.create(agent=agent, to="account", given=True, recorded_by=agent, recorded_at=now)
    return account


def add_contact(account: Account, text: str, region: str, *, now: datetime, verified: bool = False) -> Contact:
    """Add an e-mail address or phone. Unless ``verified``, a code proves it before anyone can sign in with it."""
    strength.require(account)
    if Contact.objects.filter(agent_id=account.agent_id).count() >= CONTACTS_MAX:
        raise Refusal.conflict("address.too_many", "address", limit=CONTACTS_MAX)
    return add_address(account.agent, parse_address(text, region), now=now, verified=verified)


def add_address(agent: Agent, address: Address, *, now: datetime, verified: bool = False) -> Contact:
    """Add an address already read to an agent; for someone without an account it is only a way to reach them."""
    index = address.blind_index
    mine = Contact.objects.filter(agent=agent, blind_index=index).first()
    if mine is not None:
        if verified and mine.verified_at is None:
            _verify(mine, now=now)
        return mine
    try:
        with transaction.atomic():
            contact = Contact.objects.create(
                agent=agent,
                channel=address.channel,
                blind_index=index,
                verified_at=now if verified else None,
                created_at=now,
            )
    except IntegrityError:
        raise Refusal.conflict("address.taken", "address") from None
    seal_address(contact.id, agent.id, address, now=now)
    if verified:
        blocks.contact_proven(contact, now=now)
    return contact


def remove_contact(account: Account, contact_id: uuid.UUID, *, now: datetime) -> None:
    """Forget an address. The last proven one stays: without it there is no way back in, with a password neither."""
    strength.require(account)
    with transaction.atomic():
        mine = list(Contact.objects.select_for_update().filter(agent_id=account.agent_id))
        contact = next((one for one in mine if one.pk == contact_id), None)
        if contact is None:
            raise Refusal.not_found()
        others = [one for one in mine if one.verified_at and one.pk != contact_id]
        if contact.verified_at and not others:
            raise Refusal.conflict("address.last", "address")
        store.seal(circle_id=None, subject_id=account.agent_id, row_id=contact.id, fields={"value": ""}, now=now)
        contact.delete()


def ask_to_sign_in(text: str, region: str, *, visitor: str, now: datetime) -> SignInAttempt:
    """Begin signing in by link or code. The answer is the same whether or not anybody has this address."""
    address = parse_address(text, region)
    limits.require("ask to sign in, visitor", visitor, at_most=ATTEMPTS_AN_HOUR_MAX, window=timedelta(hours=1), now=now)
    # As with passwords: who asks five times for somebody else's codes uses up her own five and not the other's.
    asked = (
        ("ask to sign in, address", f"{address.value}|{visitor}", ATTEMPTS_A_DAY_MAX),
        ("ask to sign in, everybody", address.value, ATTEMPTS_OF_EVERYBODY_A_DAY_MAX),
    )
    for what, who, most in asked:
        limits.require(what, who, at_most=most, window=timedelta(days=1), now=now)
    contact = (
        Contact.objects.select_related("agent__account")
        .filter(blind_index=address.blind_index, verified_at__isnull=False, agent__account__is_active=True)
        .first()
    )
    with transaction.atomic():
        attempt = SignInAttempt.objects.create(
            account=contact.agent.account if contact else None,
            contact=contact,
            contact_index=address.blind_index,
            created_at=now,
            expires_at=now + ATTEMPT_LIFETIME,
            # Nobody to send to: marked as sent, so that no duty looks for an address.
            sent_at=None if contact else now,
        )
        if contact is not None:
            duties.queue(SEND_ERRAND, attempt_id=str(attempt.id))
    return attempt


def ask_to_verify(account: Account, contact: Contact, *, now: datetime) -> SignInAttempt:
    """Send a code that proves a new contact belongs to the account. It proves that, and signs nobody in."""
    limits.require("verify", str(account.id), at_most=ATTEMPTS_A_DAY_MAX, window=timedelta(days=1), now=now)
    with transaction.atomic():
        attempt = SignInAttempt.objects.create(
            account=account,
            contact=contact,
            contact_index=contact.blind_index,
            created_at=now,
            expires_at=now + ATTEMPT_LIFETIME,
        )
        duties.queue(SEND_ERRAND, attempt_id=str(attempt.id))
    return attempt


def sign_in_link(account: Account, *, lifetime: timedelta, now: datetime) -> str:
    """Return the token of a link that signs this account in once: for the console, a printed sheet, a demo."""
    attempt = SignInAttempt.objects.create(
        account=account, contact_index=b"", created_at=now, expires_at=now + lifetime, sent_at=now
    )
    return secrets.token_of("sign-in", attempt.id)


def sign_in_by_code(attempt_id: uuid.UUID, code: str, *, visitor: str, now: datetime) -> Account:
    """Use the six digits. Each wrong try is counted, also when the caller refuses; five end the attempt."""
    _try_code(attempt_id, code, visitor=visitor, now=now)
    account = _use(attempt_id, now=now)
    limits.forgive("code", visitor)
    return account


def sign_in_by_link(token: str, *, now: datetime) -> Account:
    attempt_id = secrets.read_token("sign-in", token)
    if attempt_id is None:
        raise Refusal("code.expired", status=410)
    try:
        return _use(attempt_id, now=now)
    except Refusal as refusal:
        raise Refusal(refusal.code, status=410) from None


def verify_contact(account: Account, attempt_id: uuid.UUID, code: str, *, visitor: str, now: datetime) -> Contact:
    """Prove with the six digits sent there that an address belongs to this account."""
    _try_code(attempt_id, code, visitor=visitor, now=now)
    with transaction.atomic():
        attempt = _spend(attempt_id, now=now)
        if attempt.account_id != account.pk or attempt.contact is None:
            raise Refusal("code.expired", "code")
        _verify(attempt.contact, now=now)
    limits.forgive("code", visitor)
    return attempt.contact


def _try_code(attempt_id: uuid.UUID, code: str, *, visitor: str, now: datetime) -> None:
    limits.require("code", visitor, at_most=CODES_A_QUARTER_HOUR_MAX, window=timedelta(minutes=15), now=now)
    tries = SignInAttempt.objects.filter(
        pk=attempt_id, used_at__isnull=True, expires_at__gt=now, tries_left__gt=0
    ).update(tries_left=F("tries_left") - 1)
    if not tries:
        raise Refusal("code.expired", "code")
    if not secrets.same(secrets.code_of(attempt_id), "".join(to_latin(code[:40]).split())):
        raise Refusal("code.wrong", "code")


def _spend(attempt_id: uuid.UUID, *, now: datetime) -> SignInAttempt:
    """Mark an attempt as used: of two at the same moment, one."""
    # Nothing but its own columns: a condition on another table is looked up before the row is waited for, and both
    # of two at the same moment would find the attempt unused.
    used = SignInAttempt.objects.filter(pk=attempt_id, used_at__isnull=True, expires_at__gt=now).update(used_at=now)
    if used != 1 or not SignInAttempt.objects.filter(pk=attempt_id, account__is_active=True).exists():
        raise Refusal("code.expired", "code")
    return SignInAttempt.objects.select_related("account__agent", "contact").get(pk=attempt_id)


def _use(attempt_id: uuid.UUID, *, now: datetime) -> Account:
    with transaction.atomic():
        attempt = _spend(attempt_id, now=now)
        # What was sent to an address nobody has proven yet may have reached a stranger through a slip of the thumb.
        if attempt.account is None or (attempt.contact is not None and attempt.contact.verified_at is None):
            raise Refusal("code.expired", "code")
        Account.objects.filter(pk=attempt.account.pk).update(last_seen_on=now.date())
    return attempt.account


def _verify(contact: Contact, *, now: datetime) -> None:
    try:
        with transaction.atomic():
            Contact.objects.filter(pk=contact.pk).update(verified_at=now)
    except IntegrityError:
        raise Refusal.conflict("address.taken", "address") from None
    blocks.contact_proven(contact, now=now)


def sign_in_by_password(text: str, region: str, password: str, *, visitor: str, now: datetime) -> Account:
    """Check address and password. An unknown address costs the same time as a wrong password."""
    address = parse_address(text, region)
    window = timedelta(minutes=15)
    limits.require("password, visitor", visitor, at_most=30, window=window, now=now)
    # Counted for this visitor at this address: somebody else's wrong guesses must not lock her out.
    pair = f"{address.value}|{visitor}"
    limits.require("password", pair, at_most=PASSWORDS_A_QUARTER_HOUR_MAX, window=window, now=now)
    # Many visitors guessing at one address wear out its password for a while, not the address: a code still goes there.
    # It is the address as typed that is counted, known or not, so that the answer tells nothing.
    guesses = limits.count("password, everybody", address.value, window=timedelta(hours=6), now=now)
    if guesses > PASSWORDS_OF_EVERYBODY_MAX:
        raise Refusal("password.code_instead", "password", status=429)
    contact = (
        Contact.objects.select_related("agent__account__agent")
        .filter(blind_index=address.blind_index, verified_at__isnull=False, agent__account__is_active=True)
        .first()
    )
    known = contact is not None and contact.agent.account.has_usable_password()
    if not known:
        make_password(password[:PASSWORD_LENGTH_MAX])
        raise Refusal("password.wrong", "password")
    assert contact is not None
    account: Account = contact.agent.account
    if not check_password(password[:PASSWORD_LENGTH_MAX], account.password):
        raise Refusal("password.wrong", "password")
    limits.forgive("password, visitor", visitor)
    limits.forgive("password", pair)
    limits.forgive("password, everybody", address.value)
    Account.objects.filter(pk=account.pk).update(last_seen_on=now.date())
    return account


def set_password(account: Account, password: str) -> None:
    """Set a password of at least eight characters that is not a common word."""
    strength.require(account)
    if len(password) > PASSWORD_LENGTH_MAX:
        raise Refusal("text.too_long", "password", limit=PASSWORD_LENGTH_MAX)
    try:
        validate_password(password, account)
    except ValidationError:
        raise Refusal("password.weak", "password") from None
    account.password = make_password(password)
    account.save(update_fields=["password"])


def end_other_sessions(account: Account) -> None:
    """End every session of the account. The caller renews the one it stands in."""
    account.session_round += 1
    account.save(update_fields=["session_round"])


def choose_exit(account: Account, exit_to: str) -> None:
    """Choose where "leave quickly" leads."""
    if exit_to not in EXITS:
        raise Refusal("exit.unknown", "exit_to")
    account.exit_to = exit_to
    account.save(update_fields=["exit_to"])


def exit_address(account: Account | None) -> str:
    """Return the harmless page "leave quickly" leads to."""
    return EXITS[account.exit_to if account is not None and account.exit_to in EXITS else USUAL_EXIT]


def change_language(account: Account, language: str) -> None:
    if language not in COMPLETE:
        raise Refusal("language.unknown", "language")
    account.language = language
    account.save(update_fields=["language"])


def change_profile(account: Account, *, name: str, language: str, languages: list[str], digits: str) -> None:
    """Change the shown name, the language of the pages, the languages spoken and the digits."""
    if language not in COMPLETE:
        raise Refusal("language.unknown", "language")
    if any(code not in BY_CODE for code in languages):
        raise Refusal("language.unknown", "languages")
    if digits and digits not in SYSTEMS:
        raise Refusal("digits.unknown", "digits", system=digits[:20])
    account.agent.name = texts.name(name)
    account.agent.languages = list(dict.fromkeys(languages))
    account.language, account.digits = language, digits
    with transaction.atomic():
        account.agent.save(update_fields=["name", "languages"])
        account.save(update_fields=["language", "digits"])


def make_token(account: Account, name: str, *, may_write: bool, now: datetime) -> tuple[ApiToken, str]:
    """Make an API token; the text is returned once and never stored."""
    strength.require(account)
    cleaned = texts.line(name, "name", TOKEN_NAME_LENGTH_MAX)
    if not cleaned:
        raise Refusal("token.name", "name")
    if ApiToken.objects.filter(account=account, revoked_at__isnull=True).count() >= TOKENS_MAX:
        raise Refusal.conflict("token.too_many", "name", limit=TOKENS_MAX)
    text, digest = secrets.new_token()
    token = ApiToken.objects.create(
        account=account, name=cleaned, digest=digest, may_write=may_write, is_strong=account.is_strong, created_at=now
    )
    return token, text


def revoke_token(account: Account, token_id: uuid.UUID, *, now: datetime) -> None:
    if not ApiToken.objects.filter(pk=token_id, account=account, revoked_at__isnull=True).update(revoked_at=now):
        raise Refusal.not_found()


def remove_old(now: datetime) -> int:
    """Forget sign-in attempts and rate windows that ended: nobody needs to know who tried to sign in."""
    gone = SignInAttempt.objects.filter(expires_at__lt=now - timedelta(days=1)).delete()[0]
    return gone + RateWindow.objects.filter(window_ends_at__lt=now).delete()[0]
