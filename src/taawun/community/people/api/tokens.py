"""Who calls: a program with somebody's token, or nobody in particular. Sessions count for nothing here.

A browser sends its cookies along with what a stranger's page makes it send; it never sends a token along. So an API
that knows tokens alone cannot be made to write by another site.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.http import HttpRequest
from django.utils import timezone

from taawun.community.people import limits, secrets
from taawun.community.people.api import sentences  # noqa: F401  (registers them)
from taawun.community.people.doors import visitor_of
from taawun.community.people.models import Account, ApiToken
from taawun.ground.values.refusal import Refusal

READS_A_MINUTE_MAX = 600
WRITES_A_MINUTE_MAX = 120
MINUTE = timedelta(minutes=1)
TOKEN_LENGTH_MAX = 200


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls: an account through one of its tokens, or a visitor (both None). ``visitor`` is what limits count by.

    ``keyed`` says that the operation behind the gate is done once for each idempotency key.
    """

    account: Account | None
    token: ApiToken | None
    visitor: str
    now: datetime
    keyed: bool

    @property
    def agent_id(self) -> uuid.UUID | None:
        return self.account.agent_id if self.account else None


class ApiRequest(HttpRequest):
    """A request that has passed a gate."""

    auth: Caller


@dataclass(frozen=True)
class Gate:
    """The gate before an operation: whether it takes a token, whether it writes, whether it is done once a key.

    It counts each call before it lets anybody through, so that guessing tokens is counted too; ``tries`` names a
    narrower count, and how many of it a visitor has in an hour. An instance is what django-ninja calls to authenticate
    a request.
    """

    public: bool = False
    writes: bool = False
    keyed: bool = False
    tries: tuple[str, int] | None = None

    def __call__(self, request: HttpRequest) -> Caller:
        now = timezone.now()
        header = request.headers.get("Authorization", "")
        visitor = visitor_of(request)
        if self.tries is not None:
            what, most = self.tries
            limits.require(what, visitor, at_most=most, window=limits.HOUR, now=now)
        if not header:
            self._count(f"visitor {visitor}", now)
            if not self.public:
                raise Refusal("token.needed", status=401)
            return Caller(None, None, visitor, now, self.keyed)
        token = find_token(header, now=now)
        if token is None:
            self._count(f"visitor {visitor}", now)
            raise Refusal("token.unknown", status=401)
        self._count(f"token {token.id}", now)
        if self.writes and not token.may_write:
            raise Refusal.forbidden("token.read_only")
        return Caller(token.account, token, visitor, now, self.keyed)

    def _count(self, who: str, now: datetime) -> None:
        what, most = ("api write", WRITES_A_MINUTE_MAX) if self.writes else ("api read", READS_A_MINUTE_MAX)
        limits.require(what, who, at_most=most, window=MINUTE, now=now)


def find_token(header: str, *, now: datetime) -> ApiToken | None:
    """Return the living token of an Authorization header.

    It is found by the digest of the secret, so how long the search takes tells nothing about the secret itself.
    """
    scheme, _, text = header.partition(" ")
    text = text.strip()
    if scheme.lower() != "bearer" or not text.isascii() or not 0 < len(text) <= TOKEN_LENGTH_MAX:
        return None
    digest = secrets.digest(text)
    found = ApiToken.objects.select_related("account__agent").filter(digest=digest, revoked_at__isnull=True).first()
    if found is None or not found.account.is_active:
        return None
    # A role that asks for a second factor rests for a token that was made without one.
    found.account.is_strong = found.is_strong
    return found if found.expires_at is None or found.expires_at > now else None


READS = Gate()
"""Reading with a token."""
READS_PUBLIC = Gate(public=True)
"""Reading what is public, or with a token what its owner may see."""
WRITES = Gate(writes=True, keyed=True)
"""Writing with a token, once a key."""
WRITES_PUBLIC = Gate(public=True, writes=True, keyed=True)
"""Writing without an account, once a key."""
OPENS = Gate(writes=True)
"""Opening what is sealed: each time is a look and leaves a record, so nothing is kept to be answered again."""
