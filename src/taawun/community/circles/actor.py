"""Who acts in a circle: the agent, the roles, and those she may act for. Made by ``access``, passed to every action."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from taawun.community.circles.models import Circle, Role
from taawun.ground.vault.store import Viewer


@dataclass(frozen=True)
class Actor:
    """Somebody signed in, in one circle. ``acts_for`` holds organisations and paper members whose own she sees.

    ``represents`` are all organisations she is staff of, ``rights`` what she may do for each (see ``may``). Staff need
    not be members: then ``is_member`` is false, and all she has here is the organisation's. ``hidden_ids`` are agents she does not see and who do not see her,
    because one of the two blocked the other: whoever lists people or what is theirs leaves these out.
    """

    agent_id: uuid.UUID
    circle: Circle
    roles: frozenset[str]
    is_member: bool
    acts_for: frozenset[uuid.UUID]
    name: str
    represents: frozenset[uuid.UUID] = frozenset()
    hidden_ids: frozenset[uuid.UUID] = frozenset()
    # A role of hers demands a second factor that she has not shown: she is a plain member until she does. Until
    # ``second_factor_due`` she has none and need not.
    rests: bool = False
    second_factor_due: datetime | None = None
    rights: Mapping[uuid.UUID, frozenset[str]] = field(default_factory=dict, hash=False)

    @property
    def is_coordinator(self) -> bool:
        return Role.COORDINATOR in self.roles

    @property
    def is_guardian(self) -> bool:
        """Guardians and coordinators act for those who cannot click."""
        return Role.GUARDIAN in self.roles or self.is_coordinator

    @property
    def own_ids(self) -> frozenset[uuid.UUID]:
        return self.acts_for | {self.agent_id}

    @property
    def is_staff(self) -> bool:
        return bool(self.represents)

    def may(self, right: str, agent_id: uuid.UUID | None) -> bool:
        """Return whether she may do this for an agent: herself, whom she looks after, an organisation that gave the right."""
        if agent_id is None:
            return False
        given = self.rights.get(agent_id)
        return agent_id in self.own_ids if given is None else right in given

    def ids_with(self, right: str) -> frozenset[uuid.UUID]:
        """Return the organisations she may do this for."""
        return frozenset(one for one, given in self.rights.items() if right in given)

    def is_one_of(self, *agent_ids: uuid.UUID | None) -> bool:
        return any(one in self.own_ids for one in agent_ids if one is not None)

    def hides(self, *agent_ids: uuid.UUID | None) -> bool:
        """Return whether one of these is hidden from her, and she from them."""
        return bool(self.hidden_ids) and any(one in self.hidden_ids for one in agent_ids)

    @property
    def viewer(self) -> Viewer:
        """Who looks. What is an organisation's is no stranger's to those who act for it; a neighbour's remains hers."""
        return Viewer(self.agent_id, self.represents | {self.agent_id})
