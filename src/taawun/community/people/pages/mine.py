"""What is mine: what is known about me, corrected here, taken away, erased; and whom I want nothing to do with."""

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from taawun.community.people import actions, belongings, blocks, erasing, queries, taking
from taawun.community.people.belongings import Person
from taawun.community.people.doors import form_page, region_of, run_once
from taawun.community.people.forms import BlockForm, EraseForm, ProfileForm
from taawun.community.people.models import Account
from taawun.community.people.pages.own import own_page
from taawun.ground.site.parts import Action
from taawun.ground.values.refusal import Refusal, sentence


@require_http_methods(["GET", "POST"])
@own_page
def mine(request: HttpRequest, account: Account) -> HttpResponse:
    """Show all that is known about oneself. The name and the languages are corrected in place."""
    form = ProfileForm(request.POST if request.method == "POST" else None, initial=ProfileForm.of(account))

    def change(typed: dict[str, Any]) -> str:
        actions.change_profile(
            account,
            name=typed["name"],
            language=typed["language"],
            languages=typed["languages"],
            digits=typed["digits"],
        )
        with override(account.language):
            messages.success(request, _("Saved."))
        return reverse("people:me")

    # The page is drawn with the name that is stored, not with one that was just refused.
    shown_name = account.agent.name
    person = belongings.person(account, now=timezone.now())
    return form_page(
        request, "people/me.html", form, change, who=account, verb="people.change_profile",
        shown_name=shown_name, has_way_back=queries.has_way_back(account), known=belongings.known(person),
        erasure=erasing.asked_by(account), who_sees=_who_sees(), correct=bool(form.errors),
    )  # fmt: skip


def _who_sees() -> list[tuple[str, str, str]]:
    return [
        ("user", _("Name, area, roles"), _("Members of your communities.")),
        ("board", _("Needs and offers"), _("Whom you chose for each. Who needs something is named nowhere.")),
        ("private", _("Phone, door, details"), _("Who helps you or is helped by you, once both agree, until 48 hours after the end.")),
        ("shield", _("The same, for coordinators"), _("Only with a reason that stays on record, and that you can read above.")),
        ("mail", _("E-mail and phone to sign in"), _("Nobody but you.")),
        ("key", _("Who runs the server"), _("Names and what everybody sees. What is sealed needs the key file as well.")),
    ]  # fmt: skip


def archive_response(person: Person) -> StreamingHttpResponse:
    """Return the archive of a person as a file on its way."""
    response = StreamingHttpResponse(taking.archive(person), content_type="application/zip")
    response.headers["Content-Disposition"] = f'attachment; filename="{taking.file_name(person)}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


@require_POST
@own_page
def take(request: HttpRequest, account: Account) -> HttpResponseBase:
    """Hand out everything that is one's own. Each time is on record, so nothing is kept to be answered again."""
    return archive_response(belongings.person(account, now=timezone.now()))


@require_http_methods(["GET", "POST"])
@own_page
def erase(request: HttpRequest, account: Account) -> HttpResponse:
    """Say what erasing does, and do it: in a week, or at once with a word that is typed."""
    person = belongings.person(account, now=timezone.now())
    form = EraseForm(request.POST if request.method == "POST" else None)
    done: list[bool] = []

    def act(typed: dict[str, Any]) -> str:
        if typed["when"] == "now":
            require_word(typed["word"])
            erasing.erase_at_once(account, now=person.now)
            done.append(True)
            return reverse("people:erased")
        erasing.ask(account, now=person.now)
        messages.success(request, _("In seven days you are erased. Until then you can call it off here."))
        return reverse("people:me")

    refused = erasing.obstacle(person)
    response = form_page(
        request, "people/erase.html", form, act, who=account, verb="people.erase", foretold=erasing.foretell(person),
        obstacle=sentence(refused) if refused else "", word=_("erase"), erasure=erasing.asked_by(account),
    )  # fmt: skip
    if done:
        logout(request)
    return response


def require_word(typed: str) -> None:
    """Refuse unless somebody wrote the word that says she means it, in her language or in English."""
    if " ".join(typed.split()).casefold() not in {_("erase").casefold(), "erase"}:
        raise Refusal("erase.word", "word", word=_("erase"))


@require_POST
@own_page
def call_off(request: HttpRequest, account: Account) -> HttpResponse:
    def act() -> str:
        erasing.call_off(account)
        messages.success(request, _("Called off. Nothing is erased."))
        return reverse("people:me")

    return redirect(run_once(request, account, "people.call_off", act))


@require_safe
def erased(request: HttpRequest) -> HttpResponse:
    """Say good-bye. Nobody is signed in here any more."""
    return render(
        request,
        "site/message.html",
        {
            "title": _("You are erased"),
            "text": _(
                "Your name, your addresses and all that was sealed of you are destroyed. Thank you for having been here."
            ),
            "next": Action(_("To the first page"), "/", "home"),
        },
    )


@require_http_methods(["GET", "POST"])
@own_page
def blocked(request: HttpRequest, account: Account) -> HttpResponse:
    """Show whom one blocked, and block by an address."""
    form = BlockForm(request.POST if request.method == "POST" else None, initial={"region": region_of(request)})

    def act(typed: dict[str, Any]) -> str:
        blocks.block_address(account, typed["address"], region_of(request), now=timezone.now())
        messages.success(
            request, _("Whoever has this address, now or later, does not see you here, and you do not see them.")
        )
        return reverse("people:blocked")

    return form_page(
        request, "people/blocked.html", form, act, who=account, verb="people.block",
        blocked=blocks.blocks_of(account, now=timezone.now()),
    )  # fmt: skip


@require_POST
@own_page
def unblock(request: HttpRequest, account: Account, block_id: uuid.UUID) -> HttpResponse:
    def act() -> str:
        blocks.unblock(account, block_id, now=timezone.now())
        messages.success(request, _("Taken back. You see each other again, unless they blocked you."))
        return reverse("people:blocked")

    return redirect(run_once(request, account, "people.unblock", act))
