"""A refusal is an answer, not an accident: a code, the field it concerns and the facts of its sentence.

The sentence itself stands in the room's ``refusals.py``, translated, and says what would be right.
"""

from collections.abc import Mapping


class Refusal(Exception):
    """Raised by rules, access and actions when something may not happen.

    ``code`` is a dotted word such as ``claim.too_much``; ``field`` names the input it concerns;
    ``status`` is the HTTP status a door answers with.
    """

    def __init__(self, code: str, field: str | None = None, *, status: int = 422, **facts: object) -> None:
        super().__init__(code)
        self.code = code
        self.field = field
        self.status = status
        self.facts: dict[str, object] = facts

    @classmethod
    def not_found(cls, code: str = "not_found") -> "Refusal":
        """The row does not exist or may not be seen: the two are told apart by nobody."""
        return cls(code, status=404)

    @classmethod
    def forbidden(cls, code: str = "forbidden", **facts: object) -> "Refusal":
        return cls(code, None, status=403, **facts)

    @classmethod
    def conflict(cls, code: str, field: str | None = None, **facts: object) -> "Refusal":
        return cls(code, field, status=409, **facts)


_sentences: dict[str, object] = {}


def register(sentences: Mapping[str, object]) -> None:
    """Add a room's sentences: code to a lazily translated text with ``%(fact)s`` places."""
    for code, sentence in sentences.items():
        if code in _sentences and _sentences[code] is not sentence:
            raise ValueError(f"two sentences for the refusal {code}")
        _sentences[code] = sentence


def registered() -> Mapping[str, object]:
    return dict(_sentences)


def sentence(refusal: Refusal) -> str:
    """Return the refusal as one sentence in the active language."""
    text = _sentences.get(refusal.code)
    if text is None:
        raise LookupError(f"no sentence for the refusal {refusal.code}")
    return str(text) % {name: str(value) for name, value in refusal.facts.items()}
