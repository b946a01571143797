"""Columns to targets: by the name of a column, by what its cells look like, and by the forms whose exports we know.

A name decides unless the cells contradict it; where the name says nothing, the cells do. Columns that seem to hold what we
do not want to know are marked and never mapped.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from taawun.reach.sheets import naming
from taawun.reach.sheets.content import Look
from taawun.reach.sheets.hxl import target_of_tag
from taawun.reach.sheets.plan import SEVERAL, TARGETS, Mapped, Reason

SENSITIVE_FROM: Final = 0.62
NAMED_FROM: Final = 0.6
# What a column of a form's export is called, whatever the question was.
_KOBO: Final = {
    "_id": "source_id", "_uuid": "", "_submission_time": "posted_at", "_index": "", "_validation_status": "", "_notes": "",
    "_status": "", "_submitted_by": "", "__version__": "", "_tags": "", "_parent_index": "", "_parent_table_name": "",
    "_submission__id": "", "_submission__uuid": "", "start": "", "end": "", "today": "", "deviceid": "", "username": "",
    "subscriberid": "", "simserial": "", "phonenumber": "", "instanceid": "", "uuid": "", "meta": "", "audit": "",
    "rootuuid": "", "_xform_id_string": "", "_attachments": "", "_geolocation": "", "instancename": "",
}  # fmt: skip
_OWN: Final = {"id": "source_id", "reach": "phone", "languages": "language"}
_KOBO_MARKS: Final = frozenset(
    {"_id", "_uuid", "_submission_time", "_index", "_validation_status", "__version__", "_submitted_by"}
)
_GOOGLE_MARKS: Final = frozenset(
    {"timestamp", "horodateur", "طابع زمني", "zaman damgası", "stempel waktu", "cap waktu", "مهر زمان", "টাইমস্ট্যাম্প", "ٹائم سٹیمپ", "ٹائم اسٹیمپ"}
)  # fmt: skip
_AIRTABLE: Final = re.compile(r".+ \(from .+\)|record ?id|last modified( time| by)?|created( time| by)?", re.IGNORECASE)
_FLAGS: Final = 0.9


@dataclass
class _Column:
    place: int
    header: str
    look: Look
    target: str = ""
    part: str = ""
    score: float = 0.0
    reason: Reason = "none"
    sensitive: str = ""
    option: str = ""
    closed: bool = False
    """Nothing further may be guessed about it."""
    further: list[tuple[str, float]] = field(default_factory=list)


def preset_of(headers: Sequence[str]) -> str:
    """Return whose export this seems to be: our ``own``, ``kobo``, ``google``, ``airtable`` or nothing."""
    if {"id", "direction", "kind", "quantity"} <= set(headers):
        return "own"
    bare = [header.rpartition("/")[2].strip().casefold() for header in headers]
    if sum(1 for one in bare if one in _KOBO_MARKS) >= 2:
        return "kobo"
    if headers and headers[0].strip().casefold() in _GOOGLE_MARKS:
        return "google"
    if sum(1 for header in headers if _AIRTABLE.fullmatch(header.strip())) >= 1:
        return "airtable"
    return ""


def map_columns(
    headers: Sequence[str], looks: Sequence[Look], *, tags: Sequence[str] = (), preset: str = ""
) -> list[Mapped]:
    """Return a target for each column that seems to have one, with the reason."""
    columns = [_Column(place, header, look) for place, (header, look) in enumerate(zip(headers, looks, strict=True))]
    for column in columns:
        tag = tags[column.place] if column.place < len(tags) else ""
        _by_preset(column, tag, preset, headers)
        if not column.closed:
            _by_name(column)
    _options(columns)
    _measured(columns)
    _settle(columns)
    _by_content(columns)
    _settle(columns)
    _single_need(columns)
    return [_mapped(column) for column in columns]


def _mapped(column: _Column) -> Mapped:
    reason: Reason = "sensitive" if column.sensitive else column.reason
    if not column.target and reason not in ("sensitive", "twice"):
        reason = "empty" if not column.look.filled and naming.is_bare(column.header) else "none"
    return Mapped(
        column.place,
        column.header,
        "" if column.sensitive else column.target,
        reason,
        round(min(column.score, 1.0), 2) if column.target and not column.sensitive else 0.0,
        column.option,
        column.sensitive,
        unit=naming.unit_in(column.header),
    )


# -- forms we know --------------------------------------------------------------------------------------------------


def _by_preset(column: _Column, tag: str, preset: str, headers: Sequence[str]) -> None:
    if tag.strip():
        target = target_of_tag(tag)
        if target is None:
            return
        column.closed = True
        if target.startswith("sensitive:"):
            column.sensitive = target.partition(":")[2]
        elif target in TARGETS and _agrees(target, column.look):
            column.target, column.score, column.reason = target, 0.98, "preset"
        return
    if preset == "own":
        # What went out comes back as it was; what a reader of the export was told beside it is not asked again.
        target = _OWN.get(column.header, column.header)
        if target in TARGETS:
            column.target, column.score, column.reason, column.closed = target, 1.0, "preset", True
    elif preset == "kobo":
        _by_kobo(column, headers)
    elif preset == "airtable" and " (from " in column.header:
        column.closed = True


def _by_kobo(column: _Column, headers: Sequence[str]) -> None:
    name = column.header.rpartition("/")[2].strip().casefold()
    path = column.header.strip()
    target: str | None = None
    if name in _KOBO and ("/" not in path or path.casefold().startswith(("meta", "formhub"))):
        target = _KOBO[name]
        if name == "_uuid" and "_id" not in [one.strip().casefold() for one in headers]:
            target = "source_id"
    elif name.startswith("_") or name.endswith(("_latitude", "_longitude", "_altitude", "_precision")):
        target = "latitude" if name.endswith("latitude") else "longitude" if name.endswith("longitude") else ""
    elif path.casefold().startswith(("meta/", "formhub/")):
        target = ""
    elif f"_{path}_latitude".casefold() in [one.casefold() for one in headers]:
        # The same point stands in columns of its own.
        target = ""
    if target is not None:
        column.target, column.score, column.reason, column.closed = target, 0.98 if target else 0.0, "preset", True


def _options(columns: list[_Column]) -> None:
    """One question with many answers comes as one column an answer, with 0 and 1: beside the question's own or instead."""
    whole = {column.header.strip(): column for column in columns}
    groups: dict[str, list[_Column]] = {}
    for column in columns:
        question, slash, answer = column.header.strip().rpartition("/")
        flags = column.look["flag"] + column.look["yes_no"]
        if slash and question and answer and (flags >= _FLAGS or not column.look.filled):
            groups.setdefault(question.strip(), []).append(column)
    for question, found in groups.items():
        if question in whole:
            for column in found:
                column.target, column.closed, column.sensitive = "", True, column.sensitive
        elif len(found) > 1 and any(one.look.filled for one in found):
            meanings = naming.said(question)
            asked = meanings[0].name if meanings and meanings[0].section in ("targets", "either") else ""
            if meanings and meanings[0].section == "sensitive":
                for column in found:
                    column.sensitive, column.closed = meanings[0].name, True
            elif asked.startswith("kind"):
                for column in found:
                    column.target, column.option = "kind", column.header.rpartition("/")[2].strip()
                    column.score, column.reason, column.closed = 0.9, "name", True


def _measured(columns: list[_Column]) -> None:
    """A head that is only a measure ("approx. kg") is an amount; the phone of who helps is not that of who asks; a form is
    sent when it is completed, not when it is begun."""
    for column in columns:
        numeric = column.look["number"] >= 0.8 and column.look["integer"] + column.look["decimal"] >= 0.8
        if not column.target and not column.closed and numeric and naming.measure_in(column.header):
            _take(column, "quantity", 0.75, "name")
    for target in ("phone", "email"):
        reached = [column for column in columns if column.target == target]
        helpers = [column for column in reached if naming.is_of_helper(column.header)]
        for column in helpers if len(helpers) < len(reached) else ():
            column.target, column.closed = "", True
    heads = {column.header.strip().casefold(): column for column in columns}
    if "start time" in heads and "completion time" in heads:
        heads["start time"].target, heads["start time"].closed = "", True


# -- names ----------------------------------------------------------------------------------------------------------


def _by_name(column: _Column) -> None:
    said = naming.said(column.header)
    best = max((one.score for one in said if one.section in ("targets", "either")), default=0.0)
    sensitive = max((one for one in said if one.section == "sensitive"), key=lambda one: one.score, default=None)
    if sensitive and sensitive.score >= SENSITIVE_FROM and sensitive.score >= best - 0.1:
        column.sensitive, column.closed = sensitive.name, True
        return
    aside = max((one.score for one in said if one.section == "not_stored"), default=0.0)
    if aside >= NAMED_FROM and aside >= best and not (aside == best == 1.0 and _strong(column.look)):
        column.closed = True
        return
    found: list[tuple[str, float]] = []
    for one in said:
        if one.section == "targets":
            found.append((one.name, one.score))
        elif one.section == "either":
            found.extend(_either(one.name.split(), one.score, column.look))
    for name, score in found:
        turned = _turned(name, column.look)
        if turned == "name" and score <= naming.WEAK and not _is_person(column.look):
            # "Name of" something else.
            continue
        if turned and score >= NAMED_FROM:
            column.further.append((turned, score))
    column.further.sort(key=lambda one: -one[1])
    if column.further:
        _take(column, *column.further[0], "name")
    elif said and best >= NAMED_FROM:
        # The name says something and the cells say it is not that: only what is plain in the cells may be guessed.
        column.score = -1.0


def _is_person(look: Look) -> bool:
    return not look.filled or look["person"] + look["name_shape"] >= 0.3


def _take(column: _Column, name: str, score: float, reason: Reason) -> None:
    column.target, _, column.part = name.partition(".")
    column.score, column.reason = score, reason


def _strong(look: Look) -> bool:
    return look["email"] > 0.8 or look["phone"] > 0.8


def _either(targets: list[str], score: float, look: Look) -> list[tuple[str, float]]:
    """A head such as "contact" or "location" leaves it to the cells."""
    if not look.filled:
        return [(targets[0], score - 0.05)]
    points = {target: _points(target, look) for target in targets}
    best = max(targets, key=lambda one: points[one])
    return [(best if points[best] > 0 else targets[0], score - 0.02)]


def _points(target: str, look: Look) -> float:
    """Return how well cells answer to one of the targets a head leaves open."""
    phone = look["phone"] + look["phone_digits"]
    return {
        "phone": phone * 2,
        "email": look["email"] * 2,
        "name": look["person"] + look["name_shape"] * 0.6,
        "source_id": (look["integer"] + look["code"] + look["uuid"]) * look.distinct * (1.2 if look.rising else 0.8)
        - phone,
        "quantity": look["quantity"] * (1.1 - look.distinct),
        "household_size": look["small"] * (0.9 - look.distinct),
        "kind": 0.2 + look["kind"] * 1.5 - look["prose"] - (0.3 if look.length > 45 else 0.0),
        "direction": look["direction"] * 1.4 - look["kind"] * 0.5 - (look.distinct > 0.5),
        "summary": 0.3 if 25 < look.length <= 60 else 0.05,
        "details": 0.35 + look["prose"] if look.length > 45 else 0.1,
        "area": 0.4
        + look["area"]
        + (0.4 if look.distinct < 0.6 else 0.0)
        - look["address"]
        - look["pair"] * 2
        - look["prose"],
        "door": look["address"] * 1.2 + (0.45 if look.distinct > 0.8 and look.length > 18 else 0.0),
        "latitude": look["pair"] * 3,
    }.get(target, 0.0)


# What a name means when its cells are of another sort: a "time" that holds days, an "availability" of weekdays.
_TURNS: Final[dict[str, tuple[tuple[str, str], ...]]] = {
    "date": (("date", "date"), ("urgency", "urgency"), ("weekdays", "weekdays"), ("time", "from_time"), ("daytime", "from_time")),
    "starts_at": (("date", "starts_at"), ("time", "from_time"), ("weekdays", "weekdays")),
    "ends_at": (("date", "ends_at"), ("urgency", "urgency"), ("time", "to_time")),
    "from_time": (("time", "from_time"), ("dotted_hour", "from_time"), ("daytime", "from_time"), ("moment", "starts_at"),
                  ("date", "date"), ("weekdays", "weekdays"), ("urgency", "urgency")),
    "to_time": (("time", "to_time"), ("dotted_hour", "to_time"), ("date", "ends_at"), ("daytime", "to_time")),
    "weekdays": (("weekdays", "weekdays"), ("date", "date"), ("time", "from_time"), ("daytime", "from_time")),
    "phone": (("phone", "phone"), ("phone_digits", "phone"), ("email", "email")),
    "email": (("email", "email"), ("phone", "phone")),
    "urgency": (("urgency", "urgency"), ("scale", "urgency"), ("yes_no", "urgency"), ("date", "ends_at")),
}  # fmt: skip


def _turned(name: str, look: Look) -> str:
    """Return the target a name stands for in view of its cells, or nothing where they contradict it."""
    if not look.filled:
        return "latitude" if name == "latitude.pair" else name
    for share, target in _TURNS.get(name, ()):
        if (
            look[share] + (look["serial"] if share == "date" else 0.0) + (look["fraction"] if share == "time" else 0.0)
            >= 0.4
        ):
            return target
    if name in _TURNS:
        # A free text about when is still worth keeping with the details.
        return (
            "details"
            if name in ("weekdays", "from_time", "date", "ends_at") and look.length > 8 and not _numeric(look)
            else name
            if name == "phone" and not look["yes_no"] and look.length < 30
            else ""
        )
    return name.replace("latitude.pair", "latitude") if _agrees(name, look) else ""


def _numeric(look: Look) -> bool:
    return look["number"] > 0.6


def _agrees(name: str, look: Look) -> bool:
    if not look.filled:
        return True
    wordy = look["yes_no"] < 0.6 and look["number"] < 0.6 and look["flag"] < 0.6
    return {
        "quantity": (
            look["quantity"] + look["number"] >= 0.4 or (look.length < 12 and look["yes_no"] < 0.5 and not look["kind"])
        )
        and look["date"] < 0.5,
        "household_size": look["quantity"] + look["number"] + look["digits"] >= 0.4,
        "latitude": look["latitude"] + look["pair"] >= 0.4 or look.length > 4,
        "longitude": look["longitude"] >= 0.4 or look.length > 4,
        "latitude.pair": look["pair"] >= 0.4,
        "plus_code": look["plus"] >= 0.3,
        "posted_at": look["date"] + look["serial"] >= 0.4,
        "direction": look["direction"] + look["kind"] * 0.2 >= 0.4,
        "language": look["language"] >= 0.3,
        "status": look["status"] + look["yes_no"] + look["flag"] >= 0.3 or (look.distinct < 0.5 and look.length < 25),
        "visibility": look["visibility"] + look["yes_no"] >= 0.4,
        "unit": look["unit"] >= 0.3 or (look.length < 12 and wordy),
        "kind": wordy and look["date"] < 0.5 and look["email"] < 0.5 and look["phone"] < 0.5,
        "name": wordy and look["date"] < 0.5 and look["phone"] < 0.6 and look["email"] < 0.6 and look["url"] < 0.5,
        "name.first": wordy,
        "name.last": wordy,
        "organisation": wordy,
        "on_behalf_of": wordy,
        "summary": wordy and look["date"] < 0.7,
        "details": look["url"] < 0.6,
        "door": look["yes_no"] < 0.6 and look["email"] < 0.5 and look["phone"] < 0.7,
        "area": look["yes_no"] < 0.6 and look["email"] < 0.5 and look["phone"] < 0.7,
    }.get(name, True)


# -- cells ----------------------------------------------------------------------------------------------------------


def _by_content(columns: list[_Column]) -> None:
    """Where a head says nothing, the cells may: what is plainest is taken first."""
    taken = {column.target for column in columns if column.target}
    guesses = [
        (score, -column.place, column, target)
        for column in columns
        if not column.target and not column.closed and column.look.filled
        for target, score in _guesses(column, columns)
        if score >= (0.6 if naming.is_bare(column.header) else 0.75)
    ]
    for score, _, column, target in sorted(guesses, key=lambda one: one[:2], reverse=True):
        if column.target or (target in taken and target not in ("phone", "email")):
            continue
        _take(column, target, min(score, 0.9), "content")
        taken.add(target)


def _guesses(column: _Column, columns: list[_Column]) -> list[tuple[str, float]]:
    look = column.look
    named = not naming.is_bare(column.header)
    found = [
        ("email", look["email"]),
        ("phone", look["phone"] - look["date"]),
        ("plus_code", look["plus"]),
        ("urgency", look["urgency"] * 0.95 - (look.distinct > 0.5 and look.filled > 8) - look["status"] * 0.3),
        ("direction", look["direction"] - look["kind"] * 0.5 - (look.distinct > 0.4 and look.filled > 6) * 0.5),
        ("weekdays", look["weekdays"]),
        ("language", look["language"] * 0.97),
        ("status", look["status"] * 0.93 - (look.distinct > 0.7 and look.filled > 8)),
        ("latitude", look["pair"]),
        ("posted_at" if look["moment"] > 0.8 and column.place <= 2 else "date", look["date"] * 0.9),
        ("kind", look["kind"] * 0.95),
    ]
    if named and column.score < 0:
        return [one for one in found if one[0] in ("email", "phone", "plus_code", "weekdays")]
    if named:
        # A head we cannot read may mean anything: only what speaks for itself.
        return [
            *found,
            ("details", 0.76 if look["prose"] > 0.6 else 0.0),
            ("door", look["address"] * 0.9),
            *_names(look, 0.1),
        ]
    found += [("phone", look["phone_digits"] * 0.85 if look.low >= 10**6 else 0.0), ("unit", look["unit"] * 0.8)]
    found += _places(column, columns)
    found += [("from_time", look["time"] * 0.8), ("visibility", look["visibility"] * 0.6), *_names(look, 0.2)]
    found += [
        ("source_id", 0.9 if look["uuid"] > 0.8 else 0.8 if column.place == 0 and look.rising and look["integer"] > 0.9 else
         0.7 if column.place == 0 and look["code"] > 0.8 and look.distinct > 0.95 else 0.0),
        ("quantity", look["quantity"] * 0.75 if look["decimal"] < 0.5 and (look.distinct < 0.9 or look["number"] < 0.5 or (look["small"] > 0.9 and not look.rising)) else 0.0),
        ("door", look["address"] * 0.9),
        ("details", 0.7 if look["prose"] > 0.5 else 0.62 if look.length > 30 and look.distinct > 0.8 else 0.0),
        ("area", 0.65 + look["area"] * 0.3 if _wordy(look) and look.distinct < 0.6 and look.filled > 5 or look["area"] > 0.5 else 0.0),
    ]  # fmt: skip
    return found


def _names(look: Look, lift: float) -> list[tuple[str, float]]:
    score = look["person"] * 0.8 + look["name_shape"] * 0.35 + lift * (look.distinct > 0.7)
    return [
        (
            "name",
            score if look["person"] >= 0.15 or look["name_shape"] > 0.8 and look.distinct > 0.8 and lift > 0.1 else 0.0,
        )
    ]


def _wordy(look: Look) -> bool:
    return (
        look["number"] < 0.2
        and look["date"] < 0.2
        and look.length < 25
        and look["yes_no"] < 0.5
        and look["quantity"] < 0.3
    )


def _places(column: _Column, columns: list[_Column]) -> list[tuple[str, float]]:
    """Two columns of fractions side by side are a point."""
    look = column.look
    if look["decimal"] < 0.8:
        return []
    beside = {one.place: one.look for one in columns if not one.closed}
    after, before = beside.get(column.place + 1), beside.get(column.place - 1)
    if after and after["decimal"] >= 0.8 and look["latitude"] > 0.95:
        return [("latitude", 0.85)]
    if before and before["decimal"] >= 0.8 and before["latitude"] > 0.95 and look["longitude"] > 0.95:
        return [("longitude", 0.85)]
    return []


# -- one column a target --------------------------------------------------------------------------------------------


def _settle(columns: list[_Column]) -> None:
    """Of several columns for one target, the surest keeps it; the others take what else they can mean, or nothing."""
    for _ in range(len(columns)):
        clash = _clash(columns)
        if clash is None:
            break
        keeper = max(clash, key=lambda one: (one.reason == "preset", one.score, _finer(one), -one.place))
        for column in clash:
            if column is not keeper:
                _step_back(column, columns)
    full = [one for one in columns if one.target == "name" and not one.part]
    if full and any(one.part == "first" for one in columns if one.target == "name"):
        for column in columns:
            if column.target == "name" and column.part:
                column.target, column.reason = "", "twice"


def _clash(columns: list[_Column]) -> list[_Column] | None:
    groups: dict[str, list[_Column]] = {}
    for column in columns:
        if (
            column.target
            and not column.part
            and not column.option
            and column.target not in ("phone", "email", "details")
        ):
            groups.setdefault(column.target, []).append(column)
    parts = {target: [one for one in columns if one.target == target and one.part] for target in SEVERAL}
    for target, found in parts.items():
        for part in {one.part for one in found} - {"part"}:
            same = [one for one in found if one.part == part]
            if len(same) > 1:
                groups.setdefault(f"{target}.{part}", []).extend(same)
    return next((found for found in groups.values() if len(found) > 1), None)


def _finer(column: _Column) -> float:
    """Of two areas the one with more different values is the smaller and tells more; of two kinds the better known one."""
    if column.target == "area":
        wide = any(one.section == "wide" and one.score > 0.8 for one in naming.said(column.header))
        return column.look.distinct * min(column.look.filled, 50) - (1_000 if wide else 0)
    if column.target == "kind":
        return column.look["kind"]
    return float(bool(column.look.filled))


def _step_back(column: _Column, columns: list[_Column]) -> None:
    taken = {one.target for one in columns if one.target and one is not column}
    lost = column.target
    column.target, column.part = "", ""
    for name, score in column.further:
        target, _, part = name.partition(".")
        if target != lost and (target not in taken or target in ("phone", "email", "details")):
            column.target, column.part, column.score = target, part, score
            return
    if lost in ("kind", "summary") and column.look.filled and column.look["yes_no"] < 0.5 and column.look.length > 14:
        column.target = (
            "summary" if lost == "kind" and "summary" not in taken and column.look.length <= 80 else "details"
        )
        column.score = 0.6
        return
    column.reason, column.closed = "twice", True


def _single_need(columns: list[_Column]) -> None:
    """A sheet that tells its needs only in a sentence still tells them: that column is read for kinds."""
    if any(one.target == "kind" for one in columns):
        return
    for column in columns:
        if column.target in ("summary", "details") and any(name == "kind" for name, _ in column.further):
            column.target, column.part = "kind", ""
            return
