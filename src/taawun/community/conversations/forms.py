"""The forms of conversations and notes."""

from django import forms
from django.utils.translation import gettext_lazy as _

from taawun.community.conversations import rules
from taawun.community.people.doors import KeyedForm
from taawun.ground.site.forms import ChoiceCards

# Named one by one, so that an iPhone sends its photos as JPEG by itself.
PICTURES = "image/jpeg,image/png,image/webp,image/gif"


class MessageForm(KeyedForm):
    """A text, a picture, a voice note: at least one of them. What a file really is, is judged by what is in it."""

    text = forms.CharField(
        label=_("Write a message"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": rules.TEXT_LENGTH_MAX, "dir": "auto"}),
    )
    picture = forms.FileField(
        label=_("Picture"),
        help_text=_("Where and with what it was taken is removed before anybody sees it."),
        required=False,
        widget=forms.FileInput(attrs={"accept": PICTURES}),
    )
    voice = forms.FileField(
        label=_("Voice note"),
        help_text=_("A recording of at most a minute."),
        required=False,
        widget=forms.FileInput(attrs={"accept": "audio/*", "capture": True}),
    )


class NoteForm(KeyedForm):
    """A note, and who may read it. The narrower choice stands first, because it can do no harm by mistake."""

    text = forms.CharField(
        label=_("Note"),
        widget=forms.Textarea(attrs={"rows": 4, "maxlength": rules.NOTE_LENGTH_MAX, "dir": "auto"}),
    )
    shown = forms.ChoiceField(
        label=_("Who may read it"),
        choices=[
            ("no", _("Coordinators only. The person does not see it, nor that there is one.")),
            ("yes", _("Coordinators and the person it is about.")),
        ],
        initial="no",
        widget=ChoiceCards(icons={"no": "private", "yes": "looked"}),
    )
