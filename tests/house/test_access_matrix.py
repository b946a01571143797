"""Who gets past which gate: every route × role, one's own rows, the neighbour's ids, a circle that is not public.

The expected matrix is ``access_matrix.txt``. A route that is not in it fails the test: put it there on purpose. After
reading what changed, ``WRITE_MATRIX=1`` writes the observed one.
"""

import os
from pathlib import Path

import pytest

from tests.house import matrix

EXPECTED = Path(__file__).with_name("access_matrix.txt")
# The gates of these are no circle's: the same whatever circle the rest of the matrix walks in.
SHARED = (
    "people:", "circles:home", "circles:start", "circles:mine", "circles:lost", "circles:recovery_st",
    "circles:my_recovery", "circles:stop_my_recovery", "aid:follow", "messages:still", "messages:quiet",
)  # fmt: skip


def observed() -> list[str]:
    lines = [f"{'route':40}" + "".join(f"{role:12}" for role in matrix.ROLES)]
    closed = set()
    for public in (True, False):
        stage = matrix.set_stage(public=public)
        for name, takes in sorted(matrix.routes()):
            if not public and (name.startswith(SHARED) or name in closed):
                continue
            arguments = {argument: stage.arguments[argument][0] for argument in takes}
            cells = [matrix.cell(stage, role, name, arguments) for role in matrix.ROLES]
            # What is shut to everybody outside of a public circle can't be any more shut where the circle is not.
            if set(cells[: matrix.ROLES.index("member")]) == {"-"}:
                closed.add(name)
            label = name if public else f"{name} (not public)"
            lines.append(f"{label:40}" + "".join(f"{one:12}" for one in cells))
    return [line.rstrip() for line in lines]


@pytest.mark.django_db
@pytest.mark.timeout(300)
def test_every_route_opens_to_whom_the_matrix_says():
    found = observed()
    if os.environ.get("WRITE_MATRIX"):
        EXPECTED.write_text("\n".join(found) + "\n", encoding="utf-8")
    assert found == EXPECTED.read_text(encoding="utf-8").splitlines()


@pytest.mark.django_db
@pytest.mark.timeout(300)
def test_no_role_reaches_the_neighbours_rows_by_their_ids():
    stage = matrix.set_stage(public=True)
    tried = 0
    for name, takes in matrix.routes():
        tried_by = {"intent_id", "commitment_id", "agent_id", "invitation_id", "area_id", "secret", "recovery_id"}
        tried_by |= {"thread_id", "message_id", "medium_id", "note_id", "about_id"}
        tried_by |= {"organisation_id", "programme_id", "placement_id", "series_id", "pair_id", "link_id"}
        tried_by |= {"plan_id", "carrier_id", "depot_id", "standing_id"}
        for argument in takes & tried_by:
            arguments = {one: stage.arguments[one][0] for one in takes} | {argument: stage.foreign[argument]}
            for role in ("anonymous", "outsider", "staff", "member", "owner", "coordinator"):
                # The page of a dead link opens for everybody and says so.
                expected = {"GP", "G", "-"} if argument == "secret" else {"-"}
                assert matrix.cell(stage, role, name, arguments) in expected, f"{name} as {role} by {argument}"
                tried += 1
    assert tried > 60
