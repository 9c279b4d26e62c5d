"""Bundles beyond the vectors: section 16.4."""

import pytest

from bangfu_verify.bundle import CHANGESET, STATEMENT, items, open_bundle, read_manifest, verify_manifest
from bangfu_verify.refusal import Refusal

SEEDS = {"city": b"\x03" * 32, "province": b"\x02" * 32}


@pytest.fixture
def stated(vectors):
    return vectors.load("bundle")


@pytest.fixture
def read(vectors):
    def run(data, name="city"):
        head, manifest, found = open_bundle(data, vectors.nodes["city"], SEEDS[name])
        verify_manifest(manifest, head, vectors.trust)
        return found
    return run


def test_every_altered_byte_and_every_cut_is_refused(stated, read):
    whole = bytes.fromhex(stated["bytes"])
    assert len(read(whole)) == 3
    for place in range(0, len(whole), 3):
        changed = bytearray(whole)
        changed[place] ^= 1 << place % 8
        with pytest.raises(Refusal):
            read(bytes(changed))
    for size in range(0, len(whole), 7):
        with pytest.raises(Refusal):
            read(whole[:size])
    with pytest.raises(Refusal, match="malformed"):
        read(whole + b"\x00")


def test_another_node_does_not_open_it(stated, read, vectors):
    with pytest.raises(Refusal, match="bad-signature"):
        read(bytes.fromhex(stated["bytes"]), "province")
    with pytest.raises(Refusal, match="wrong-receiver"):
        open_bundle(bytes.fromhex(stated["bytes"]), vectors.nodes["province"], SEEDS["province"])


def test_items_keep_their_order(stated):
    def item(kind, data=b""):
        return bytes([kind]) + len(data).to_bytes(4, "big") + data
    assert [kind for kind, _ in items(item(1) + item(2) + item(2) + item(4))] == [1, STATEMENT, STATEMENT, CHANGESET]
    for wrong in (b"", item(2), item(1) + item(1), item(1) + item(4) + item(3), item(1)[:3], item(1) + item(3, b"x")[:5]):
        with pytest.raises(Refusal, match="malformed"):
            items(wrong)
    with pytest.raises(Refusal, match="unsupported-type"):
        items(item(1) + item(9))


def test_a_manifest_of_another_bundle_is_refused(stated, vectors):
    head, manifest, _ = open_bundle(bytes.fromhex(stated["bytes"]), vectors.nodes["city"], SEEDS["city"])
    assert read_manifest(manifest.message.raw) == manifest
    other = type(head)(head.raw, head.sender, head.receiver, head.receiver_key, bytes(32), head.suite)
    with pytest.raises(Refusal, match="bad-signature"):
        verify_manifest(manifest, other, vectors.trust)
