"""Every vector file is accepted, and refused with the document's code when a bit of it changes."""

import pytest

from bangfu_verify import cbor
from bangfu_verify.block import read_block
from bangfu_verify.changeset import check_cover, open_seal, read_body, split, unpack
from bangfu_verify.entry import read_core
from bangfu_verify.excerpt import read_excerpt
from bangfu_verify.hello import CHILD, Line, verify_answer, verify_question
from bangfu_verify.receipt import verify_receipt
from bangfu_verify.refusal import Refusal
from bangfu_verify.seal import check_seal, read_seal
from bangfu_verify.vector_folder import Mismatch, Vectors, vector_folders
from bangfu_verify.vector_refusals import code_of
from bangfu_verify.vectors import CHECKS
from conftest import VECTORS

SIGNED_CODES = {"malformed", "unsupported-suite", "unknown-key", "bad-signature"}
STATEMENT_CODES = {"unsupported-type", "position", "chain-broken"}


def flips(data: bytes, step: int = 1):
    for bit in range(0, len(data) * 8, step):
        changed = bytearray(data)
        changed[bit // 8] ^= 1 << (bit % 8)
        yield bytes(changed)


def codes_of(read, data: bytes) -> set[str]:
    """The codes with which `read` refuses every flipped bit; none may pass."""
    codes = set()
    for changed in flips(data):
        with pytest.raises(Refusal) as refusal:
            read(changed)
        codes.add(refusal.value.code)
    return codes


@pytest.mark.parametrize("name", CHECKS)
def test_a_vector_file_gives_what_it_states(vectors, name):
    assert "=" in CHECKS[name](vectors)


def test_both_suites_have_every_vector_file_and_the_mixed_tree_its_certificates():
    files = {path.relative_to(VECTORS).as_posix() for path in VECTORS.rglob("*.json")}
    both = {f"{folder}{name}.json" for folder in ("", "national/") for name in CHECKS}
    assert files == both | {"mixed/certificate.json"}
    assert vector_folders(VECTORS) == [VECTORS, VECTORS / "mixed", VECTORS / "national"]


def test_keys_of_both_suites_certify_each_other():
    trust = Vectors(VECTORS / "mixed").trust
    pairs = {(certificate.message.suite.number, certificate.suite.number)
             for certificate in map(trust.certificate_of_node, Vectors(VECTORS / "mixed").nodes.values())}
    assert pairs == {(2, 2), (1, 2), (2, 1)}


def test_altered_vectors_are_refused_as_nothing_else(vectors):
    stated = vectors.load("refused")["refused"]
    assert {vector["what"] for vector in stated} == {"core", "seal", "certificate", "revocation", "statement", "excerpt",
                                                      "changeset", "hello", "match"}
    sound = {"what": "seal", "bytes": vectors.load("seal")["seals"][0]["bytes"], "beside": None}
    assert code_of(vectors, sound) is None
    with pytest.raises(Mismatch):
        code_of(vectors, {**sound, "what": "bundle"})


def test_no_bit_of_a_certificate_may_change(vectors):
    stated = [bytes.fromhex(one["bytes"]) for one in vectors.load("certificate")["certificates"]]
    admit = lambda last: vectors.with_statements([last])
    suite = vectors.trust.certificate_of_node(vectors.nodes["county"]).suite.number
    # Half of all x have no point, while almost every y of suite 1 is taken for one.
    weak = {"weak-key"} if suite == 2 else set()
    assert codes_of(admit, stated[-1]) == SIGNED_CODES | STATEMENT_CODES | weak


def test_no_bit_of_a_revocation_may_change(vectors):
    stated = vectors.load("certificate")
    renewed = bytes.fromhex(stated["certificates"][-1]["bytes"])
    revoked = bytes.fromhex(stated["revocations"][0]["bytes"])
    assert codes_of(lambda last: vectors.with_statements([renewed, last]), revoked) == SIGNED_CODES | STATEMENT_CODES


def test_no_bit_of_a_rotation_may_change(vectors):
    raw = bytes.fromhex(vectors.load("certificate")["rotation"]["bytes"])
    suite = vectors.trust.certificate_of_node(vectors.nodes["county"]).suite.number
    weak = {"weak-key"} if suite == 2 else set()
    assert codes_of(vectors.trust.check_rotation, raw) == SIGNED_CODES | weak


def test_no_bit_of_a_seal_may_change(vectors):
    codes = set()
    for stated in vectors.load("seal")["seals"]:
        codes |= codes_of(lambda raw: check_seal(read_seal(raw), vectors.trust), bytes.fromhex(stated["bytes"]))
    assert codes == SIGNED_CODES | {"foreign-author", "chain-broken"}


def test_no_bit_of_a_receipt_may_change(vectors):
    for stated in vectors.load("receipt")["receipts"]:
        peer = vectors.nodes[stated["signer"]]
        assert codes_of(lambda raw: verify_receipt(raw, vectors.trust, peer), bytes.fromhex(stated["bytes"])) == SIGNED_CODES


def test_no_bit_of_a_hello_may_change(vectors):
    stated = vectors.load("hello")
    asked, answered = bytes.fromhex(stated["question"]["bytes"]), bytes.fromhex(stated["answer"]["bytes"])
    nonce, parent = bytes.fromhex(stated["question"]["nonce"]), vectors.nodes["city"]
    assert codes_of(lambda raw: verify_question(raw, vectors.trust, parent, nonce), asked) == SIGNED_CODES
    question = verify_question(asked, vectors.trust, parent, nonce)
    assert codes_of(lambda raw: verify_answer(raw, vectors.trust, question), answered) == SIGNED_CODES


def test_no_bit_of_a_sealed_body_may_change(vectors):
    stated = vectors.load("hello")
    question = verify_question(bytes.fromhex(stated["question"]["bytes"]), vectors.trust, vectors.nodes["city"],
                               bytes.fromhex(stated["question"]["nonce"]))
    answer = verify_answer(bytes.fromhex(stated["answer"]["bytes"]), vectors.trust, question)
    line = Line(bytes.fromhex(stated["question"]["exchangeSeed"]), answer.exchange_key, question, answer)
    sealed, place = bytes.fromhex(stated["sealed"]), (stated["counter"], stated["method"], stated["target"], 0)
    assert line.open(sealed, CHILD, *place).hex() == stated["body"]
    assert codes_of(lambda changed: line.open(changed, CHILD, *place), sealed) == {"bad-signature"}
    for other in ((10, *place[1:]), (9, "GET", *place[2:]), (9, "POST", "/sync/up?offset=1", 0), (*place[:3], 200)):
        with pytest.raises(Refusal, match="bad-signature"):
            line.open(sealed, CHILD, *other)


def test_no_bit_of_a_changeset_behind_its_preamble_may_change(vectors):
    stated = vectors.load("changeset")
    data, sender, receiver = bytes.fromhex(stated["bytes"]), vectors.nodes["city"], vectors.nodes["province"]

    def read(cover_and_packed: bytes):
        cover, packed = split(data[:12] + cover_and_packed)
        check_cover(cover, packed, vectors.trust, sender, receiver)
        read_body(unpack(cover, packed), open_seal(cover, vectors.trust))

    assert codes_of(read, data[12:]) == SIGNED_CODES | {"digest-mismatch"}


def test_no_bit_of_a_body_may_change(vectors):
    stated = vectors.load("changeset")
    body, seal = bytes.fromhex(stated["body"]), open_seal(split(bytes.fromhex(stated["bytes"]))[0], vectors.trust)
    excerpt_seal = read_seal(bytes.fromhex(stated["excerptSeal"]))

    def read(changed: bytes):
        (excerpt,) = read_body(changed, seal).excerpts
        if not excerpt.names(excerpt_seal):
            raise Refusal("unknown-seal", "another seal")
        excerpt.check(excerpt_seal)

    codes = codes_of(read, body)
    assert codes == {"malformed", "unsupported-suite", "root-mismatch", "proof-mismatch", "unknown-seal"}


def test_no_bit_of_an_excerpt_may_change(vectors):
    stated = vectors.load("excerpt")
    seal = read_seal(bytes.fromhex(stated["seal"]))

    def read(raw: bytes):
        reader = cbor.Reader(raw, "excerpt")
        excerpt = read_excerpt(reader)
        reader.end()
        if not excerpt.names(seal):
            raise Refusal("unknown-seal", "another seal")
        excerpt.check(seal)

    codes = codes_of(read, bytes.fromhex(stated["bytes"]))
    assert codes == {"malformed", "unsupported-suite", "proof-mismatch", "unknown-seal"}


def test_a_changed_block_is_malformed_or_another_tree(vectors):
    stated = vectors.load("block")
    contexts = read_seal(bytes.fromhex(vectors.load("seal")["seals"][0]["bytes"])).contexts
    hashes = [entry["hash"] for entry in stated["entries"]]

    def read(raw: bytes):
        reader = cbor.Reader(raw, "block")
        entries = read_block(reader)
        reader.end()
        if any(entry.context >= len(contexts) for entry in entries):
            raise reader.refuse("a context that is not there")
        if [entry.hash(contexts).hex() for entry in entries] != hashes:
            raise Refusal("root-mismatch", "other entries")

    assert codes_of(read, bytes.fromhex(stated["bytes"])) == {"malformed", "unsupported-suite", "root-mismatch"}


def test_cut_and_lengthened_vectors_are_malformed(vectors):
    for stated in vectors.load("core")["cores"]:
        raw = bytes.fromhex(stated["bytes"])
        for changed in [raw[:size] for size in range(len(raw))] + [raw + b"\x00"]:
            with pytest.raises(Refusal, match="malformed"):
                read_core(changed)
    for stated in vectors.load("seal")["seals"]:
        raw = bytes.fromhex(stated["bytes"])
        for changed in [raw[:size] for size in range(len(raw))] + [raw + b"\x00"]:
            with pytest.raises(Refusal, match="malformed"):
                read_seal(changed)
