"""Fetching the signed-in account together with its agent, in one statement a request."""

import uuid

from django.contrib.auth.backends import BaseBackend

from taawun.community.people.models import Account


class AccountBackend(BaseBackend):
    """Signing in is done by ``actions``; Django's session only needs to find the account again."""

    def get_user(self, user_id: uuid.UUID) -> Account | None:
        return Account.objects.select_related("agent").filter(pk=user_id, is_active=True).first()
