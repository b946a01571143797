"""What the journal's entries say in plain words, for the record every member may read. Each room registers its own.

A sentence of this room names people: ``%(who)s`` acted, ``%(whom)s`` is who it is about. Other rooms' sentences name
nobody here, because a name beside a need tells the whole circle who is in need.
"""

import json
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from taawun.community.circles import kinds
from taawun.community.circles.models import Circle
from taawun.ground.journal.models import Entry

Text = Promise | str
_sentences: dict[str, tuple[Text, str]] = {}


def register(said: Mapping[str, tuple[Text, str]]) -> None:
    """Add a room's entries: the entry's name to a sentence and the icon beside it."""
    for name, sentence in said.items():
        if _sentences.setdefault(name, sentence) is not sentence:
            raise ValueError(f"two sentences for the entry {name}")


def registered() -> Mapping[str, tuple[Text, str]]:
    return dict(_sentences)


register(
    {
        "circle.set_up": (_("%(who)s set up the community."), "home"),
        "circle.changed": (_("%(who)s changed the settings: %(settings)s."), "settings"),
        "area.added": (_("%(who)s added an area."), "place"),
        "area.changed": (_("%(who)s changed an area."), "place"),
        "area.removed": (_("%(who)s removed an area."), "place"),
        "kind.changed": (_("%(who)s changed what can be asked for and offered."), "list"),
        "member.invited": (_("%(who)s made an invitation link."), "link"),
        "member.invited.own": (_("%(who)s made a link by which %(whom)s can open an account."), "link"),
        "member.invitation_ended": (_("%(who)s ended an invitation link."), "close"),
        "member.joined": (_("%(whom)s joined."), "add-person"),
        "member.entered": (_("%(who)s entered %(whom)s, who has no account."), "add-person"),
        "member.entered.organisation": (_("%(who)s entered the organisation %(whom)s."), "organisation"),
        "member.account_opened": (_("%(whom)s opened an own account and now acts for themselves."), "user"),
        "member.roles_set": (_("%(who)s set the roles of %(whom)s: %(roles)s."), "shield"),
        "member.area_set": (_("%(who)s set the area of %(whom)s."), "place"),
        "member.looked_after": (_("%(who)s asked %(by)s to look after %(whom)s."), "heart"),
        "member.looked_after.none": (_("Nobody in particular looks after %(whom)s any more."), "heart"),
        "twin.same": (_("A coordinator said that two entries are one person."), "people"),
        "twin.different": (_("A coordinator said that two entries are two persons."), "people"),
        "twin.taken_back": (_("A coordinator took back what was said of two entries."), "people"),
        "member.left": (_("%(whom)s left."), "sign-out"),
        "member.erased": (_("%(whom)s was erased: name, addresses and all that was sealed are destroyed."), "delete"),
        "member.taken_away": (_("%(who)s took away a copy of what is known about %(whom)s."), "download"),
        "member.removed": (_("%(who)s took %(whom)s off the list of members."), "sign-out"),
        "representative.named": (_("%(who)s named %(person)s to act for %(whom)s."), "organisation"),
        "representative.changed": (_("%(who)s changed what %(person)s may do for %(whom)s."), "organisation"),
        "representative.joined": (_("%(person)s acts for %(whom)s from now on."), "organisation"),
        "representative.invited": (_("%(who)s made a link by which somebody can act for %(whom)s."), "link"),
        "representative.uninvited": (_("%(who)s ended a link of %(whom)s."), "close"),
        "representative.ended": (_("%(who)s ended that %(person)s acts for %(whom)s."), "organisation"),
        "member.recovery_asked": (_("Somebody who lost every way in asks to be let in anew."), "key"),
        "member.recovery_vouched": (_("%(who)s vouched that the one who asks to be let in anew is %(whom)s."), "key"),
        "member.recovery_opened": (_("%(whom)s can come in anew."), "key"),
        "member.recovery_used": (_("%(whom)s came in anew. All old ways into the account have ended."), "key"),
        "member.recovery_declined": (_("%(who)s declined to let somebody in anew."), "close"),
        "member.recovery_stopped": (_("It was stopped from an address of %(whom)s: nobody is let in anew."), "close"),
        "member.recovery_expired": (_("A request to be let in anew ran out."), "clock"),
        "member.recovery_disputed": (_("From an old address of %(whom)s it was said: that was not me."), "danger"),
        "member.recovery_elsewhere": (_("In another community, somebody vouched that %(whom)s may come in anew."), "key"),
    }
)

ROLE_NAMES: dict[str, Text] = {
    "member": _("member"),
    "coordinator": _("coordinator"),
    "treasurer": _("treasurer"),
    "guardian": _("guardian"),
}
# What somebody may do for an organisation, and what that means.
RIGHT_NAMES: dict[str, tuple[Text, Text]] = {
    "answer": (_("See and answer"), _("See what is handed to it and what it promised; take needs on, say yes or no, deliver.")),
    "post": (_("Post"), _("Put its offers and needs on the board, and look after them.")),
    "doors": (_("Open doors"), _("See name, phone and door of people it promised help. Each look is on record.")),
    "programmes": (_("Programmes"), _("Say what it offers, where and when, and how much it can take.")),
    "staff": (_("Staff"), _("Bring in staff, change what they may do, and end it.")),
    "figures": (_("Figures"), _("See its figures, which name nobody, and share them.")),
}
SETTING_NAMES: dict[str, Text] = {
    "name": _("name"),
    "place_name": _("place"),
    "languages": _("languages"),
    "region": _("country"),
    "time_zone": _("time zone"),
    "welcome": _("words of welcome"),
    "is_public": _("who may look in"),
    "is_joinable": _("who may join"),
    "accept_claims": _("when a yes is needed"),
    "resolution": _("how coarse places are"),
}


@dataclass(frozen=True, slots=True)
class Said:
    """An entry in words, ready to be shown: names stand in it isolated and escaped."""

    entry: Entry
    text: SafeString
    icon: str


def agents_in(entries: Iterable[Entry]) -> set[uuid.UUID]:
    """Return the agents whose names the sentences of these entries may need."""
    found: set[uuid.UUID] = set()
    for entry in entries:
        if not _names_people(entry.name):
            continue
        found |= {one for one in (entry.actor_id, entry.subject_id) if one is not None}
        data = json.loads(entry.body)["data"]
        found |= {uuid.UUID(data[name]) for name in ("person", "by") if data.get(name)}
    return found


def say(entry: Entry, names: Mapping[uuid.UUID, str], circle: Circle) -> Said:
    """Return an entry in words. One of a room that is not installed any more is shown by its own name."""
    data = json.loads(entry.body)["data"]
    name = _variant(entry, data)
    sentence, icon = _sentences.get(name) or (entry.name, "journal")
    if not _names_people(entry.name):
        code = data.get("kind")
        about = format_html(' <bdi class="muted">{}</bdi>', kinds.shown(circle, str(code)).name) if code else ""
        return Said(entry, format_html("{}{}", sentence, about), icon)

    def person(agent_id: uuid.UUID | None) -> SafeString:
        return format_html("<bdi>{}</bdi>", (names.get(agent_id) if agent_id else "") or gettext("somebody"))

    facts = {
        "who": person(entry.actor_id),
        "whom": person(entry.subject_id),
        "person": person(_id(data.get("person"))),
        "by": person(_id(data.get("by"))),
        "roles": _listed(data.get("roles"), ROLE_NAMES),
        "settings": _listed(data.get("settings"), SETTING_NAMES),
    }
    # The sentence is a translator's, so it is escaped too before the names are put in.
    pattern = format_html("{}", sentence)
    return Said(entry, SafeString(str(pattern) % facts), icon)


def _names_people(name: str) -> bool:
    return name.partition(".")[0] in {"circle", "area", "kind", "member", "representative"}


def _variant(entry: Entry, data: Mapping[str, object]) -> str:
    if entry.name == "member.invited" and entry.subject_id:
        return "member.invited.own"
    if entry.name == "member.entered" and data.get("kind") == "organisation":
        return "member.entered.organisation"
    if entry.name == "member.looked_after" and not data.get("by"):
        return "member.looked_after.none"
    return entry.name


def _id(text: object) -> uuid.UUID | None:
    return uuid.UUID(str(text)) if text else None


def _listed(codes: object, words: Mapping[str, Text]) -> SafeString:
    if not isinstance(codes, list):
        return SafeString("")
    return format_html("{}", gettext(", ").join(str(words.get(str(code), code)) for code in codes))
