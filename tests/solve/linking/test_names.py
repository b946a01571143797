"""Names across scripts and habits: the same ones found, those that only look alike told apart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taawun.solve.linking import names, persons, places
from taawun.solve.linking.names import SAME, compare, keys
from taawun.solve.linking.persons import Person
from taawun.solve.linking.sounds import closeness, folded

THE_SAME = [
    ("محمد أحمد الخطيب", "Mohammad Ahmad Al-Khatib"), ("عبد الرحمن الشامي", "Abdulrahman Al Shami"),
    ("عبدالرحمن الشامي", "Abd al-Rahman el Chami"), ("عبد الله حسين", "Abdallah Hussein"),
    ("نور الدين زيدان", "Noureddine Zidane"), ("صلاح الدين الأيوبي", "Salahuddin Ayyubi"),
    ("أبو بكر الصديق", "Abubakr Al Siddiq"), ("أم كلثوم إبراهيم", "Oum Kalthoum Ibrahim"),
    ("Haddad Samir", "Samir Haddad"), ("سمير حداد", "Samir Khalil Haddad"), ("S. Haddad", "Samir Haddad"),
    ("مريم بنت خالد", "Maryam Khaled"), ("Md. Abdul Karim", "মোঃ আব্দুল করিম"), ("রহিমা বেগম", "Rahima Begum"),
    ("عائشہ صدیقہ", "Ayesha Siddiqa"), ("Mehmet Yılmaz", "محمد يلماز"), ("Hüseyin Çelik", "Huseyin Celik"),
    ("Dr. Omar Khoury", "عمر الخوري"), ("Youssef Chahine", "يوسف شاهين"), ("علی اکبر هاشمی", "Ali Akbar Hashemi"),
    ("Mohmmad Alhasan", "محمد الحسن"), ("Toufic Ziad", "توفيق زياد"), ("Noor Jahan", "Noorjahan"),
    ("Muhammad Ali Khan", "Ali Khan"), ("Umm Ali", "أم علي"), ("سميره بكار", "Sameera Bakkar"),
]  # fmt: skip
NOT_THE_SAME = [
    ("Mohammad Haddad", "Mahmoud Haddad"), ("محمد حداد", "Mahmoud Haddad"), ("Hasan Nasser", "Hussein Nasser"),
    ("حسن ناصر", "Hussein Nasser"), ("سمير خوري", "Samira Khoury"), ("Samir Khoury", "Samira Khoury"),
    ("Ahmad Khalil Haddad", "Samir Khalil Haddad"), ("Ahmad Khalil Haddad", "Khalil Haddad"), ("Umm Ali", "Abu Ali"),
    ("أم علي", "علي"), ("Omar Saleh", "Amr Saleh"), ("سالم حداد", "سليم حداد"), ("Fatima Ali", "Fatima Omar"),
    ("Nour Khatib", "Nour al-Din Khatib"), ("Abdul Rahman Ali", "Abdul Rahim Ali"), ("عبدالكريم يوسف", "عبدالحكيم يوسف"),
    ("Zeinab Omar", "Zeina Omar"), ("Rana Haddad", "Rania Haddad"), ("Khaled Mansour", "Khalil Mansour"),
    ("Karim Aziz", "Karima Aziz"), ("Rashid Omar", "Rashad Omar"), ("Hadi Saad", "Huda Saad"),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other"), THE_SAME)
def test_one_name_in_two_spellings_is_one_and_can_be_found(one, other):
    assert compare(one, other).score >= SAME
    assert compare(other, one) == compare(one, other)
    assert set(keys(one)) & set(keys(other))


@pytest.mark.parametrize(("one", "other"), NOT_THE_SAME)
def test_two_names_that_look_alike_are_two(one, other):
    assert compare(one, other).score < SAME
    assert compare(other, one).score < SAME


def test_a_name_no_list_knows_is_heard():
    assert closeness(folded("زعتراني"), folded("Zaatarani")) > 0.9
    assert closeness(folded("قرقماز"), folded("Korkmaz")) > 0.7
    assert closeness(folded("بشناق"), folded("Haddad")) < 0.5


@given(st.text(max_size=60), st.text(max_size=60))
def test_anything_typed_compares_between_nothing_and_all_the_same_both_ways(one, other):
    assert 0 <= compare(one, other).score <= 1
    assert compare(one, other).score == compare(other, one).score
    assert 0 <= places.compare(one, other) <= 1
    assert places.compare(one, other) == places.compare(other, one)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Behind Al Nour mosque, second floor", "خلف جامع النور، الطابق الثاني", True),
        ("شارع الحمرا بناية ١٢", "Hamra St, bldg 12", True),
        ("next to the bakery of Abu Ali", "جنب فرن أبو علي", True),
        ("14 King street", "14 Kings street", True),
        ("Hamra street 12, flat 3", "Hamra street 12, flat 5", False),
        ("خلف جامع النور", "خلف جامع الرحمة", False),
        ("near the school", "near the school of Imam Ali", False),
        ("near", "behind", False),
    ],
)
def test_a_door_by_its_landmark(one, other, same):
    assert (places.compare(one, other) >= persons.PLACE_SAME) is same


def test_a_person_is_weighed_with_every_reason_seen():
    one = Person(("سمير حداد",), ("+96170123456",), "خلف جامع النور")
    same = persons.compare(one, Person(("Samir Haddad",), ("٧٠ ١٢٣ ٤٥٦",), "behind Nour mosque"))
    assert [term.code for term in same.terms] == ["phone.same", "name.spelling", "place.same"]
    assert same.bits == sum(term.bits for term in same.terms) and same.is_likely()
    wife = persons.compare(one, Person(("Rana Haddad",), ("+96170123456",)))
    assert [term.code for term in wife.terms] == ["phone.same", "name.other_first"] and not wife.is_likely()
    crowd = persons.compare(one, Person(("Samir Haddad",)), sharing=500)
    assert not crowd.is_likely() and persons.compare(one, Person(("Samir Haddad",))).is_likely()
    assert persons.compare(Person(), Person()).terms == ()
    assert names.compare("", "Samir").code == "nothing"
