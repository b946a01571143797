"""What must be done between a database that answers and a page that works: words, styles, tables, perhaps the demo town.

It runs as a process of its own, so that the supervisor stays small and holds no connection. Each line it prints is one
object: a step that began, a trouble, or at the end the path to open and the links to sign in with.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any

from taawun.house.config import Config, load_config
from taawun.house.trouble import Trouble, explain


def main(arguments: list[str]) -> int:
    try:
        config = load_config()
        if "--files" in arguments:
            make_files(config)
            return 0
        outcome = prepare(config, demo="--demo" in arguments)
    except Exception as error:
        if "--verbose" in arguments:
            raise
        said = " ".join(str(error).split())[:300]
        _emit(
            trouble=str(
                explain(error) or f"Preparing Taawun failed ({type(error).__name__}: {said}); --verbose shows where."
            )
        )
        return 1
    _emit(**outcome)
    return 0


def prepare(config: Config, *, demo: bool) -> dict[str, Any]:
    """Does it all; every part finds its work done already on a later start. Returns the path to open and the demo's links."""
    make_files(config)
    _emit(step="Bringing the database up to date")
    migrate()
    from taawun.community.circles.queries import first_run_path

    path = first_run_path()
    links = demo_links(config, is_empty=path is not None) if demo else []
    return {"path": "/" if links or path is None else path, "links": links}


def make_files(config: Config) -> None:
    """Compiles the translations and builds the static files, and leaves Django ready for use."""
    from taawun.ground.words.compile import compile_catalogues

    # Before Django wakes up: it reads the compiled words once and keeps them.
    _emit(step="Compiling the translations")
    compile_catalogues()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "taawun.house.settings")
    import django

    django.setup()
    from taawun.ground.site.assets import build

    _emit(step="Building styles and scripts")
    build(config.static_root)


def migrate() -> None:
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=0)


def demo_links(config: Config, *, is_empty: bool) -> list[list[str]]:
    """Fills the town once; another `up --demo` on the same folder gives fresh links to the same four people."""
    from django.utils import timezone

    from taawun.house.demo import fill, links

    if is_empty:
        _emit(step="Filling the demo town")
        return [list(link) for link in fill(progress=lambda detail: _emit(detail=detail))]
    fresh = [list(link) for link in links(now=timezone.now())]
    if not fresh:
        raise Trouble(
            f"The data folder {config.data} already holds a community, and the demo town would mix with it: give another folder with --data."
        )
    return fresh


def _emit(**fact: object) -> None:
    print(json.dumps(fact, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
