"""The nine languages of the house, and what reading and writing each of them needs.

Two are complete; the others show English where a translation is missing. Nothing here needs Django's settings, because
the settings are made from this list.
"""

from dataclasses import dataclass
from typing import Final, Literal

DigitSystem = Literal["latn", "arab", "arabext", "beng"]

_ONE_OR_MORE: Final = "nplurals=2; plural=n != 1;"
_ARABIC: Final = (
    "nplurals=6; plural=n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 && n%100<=99 ? 4 : 5;"
)


@dataclass(frozen=True, slots=True)
class Language:
    """One language. ``week_start`` counts from Monday = 0, as ``datetime.date.weekday`` does.

    ``plural_forms`` is the header line of its catalogue. It is written here because the order of the last two Arabic
    forms differs between tools, and a catalogue is only right with the order its translator had in mind.
    """

    code: str
    name_native: str
    name_english: str
    rtl: bool
    digits: DigitSystem
    week_start: int
    plural_forms: str
    locale: str
    """The CLDR locale its names and separators come from."""

    @property
    def plural_count(self) -> int:
        return int(self.plural_forms.partition(";")[0].removeprefix("nplurals="))

    @property
    def direction(self) -> Literal["ltr", "rtl"]:
        return "rtl" if self.rtl else "ltr"


_MONDAY, _SATURDAY, _SUNDAY = 0, 5, 6

# English takes its dates and its clock from en_GB: day before month, 24 hours, which nobody reads as another day or
# half of it.
LANGUAGES: Final[tuple[Language, ...]] = (
    Language("en", "English", "English", False, "latn", _MONDAY, _ONE_OR_MORE, "en_GB"),
    Language("ar", "العربية", "Arabic", True, "arab", _SATURDAY, _ARABIC, "ar"),
    Language("ur", "اردو", "Urdu", True, "latn", _SUNDAY, _ONE_OR_MORE, "ur"),
    Language("fa", "فارسی", "Persian", True, "arabext", _SATURDAY, "nplurals=2; plural=n > 1;", "fa"),
    Language("tr", "Türkçe", "Turkish", False, "latn", _MONDAY, "nplurals=2; plural=n > 1;", "tr"),
    Language("id", "Bahasa Indonesia", "Indonesian", False, "latn", _SUNDAY, "nplurals=1; plural=0;", "id"),
    Language("bn", "বাংলা", "Bengali", False, "beng", _SUNDAY, "nplurals=2; plural=n > 1;", "bn"),
    Language("fr", "Français", "French", False, "latn", _MONDAY, "nplurals=2; plural=n > 1;", "fr"),
    Language("sw", "Kiswahili", "Swahili", False, "latn", _MONDAY, _ONE_OR_MORE, "sw"),
)
BY_CODE: Final[dict[str, Language]] = {language.code: language for language in LANGUAGES}

# The language the messages in the source are written in; it needs no catalogue.
SOURCE: Final = "en"
# Every message of these has a translation; the check fails otherwise.
COMPLETE: Final[tuple[str, ...]] = ("en", "ar")


def language_of(code: str | None) -> Language:
    """Return the language of a code such as ``ar`` or ``ar-eg``; English for one the house does not speak."""
    wanted = (code or SOURCE).replace("_", "-").partition("-")[0].lower()
    return BY_CODE.get(wanted, BY_CODE[SOURCE])
