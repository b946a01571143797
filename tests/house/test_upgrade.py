"""Upgrades, by doing them: a copy of this checkout becomes a made-up next version while it runs, or goes back to what it was."""

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path

import pytest

from taawun.house import processes
from tests.browser.serving import free_port

CHECKOUT = Path(__file__).parents[2]
PARTS = ("taawun", "pyproject.toml", "lock", "src")
GOOD = '''"""Made up."""
from django.db import migrations

class Migration(migrations.Migration):
    dependencies = [("jobs", "0001_signs")]
    operations = [migrations.RunSQL("CREATE TABLE made_up (id int)", "DROP TABLE made_up")]
'''
BAD = GOOD.replace("0001_signs", "0002_made_up").replace("CREATE TABLE made_up (id int)", "SELECT 1 / 0")


class Place:
    """A copy of the checkout with an environment and a data folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.root, self.data = folder / "checkout", folder / "data"
        copy(CHECKOUT, self.root)
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(self.root / ".venv")], check=True)
        packages = next((self.root / ".venv").glob("lib/python3.*/site-packages"))
        (packages / "taawun_source.pth").write_text(f"{self.root / 'src'}\n{sysconfig.get_paths()['purelib']}\n")
        python = self.root / ".venv" / "bin" / "python"
        stamp = {"kind": "run", "hash": digest(self.root / "lock" / "run.txt"), "source": str(self.root)}
        (self.root / ".venv" / "taawun-stamp.json").write_text(json.dumps(stamp | {"python": os.path.realpath(python)}))
        kept = {
            name: text for name, text in os.environ.items() if not name.startswith("TAAWUN_") and name != "DATABASE_URL"
        }
        self.env = {**kept, "TAAWUN_DATA": str(self.data)}
        self.env.pop("PYTHONPATH", None)
        self.env.pop("DJANGO_SETTINGS_MODULE", None)
        self.port = free_port()

    def command(self, *arguments: str) -> list[str]:
        return [str(self.root / ".venv" / "bin" / "python"), str(self.root / "taawun"), *arguments]

    def do(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(self.command(*arguments), env=self.env, capture_output=True, text=True, check=False)

    def up(self, output: Path) -> "subprocess.Popen[bytes]":
        with output.open("wb") as file:
            command = self.command("up", "--json", "--port", str(self.port))
            return subprocess.Popen(command, env=self.env, stdout=file, stderr=file)

    def version(self) -> str:
        text = (self.root / "pyproject.toml").read_text()
        return text.split('version = "')[1].split('"')[0]


def copy(source: Path, target: Path) -> None:
    target.mkdir(parents=True)
    for part in PARTS:
        if (source / part).is_dir():
            shutil.copytree(source / part, target / part, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(source / part, target / part)


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def release(folder: Path, version: str, **migrations: str) -> Path:
    """Make a release of this checkout that calls itself ``version``, with more steps for its tables, as an archive."""
    made = folder / f"taawun-{version}"
    copy(CHECKOUT, made)
    project = made / "pyproject.toml"
    lines = project.read_text().splitlines()
    project.write_text("\n".join(f'version = "{version}"' if one.startswith("version = ") else one for one in lines))
    for name, text in migrations.items():
        (made / f"src/taawun/ground/jobs/migrations/{name}.py").write_text(text)
    return Path(shutil.make_archive(str(made), "gztar", folder, made.name))


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("upgrade")
    folder.chmod(0o711)
    made = Place(folder)
    made.root.chmod(0o755)
    yield made


def wait_for(output: Path, event: str, count: int = 1) -> None:
    found = processes.wait_until(lambda: output.read_text().count(f'"event": "{event}"') >= count, 100)
    assert found, output.read_text()


def test_the_version_changes_while_it_runs_and_comes_back_when_the_next_one_does_not_start(place, tmp_path) -> None:
    output = tmp_path / "up.log"
    running = place.up(output)
    try:
        wait_for(output, "ready")
        changed = place.do("upgrade", "--json", str(release(tmp_path, "9.0.0", **{"0002_made_up": GOOD})))
        assert changed.returncode == 0, changed.stdout + changed.stderr
        assert place.version() == "9.0.0" and (place.root / ".previous" / "pyproject.toml").exists()
        # The same process, as whoever watches over it sees, and nothing left lying about.
        wait_for(output, "ready", 2)
        assert running.poll() is None
        assert not (place.root / ".next").exists() and not (place.data / "postgres.before-upgrade").exists()

        archive = release(tmp_path, "9.1.0", **{"0002_made_up": GOOD, "0003_fails": BAD})
        broken = place.do("upgrade", "--json", str(archive))
        last = json.loads(broken.stdout.splitlines()[-1])
        assert broken.returncode == 1 and "You are back on 9.0.0 with everything as it was" in last["text"], (
            broken.stdout
        )
        assert place.version() == "9.0.0"
        wait_for(output, "ready", 3)

        older = place.do("upgrade", "--json", str(release(tmp_path, "0.0.1")))
        assert older.returncode == 1 and "older than the data here" in older.stderr
        assert place.version() == "9.0.0" and running.poll() is None
    finally:
        running.send_signal(signal.SIGTERM)
        running.wait(30)
    assert place.do("verify").returncode == 0


def test_what_is_no_release_is_refused_before_anything_is_touched(place, tmp_path) -> None:
    (tmp_path / "text.tar.gz").write_text("hello")
    (tmp_path / "empty").mkdir()
    before = place.version()
    for source, sentence in (
        ("text.tar.gz", "is no release"),
        ("empty", "is no release"),
        ("none.zip", "There is no file"),
    ):
        done = place.do("upgrade", str(tmp_path / source))
        assert done.returncode == 1 and sentence in done.stderr, done.stderr
    assert "no git checkout" in place.do("upgrade").stderr
    assert place.version() == before
