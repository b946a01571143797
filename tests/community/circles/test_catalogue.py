"""The default kinds: complete in both languages, drawn, measured, and found by the words people use."""

import re
from collections import Counter

import pytest
from django.utils import translation

from taawun.community.circles import catalogue
from taawun.ground.site.icons import ICONS
from taawun.ground.words.clean import search_key
from taawun.ground.words.compile import compile_catalogues
from taawun.ground.words.units import BY_CODE as UNITS

compile_catalogues()


def names(language: str) -> dict[str, str]:
    with translation.override(language):
        return {kind.code: str(kind.name) for kind in catalogue.ALL}


def test_there_are_enough_kinds_and_no_code_twice() -> None:
    assert 115 <= len(catalogue.ALL) <= 140
    assert len(catalogue.BY_CODE) == len(catalogue.ALL)
    assert {kind.nature for kind in catalogue.ALL} == {"good", "service", "skill", "space"}


@pytest.mark.parametrize("kind", catalogue.ALL, ids=lambda kind: kind.code)
def test_a_kind_is_whole(kind: catalogue.Kind) -> None:
    assert re.fullmatch(r"[a-z]+\.[a-z_]+", kind.code)
    assert kind.code.startswith(kind.group + ".")
    assert kind.unit in UNITS
    assert kind.icon in ICONS
    english, arabic = names("en")[kind.code], names("ar")[kind.code]
    assert len(english) <= 28
    assert len(arabic) <= 28
    assert re.search("[\u0621-\u064a]", arabic) and not re.search("[A-Za-z]", arabic)
    assert len(kind.search) == 2
    assert re.search("[a-z]", kind.search[0]) and re.search("[\u0621-\u064a]", kind.search[1])


def test_groups_come_in_order_with_names_and_icons() -> None:
    order = [group.code for group in catalogue.GROUPS]
    assert list(dict.fromkeys(kind.group for kind in catalogue.ALL)) == order
    for group in catalogue.GROUPS:
        assert group.icon in ICONS
        with translation.override("ar"):
            assert not str(group.name).isascii()


@pytest.mark.parametrize("language", ["en", "ar"])
def test_no_two_kinds_have_one_name(language: str) -> None:
    seen = Counter(search_key(name) for name in names(language).values())
    assert [name for name, times in seen.items() if times > 1] == []


def test_what_can_hurt_is_marked_and_the_rest_is_not() -> None:
    sensitive = {kind.code for kind in catalogue.ALL if kind.sensitive}
    assert {
        "health.medicine", "health.period_products", "health.recovery", "company.listening", "company.counselling",
        "housing.safe_place", "papers.legal_advice", "papers.official_papers", "care.personal_care",
    } <= sensitive  # fmt: skip
    assert {kind.code for kind in catalogue.ALL if kind.group == "money"} <= sensitive
    assert not sensitive & {"food.cooked_meal", "children.baby_milk", "health.medicine_pickup", "transport.clinic_ride"}
    assert len(sensitive) < len(catalogue.ALL) / 4


def test_no_kind_is_about_religion_ethnicity_or_legal_status() -> None:
    told = re.compile(
        r"\b(muslim|christian|jew|hindu|mosque|church|refugee|migrant|immigra\w*|undocumented|asylum|ethnic\w*|halal)\b"
    )
    for kind in catalogue.ALL:
        assert not told.search(f"{names('en')[kind.code]} {kind.search[0]}".lower()), kind.code


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("baby milk", "children.baby_milk"),
        ("حليب أطفال", "children.baby_milk"),
        ("حليب للرضيع", "children.baby_milk"),
        ("I need milk for my baby", "children.baby_milk"),
        ("رافعة", "tools.lifting"),
        ("الرافعه", "tools.lifting"),
        ("Baby Formula", "children.baby_milk"),
        ("hot meal", "food.cooked_meal"),
        ("وجبات", "food.cooked_meal"),
        ("أرز", "food.staples"),
        ("رز", "food.staples"),
        ("rice", "food.staples"),
        ("insulin", "health.medicine"),
        ("إنسولين", "health.medicine"),
        ("wheel chair", "health.mobility"),
        ("wheelchair", "health.mobility"),
        ("diapers", "children.nappies"),
        ("nappies", "children.nappies"),
        ("حفاضات", "children.nappies"),
        ("plumber", "repairs.plumbing"),
        ("plummer", "repairs.plumbing"),
        ("سباك", "repairs.plumbing"),
        ("سمكري", "repairs.plumbing"),
        ("electrician", "repairs.electrics"),
        ("lift to hospital", "transport.clinic_ride"),
        ("توصيلة للمستشفى", "transport.clinic_ride"),
        ("blanket", "household.blankets"),
        ("حرامات", "household.blankets"),
        ("lawyer", "papers.legal_advice"),
        ("مترجم", "papers.interpreting"),
        ("interpreter", "papers.interpreting"),
        ("babysitter", "children.childcare"),
        ("tent", "housing.tent"),
        ("خيمه", "housing.tent"),
        ("generator", "tools.generator"),
        ("المولدة", "tools.generator"),
        ("tractor", "farm.ploughing"),
        ("شتول", "farm.seedlings"),
        ("vet", "animals.vet"),
        ("boat", "crisis.boat"),
        ("blood", "health.blood"),
        ("تبرع بالدم", "health.blood"),
        ("food.cooked meal", "food.cooked_meal"),
    ],
)
@pytest.mark.parametrize("language", ["en", "ar"])
def test_people_find_it_by_their_own_words(typed: str, code: str, language: str) -> None:
    assert catalogue.search(typed, language)[0].code == code


@pytest.mark.parametrize("language", ["en", "ar", "fr"])
def test_every_kind_is_first_under_its_own_name(language: str) -> None:
    for kind in catalogue.ALL:
        for name in (names("en")[kind.code], names("ar")[kind.code]):
            assert catalogue.search(name, language)[0] is kind, name


@pytest.mark.parametrize("typed", ["", "   ", "xyzzyq", "ظظظظ", "!!!", "\u202e"])
def test_nothing_is_found_for_nothing(typed: str) -> None:
    assert catalogue.search(typed, "en") == []


def test_a_long_text_is_searched_by_its_beginning() -> None:
    assert catalogue.search("blanket " + "word " * 200_000, "en")[0].code == "household.blankets"


def test_lent_things_and_homes_are_not_parted() -> None:
    assert catalogue.find("tools.lifting").splittable is False  # type: ignore[union-attr]
    assert catalogue.find("housing.family_host").splittable is False  # type: ignore[union-attr]
    assert catalogue.find("food.cooked_meal").splittable is True  # type: ignore[union-attr]
    assert catalogue.find("no.such") is None


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("poussette", "children.baby_things"),
        ("bebek bezi", "children.nappies"),
        ("sembako", "food.food_parcel"),
        ("rashan", "food.food_parcel"),
        ("کمپل", "household.blankets"),
        ("হুইলচেয়ার", "health.mobility"),
        ("mahema", "housing.tent"),
        ("طرمبة", "tools.pump"),
        ("Panadol", "health.medicine"),
    ],
)
def test_a_kind_is_found_by_what_people_call_it_in_any_language(typed, code):
    assert catalogue.search(typed, "en")[0].code == code
    assert catalogue.search(typed, "ar")[0].code == code
