"""The catalogues: what is found in the source, what the check reports, and how they are compiled."""

import gettext
import os
import re
from pathlib import Path

import pytest
from django.utils import translation

from taawun.ground.words import check, extract
from taawun.ground.words.check import problems
from taawun.ground.words.compile import BadCatalogue, compile_catalogues
from taawun.ground.words.errors import WordsError
from taawun.ground.words.extract import catalogue_path, read_catalogue, update
from taawun.ground.words.languages import BY_CODE
from taawun.ground.words.messages import PACKAGE, UnreadableSource, messages_in, template_catalogue
from taawun.ground.words.refusals import SENTENCES, sentence

ARABIC = BY_CODE["ar"]

SOURCES = {
    "room/actions.py": (
        "from django.utils.translation import gettext_lazy as _, ngettext, pgettext_lazy, npgettext\n"
        'a = _("Plain")\n'
        'b = ngettext("%(count)s day", "%(count)s days", n)\n'
        'c = pgettext_lazy("verb", "Open")\n'
        'd = npgettext("verb", "%(count)s run", "%(count)s runs", n)\n'
        'e = _("Two " "halves")\n'
        "not_one = gettextish('No')\n"
    ),
    "room/templates/room/page.html": (
        "{% load i18n %}{# no message #}<p class='x'>{% translate 'Short' %}</p>\n"
        '{% translate "With “quotes” and 100%" context "place" %}\n'
        "{% blocktranslate with name=person.name trimmed %}\n  Dear {{ name }},\n  welcome.\n{% endblocktranslate %}\n"
        "{% blocktranslate count n=many %}{{ n }} box{% plural %}{{ n }} boxes{% endblocktranslate %}\n"
        '{{ _("In a variable") }}{% comment %}{% translate "Not this" %}{% endcomment %}\n'
    ),
    "room/static/page.js": 'show(gettext("Saved on this phone")); const s = `x`;\n',
    "vendor/other.js": 'gettext("Not ours");\n',
    "room/templates/room/mail.txt": "{% load i18n %}{% translate 'Mail' %}",
}


@pytest.fixture
def package(tmp_path: Path) -> Path:
    for name, text in SOURCES.items():
        path = tmp_path / "package" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return tmp_path / "package"


def test_every_message_of_every_kind_of_source_is_found(package: Path) -> None:
    found = {(message.context, message.singular, message.plural) for message in messages_in(package)}
    assert found == {
        (None, "Plain", None),
        (None, "%(count)s day", "%(count)s days"),
        ("verb", "Open", None),
        ("verb", "%(count)s run", "%(count)s runs"),
        (None, "Two halves", None),
        (None, "Short", None),
        ("place", "With “quotes” and 100%%", None),
        (None, "Dear %(name)s, welcome.", None),
        (None, "%(n)s box", "%(n)s boxes"),
        (None, "In a variable", None),
        (None, "Saved on this phone", None),
        (None, "Mail", None),
    }


def test_a_source_that_cannot_be_read_is_named(package: Path) -> None:
    (package / "room/templates/room/page.html").write_text(
        "{% blocktranslate %}{% if x %}{% endblocktranslate %}", "utf-8"
    )
    with pytest.raises(UnreadableSource, match=r"room/templates/room/page\.html"):
        list(messages_in(package))


def test_updating_keeps_translations_and_says_the_same_twice(package: Path, tmp_path: Path) -> None:
    locale = tmp_path / "locale"
    assert update(ARABIC, template_catalogue(package), locale)
    path = catalogue_path(ARABIC, locale)
    text = path.read_text("utf-8").replace('msgid "Plain"\nmsgstr ""', 'msgid "Plain"\nmsgstr "بسيط"')
    path.write_text(text, "utf-8")
    assert not update(ARABIC, template_catalogue(package), locale)
    assert path.read_text("utf-8") == text
    assert "POT-Creation-Date" not in text and "#:" not in text
    (package / "room/actions.py").write_text('from x import gettext as _\n_("Plainer")\n', "utf-8")
    assert update(ARABIC, template_catalogue(package), locale)
    later = path.read_text("utf-8")
    assert '#~ msgid "Plain"\n#~ msgstr "بسيط"' in later
    assert 'msgid "Plainer"\nmsgstr ""' in later
    assert "fuzzy" not in later


def _arabic(tmp_path: Path, body: str, header: str = ARABIC.plural_forms) -> Path:
    path = catalogue_path(ARABIC, tmp_path / "locale")
    path.parent.mkdir(parents=True, exist_ok=True)
    fields = ("Language: ar", f"Plural-Forms: {header}", "Content-Type: text/plain; charset=utf-8")
    head = 'msgid ""\nmsgstr ""\n' + "".join(f'"{field}\\n"\n' for field in fields) + "\n"
    path.write_text(head + body, "utf-8")
    return tmp_path / "locale"


SIX = "".join(
    f'msgstr[{n}] "{text}"\n'
    for n, text in enumerate(["لا", "يوم", "يومان", "%(count)s أيام", "%(count)s يوما", "%(count)s يوم"])
)
DAYS = 'msgid "%(count)s day"\nmsgid_plural "%(count)s days"\n'
PLAIN = 'msgid "Dear %(name)s"\n'


@pytest.mark.parametrize(
    ("body", "reported"),
    [
        (PLAIN + 'msgstr "عزيزي %(name)s"\n\n' + DAYS + SIX, []),
        (DAYS + SIX, ["ar: “Dear %(name)s”: missing"]),
        (PLAIN + 'msgstr ""\n\n' + DAYS + SIX, ["ar: “Dear %(name)s”: empty"]),
        ("#, fuzzy\n" + PLAIN + 'msgstr "عزيزي %(name)s"\n\n' + DAYS + SIX, ["ar: “Dear %(name)s”: fuzzy"]),
        (PLAIN + 'msgstr "عزيزي"\n\n' + DAYS + SIX, ["ar: “Dear %(name)s”: places left out: %(name)s"]),
        (
            PLAIN + 'msgstr "عزيزي %(name)s %(age)s"\n\n' + DAYS + SIX,
            ["ar: “Dear %(name)s”: places that the message does not have: %(age)s"],
        ),
        (PLAIN + 'msgstr "Dear عزيزي %(name)s"\n\n' + DAYS + SIX, ["ar: “Dear %(name)s”: Latin letters: Dear"]),
        (PLAIN + 'msgstr "SMS إلى %(name)s"\n\n' + DAYS + SIX, []),
        (
            PLAIN + 'msgstr "عزيزي %(name)s"\n\n' + DAYS + SIX.replace("%(count)s أيام", ""),
            ["ar: “%(count)s day”: 5 plural forms instead of 6"],
        ),
        (
            PLAIN + 'msgstr "عزيزي %(name)s"\n\n' + DAYS + SIX.replace("%(count)s أيام", "أيام"),
            ["ar: “%(count)s day”: places left out: %(count)s"],
        ),
        (
            PLAIN + 'msgstr "عزيزي %(name)s"\n\nmsgid "%(count)s day"\nmsgstr "يوم"\n',
            ["ar: “%(count)s day”: has one form, and the message is a plural"],
        ),
    ],
)
def test_the_check_names_what_is_amiss(tmp_path: Path, body: str, reported: list[str]) -> None:
    package = tmp_path / "package"
    package.mkdir()
    (package / "a.py").write_text('_("Dear %(name)s")\nngettext("%(count)s day", "%(count)s days", n)\n', "utf-8")
    assert problems(ARABIC, template_catalogue(package), _arabic(tmp_path, body)) == reported


def test_the_check_knows_a_wrong_plural_rule_and_a_missing_or_broken_catalogue(tmp_path: Path) -> None:
    template = template_catalogue(tmp_path)
    swapped = ARABIC.plural_forms.replace("n%100>=11 && n%100<=99", "n%100>=0 && n%100<=2")
    assert problems(ARABIC, template, _arabic(tmp_path, "", swapped)) == [
        f"ar: the plural rule is not “{ARABIC.plural_forms}”"
    ]
    assert problems(ARABIC, template, tmp_path / "nowhere") == ["ar: there is no django.po"]
    assert problems(ARABIC, template, _arabic(tmp_path, 'msgid "unclosed\n'))[0].startswith("ar: ")


def test_the_commands_answer_with_their_exit_code(
    package: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    locale = tmp_path / "locale"
    assert extract.main(package, locale) == 0
    assert check.main(package, locale) == 1
    assert "ar: “Short”: empty" in capsys.readouterr().out
    (package / "room/bad.py").write_bytes(b"\xff\xfe(")
    assert check.main(package, locale) == 1
    assert extract.main(package, locale) == 1


def test_compiling_is_done_once_and_again_when_the_source_changes(tmp_path: Path) -> None:
    locale = _arabic(tmp_path, PLAIN + 'msgstr "عزيزي %(name)s"\n\n' + DAYS + SIX)
    source = catalogue_path(ARABIC, locale)
    (written,) = compile_catalogues(locale)
    assert compile_catalogues(locale) == []
    with written.open("rb") as compiled:
        catalogue = gettext.GNUTranslations(compiled)
    assert catalogue.ngettext("%(count)s day", "%(count)s days", 2) == "يومان"
    assert catalogue.ngettext("%(count)s day", "%(count)s days", 11) == "%(count)s يوما"
    newer = source.stat().st_mtime_ns + 1_000_000_000
    os.utime(source, ns=(newer, newer))
    assert compile_catalogues(locale) == [written]
    assert sorted(one.name for one in source.parent.iterdir()) == ["django.mo", "django.po"]


def test_a_broken_catalogue_leaves_the_old_one_and_is_named(tmp_path: Path) -> None:
    locale = _arabic(tmp_path, PLAIN + 'msgstr "عزيزي %(name)s"\n')
    (written,) = compile_catalogues(locale)
    before = written.read_bytes()
    source = catalogue_path(ARABIC, _arabic(tmp_path, 'msgid "unclosed\n'))
    later = written.stat().st_mtime_ns + 1_000_000_000
    os.utime(source, ns=(later, later))
    with pytest.raises(BadCatalogue, match=re.escape(str(source))):
        compile_catalogues(locale)
    assert written.read_bytes() == before


def test_this_rooms_arabic_is_complete() -> None:
    amiss = problems(ARABIC, template_catalogue(PACKAGE / "ground" / "words"))
    assert amiss == []
    assert read_catalogue(catalogue_path(ARABIC), ARABIC).num_plurals == 6


def test_every_code_this_room_raises_has_a_sentence() -> None:
    raised = set()
    for path in (PACKAGE / "ground" / "words").glob("*.py"):
        raised |= set(re.findall(r'"((?:number|digits|unit|amount|text|phone)\.[a-z_]+)"', path.read_text("utf-8")))
    assert raised == set(SENTENCES)


def test_sentences_carry_their_facts() -> None:
    error = WordsError("number.ambiguous", text="1.500", whole="1500", decimal="1.500")
    assert sentence(error).startswith("“1.500” can mean 1500 or 1.500.")
    with translation.override("ar"):
        assert sentence(error).startswith("قد يعني «1.500» 1500 أو 1.500.")
