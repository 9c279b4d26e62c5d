"""The order of checks: section 12, step by step."""

import cbor2
import lz4.frame
import pytest

import writing
from bangfu_verify.changeset import check_cover, open_seal, read_body, split, unpack
from bangfu_verify.refusal import Refusal
from bangfu_verify.seal import read_seal
from bangfu_verify.trust import Trust
from conftest import trust_of
from scene import NATION, RECORD, REVIEWERS, report, reveal
from writing import UP, Node, changeset, cover, encode, join, sign


@pytest.fixture(scope="module")
def trust(scene) -> Trust:
    return trust_of(scene)


def verify(data, trust, scene):
    """Everything that needs no store, as the city reads what the county sends."""
    parts, packed = split(data)
    check_cover(parts, packed, trust, scene.county.id, scene.city.id)
    return read_body(unpack(parts, packed), open_seal(parts, trust))


@pytest.fixture
def refused(trust, scene):
    def check(code, data):
        with pytest.raises(Refusal) as refusal:
            verify(data, trust, scene)
        assert refusal.value.code == code, str(refusal.value)
    return check


@pytest.fixture(scope="module")
def run(scene):
    return scene.county.log(UP, scene.city).seal([report(RECORD, 1), report(RECORD, 2)])


def covered(scene, run, **changes) -> bytes:
    packed = lz4.frame.compress(run.body)
    return join(cover(scene.county, scene.city, run.seal, packed, len(run.body), **changes), packed)


def with_body(scene, run, body: bytes, packed: bytes | None = None, size: int | None = None) -> bytes:
    packed = lz4.frame.compress(body) if packed is None else packed
    return join(cover(scene.county, scene.city, run.seal, packed, len(body) if size is None else size), packed)


def sealed(scene, signer=None, **changes):
    """A changeset whose seal states something else; the payload's fields by name."""
    run = scene.county.log(UP, scene.city).seal([report(RECORD, 1)], **changes)
    if signer:
        run.seal = sign(signer, "seal", _payload(run.seal))
    return covered(scene, run)


def _payload(message: bytes) -> bytes:
    return cbor2.loads(message).value[2]


def test_a_whole_changeset_is_accepted(trust, scene, run):
    assert len(verify(covered(scene, run), trust, scene).entries) == 2
    data = bytearray(covered(scene, run))
    data[5] = 99
    assert len(verify(bytes(data), trust, scene).entries) == 2


def test_steps_1_to_5_look_at_the_preamble(refused, scene, run):
    data = covered(scene, run)
    refused("malformed", data[:11])
    refused("malformed", b"bgfu" + data[4:])
    refused("unsupported-version", data[:4] + b"\x02" + data[5:])
    refused("unsupported-version", data[:6] + b"\x00\x01" + data[8:])
    refused("too-large", data[:8] + (4097).to_bytes(4, "big") + data[12:])
    refused("too-large", data + bytes(8 << 20))
    refused("malformed", data[:12 + int.from_bytes(data[8:12], "big")])


def test_steps_6_and_7_look_at_the_covers_shape(refused, scene, run):
    refused("malformed", covered(scene, run, sender=bytes(15)))
    refused("malformed", covered(scene, run, seal=None))
    packed = lz4.frame.compress(run.body)
    other = sign(scene.county, "cover", [scene.county.id, scene.city.id, run.seal, bytes(32), 1, 1], algorithm=-7)
    refused("unsupported-suite", join(other, packed))
    refused("too-large", covered(scene, run, packed=(8 << 20) + 1))
    refused("too-large", covered(scene, run, unpacked=(32 << 20) + 1))


def test_steps_8_to_12_look_at_who_sent_it_to_whom(refused, scene, run):
    packed = lz4.frame.compress(run.body)
    stranger = Node(9, "320599", 3, scene.city)
    refused("unknown-key", join(cover(stranger, scene.city, run.seal, packed, len(run.body)), packed))
    data = bytearray(covered(scene, run))
    data[12 + int.from_bytes(data[8:12], "big") - 1] ^= 1
    refused("bad-signature", bytes(data))
    refused("not-entitled", join(cover(scene.city, scene.city, run.seal, packed, len(run.body)), packed))
    refused("not-entitled", covered(scene, run, sender=scene.city.id))
    refused("wrong-receiver", covered(scene, run, receiver=scene.province.id))
    refused("wrong-receiver", covered(scene, run, receiver=None))
    refused("digest-mismatch", covered(scene, run, digest=bytes(32)))
    refused("digest-mismatch", covered(scene, run, packed=len(packed) + 1))
    refused("digest-mismatch", covered(scene, run) + b"\x00")


def test_steps_13_to_16_look_at_the_seal(refused, scene):
    refused("malformed", sealed(scene, count=0))
    refused("malformed", sealed(scene, count=1025))
    refused("malformed", sealed(scene, first=2**63 - 1024, previous=bytes(32)))
    refused("malformed", sealed(scene, contexts=[writing.context_of(scene.county, kind) for kind in range(33)]))
    refused("malformed", sealed(scene, log=[scene.county.id, scene.county.incarnation, 4, scene.city.id]))
    refused("chain-broken", sealed(scene, previous=bytes(32)))
    refused("chain-broken", sealed(scene, first=1))
    refused("unknown-key", sealed(scene, signer=Node(9, "320599", 3, scene.city)))
    refused("foreign-author", sealed(scene, signer=scene.city))
    refused("foreign-author", sealed(scene, contexts=[writing.context_of(scene.city, 1)]))
    run = scene.county.log(UP, scene.city).seal([report(RECORD, 1)])
    run.seal = sign(scene.county, "cover", _payload(run.seal))
    refused("bad-signature", covered(scene, run))


def test_steps_19_and_20_look_at_the_packed_frame(refused, scene, run):
    packed, size = lz4.frame.compress(run.body), len(run.body)
    refused("too-large", with_body(scene, run, run.body, size=0))
    refused("expansion", with_body(scene, run, bytes(100_000)))
    refused("malformed", with_body(scene, run, run.body, size=size - 1))
    refused("malformed", with_body(scene, run, run.body, size=size + 1))
    refused("malformed", with_body(scene, run, run.body, packed[:-1]))
    refused("malformed", with_body(scene, run, run.body, packed + b"\x00"))
    refused("malformed", with_body(scene, run, run.body, packed + packed))
    skippable = bytes.fromhex("502a4d1801000000ff")
    refused("malformed", with_body(scene, run, run.body, skippable + packed))
    refused("malformed", with_body(scene, run, run.body, packed + skippable))
    refused("malformed", with_body(scene, run, run.body, run.body))


def test_checksums_and_content_size_are_optional_and_true(refused, trust, scene, run):
    whole = dict(content_checksum=True, block_checksum=True, store_size=True)
    packed = lz4.frame.compress(run.body, **whole)
    assert len(verify(with_body(scene, run, run.body, packed), trust, scene).entries) == 2
    for changed in (len(packed) - 1, len(packed) - 9, 6):
        data = bytearray(packed)
        data[changed] ^= 1
        refused("malformed", with_body(scene, run, run.body, bytes(data)))


def test_steps_21_to_23_walk_over_the_body(refused, scene, run):
    entries, other = writing.block(run.entries, [1]), writing.block(run.entries[:1], [1])
    refused("malformed", with_body(scene, run, encode([entries])))
    refused("malformed", with_body(scene, run, encode([entries, []]) + b"\x00"))
    refused("root-mismatch", with_body(scene, run, encode([other, []])))
    refused("root-mismatch", with_body(scene, run, encode([writing.block(run.entries[::-1], [1]), []])))
    refused("root-mismatch", with_body(scene, run, encode([[[], [], [], []], []])))
    entries[0] = [[1, 2]]
    refused("malformed", with_body(scene, run, encode([entries, []])))


def test_excerpts_ascend(refused, scene, run):
    entries = writing.block(run.entries, [1])
    excerpts = [one.excerpt([0], reveal(NATION, REVIEWERS)) for one in scene.reports]
    refused("malformed", with_body(scene, run, encode([entries, excerpts[::-1]])))
    refused("malformed", with_body(scene, run, encode([entries, excerpts[:1] * 2])))


def test_an_excerpt_with_a_context_that_its_seal_has_not_is_malformed(trust, scene, run):
    excerpt = scene.reports[0].excerpt([0], reveal(NATION))
    excerpt[4][0] = [[7, 1]]
    body = verify(with_body(scene, run, encode([writing.block(run.entries, [1]), [excerpt]])), trust, scene)
    with pytest.raises(Refusal, match="malformed"):
        body.excerpts[0].check(read_seal(scene.reports[0].seal))


def test_a_changeset_for_a_peer_is_one_writers_bytes(scene, run):
    assert changeset(run, scene.county, scene.city) == covered(scene, run)
