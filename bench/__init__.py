"""Measurements, each beside its goal. A bench is a module here with `run()`, which yields figures.

`./taawun bench NAME` runs one with Django set up on a fresh, migrated database. Timings depend on the machine, so a
figure is a ratio or a bound wherever it can be, and none of this is ever a test.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """One line: what was measured, what came out, what it should be, and whether it is."""

    name: str
    value: float | str
    goal: str
    ok: bool

    def value_text(self) -> str:
        """The value as people read it: three digits that matter."""
        if isinstance(self.value, str):
            return self.value
        return f"{self.value:,.0f}" if abs(self.value) >= 1000 else f"{self.value:.3g}"
