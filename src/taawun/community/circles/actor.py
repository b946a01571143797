"""Who acts in a circle: the agent, the roles, and those she may act for. Made by ``access``, passed to every action."""

import uuid
from dataclasses import dataclass

from taawun.community.circles.models import Circle, Role
from taawun.ground.vault.store import Viewer


@dataclass(frozen=True)
class Actor:
    """Somebody signed in, in one circle. ``acts_for`` holds organisations and paper members she may act for."""

    agent_id: uuid.UUID
    circle: Circle
    roles: frozenset[str]
    is_member: bool
    acts_for: frozenset[uuid.UUID]
    name: str

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

    def is_one_of(self, *agent_ids: uuid.UUID | None) -> bool:
        return any(one in self.own_ids for one in agent_ids if one is not None)

    @property
    def viewer(self) -> Viewer:
        return Viewer(self.agent_id, frozenset({self.agent_id}))
