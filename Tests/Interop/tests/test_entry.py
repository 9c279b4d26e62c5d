"""Cores, blocks, trees and proofs: sections 4.3, 7, 9 and 10."""

import itertools

import cbor2
import pytest

import writing
from bangfu_verify import cbor
from bangfu_verify.block import read_block
from bangfu_verify.entry import read_core
from bangfu_verify.excerpt import read_excerpt
from bangfu_verify.refusal import Refusal
from bangfu_verify.suites import Suite1
from bangfu_verify.tree import check_proof, tree_root
from scene import RECORD, report, reveal
from writing import encode

CORE = {1: 1, 2: 0x81}


def read(reading, value):
    reader = cbor.Reader(encode(value), "test")
    result = reading(reader)
    reader.end()
    return result


def refused(code, reading, value):
    with pytest.raises(Refusal) as refusal:
        read(reading, value)
    assert refusal.value.code == code, str(refusal.value)


@pytest.mark.parametrize("core, code", [
    ({2: 0x81}, "malformed"), ({1: 1}, "malformed"), ({1: 1, 2: 0}, "malformed"), ({1: 3, 2: 0x81}, "unsupported-suite"),
    ({**CORE, 3: b"short"}, "malformed"), ({**CORE, 5: bytes(31)}, "malformed"), ({**CORE, 7: []}, "malformed"),
    ({**CORE, 7: [1, 0]}, "malformed"), ({**CORE, 7: [1, 1]}, "malformed"), ({**CORE, 7: [5]}, "malformed"),
    ({**CORE, 8: None}, "malformed"), ({**CORE, "a": 1}, "malformed"), ([1], "malformed"), ({**CORE, 9: -1}, "malformed"),
    ({**CORE, 20: 1.5}, "malformed"), ({**CORE, **{key: 0 for key in range(20, 83)}}, "too-large"),
], ids=range(16))
def test_a_core_of_another_shape_is_refused(core, code):
    with pytest.raises(Refusal) as refusal:
        read_core(encode(core))
    assert refusal.value.code == code


def test_unknown_keys_and_types_of_a_core_are_kept_in_its_bytes():
    raw = encode({1: 1, 2: 0x55, **{key: cbor2.CBORTag(1, [key]) for key in range(20, 82)}})
    core = read_core(raw)
    assert core.raw == raw and not core.is_known


def test_a_block_may_repeat_contexts_in_new_runs_and_be_empty():
    entries = [report(RECORD, 1), report(RECORD, 2)]
    assert len(read(read_block, writing.block(entries, [1]))) == 2
    assert read(read_block, [[], [], [], []]) == []


def change(path, value):
    """The block of two reports with the item at `path` replaced."""
    block = writing.block([report(RECORD, 1), report(RECORD, 2)], [1])
    *way, last = path
    target = block
    for step in way:
        target = target[step]
    target[last] = value
    return block


SECTION = encode({1: 1})


@pytest.mark.parametrize("block, code", [
    (change([0], [[0, 1]]), "malformed"), (change([0], [[0, 2], [0, 0]]), "malformed"),
    (change([0], [[0, 1025]]), "too-large"), (change([0], [[0, 2**64 - 1], [0, 2]]), "too-large"),
    (change([1], [b"\x01", b"\x01"]), "malformed"), (change([2], [None, bytes(16)]), "malformed"),
    (change([2], [bytes(15), bytes(16)]), "malformed"), (change([2], [bytes(16)]), "malformed"),
    (change([3, 0, 1, 0], [bytes(16), SECTION]), "malformed"), (change([3, 0, 1, 0], [bytes(32)]), "malformed"),
    (change([3, 0, 1, 0], []), "malformed"), (change([3, 0, 1, 0], None), "malformed"),
    (change([3, 0, 1], [SECTION]), "malformed"), (change([3, 0, 0], 1), "malformed"), (change([3, 2, 0], 3), "malformed"),
    (change([3, 2, 0], 9), "malformed"), (change([3], []), "malformed"),
    (change([3, 0, 1, 0], bytes(1 << 20)), "too-large"),
    ([[[0, 1]], [encode(CORE)], [bytes(16)], []], "malformed"),
], ids=range(19))
def test_a_block_of_another_shape_is_refused(block, code):
    refused(code, read_block, block)


@pytest.mark.parametrize("size", range(1, 12))
def test_a_set_of_leaves_has_one_proof(size):
    suite = Suite1()
    leaves = [bytes([index]) * 32 for index in range(size)]
    root = writing.root(leaves)
    assert tree_root(suite, leaves) == root
    for count in range(1, min(size, 4) + 1):
        for indexes in itertools.combinations(range(size), count):
            shown = {index: leaves[index] for index in indexes}
            proof = writing.proof(leaves, 0, set(indexes))
            check_proof(suite, root, size, shown, proof)
            wrong = [proof + [bytes(32)], proof[:-1], proof[::-1] if len(set(proof)) > 1 else proof[1:] + [bytes(32)]]
            for other in (other for other in wrong if other != proof):
                with pytest.raises(Refusal, match="proof-mismatch"):
                    check_proof(suite, root, size, shown, other)


def test_an_inner_node_is_no_entry():
    suite = Suite1()
    leaves = [bytes([index]) * 32 for index in range(4)]
    inner, root = writing.root(leaves[:2]), writing.root(leaves)
    with pytest.raises(Refusal, match="proof-mismatch"):
        check_proof(suite, root, 4, {0: inner}, [writing.root(leaves[2:])])
    with pytest.raises(Refusal, match="proof-mismatch"):
        check_proof(suite, root, 4, {4: leaves[0]}, [root])


@pytest.mark.parametrize("runs, code", [
    ([[1, 1], [0, 1]], "malformed"), ([[0, 1], [1, 1]], "malformed"), ([[0, 2], [1, 1]], "malformed"),
    ([[0, 0]], "malformed"),
    ([[0, 1]], "malformed"), ([[0, 2**63]], "malformed"), ([], "malformed"), ([[0, 1], [3, 1]], None),
], ids=range(8))
def test_indexes_are_ascending_runs_that_do_not_touch(scene, runs, code):
    log = scene.county.log(writing.UP, scene.city)
    run = log.seal([report(RECORD, version) for version in range(1, 5)])
    excerpt = run.excerpt([0, 3], reveal(0))
    excerpt[3] = runs
    if code:
        refused(code, read_excerpt, excerpt)
    else:
        assert read(read_excerpt, excerpt).indexes == (0, 3)
