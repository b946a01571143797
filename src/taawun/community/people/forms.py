"""The forms of people: what is typed goes to an action as it is; what is wrong comes back beside its field."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from taawun.community.people.doors import KeyedForm
from taawun.community.people.models import Account
from taawun.ground.site.forms import ChoiceCards
from taawun.ground.words.digits import SYSTEMS
from taawun.ground.words.languages import BY_CODE as LANGUAGE
from taawun.ground.words.languages import COMPLETE, LANGUAGES

ADDRESS_EMPTY = _("Write an e-mail address or a phone number.")
NAME_EMPTY = _("Write the name the others should see.")
COMPLETE_LANGUAGES = [(code, LANGUAGE[code].name_native) for code in COMPLETE]
SPOKEN_LANGUAGES = [(language.code, language.name_native) for language in LANGUAGES]


class Ticks(forms.CheckboxSelectMultiple):
    """Several of a few, each a target for a thumb."""

    template_name = "people/ticks.html"


def line(label: Any, *, most: int, empty: Any = "", hint: Any = "", **attributes: str) -> forms.CharField:
    """Return a field of one line. How long it may be is judged by the action; the browser only helps."""
    return forms.CharField(
        label=label,
        help_text=hint,
        required=bool(empty),
        error_messages={"required": empty} if empty else None,
        widget=forms.TextInput({"maxlength": str(most), **attributes}),
    )


def lines(label: Any, *, most: int, hint: Any = "", rows: int = 3) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=hint,
        required=False,
        widget=forms.Textarea({"rows": str(rows), "maxlength": str(most)}),
    )


def languages(label: Any, *, hint: Any = "", empty: Any = "") -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label,
        help_text=hint,
        choices=SPOKEN_LANGUAGES,
        required=bool(empty),
        error_messages={"required": empty} if empty else None,
        widget=Ticks,
    )


def address(label: Any, hint: Any = "", *, autocomplete: str) -> forms.CharField:
    return line(
        label, most=254, empty=ADDRESS_EMPTY, hint=hint, autocomplete=autocomplete, dir="auto", autocapitalize="off",
        spellcheck="false",
    )  # fmt: skip


class SignInForm(forms.Form):
    """One field for a code; a password only for whoever has set one."""

    address = address(
        _("Your e-mail or phone"), _("For example name@example.org or 0912 345 678."), autocomplete="username"
    )
    password = forms.CharField(
        label=_("Password"),
        required=False,
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "current-password", "maxlength": "200"}),
    )
    next = forms.CharField(required=False, widget=forms.HiddenInput)
    region = forms.CharField(required=False, widget=forms.HiddenInput)


class CodeForm(forms.Form):
    """Six digits, in any of the four systems."""

    code = line(
        _("The six digits"), most=20, empty=_("Write the six digits you received."), inputmode="numeric",
        autocomplete="one-time-code", dir="ltr",
    )  # fmt: skip
    next = forms.CharField(required=False, widget=forms.HiddenInput)


class ProfileForm(KeyedForm):
    """What the others see, and how the pages are written."""

    name = line(_("The name the others see"), most=120, empty=NAME_EMPTY, autocomplete="nickname")
    language = forms.ChoiceField(label=_("Language of these pages"), choices=COMPLETE_LANGUAGES, widget=ChoiceCards())
    digits = forms.ChoiceField(
        label=_("Digits"),
        choices=[("", pgettext_lazy("digits", "As usual in the language")), *((code, shown) for code, shown in SYSTEMS.items())],
        required=False,
        widget=forms.Select,
    )
    languages = languages(_("Languages you speak"), hint=_("So that you are matched with people you can talk to."))

    @classmethod
    def of(cls, account: Account) -> dict[str, Any]:
        """Return the account's values as the form shows them."""
        return {
            "name": account.agent.name,
            "language": account.language,
            "digits": account.digits,
            "languages": account.agent.languages,
        }


class ContactForm(KeyedForm):
    address = address(_("E-mail or phone"), _("For example name@example.org or 0912 345 678."), autocomplete="email")
    region = forms.CharField(required=False, widget=forms.HiddenInput)


class NewPasswordForm(KeyedForm):
    password = forms.CharField(
        label=_("New password"),
        help_text=_("At least 8 characters that are not a common word."),
        strip=False,
        error_messages={"required": _("Write a password.")},
        widget=forms.PasswordInput({"autocomplete": "new-password", "maxlength": "200"}),
    )


class EraseForm(KeyedForm):
    """When to erase, and for "now" a word, so that no slip of a thumb does it."""

    when = forms.ChoiceField(
        label=_("When?"),
        choices=[("week", _("In seven days")), ("now", _("Now"))],
        initial="week",
        widget=ChoiceCards(
            icons={"week": "calendar", "now": "delete"},
            hints={"week": _("Until then you can call it off."), "now": _("This cannot be undone.")},
        ),
    )
    word = line(_("For “now”: write the word"), most=40, autocomplete="off", autocapitalize="off", spellcheck="false")


class BlockForm(KeyedForm):
    address = address(
        _("Their e-mail or phone"), _("It need not be known here. The answer is always the same."), autocomplete="off"
    )
    region = forms.CharField(required=False, widget=forms.HiddenInput)


class TokenForm(KeyedForm):
    name = line(_("What is it for?"), most=60, empty=_("Give the token a name, so that you know it again."))
    may_write = forms.BooleanField(
        label=_("It may change things"),
        help_text=_("Without this, a program can only read what you can see."),
        required=False,
    )


def hidden() -> forms.CharField:
    return forms.CharField(required=False, widget=forms.HiddenInput)


class PasskeyAnswerForm(forms.Form):
    """What a script fills in: which question was asked, and what the passkey answered."""

    challenge, answer, next = hidden(), hidden(), hidden()


class PasskeyForm(forms.Form):
    """A name for a passkey; the script adds the rest."""

    name = line(
        _("What is it on?"), most=60, empty=_("Give the passkey a name, for example My phone."),
        hint=_("For example: My phone, the office computer."), autocomplete="off",
    )  # fmt: skip
    challenge, answer = hidden(), hidden()


class SecondFactorForm(forms.Form):
    """Six digits of an app, or sixteen from paper, in any of the four systems."""

    code = line(
        _("The code"), most=40, empty=_("Write the code from your app or your paper."), inputmode="numeric",
        autocomplete="one-time-code", dir="ltr",
    )  # fmt: skip
    next = hidden()


class PaperForm(forms.Form):
    code = line(
        _("A code from your paper"), most=40, empty=_("Write the sixteen digits."), hint=_("Sixteen digits in groups of four."),
        inputmode="numeric", autocomplete="off", dir="ltr",
    )  # fmt: skip
    next = hidden()
