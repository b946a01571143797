"""The verbs: the table, the failures, and the tools around development."""

import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import pytest

from taawun.house import prepare
from taawun.house.commands import VERBS, find, usage
from taawun.house.commands.__main__ import main
from taawun.house.commands.bench import names, report
from taawun.house.commands.check import checks, strictly_typed
from taawun.house.config import CHECKOUT, load_config
from taawun.house.say import Say
from taawun.house.trouble import Trouble
from tests.world import make_world


def test_every_verb_has_its_module_and_a_line_of_help() -> None:
    for verb in VERBS:
        assert importlib.util.find_spec(verb.module), verb
        assert verb.help in usage()
        assert (CHECKOUT / "lock" / f"{verb.lock}.txt").is_file()


def test_the_table_is_read_without_any_package_installed() -> None:
    code = "import sys; sys.path.insert(0, sys.argv[1]); from taawun.house.commands import usage; print(usage())"
    alone = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code, str(CHECKOUT / "src")], capture_output=True, text=True, check=True
    )
    assert alone.stdout.strip() == usage()


def test_an_unknown_verb_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert find("fly") is None
    assert main(["fly"]) == 2
    assert "no verb 'fly'" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [["up", "--data", "{file}"], ["doctor", "--data", "{file}/below"]])
def test_a_failure_is_one_sentence_and_never_a_trace(tmp_path: Path, arguments: list[str]) -> None:
    file = tmp_path / "file"
    file.write_text("")
    command = [sys.executable, "-m", "taawun.house.commands", *(word.format(file=file) for word in arguments)]
    failed = subprocess.run(command, capture_output=True, text=True, check=False)
    assert failed.returncode == 1
    assert "Traceback" not in failed.stderr + failed.stdout


def test_verbose_shows_the_trace_and_json_holds_the_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    command = [sys.executable, "-m", "taawun.house.commands", "up", "--data", str(tmp_path / "file")]
    assert "Traceback" in subprocess.run([*command, "--verbose"], capture_output=True, text=True, check=False).stderr
    shown = subprocess.run([*command, "--json"], capture_output=True, text=True, check=False)
    fact = json.loads(shown.stdout)
    assert fact["event"] == "error"
    assert fact["text"] in shown.stderr


@pytest.mark.django_db
def test_the_demo_never_mixes_with_a_real_community(tmp_path: Path) -> None:
    config = load_config({"TAAWUN_DATA": str(tmp_path)})
    make_world()
    with pytest.raises(Trouble, match=r"already holds a community.*--data"):
        prepare.demo_links(config, is_empty=False)


def test_a_figure_that_falls_short_is_told_and_fails(capsys: pytest.CaptureFixture[str]) -> None:
    sys.path.insert(0, str(CHECKOUT))
    from bench import Figure

    reached, short = Figure("page size", 38.123, "at most 40 KB", True), Figure("requests", 12345, "at most 5", False)
    assert report("site", [reached], Say())
    assert not report("site", [reached, short], Say(as_json=True))
    first, _, last = capsys.readouterr().out.splitlines()
    assert first.split() == ["page", "size", "38.1", "at", "most", "40", "KB", "ok"]
    assert json.loads(last)["text"].endswith("SHORT")
    with pytest.raises(Trouble, match="gave no figure"):
        report("site", [], Say())


def test_every_bench_can_be_named() -> None:
    assert "__init__" not in names()
    for name in names():
        assert "def run(" in (CHECKOUT / "bench" / f"{name}.py").read_text(encoding="utf-8"), name


def test_the_strict_type_checker_sees_every_rule() -> None:
    seen = {CHECKOUT / path for path in strictly_typed()}
    for rules in (CHECKOUT / "src" / "taawun").rglob("rules.py"):
        assert any(rules == path or path in rules.parents for path in seen), rules
    assert [check.name for check in checks()] == ["style", "types", "contracts", "translations"]
