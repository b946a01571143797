"""Paste to draft: a chat message becomes a filled-in form, to be corrected and put on the board.

What was pasted travels in the body of the form from step to step and is stored nowhere, unless the coordinator leaves it
in the need's sealed details. One message after the other: after a need is posted, the answer is the next draft.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from fractions import Fraction
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from taawun.community.circles import kinds, likeness
from taawun.community.circles.access import open_for_guardian
from taawun.community.circles.actor import Actor
from taawun.community.circles.catalogue.groups import GROUPS
from taawun.community.circles.doors import CircleRequest, circle_page, refuse_form, run_once
from taawun.community.circles.kinds import CircleKind
from taawun.community.circles.likeness import wording as likeness_wording
from taawun.community.circles.models import Circle
from taawun.community.circles.queries import areas_of
from taawun.ground.values.refusal import Refusal, sentence
from taawun.ground.words.formats import format_number
from taawun.ground.words.phones import format_phone
from taawun.ground.words.units import find_unit, format_amount_bare
from taawun.practice.aid import actions
from taawun.practice.aid.actions.posting import DETAILS_LENGTH_MAX, DOOR_LENGTH_MAX
from taawun.practice.aid.forms import DraftForm
from taawun.practice.aid.queries.behalf import may_act_for
from taawun.reach.messages.answering import answer, pasted
from taawun.reach.messages.drafting import read_for
from taawun.reach.messages.reading import Draft, Found
from taawun.reach.messages.reading.read import TEXT_LENGTH_MAX

LABELS: Final[Mapping[str, Any]] = {
    "direction": pgettext_lazy("what a marked word means", "asks or offers"),
    "kind": pgettext_lazy("what a marked word means", "what"),
    "also": pgettext_lazy("what a marked word means", "also"),
    "quantity": pgettext_lazy("what a marked word means", "how much"),
    "phone": pgettext_lazy("what a marked word means", "phone"),
    "place": pgettext_lazy("what a marked word means", "place"),
    "urgency": pgettext_lazy("what a marked word means", "how soon"),
    "when": pgettext_lazy("what a marked word means", "when"),
    "name": pgettext_lazy("what a marked word means", "name"),
    "withdrawn": pgettext_lazy("what a marked word means", "it is over"),
}
_DIRECTIONS: Final = ("request", "offer")


@dataclass(frozen=True, slots=True)
class Item:
    """One need or offer of a paste: a draft, and which of the kinds it names this is about."""

    draft: Draft
    kind: Found[str] | None
    quantity: Found[Fraction] | None
    is_further: bool = False
    counts_unit: bool = True


class PasteForm(forms.Form):
    """The paste."""

    text = forms.CharField(
        label=gettext_lazy("The message"), max_length=TEXT_LENGTH_MAX, strip=False,
        widget=forms.Textarea({"rows": 8, "dir": "auto", "autocomplete": "off"}),
        help_text=gettext_lazy("One message or several, in any language, just as they stand in the chat."),
        error_messages={
            "required": gettext_lazy("Please paste a message."),
            "max_length": gettext_lazy("This is longer than a few messages. Please paste a part of it."),
        },
    )  # fmt: skip


def items_of(drafts: list[Draft]) -> list[Item]:
    """Return one item for each kind each message names, in the order of the paste."""
    items: list[Item] = []
    for draft in drafts:
        items.append(Item(draft, draft.kind, draft.quantity, counts_unit=draft.counts_unit))
        items += [
            Item(draft, one.kind, one.quantity, is_further=True, counts_unit=one.counts_unit) for one in draft.also
        ]
    return items


@circle_page(access=open_for_guardian)
def paste(request: CircleRequest, circle: Circle, actor: Actor) -> HttpResponseBase:
    """Show the field to paste into; read what was pasted; post it, and go on to the next."""
    if request.method != "POST":
        return render(request, "messages/paste.html", {"form": PasteForm()})
    form = PasteForm(request.POST)
    if not form.is_valid():
        return render(request, "messages/paste.html", {"form": form}, status=422)
    if (told := pasted(circle, form.cleaned_data["text"])) is not None:
        return _answered(request, circle, form, *told)
    items = items_of(read_for(circle, form.cleaned_data["text"], now=request.now))
    if not items:
        # A message in which nothing was found is still a message: the form is there to be filled in by hand.
        items = [Item(Draft(form.cleaned_data["text"].strip()), None, None)]
    step = _Step(request, circle, actor, items)
    return step.answer()


def _answered(request: CircleRequest, circle: Circle, form: PasteForm, phone: str, text: str) -> HttpResponseBase:
    """A message that only says "not now" (or "after all") of what is brought to its sender is done, and not posted."""
    try:
        said, _stop = answer(circle, phone, text, now=request.now)
    except Refusal as refusal:
        form.add_error("text", sentence(refusal))
        return render(request, "messages/paste.html", {"form": form}, status=422)
    done = {
        "not_now": _("The delivery to this number is put off. Its carrier sees it."),
        "after_all": _("The delivery to this number can come after all. Its carrier sees it."),
    }
    messages.success(request, done[said])
    return HttpResponseRedirect(reverse("messages:paste", args=[circle.slug]))


class _Step:
    """One step through a paste: which of its items, and what the coordinator has made of it so far."""

    def __init__(self, request: CircleRequest, circle: Circle, actor: Actor, items: list[Item]) -> None:
        self.request, self.circle, self.actor, self.items = request, circle, actor, items
        self.given: QueryDict = request.POST
        self.at = self._number("at")
        self.item = items[self.at]

    def _number(self, name: str) -> int:
        text = self.given.get(name, "0")
        number = int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else 0
        return min(number, len(self.items) - 1)

    def answer(self) -> HttpResponseBase:
        do = self.given.get("do", "read")
        if do == "skip":
            return self._next()
        if do == "post":
            return self._post()
        return self._show(self._form(self._typed() if do == "change" else None), chosen=do == "change")

    def _typed(self) -> dict[str, Any]:
        """Return what was typed so far, for the same form about another kind."""
        typed = {name: self.given.get(name) for name in DraftForm.base_fields if name in self.given}
        return typed | {"weekdays": self.given.getlist("weekdays")}

    def _kind(self) -> CircleKind | None:
        code = self.given.get("kind") or (self.item.kind.value if self.item.kind else "")
        try:
            return kinds.find(self.circle, code) if code else None
        except Refusal:
            return None

    def _direction(self) -> str:
        chosen = self.given.get("direction", "")
        read = self.item.draft.direction.value if self.item.draft.direction else "request"
        return chosen if chosen in _DIRECTIONS else read

    def _form(self, initial: dict[str, Any] | None, *, bound: bool = False) -> DraftForm | None:
        kind = self._kind()
        if kind is None:
            return None
        read = initial if initial is not None else prefilled(self.item, kind, self.request.now)
        return DraftForm(
            self.given if bound else None,
            direction=self._direction(),
            kind=kind,
            areas=[(str(area.id), area.name) for area in areas_of(self.circle)],
            behalf=may_act_for(self.actor),
            near=self.circle.cell,
            initial=read,
        )

    def _post(self) -> HttpResponseBase:
        form = self._form({}, bound=True)
        if form is None:
            return self._show(None, chosen=True)
        draft = form.draft()
        if draft is None:
            return self._show(form, chosen=True)
        try:
            address = run_once(self.request, self.actor, "messages.paste", lambda: self._posted(draft))
        except Refusal as refusal:
            refuse_form(form, refusal)
            return self._show(form, chosen=True)
        if self.at + 1 >= len(self.items):
            messages.success(self.request, _("It is on the board."))
            return HttpResponseRedirect(address)
        messages.success(self.request, _("It is on the board. Here is the next one."))
        return self._next()

    def _posted(self, draft: actions.IntentDraft) -> str:
        intent = actions.post(self.actor, draft, now=self.request.now)
        return reverse("aid:intent", args=[self.circle.slug, intent.id])

    def _next(self) -> HttpResponseBase:
        if self.at + 1 >= len(self.items):
            return HttpResponseRedirect(reverse("aid:board", args=[self.circle.slug]))
        self.at += 1
        self.item = self.items[self.at]
        # What was chosen and typed belongs to the item before.
        fresh = self.given.copy()
        for name in ("kind", "direction"):
            fresh.pop(name, None)
        self.given = fresh
        return self._show(self._form(None), chosen=False)

    def _show(self, form: DraftForm | None, *, chosen: bool) -> HttpResponse:
        draft, kind = self.item.draft, self._kind()
        wrong = form is not None and form.is_bound and form.errors
        context = {
            "form": form,
            "kind": kind,
            "direction": self._direction(),
            "text": self.given["text"],
            "at": self.at,
            "place": format_number(self.at + 1),
            "count": len(self.items),
            "is_last": self.at + 1 >= len(self.items),
            "is_further": self.item.is_further,
            "pieces": pieces(draft, self.item.kind),
            "labels": _labels(draft),
            "is_over": draft.withdrawn is not None and not chosen,
            "kind_groups": _kind_groups(self.circle),
            "kind_missing": form is None and chosen,
            "other_phones": [
                format_phone(one.value.e164, self.circle.region) for one in draft.phones[1:] if one.value.e164
            ],
            "known": self._known(),
        }
        status = getattr(form, "refused_status", 422) if wrong else 200
        return render(self.request, "messages/draft.html", context, status=status)

    def _known(self) -> str:
        """Say where the circle knows somebody like this already."""
        draft = self.item.draft
        numbers = [one.value.e164 for one in draft.phones if one.value.e164]
        if not numbers and draft.name is None:
            return ""
        found = likeness.find(
            self.circle, name=draft.name.value if draft.name else "", phones=numbers, now=self.request.now
        )
        return likeness_wording.likely_known(len(found)) if found else ""


def _kind_groups(circle: Circle) -> list[tuple[str, list[CircleKind]]]:
    offered = kinds.offered(circle)
    groups = [(str(group.name), [kind for kind in offered if kind.group == group.code]) for group in GROUPS]
    groups.append((_("Our own"), [kind for kind in offered if kind.group == "own"]))
    return [one for one in groups if one[1]]


def pieces(draft: Draft, kind: Found[str] | None) -> list[tuple[str, Any]]:
    """Return the message in pieces: plain ones, and marked ones with what they became."""
    found: list[tuple[str, Any]] = []
    at = 0
    meant = set(kind.spans) if kind else set()
    for label, (start, end) in draft.marked():
        if start > at:
            found.append((draft.text[at:start], ""))
        # A further kind that is looked at now is what this draft is about.
        shown = "kind" if (start, end) in meant else "also" if label == "kind" else label
        found.append((draft.text[start:end], LABELS[shown]))
        at = end
    if at < len(draft.text):
        found.append((draft.text[at:], ""))
    return found


def _labels(draft: Draft) -> bool:
    return bool(draft.marked())


def prefilled(item: Item, kind: CircleKind, now: datetime) -> dict[str, Any]:
    """Return what the form begins with: what was read, and the message itself for the sealed details."""
    draft = item.draft
    filled: dict[str, Any] = {"details": draft.text[:DETAILS_LENGTH_MAX]}
    # "3 shovels" must not become three days of them: such a number stays in the message, for the person to judge.
    if item.quantity is not None and item.counts_unit:
        parts_of = item.quantity.value * find_unit(kind.unit).parts_per_unit
        if parts_of.denominator == 1:
            filled["quantity"] = format_amount_bare(int(parts_of), kind.unit)
    if draft.urgency is not None:
        filled["urgency"] = str(draft.urgency.value)
    if draft.phone is not None:
        filled["reach"] = draft.phone.value.best
    if draft.name is not None:
        filled["name"] = draft.name.value
    if draft.area is not None:
        filled["area"] = draft.area.value
    if draft.places:
        filled["door"] = ", ".join(dict.fromkeys(one.value for one in draft.places))[:DOOR_LENGTH_MAX]
    return filled | _window(draft, now)


def _window(draft: Draft, now: datetime) -> dict[str, str]:
    """Return from when until when, of a day that is still to come."""
    if draft.when is None:
        return {}
    zone = timezone.get_current_timezone()
    day, minute = draft.when.value.day, draft.when.value.minute
    start = datetime.combine(day, time(), zone) + timedelta(minutes=minute or 0)
    end = datetime.combine(day, time(23, 59), zone)
    if end <= now or day > (now + timedelta(days=360)).date():
        return {}
    window = {"ends_at": f"{end:%Y-%m-%dT%H:%M}"}
    return window | {"starts_at": f"{start:%Y-%m-%dT%H:%M}"} if now < start < end else window
