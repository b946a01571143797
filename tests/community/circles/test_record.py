"""The record in plain words, who reads what of it, and the file that proves itself."""

import json
import uuid

import pytest
from django.utils import timezone, translation

from taawun.community.circles import actions, sentences
from taawun.ground.journal import proof, record
from taawun.ground.journal.export import verify_export
from taawun.ground.journal.models import Audience, Entry
from tests.community.conftest import Browser, measured, text_of


def of(town, *rest: str) -> str:
    return "/".join(["", "c", town.circle.slug, "record", *rest, ""])


def test_members_read_what_happened_in_plain_words(town):
    now = timezone.now()
    member = actions.add_member(town.actor("Ghada"), name="Umm <i>Khalid", consented=True, now=now)
    actions.look_after(town.actor("Ghada"), member.agent_id, town.accounts["Yusuf"].agent_id, now=now)
    actions.set_roles(town.actor("Amina"), town.accounts["Yusuf"].agent_id, ["treasurer"], now=now)
    answer = Browser(town.accounts["Yusuf"]).get(of(town))
    page = text_of(answer)
    assert "Amina set up the community." in " ".join(page.replace(" .", ".").split())
    assert "set the roles of" in page
    assert "member, treasurer" in page
    source = answer.content.decode()
    assert "<bdi>Umm &lt;i&gt;Khalid</bdi>" in source
    assert "<bdi>Ghada</bdi> asked <bdi>Yusuf</bdi> to look after <bdi>Umm &lt;i&gt;Khalid</bdi>." in source


def test_a_need_is_on_the_record_without_a_name(town):
    town.need("Ghada")
    page = text_of(Browser(town.accounts["Yusuf"]).get(of(town)))
    newest = page.partition("no. ")[0]
    assert "Ghada" not in newest


def entry_for(town, audience: Audience, name: str) -> None:
    record.append(
        town.circle.id, name, actor_id=None, subject_id=None, data={}, now=timezone.now(), audience=audience
    )


def test_each_reads_what_is_for_them(town):
    town.open()
    for audience in Audience:
        entry_for(town, audience, f"test.{audience.name.lower()}")
    seen = {
        name: {one.entry.name for one in Browser(town.accounts[name]).get(of(town)).context["said"]}
        for name in ("Yusuf", "Amina")
    }
    assert {name for name in seen["Yusuf"] if name.startswith("test.")} == {"test.members", "test.public"}
    assert {name for name in seen["Amina"] if name.startswith("test.")} == {
        "test.coordinators", "test.members", "test.public",
    }  # fmt: skip


def test_the_record_is_turned_page_by_page_without_a_gap(town, monkeypatch):
    monkeypatch.setattr("taawun.community.circles.pages.record.A_PAGE", 3)
    town.open()
    for number in range(7):
        entry_for(town, Audience.MEMBERS, f"test.{number}")
    browser, seen, address = Browser(town.accounts["Yusuf"]), [], of(town)
    while address:
        answer = browser.get(address)
        seen += [one.entry.seq for one in answer.context["said"]]
        address = of(town) + answer.context["older"] if answer.context["older"] else ""
    town.open()
    assert seen == sorted(seen, reverse=True)
    assert set(seen) == set(Entry.objects.filter(audience__gte=Audience.MEMBERS).values_list("seq", flat=True))


@pytest.mark.parametrize("before", ["x", "-1", "9" * 400, "\x00", "1.5", "٣", "²"])
def test_no_place_in_the_record_is_too_strange(town, before):
    assert Browser(town.accounts["Yusuf"]).get(of(town), {"before": before}).status_code == 200


def test_the_number_and_hash_to_write_down_are_the_chains(town):
    town.open()
    count, last, faults = proof.verify_circle(town.circle.id)
    page = Browser(town.accounts["Yusuf"]).get(of(town))
    assert f"{count} {last}" in page.content.decode()
    assert faults == []


def test_coordinators_take_the_whole_chain_home_and_it_proves_itself(town):
    town.need("Ghada")
    answer = Browser(town.accounts["Amina"]).get(of(town, "export"))
    lines = b"".join(answer).decode().splitlines()
    town.open()
    count, last, _faults = proof.verify_circle(town.circle.id)
    assert verify_export(lines) == (count, last, [])
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="harbour')
    edited = [line.replace("intent.posted", "intent.p0sted") for line in lines]
    assert verify_export(edited)[2]
    assert {json.loads(json.loads(line)["body"])["circle_id"] for line in lines} == {str(town.circle.id)}


@pytest.mark.parametrize("name", ["Yusuf", "Ghada"])
def test_nobody_else_takes_it(town, name):
    assert Browser(town.accounts[name]).get(of(town, "export")).status_code == 403


def test_the_record_is_small_and_asks_little(town):
    for number in range(60):
        actions.add_area(town.actor("Amina"), f"Area {number}", None, now=timezone.now())
    found = measured(Browser(town.accounts["Amina"]), of(town))
    assert (found.queries <= 8, found.bytes_compressed <= 14_000) == (True, True)


def test_every_entry_this_room_writes_has_a_sentence():
    import inspect
    import re

    from taawun.community.circles.actions import joining, members, setting_up

    source = "".join(inspect.getsource(module) for module in (joining, members, setting_up))
    written = set(re.findall(r'"((?:circle|area|kind|member|representative)\.[a-z_]+)",\s*(?:agent|area|None|actor|member|organ)', source))
    assert len(written) > 12
    assert written <= set(sentences.registered())


def test_an_entry_of_a_room_that_is_gone_is_shown_by_its_name(town):
    town.open()
    entry_for(town, Audience.MEMBERS, "old_room.did_something")
    assert "old_room.did_something" in text_of(Browser(town.accounts["Yusuf"]).get(of(town)))


@pytest.mark.parametrize("language", ["en", "ar"])
def test_every_sentence_is_whole_in_every_language(town, language):
    entry = Entry(actor_id=uuid.uuid4(), subject_id=uuid.uuid4(), seq=1, recorded_at=timezone.now())
    data = {"roles": ["member"], "settings": ["name"], "person": str(uuid.uuid4()), "by": str(uuid.uuid4())}
    entry.body = json.dumps({"data": data})
    with translation.override(language):
        for name in sentences.registered():
            entry.name = name
            said = sentences.say(entry, {entry.actor_id: "Amina", entry.subject_id: "Umm"}, town.circle)
            assert said.text
            assert "%(" not in said.text
