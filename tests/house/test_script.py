"""The script `taawun` itself: read by an old Python, and sparing with the network."""

import ast
import importlib.machinery
import importlib.util
import json
import os
import stat
import subprocess
import sys
import venv
from pathlib import Path
from types import ModuleType

import pytest

from taawun.house.config import CHECKOUT

SCRIPT = CHECKOUT / "taawun"


@pytest.fixture
def script(tmp_path: Path) -> ModuleType:
    """The script as a module of a checkout of its own, with lock files and no environment."""
    (tmp_path / "lock").mkdir()
    (tmp_path / "src").mkdir()
    for kind in ("run", "dev"):
        (tmp_path / "lock" / f"{kind}.txt").write_text("")
    copy = tmp_path / "taawun"
    copy.write_bytes(SCRIPT.read_bytes())
    loader = importlib.machinery.SourceFileLoader("taawun_script", str(copy))
    spec = importlib.util.spec_from_loader("taawun_script", loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


def test_an_old_python_can_read_it() -> None:
    source = SCRIPT.read_text(encoding="utf-8")
    ast.parse(source, feature_version=(3, 6))
    assert SCRIPT.stat().st_mode & stat.S_IXUSR


def test_it_imports_nothing_that_is_not_in_the_standard_library() -> None:
    tree = ast.parse(SCRIPT.read_text(encoding="utf-8"))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.split(".")[0] for name in imported} <= {*sys.stdlib_module_names, "taawun"}


def test_an_old_python_is_told_what_to_install(
    script: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    with pytest.raises(SystemExit) as ended:
        script.use_newer_python()
    assert ended.value.code == 1
    said = capsys.readouterr().err
    assert "Python 3.11 or newer" in said
    assert said.count("\n") == 1


def test_pip_makes_an_environment_that_finds_the_package(script: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/usr/bin:/bin")  # without uv; an empty lock needs no index, so this works anywhere
    assert not script.is_current("run")
    script.ensure_environment("run")
    assert script.is_current("run")
    assert not script.is_current("dev")
    found = subprocess.run(
        [script.PYTHON, "-c", "import sys; print(sys.path)"], capture_output=True, text=True, check=True
    )
    assert os.path.join(script.ROOT, "src") in found.stdout
    monkeypatch.setattr(script, "make_environment", lambda *_: pytest.fail("a current environment must not be touched"))
    script.ensure_environment("run")


@pytest.fixture
def quick(script: ModuleType, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script with an installer that installs nothing: what is tested is when it runs, and on what it runs."""

    def install(_tool: str, _kind: str) -> str:
        if not os.path.exists(script.PYTHON):
            venv.create(script.VENV, symlinks=True, with_pip=False)
        script.mark_unfinished()
        return ""

    monkeypatch.setattr(script, "install", install)
    return script


def test_the_environment_for_developers_serves_both(quick: ModuleType) -> None:
    quick.ensure_environment("run")
    Path(quick.lock_file("run")).write_text("# changed\n")
    assert not quick.is_current("run")
    quick.ensure_environment("dev")
    assert quick.is_current("dev")
    assert quick.is_current("run")
    Path(quick.lock_file("dev")).write_text("# changed\n")
    quick.ensure_environment("run")
    assert quick.is_current("dev"), "it stays what it was; a developer does not want to install everything twice a day"


def test_an_interrupted_install_is_not_trusted(quick: ModuleType) -> None:
    quick.ensure_environment("run")
    half_written = Path(quick.PYTHON).with_name("half-written")
    half_written.write_text("")
    quick.mark_unfinished()
    assert not quick.is_current("run")
    quick.ensure_environment("run")
    assert quick.is_current("run")
    assert not half_written.exists()


def test_an_environment_whose_python_is_gone_is_made_anew(quick: ModuleType) -> None:
    quick.ensure_environment("run")
    python = Path(quick.PYTHON)
    python.unlink()
    python.symlink_to("/nonexistent/python3")
    assert not quick.is_current("run")
    quick.ensure_environment("run")
    assert subprocess.run([python, "-c", ""], check=False).returncode == 0


def test_a_moved_checkout_gets_an_environment_of_its_own(script: ModuleType) -> None:
    os.makedirs(os.path.dirname(script.PYTHON))
    os.symlink(sys.executable, script.PYTHON)
    stamp = {
        "kind": "run",
        "hash": script.lock_hash("run"),
        "source": script.ROOT,
        "python": os.path.realpath(script.PYTHON),
    }
    Path(script.STAMP).write_text(json.dumps(stamp))
    assert script.is_current("run")
    Path(script.STAMP).write_text(json.dumps({**stamp, "source": "/elsewhere"}))
    assert not script.is_current("run")


def test_what_went_wrong_is_found_in_what_pip_says(script: ModuleType) -> None:
    said = (
        "Collecting x\nERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.\n  Expected sha256\n"
    )
    assert "DO NOT MATCH THE HASHES" in script.last_line(said)
    assert (
        script.last_line("a\nOSError: [Errno 28] No space left on device\nb")
        == "OSError: [Errno 28] No space left on device"
    )
    assert script.last_line("") == "it said nothing"
