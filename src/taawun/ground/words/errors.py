"""The one error of this room: a code and the facts of its sentence, which stands in ``refusals.py``."""


class WordsError(ValueError):
    """Raised when text a person typed cannot be read as what was asked for.

    ``code`` is a dotted word such as ``number.ambiguous``; a door adds the name of the field and shows the sentence.
    """

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.code = code
        self.facts: dict[str, object] = facts
