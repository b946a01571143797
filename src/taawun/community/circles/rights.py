"""What somebody may do for an organisation. Each right is given and taken by itself; they are declared here and nowhere else."""

from collections.abc import Iterable
from enum import StrEnum

from taawun.ground.values.refusal import Refusal


class Right(StrEnum):
    """One thing a person may do for an organisation in a circle."""

    # See what was handed to it and what it promised; claim, say yes or no, deliver.
    ANSWER = "answer"
    # Put needs and offers of the organisation on the board, and look after them.
    POST = "post"
    # Open name, phone and door of those whom it promised help. Each look is on record.
    DOORS = "doors"
    PROGRAMMES = "programmes"
    STAFF = "staff"
    FIGURES = "figures"


ALL = frozenset(Right)
# Who holds one of these sees what is the organisation's own on the board and in promises.
SEEING = frozenset({Right.ANSWER, Right.POST})


def read(codes: Iterable[str], field: str = "rights") -> list[str]:
    """Return rights as they are stored: known ones, each once, in the order of their declaration."""
    wanted = set(codes)
    if not wanted:
        raise Refusal("staff.no_right", field)
    if not wanted <= ALL:
        raise Refusal("staff.right_unknown", field)
    return [one.value for one in Right if one in wanted]


def require_own(giver: frozenset[str], codes: Iterable[str], field: str = "rights") -> None:
    """Nobody gives a right that she does not hold herself."""
    if not set(codes) <= giver:
        raise Refusal("staff.not_yours_to_give", field, status=403)
