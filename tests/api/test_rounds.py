"""Planning a day over the API: from a depot to a closed day, stale versions, and who may not."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.api.caller import refused, told
from tests.practice.delivery.planning import post as post_needs
from tests.practice.delivery.planning import work


@pytest.fixture
def rounds(place: str) -> str:
    return f"{place}/rounds"


def test_a_day_by_a_program(town, rounds, amina, yusuf, visitor):
    post_needs(town, 3)
    point = {"point": {"latitude": 34.43, "longitude": 35.83}}
    depot = told(amina.post(f"{rounds}/depots", {"name": "Food bank", "place": point}), 201)
    assert "34.43" not in str(depot)
    wrong = {"vehicle": "van", "from_time": "10:00", "to_time": "09:00"}
    refused(yusuf.post(f"{rounds}/carriers", wrong), 422, "hours.backwards", "to_time")
    carrier = told(yusuf.post(f"{rounds}/carriers", wrong | {"from_time": "00:00", "to_time": "24:00"}), 201)
    refused(yusuf.post(f"{rounds}/carriers/{carrier['id']}/vet", {}), 403, "forbidden")
    assert told(amina.post(f"{rounds}/carriers/{carrier['id']}/vet", {"may_carry": ["cash"]}))["may_carry"] == ["cash"]
    assert told(amina.post(f"{rounds}/preferences", {"detour": 150}))["detour"] == 150
    refused(yusuf.get(f"{rounds}/plans"), 403, "forbidden")
    assert visitor.get(f"{rounds}/plans").status_code == 401

    day = (timezone.localdate(town.now) + timedelta(days=1)).isoformat()
    body = {"on_date": day, "depots": [depot["id"]], "carriers": [carrier["id"]]}
    refused(amina.post(f"{rounds}/plans", body | {"on_date": "2020-01-01"}), 422, "plan.past", "on_date")
    plan = told(amina.post(f"{rounds}/plans", body), 201)
    assert len(plan["waiting"]) == 3 and plan["waiting"][0]["unserved_text"]
    at = f"{rounds}/plans/{plan['id']}"
    assert told(amina.post(at + "/solve", {"seconds": 1, "version": plan["version"]}))["state"] == "planning"
    refused(amina.post(at + "/promise", {}), 409, "plan.going_on")
    told(amina.post(at + "/enough"))
    from taawun.practice.delivery.models import DayPlan

    work(town, DayPlan.objects.get(pk=plan["id"]))
    plan = told(amina.get(at))
    (run,) = plan["runs"]
    stops = [one for one in run["stops"] if one["what"] == "dropoff"]
    assert plan["state"] == "ready" and plan["percent"] == 100 and len(stops) == 3 and run["load"]["boxes"] == 3
    (option,) = told(amina.get(f"{at}/stops/{stops[0]['id']}/moves", run=run["id"], position=3))["items"]
    assert option["possible"] and isinstance(option["seconds"], int)
    moved = told(
        amina.post(f"{at}/stops/{stops[0]['id']}/move", {"run": run["id"], "position": 3, "version": plan["version"]})
    )
    assert [one["id"] for one in moved["runs"][0]["stops"] if one["what"] == "dropoff"][2] == stops[0]["id"]
    stale = {"run": None, "version": plan["version"]}
    refused(amina.post(f"{at}/stops/{stops[0]['id']}/move", stale), 409, "plan.changed", "version")
    refused(amina.post(f"{at}/stops/{stops[0]['id']}/change", {"quantity": "5"}), 422, "stop.amount", "quantity")
    assert told(amina.post(at + "/promise", {}))["runs"][0]["state"] == "promised"
    assert told(amina.get(at + "/wanted"))["items"] == []
    dropped = told(amina.post(f"{at}/runs/{run['id']}/drop"))
    assert dropped["runs"][0]["state"] == "cancelled" and len(dropped["waiting"]) == 3
    assert told(amina.post(at + "/close", {}))["state"] == "closed"
    refused(amina.post(at + "/needs", {"needs": []}), 409, "plan.closed")


def test_a_round_that_comes_again_by_a_program(town, rounds, amina, yusuf):
    carrier = told(yusuf.post(f"{rounds}/carriers", {"vehicle": "bicycle"}), 201)
    body = {
        "name": "Boxes",
        "weekdays": [3],
        "starts_on": timezone.localdate(town.now).isoformat(),
        "carriers": [carrier["id"]],
    }
    made = told(amina.post(f"{rounds}/standing", body), 201)
    assert told(amina.post(f"{rounds}/standing/{made['id']}/pause"))["paused"] is True
    refused(
        amina.post(f"{rounds}/standing/{made['id']}/change", body | {"kinds": ["no.such"]}),
        422,
        "kind.unknown",
        "kinds",
    )
    told(amina.post(f"{rounds}/standing/{made['id']}/end"))
    assert told(amina.get(f"{rounds}/standing"))["items"] == []
