"""The tree hash and the proof for a set of its leaves: sections 4.3 and 10."""

from .refusal import Refusal
from .suites import NODE, Suite


def split_point(count: int) -> int:
    """The largest power of two smaller than `count`."""
    return 1 << ((count - 1).bit_length() - 1)


def tree_root(suite: Suite, leaves: list[bytes]) -> bytes:
    if len(leaves) == 1:
        return leaves[0]
    middle = split_point(len(leaves))
    return suite.digest(NODE, tree_root(suite, leaves[:middle]), tree_root(suite, leaves[middle:]))


def check_proof(suite: Suite, root: bytes, count: int, shown: dict[int, bytes], proof: list[bytes]) -> None:
    """Rebuilds the root from the shown leaves by index and the hashes of the subtrees without any."""
    rest = iter(proof)
    indexes = sorted(shown)
    if indexes and indexes[-1] >= count:
        raise Refusal("proof-mismatch", "an index lies beyond the seal's entries")

    def rebuild(start: int, end: int, inside: list[int]) -> bytes:
        if not inside:
            digest = next(rest, None)
            if digest is None:
                raise Refusal("proof-mismatch", "the proof has too few hashes")
            return digest
        if end - start == 1:
            return shown[start]
        middle = start + split_point(end - start)
        left = rebuild(start, middle, [index for index in inside if index < middle])
        return suite.digest(NODE, left, rebuild(middle, end, [index for index in inside if index >= middle]))

    if rebuild(0, count, indexes) != root:
        raise Refusal("proof-mismatch", "the entries are not those of the seal")
    if next(rest, None) is not None:
        raise Refusal("proof-mismatch", "the proof has hashes left over")
