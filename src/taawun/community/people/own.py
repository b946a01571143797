"""This room's part of what is somebody's own, and its words for sealed fields and for why somebody looks."""

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from taawun.community.people import belongings, blocks, erasing, taking
from taawun.community.people.belongings import Belonging, Known, Line, Person, Text
from taawun.community.people.models import Contact
from taawun.ground.words.formats import format_number
from taawun.ground.words.languages import BY_CODE
from taawun.ground.words.phones import format_phone


def known(person: Person) -> Iterable[Known]:
    """Name, languages and addresses; what was agreed to."""
    lines = [Line(_("Name"), person.agent.name, icon="user")] if person.agent.name else []
    spoken = [BY_CODE[code].name_native for code in person.agent.languages if code in BY_CODE]
    if spoken:
        lines.append(Line(_("Languages"), _(", ").join(spoken), icon="language"))
    ways = reverse("people:ways") if person.is_own else ""
    for contact in Contact.objects.filter(agent_id=person.agent_id).order_by("created_at"):
        value = person.opened.get(contact.id, {}).get("value", "")
        if contact.channel == "phone" and value:
            lines.append(Line(_("Phone"), format_phone(value), ways, "call"))
        elif value:
            lines.append(Line(_("E-mail"), value, ways, "mail"))
    if not lines:
        return
    yield Known(_("About me") if person.is_own else _("About this person"), "user", lines)


def foretell(person: Person) -> Iterable[Text]:
    yield _("The name, e-mail addresses, phones and languages are destroyed, and what was agreed to.")
    if person.account is not None:
        yield _("Every phone and computer is signed out, every token and passkey ends, and the account is gone.")
        count = len(blocks.blocks_of(person.account, now=person.now))
        if count:
            text = ngettext(
                "%(count)s person you blocked is no longer blocked.",
                "%(count)s people you blocked are no longer blocked.",
                count,
            )
            yield text % {"count": format_number(count)}


BELONGING = Belonging(
    "people", known=known, take=taking.take_people, foretell=foretell, prepare=erasing.lock, erase=erasing.erase_people
)

belongings.name_fields(
    {
        "value": _lazy("phone or e-mail"),
        "full_name": _lazy("full name"),
        "name": _lazy("name"),
        "door": _lazy("door"),
        "secret": _lazy("secret of the app with codes"),
    }
)
belongings.name_reasons({"care": _lazy("to look after you"), "asked for": _lazy("because you asked for it")})
