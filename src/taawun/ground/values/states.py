"""State machines declared as data and checked when the module is imported."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class StateMachine:
    """States, and for each verb the moves it makes: ``{"accept": {"waiting": "agreed"}}``."""

    name: str
    initial: str
    final: frozenset[str]
    moves: Mapping[str, Mapping[str, str]]
    states: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        edges = [(start, end) for move in self.moves.values() for start, end in move.items()]
        states = frozenset({self.initial} | {state for edge in edges for state in edge})
        object.__setattr__(self, "states", states)
        if not self.final <= states:
            raise ValueError(f"{self.name}: unknown final state {sorted(self.final - states)}")
        dead = {state for state in states if state not in self.final and not any(s == state for s, _ in edges)}
        if dead:
            raise ValueError(f"{self.name}: no way out of {sorted(dead)}")
        reached, grown = {self.initial}, True
        while grown:
            more = {end for start, end in edges if start in reached} - reached
            reached |= more
            grown = bool(more)
        if reached != states:
            raise ValueError(f"{self.name}: never reached {sorted(states - reached)}")

    def next(self, state: str, verb: str) -> str | None:
        """Return the state ``verb`` leads to from ``state``, or None when it may not happen there."""
        return self.moves[verb].get(state)

    def can(self, state: str, verb: str) -> bool:
        return self.next(state, verb) is not None
