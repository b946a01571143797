"""Django's own commands, with Taawun's settings: `.venv/bin/python -m taawun.house.manage <command>`."""

from __future__ import annotations

import os
import sys

from taawun.house.trouble import Trouble


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "taawun.house.settings")
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(sys.argv)
    except Trouble as trouble:
        sys.exit(f"taawun: {trouble}")


if __name__ == "__main__":
    main()
