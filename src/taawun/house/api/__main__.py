"""Writes the OpenAPI document to docs/openapi.json: ``python -m taawun.house.api``."""

import json
import os
import sys
from pathlib import Path

import django


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "taawun.house.settings")
    django.setup()
    from taawun.house.api.app import api

    path = Path(__file__).parents[4] / "docs" / "openapi.json"
    document = json.dumps(api.get_openapi_schema(path_prefix="/api/v1/"), ensure_ascii=False, indent=1)
    path.write_text(document + "\n", encoding="utf-8")
    print(f"{path} is written.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
