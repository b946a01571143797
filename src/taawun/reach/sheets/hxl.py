"""Tags of the Humanitarian Exchange Language: a line such as ``#adm1+name, #contact+phone`` says what columns hold."""

import re
from collections.abc import Sequence
from typing import Final

_TAG: Final = re.compile(r"\s*#[A-Za-z][\w-]*(?:\s*\+[\w-]+)*\s*")
# The first line whose words are all in the tag decides.
_MEANINGS: Final[tuple[tuple[str, str], ...]] = (
    ("contact phone", "phone"), ("contact mobile", "phone"), ("contact tel", "phone"), ("contact email", "email"),
    ("contact address", "door"), ("contact name", "name"), ("phone", "phone"), ("email", "email"), ("contact", "name"),
    ("geo lat", "latitude"), ("geo lon", "longitude"), ("geo lng", "longitude"), ("lat_deg", "latitude"), ("lon_deg", "longitude"),
    ("geo coord", "latitude"), ("geo elevation", ""), ("geo", ""),
    ("x_uniqueid", "source_id"), ("meta id", "source_id"), ("id case", "source_id"), ("case id", "source_id"), ("item id", ""),
    ("date start", "starts_at"), ("date end", "ends_at"), ("from_date", "starts_at"), ("to_date", "ends_at"),
    ("date reported", "posted_at"), ("report_date", "posted_at"), ("date created", "posted_at"), ("date updated", ""),
    ("date entered", "posted_at"), ("date needed", "date"), ("date", "date"),
    ("adm1 code", ""), ("adm2 code", ""), ("adm3 code", ""), ("loc code", ""), ("adm4", "area"), ("loc name", "area"),
    ("adm3 name", "area"), ("adm3", "area"), ("adm2 name", "area"), ("loc", "area"), ("adm2", "area"), ("adm1 name", "area"),
    ("adm1", "area"), ("x_placename", "area"), ("address", "door"),
    ("item qty", "quantity"), ("item num", "quantity"), ("quantity", "quantity"), ("indicator num", "quantity"), ("output num", "quantity"),
    ("item unit", "unit"), ("unit", "unit"), ("item", "kind"), ("need", "kind"), ("service", "kind"), ("sector", "kind"),
    ("activity", "kind"), ("subsector", "kind"), ("severity", "urgency"), ("priority", "urgency"),
    ("affected hh", "household_size"), ("hh_size", "household_size"), ("population hh", "household_size"),
    ("status", "status"), ("language", "language"), ("org", "organisation"),
    ("beneficiary name", "name"), ("description", "details"), ("comment", "details"), ("notes", "details"), ("x_notes", "details"),
    ("meta notes", "details"), ("subject", "summary"), ("beneficiary id", "sensitive:id_number"), ("religion", "sensitive:religion"),
    ("ethnicity", "sensitive:ethnicity"), ("disability", "sensitive:health"), ("disease", "sensitive:health"), ("health", "sensitive:health"),
)  # fmt: skip


def is_tag_line(cells: Sequence[str]) -> bool:
    """Return whether a line holds tags: at least two, and hardly anything else."""
    filled = [cell for cell in cells if cell.strip()]
    tags = sum(1 for cell in filled if _TAG.fullmatch(cell))
    return tags >= 2 and tags * 10 >= len(filled) * 7


def target_of_tag(tag: str) -> str | None:
    """Return the target a tag stands for, ``sensitive:…`` or nothing for what is not stored, None for an unknown tag."""
    words = set(re.split(r"[#+\s]+", tag.strip().casefold())) - {""}
    if words & {"code", "url", "link"} and "contact" not in words:
        return ""
    for wanted, target in _MEANINGS:
        if set(wanted.split()) <= words:
            return target
    return None
