"""From pairs to groups: who is one person, when the pairs do not quite agree.

That A is B and B is C does not make A C if A and C contradict each other: a chain of small likenesses must not tie a
street together. Groups are joined, the best pair first, only while *all* their pairs together speak for it.
"""

from collections.abc import Callable, Iterable, Sequence

Pair = tuple[int, int]
Scored = tuple[float, int, int]


def groups(
    pairs: Iterable[Scored], score: Callable[[Sequence[Pair]], Sequence[float]], needed: float
) -> list[list[int]]:
    """Return groups of two or more records by average linkage.

    ``pairs``: (bits, record, record) of pairs that may be one, in any order. ``score`` gives the bits of any further
    pairs. Two groups are joined when the mean over all pairs between them reaches ``needed``.
    """
    group_of: dict[int, list[int]] = {}
    known = {(min(one, other), max(one, other)): bits for bits, one, other in pairs}
    ranked = sorted(
        ((bits, *pair) for pair, bits in known.items() if bits >= needed), key=lambda row: (-row[0], row[1:])
    )
    for _, one, other in ranked:
        left, right = group_of.get(one, [one]), group_of.get(other, [other])
        if left is right:
            continue
        between = [(min(a, b), max(a, b)) for a in left for b in right]
        unknown = [pair for pair in between if pair not in known]
        known.update(zip(unknown, score(unknown), strict=True) if unknown else ())
        if sum(known[pair] for pair in between) / len(between) < needed:
            continue
        joined = left + right
        for member in joined:
            group_of[member] = joined
    return list({id(group): sorted(group) for group in group_of.values()}.values())


def one_to_one(pairs: Iterable[Scored], needed: float) -> list[Pair]:
    """Return pairs between two lists, each of whose records is in at most one pair: the best first."""
    left_used: set[int] = set()
    right_used: set[int] = set()
    chosen = []
    for bits, one, other in sorted(pairs, key=lambda row: (-row[0], row[1:])):
        if bits >= needed and one not in left_used and other not in right_used:
            left_used.add(one)
            right_used.add(other)
            chosen.append((one, other))
    return chosen
