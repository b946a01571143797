"""Makes the solvers ready: their loops become machine code once after an install or an upgrade, and not while somebody waits.

    python -m taawun.solve.warming
"""

import hashlib
from pathlib import Path

ROOM = Path(__file__).parent
MARK = ROOM / "__pycache__" / "warm"


def is_warm() -> bool:
    """Whether that has happened since the last change of a solver. Nothing heavy is imported to find out."""
    try:
        return MARK.read_text() == _fingerprint()
    except OSError:
        return False


def warm() -> None:
    """Go once through what is compiled: some 40 seconds of one processor, kept on disk."""
    from taawun.solve import routing
    from taawun.solve.matching import warm as matching

    matching.warm()
    routing.warm()
    try:
        MARK.parent.mkdir(exist_ok=True)
        MARK.write_text(_fingerprint())
    except OSError:
        # A program folder that may not be written to: the loops are kept in the user's own, and looked for again next time.
        pass


def _fingerprint() -> str:
    digest = hashlib.sha256()
    for path in sorted(ROOM.rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


if __name__ == "__main__":
    try:
        warm()
    except ImportError as missing:
        # Taawun runs without its solvers; whoever asks for a plan is told what is missing.
        print(f"not here: {missing.name}")
