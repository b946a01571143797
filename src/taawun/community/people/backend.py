"""Fetching the signed-in account together with its agent, in one statement a request."""

import uuid

from django.contrib.auth.backends import BaseBackend

from taawun.community.people.models import Account, Agent


class AccountBackend(BaseBackend):
    """Signing in is done by ``actions``; Django's session only needs to find the account again."""

    def get_user(self, user_id: uuid.UUID) -> Account | None:
        """Return the account with its agent. Written out: every page of everybody signed in begins with it."""
        found = Account.objects.raw(
            """
            SELECT account.*, agent.kind AS agent_kind, agent.name AS agent_name, agent.languages AS agent_languages,
                   agent.created_at AS agent_created_at, agent.erased_at AS agent_erased_at,
                   agent.entered_by_id AS agent_entered_by_id
              FROM people_account account JOIN people_agent agent ON agent.id = account.agent_id
             WHERE account.id = %s AND account.is_active
            """,
            [user_id],
        )
        for account in found:
            names = ("kind", "name", "languages", "created_at", "erased_at", "entered_by_id")
            account.agent = Agent.from_db(
                None, ["id", *names], [account.agent_id, *(account.__dict__.pop(f"agent_{name}") for name in names)]
            )
            return account
        return None
