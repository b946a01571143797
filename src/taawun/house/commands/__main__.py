"""Runs one verb. Every failure ends here as one sentence and a non-zero exit; `--verbose` shows where it came from."""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Callable

from taawun.house.commands import find, usage
from taawun.house.trouble import explain

FAILED = 1
MISUSED = 2
INTERRUPTED = 130


def main(arguments: list[str]) -> int:
    if not arguments or arguments[0] in ("-h", "--help", "help"):
        print(usage())
        return 0
    name, *rest = arguments
    verb = find(name)
    if verb is None:
        print(f"taawun: there is no verb {name!r}; ./taawun lists them.", file=sys.stderr)
        return MISUSED
    # What stands behind "--" or belongs to pytest is not ours to read.
    verbose = "--verbose" in rest and name != "test"
    try:
        run: Callable[[list[str]], int | None] = importlib.import_module(verb.module).main
        return run([word for word in rest if word != "--verbose"] if verbose else rest) or 0
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:  # the last line of defence: whatever it is, the operator gets a sentence
        if verbose:
            raise
        sentence = str(explain(error) or "") or _unexpected(error, name)
        if "--json" in rest:
            print(json.dumps({"event": "error", "text": sentence}, ensure_ascii=False), flush=True)
        print(f"taawun: {sentence}", file=sys.stderr)
        return FAILED


def _unexpected(error: Exception, name: str) -> str:
    said = " ".join(str(error).split())[:300] or "no more is known"
    hint = "the tests show more" if name == "test" else f"./taawun {name} --verbose shows where"
    return f"Something unexpected went wrong ({type(error).__name__}: {said}); {hint}."


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
