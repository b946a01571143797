"""The sentences of this room's errors: what is wrong, and what would be right."""

from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from taawun.ground.words.errors import WordsError

SENTENCES: Final[dict[str, Any]] = {
    "number.missing": _("Please write a number."),
    "number.not_a_number": _("“%(text)s” is not a number. Please write digits, such as 12."),
    "number.not_whole": _("“%(text)s” is not a whole number. Please write one without a fraction, such as 12."),
    "number.too_long": _("This number is too long. At most %(limit)s digits are possible."),
    "number.mixed_digits": _("“%(text)s” mixes two kinds of digits. Please write the number in one of them."),
    "number.ambiguous": _(
        "“%(text)s” can mean %(whole)s or %(decimal)s. Please write it without a separator of thousands."
    ),
    "digits.unknown": _("There are no digits called “%(system)s”. Please choose one of the kinds in the list."),
    "unit.unknown": _("There is no unit called “%(unit)s”. Please choose one from the list."),
    "amount.negative": _("An amount cannot be below zero. Please write it without a minus sign."),
    "amount.zero": _("The amount is zero. Please write how much there is."),
    "amount.too_large": _("This is more than anyone can carry. At most %(limit)s is possible."),
    "amount.too_fine": _("This is finer than the unit allows. The smallest amount is %(smallest)s."),
    "amount.not_whole": _("This is counted in whole %(unit)s. Please write a whole number."),
    "amount.other_unit": _("“%(word)s” is not the unit here. Please write the amount in %(unit)s."),
    "text.too_long": _("This text is too long. At most %(limit)s characters are possible."),
    "text.too_many_lines": _("This text has too many lines. At most %(limit)s are possible."),
    "text.nul": _("This text holds a character that cannot be stored. Please type it again."),
    "text.broken": _("This text holds half a character. Please type it again."),
    "phone.missing": _("Please write a phone number."),
    "phone.letters": _("A phone number has no letters. Please write digits only, such as +44 113 496 0000."),
    "phone.invalid": _("“%(text)s” is not a phone number in use. Please check it for a missing or a surplus digit."),
    "phone.too_short": _("“%(text)s” is too short for a phone number. Please check for missing digits."),
    "phone.too_long": _("“%(text)s” is too long for a phone number. Please check for surplus digits."),
    "phone.several": _("These are several phone numbers. Please write one of them."),
    "phone.no_country": _("The country of this number is not clear. Please begin it with + and the country's code."),
    "phone.rounded": _("A spreadsheet has rounded “%(text)s”, and digits are lost. Please write the whole number."),
}


def sentence(error: WordsError) -> str:
    """Return the error as one sentence in the active language."""
    return str(SENTENCES[error.code]) % {name: str(value) for name, value in error.facts.items()}
