"""The altered vectors of `refused.json`: how each kind is read, until it is refused."""

from typing import Callable

from . import cbor
from .changeset import check_cover, open_seal, read_body, split, unpack
from .entry import read_core
from .excerpt import read_excerpt
from .hello import verify_question
from .matching import MatchingKey
from .refusal import Refusal
from .seal import check_seal, read_seal
from .vector_folder import Mismatch, Vectors

# Whose changesets and hellos are altered, and who reads them.
_WRITER, _READER = "county", "city"


def code_of(vectors: Vectors, stated: dict) -> str | None:
    """The code with which an altered vector is refused, nothing when it is not."""
    read = _READINGS.get(stated["what"])
    if read is None:
        raise Mismatch(f"nothing here reads a {stated['what']}")
    beside = None if stated["beside"] is None else bytes.fromhex(stated["beside"])
    vectors = vectors.with_statements([bytes.fromhex(one) for one in stated.get("statements", [])])
    try:
        read(vectors, bytes.fromhex(stated["bytes"]), beside)
    except Refusal as refusal:
        return refusal.code
    return None


def _read_core(vectors: Vectors, raw: bytes, beside: None) -> None:
    read_core(raw)


def _read_seal(vectors: Vectors, raw: bytes, beside: None) -> None:
    check_seal(read_seal(raw), vectors.trust)


def _read_statement(vectors: Vectors, raw: bytes, beside: None) -> None:
    vectors.with_statements([raw])


def _read_excerpt(vectors: Vectors, raw: bytes, beside: bytes) -> None:
    seal = read_seal(beside)
    check_seal(seal, vectors.trust)
    reader = cbor.Reader(raw, "excerpt")
    excerpt = read_excerpt(reader)
    reader.end()
    if not excerpt.names(seal):
        raise Refusal("unknown-seal", "the excerpt names another seal")
    excerpt.check(seal)


def _read_changeset(vectors: Vectors, raw: bytes, beside: None) -> None:
    cover, packed = split(raw)
    check_cover(cover, packed, vectors.trust, vectors.nodes[_WRITER], vectors.nodes[_READER])
    read_body(unpack(cover, packed), open_seal(cover, vectors.trust))


def _read_hello(vectors: Vectors, raw: bytes, beside: None) -> None:
    """Up to the secret of the line: an exchange key without one is refused only there."""
    stated = vectors.load("hello")
    nonce, seed = bytes.fromhex(stated["question"]["nonce"]), bytes.fromhex(stated["answer"]["exchangeSeed"])
    question = verify_question(raw, vectors.trust, vectors.nodes[_READER], nonce)
    question.session.exchange(seed, question.exchange_key)


def _read_match(vectors: Vectors, raw: bytes, beside: None) -> None:
    stated = vectors.load("match")
    matching_key(vectors, stated).open(raw, bytes.fromhex(stated["record"]), bytes.fromhex(stated["salt"]))


def matching_key(vectors: Vectors, stated: dict) -> MatchingKey:
    """The matching key of `match.json`; its suite is that of the folder's national node."""
    suite = vectors.trust.certificate_of_node(vectors.nodes["national"]).suite
    return MatchingKey(suite, bytes.fromhex(stated["matchingSeed"]))


_READINGS: dict[str, Callable] = {
    "core": _read_core, "seal": _read_seal, "certificate": _read_statement,
    "revocation": _read_statement, "statement": _read_statement, "excerpt": _read_excerpt,
    "changeset": _read_changeset, "hello": _read_hello, "match": _read_match,
}
