"""Sheets: a hundred thousand rows from a file to the board, in time and in memory; and everything out again.

``BENCH_ROWS`` sets how many rows; ``BENCH_GOLDEN`` names a folder of sheets whose columns were mapped by hand.
"""

import csv
import io
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from bench import Figure
from taawun.community.circles import access as circle_access
from taawun.community.circles import actions as circles
from taawun.community.circles.actor import Actor
from taawun.community.circles.models import Circle, Membership
from taawun.community.people import actions as people
from taawun.community.people.models import Account
from taawun.ground.journal.proof import verify_circle
from taawun.ground.values.place import Point
from taawun.ground.values.scope import circle_scope
from taawun.practice.aid.actions.bringing import Unlinked, link_many
from taawun.practice.aid.models import Intent
from taawun.reach.sheets import actions
from taawun.reach.sheets.actions import Choices
from taawun.reach.sheets.exporting import take_everything
from taawun.reach.sheets.models import Import

SEED = 5
ROWS = int(os.environ.get("BENCH_ROWS", "100000"))
GOLDEN = os.environ.get("BENCH_GOLDEN", "")
SECONDS_MAX, MEGABYTES_MAX = 120, 400
# Looking for repeats goes on in the background after the rows are on the board; so many are timed.
LINKED = 1000
KINDS = ("Bread", "Cooked meal", "Baby milk", "Blankets", "Drinking water", "حفاضات", "Food parcel", "Clothes")
# As many names as a town has: three hundred first ones and seven hundred of families, made of syllables.
FIRST = (
    ("Ra", "Sa", "Le", "No", "Ha", "Mi", "Da", "Zi", "Ka", "Yu"),
    ("na", "mi", "la", "wan", "dir", "sef"),
    ("", "h", "a", "r", "n"),
)
LAST = (
    ("Had", "Naz", "Kha", "Sal", "Bou", "Mar", "Fak", "Gha", "Tar", "Zei", "Jab", "Azz", "Shi", "Qas"),
    ("dad", "ir", "lil", "oun", "i", "az", "bi", "oub", "ri", "em"),
    ("", "i", "ani", "eh", "our"),
)
HEADER = (
    "Timestamp", "Full name", "Phone number", "What do you need?", "How many?", "How urgent is it?", "Neighbourhood",
    "Address", "Family size", "Language", "Notes", "Signature", "Volunteer", "Marital status", "Form number",
)  # fmt: skip


def run() -> Iterable[Figure]:
    yield from bringing()
    yield from golden()


def bringing() -> Iterator[Figure]:
    """Each part in a process of its own, so that its memory is only its own."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "needs.csv"
        path.write_bytes(messy_sheet(ROWS))
        found = _in_a_child("bring", str(path))
        told = f"{ROWS:,} rows from file to board"
        yield Figure(f"{told}: seconds", found["seconds"], f"<= {SECONDS_MAX}", found["seconds"] <= SECONDS_MAX)
        yield Figure(f"{told}: MB", found["megabytes"], f"<= {MEGABYTES_MAX}", found["megabytes"] <= MEGABYTES_MAX)
        yield Figure("… of which this process computed, seconds", found["cpu"], "any", True)
        yield Figure("… of which reading and checking alone, seconds", found["check"], "any", True)
        yield Figure("… of which the journal was held, seconds", found["held"], "<= 30", found["held"] <= 30)
        yield Figure("… looking for repeats afterwards, ms a row", found["linked"], "any", True)
        rows = f"{found['brought']:,} + {found['skipped']:,} of {found['rows']:,}"
        same = found["brought"] + found["skipped"] == found["rows"] == ROWS
        yield Figure("rows in = imported + skipped", rows, f"= {ROWS:,}", same)
        yield Figure("faults in the journal afterwards", found["faults"], "0", found["faults"] == 0)
        out = _in_a_child("take", str(found["slug"]))
        plain = max(out["plain"], 0.001)
        ratio = out["zip"] / plain
        yield Figure("everything as CSV: seconds beside a bare dump, ratio", ratio, "<= 8", ratio <= 8)
        ratio = out["xlsx"] / plain
        yield Figure("everything as XLSX: seconds beside a bare dump, ratio", ratio, "<= 20", ratio <= 20)
        yield Figure(
            "everything as XLSX: MB", out["megabytes"], f"<= {MEGABYTES_MAX}", out["megabytes"] <= MEGABYTES_MAX
        )


def _in_a_child(*arguments: str) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, "-c", "import django; django.setup(); from bench import sheets; sheets.child()", *arguments],
        capture_output=True, text=True, check=False, env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    answer: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return answer


def child() -> None:
    """What a child process is asked to do: its answer is the last line it prints."""
    what, argument = sys.argv[1], sys.argv[2]
    print(json.dumps(_bring(Path(argument)) if what == "bring" else _take(argument)))


def _megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _bring(path: Path) -> dict[str, object]:
    circle, account = _circle()
    start, computed = time.perf_counter(), time.process_time()
    with circle_scope(circle.id):
        actor = circle_access.actor_in(circle, account)
        load = actions.hand_in(actor, path.read_bytes(), path.name, now=timezone.now())
        chosen = Choices(basis="asked", direction="request")
        load = actions.choose(actor, load.id, chosen, now=timezone.now())
        actions.check(actor, load, now=timezone.now())
    checked = time.perf_counter()
    with circle_scope(circle.id):
        actor = circle_access.actor_in(circle, account)
        load = Import.objects.get(pk=load.id)
        load.circle = circle
        last = [time.perf_counter()]

        def tell(_done: int, _total: int) -> None:
            last[0] = time.perf_counter()

        later: list[Unlinked] = []
        load = actions.bring(actor, load, now=timezone.now(), tell=tell, later=later)
    end, computed = time.perf_counter(), time.process_time() - computed
    link_many(actor, later[:LINKED], now=timezone.now())
    linked = time.perf_counter() - end
    with circle_scope(circle.id):
        faults = verify_circle(circle.id)[2]
    counts = load.counts
    return {
        "seconds": end - start, "check": checked - start, "held": end - last[0], "megabytes": _megabytes(),
        "rows": counts["rows"], "brought": counts.get("rows_new", 0),
        "skipped": sum(counts.get(f"rows_{name}", 0) for name in ("skipped", "wrong", "same", "changed", "left_out")),
        "faults": len(faults), "slug": circle.slug, "cpu": computed,
        "linked": linked / max(1, min(LINKED, len(later))) * 1000,
    }  # fmt: skip


def _take(slug: str) -> dict[str, float]:
    circle = Circle.objects.get(slug=slug)
    times = {}
    with circle_scope(circle.id):
        founder = Membership.objects.get(circle=circle).agent_id
        account = Account.objects.select_related("agent").get(agent_id=founder)
        account.is_strong = True
        actor = circle_access.actor_in(circle, account)
        times["plain"] = _bare_dump(actor)
        for form in ("zip", "xlsx"):
            start = time.perf_counter()
            take_everything(actor, form, personal=False, why="", now=timezone.now())
            times[form] = time.perf_counter() - start
    return times | {"megabytes": _megabytes()}


def _bare_dump(actor: Actor) -> float:
    """The peer: the same rows of the same table through a plain ``csv.writer``, nothing looked up and nothing made safe."""
    start = time.perf_counter()
    writer = csv.writer(io.StringIO())
    writer.writerows(Intent.objects.filter(circle=actor.circle).order_by("id").values_list().iterator(chunk_size=1000))
    return time.perf_counter() - start


def _circle() -> tuple[Circle, Account]:
    now = timezone.now()
    account = people.open_account(name="Founder", language="en", now=now)
    account.is_strong = True
    with transaction.atomic():
        circle = circles.set_up(
            account,
            name=f"Sheets bench {time.time_ns()}",
            place_name="Harbour",
            languages=["en", "ar"],
            region="LB",
            time_zone="Asia/Beirut",
            point=Point(33.9, 35.5),
            now=now,
        )
    return circle, account


def messy_sheet(rows: int) -> bytes:
    """Return a sheet as a form fills it: titles above, a mask for a phone here and there, newlines, words for numbers."""
    dice = random.Random(SEED)
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";")
    writer.writerow(["Needs of the quarter", *[""] * 14])
    writer.writerow(HEADER)
    for number in range(rows):
        phone = f"0{dice.choice('37')}{dice.randrange(100000, 999999)}"
        writer.writerow(
            [
                f"2026-10-{dice.randrange(1, 29):02d} {dice.randrange(24):02d}:{dice.randrange(60):02d}",
                f"{_name(dice, FIRST)} {_name(dice, LAST)}", "XXXXXX" if number % 997 == 0 else phone, dice.choice(KINDS),
                "many" if number % 499 == 0 else dice.choice(["1", "2", "٣", "4", ""]),
                dice.choice(["urgent", "soon", "this week", "عاجل", ""]), dice.choice(["Mina", "Old Town", ""]),
                f"Street {dice.randrange(900)}, house {dice.randrange(1, 90)}, floor {dice.randrange(1, 7)}\nring twice", dice.randrange(1, 9), "Arabic",
                dice.choice(["", "call after five", "has a dog"]), "x", "Rana", dice.choice(["m", "s"]), number + 1,
            ]
        )  # fmt: skip
    return out.getvalue().encode("utf-8-sig")


def _name(dice: random.Random, parts: tuple[tuple[str, ...], ...]) -> str:
    return "".join(dice.choice(part) for part in parts)


def golden() -> Iterator[Figure]:
    """Columns mapped right, of those that have a target, on sheets mapped by hand."""
    if not GOLDEN:
        return
    from taawun.reach.sheets import judging

    for name, value, goal, ok in judging.figures(Path(GOLDEN)):
        yield Figure(name, value, goal, ok)
