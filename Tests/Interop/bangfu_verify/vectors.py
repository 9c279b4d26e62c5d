"""The byte vectors beside the document: every stated value is derived again from the bytes."""

import json
from pathlib import Path
from typing import Any, Callable

from . import cbor
from .block import read_block
from .changeset import check_cover, open_seal, read_body, read_cover, split, unpack
from .entry import Entry, read_core
from .excerpt import read_excerpt
from .export import WrongUse
from .hello import CHILD, PARENT, Hello, Line, verify_answer, verify_question
from .receipt import verify_receipt
from .seal import Context, Log, Seal, check_seal, read_seal
from .section import read_section
from .suites import PACKED
from .tree import tree_root
from .trust import Trust


class Mismatch(Exception):
    """A vector states something else than its bytes give."""


class Vectors:
    """The files of one folder, with the federation that their signatures are of."""

    def __init__(self, folder: Path):
        if not (folder / "certificate.json").is_file():
            raise WrongUse(f"{folder} has no certificate.json")
        self.folder = folder
        stated = self.load("certificate")
        self.trust = Trust(bytes.fromhex(stated["federation"]))
        self.nodes: dict[str, bytes] = {}
        for vector in stated["certificates"]:
            certificate = self.trust.admit(bytes.fromhex(vector["bytes"]))
            self.nodes[vector["name"]] = certificate.node

    def load(self, name: str) -> Any:
        return json.loads((self.folder / f"{name}.json").read_text(encoding="utf-8"))


def _same(what: str, derived: Any, stated: Any) -> None:
    if derived != stated:
        raise Mismatch(f"{what}: derived {derived!r}, stated {stated!r}")


def _hex(value: bytes | None) -> str | None:
    return None if value is None else value.hex()


def _check_log(log: Log, stated: dict) -> None:
    _same("log", {"author": log.author.hex(), "incarnation": log.incarnation.hex(), "direction": log.direction,
                  "peer": log.peer.hex()}, stated)


def _contexts(contexts: tuple[Context, ...], suite) -> list[dict]:
    return [{"author": one.author.hex(), "incarnation": one.incarnation.hex(), "kind": one.kind, "schema": one.schema,
             "placement": one.placement, "digest": one.digest(suite).hex()} for one in contexts]


def _check_entry(entry: Entry, stated: dict, contexts: tuple[Context, ...]) -> None:
    sections = [{"reach": part.reach, "salt": _hex(part.salt), "section": _hex(part.shown), "digest": part.digest.hex()}
                for part in entry.sections]
    derived = {"context": entry.context, "core": entry.core.raw.hex(), "seed": _hex(entry.seed), "sections": sections,
               "hash": entry.hash(contexts).hex()}
    _same("entry", derived, stated)
    for part in entry.sections:
        if part.shown is not None:
            read_section(part.shown)


def check_certificates(vectors: Vectors) -> str:
    stated = vectors.load("certificate")["certificates"]
    for vector in stated:
        certificate = vectors.trust.certificate_of_node(bytes.fromhex(vector["node"]))
        signer = vectors.trust.issuer(certificate)
        derived = {"bytes": certificate.message.raw.hex(), "code": certificate.code, "level": certificate.level,
                   "parent": certificate.parent, "suite": certificate.suite.number, "key": certificate.key.hex(),
                   "keyID": certificate.key_id.hex()}
        _same(f"certificate {vector['name']}", derived, {name: vector[name] for name in derived})
        _same("signer", signer.node, vectors.nodes[vector["signer"]])
    return f"certificates={len(stated)}"


def check_cores(vectors: Vectors) -> str:
    stated = vectors.load("core")["cores"]
    for vector in stated:
        core = read_core(bytes.fromhex(vector["bytes"]))
        derived = {"suite": core.suite.number, "type": core.type, "record": _hex(core.record), "version": core.version,
                   "previous": _hex(core.previous), "ceiling": core.ceiling, "reaches": list(core.reaches) or None,
                   "subject": _hex(core.subject), "created": core.created}
        _same(f"core {vector['name']}", {name: value for name, value in derived.items() if value is not None},
              vector["fields"])
    return f"cores={len(stated)}"


def check_block(vectors: Vectors) -> str:
    stated = vectors.load("block")
    reader = cbor.Reader(bytes.fromhex(stated["bytes"]), "block")
    entries = read_block(reader)
    reader.end()
    contexts = _stated_contexts(stated["contexts"])
    suite = entries[0].core.suite
    _same("contexts", _contexts(contexts, suite), stated["contexts"])
    _same("number of entries", len(entries), len(stated["entries"]))
    for entry, vector in zip(entries, stated["entries"]):
        _check_entry(entry, vector, contexts)
    _same("root", tree_root(suite, [entry.hash(contexts) for entry in entries]).hex(), stated["root"])
    return f"entries={len(entries)}"


def _stated_contexts(stated: list[dict]) -> tuple[Context, ...]:
    """Contexts from their fields: a block alone does not carry them."""
    contexts = []
    for one in stated:
        author, incarnation = bytes.fromhex(one["author"]), bytes.fromhex(one["incarnation"])
        numbers = one["kind"], one["schema"], one["placement"]
        raw = (cbor.head(cbor.ARRAY, 5) + cbor.of_bytes(author) + cbor.of_bytes(incarnation)
               + b"".join(cbor.head(cbor.UNSIGNED, number) for number in numbers))
        contexts.append(Context(raw, author, incarnation, *numbers))
    return tuple(contexts)


def _verified_seal(vectors: Vectors, raw: str) -> Seal:
    seal = read_seal(bytes.fromhex(raw))
    check_seal(seal, vectors.trust)
    return seal


def check_seals(vectors: Vectors) -> str:
    stated = vectors.load("seal")["seals"]
    for vector in stated:
        seal = _verified_seal(vectors, vector["bytes"])
        _same("signer", seal.log.author, vectors.nodes[vector["signer"]])
        _check_log(seal.log, vector["log"])
        _same("contexts", _contexts(seal.contexts, seal.suite), vector["contexts"])
        leaves = [bytes.fromhex(leaf) for leaf in vector["leaves"]]
        derived = {"first": seal.first, "count": seal.count, "root": tree_root(seal.suite, leaves).hex(),
                   "previous": _hex(seal.previous), "hash": seal.hash.hex()}
        _same("seal", derived, {name: vector[name] for name in derived})
        _same("root", seal.root.hex(), vector["root"])
    return f"seals={len(stated)}"


def check_excerpt(vectors: Vectors) -> str:
    stated = vectors.load("excerpt")
    reader = cbor.Reader(bytes.fromhex(stated["bytes"]), "excerpt")
    excerpt = read_excerpt(reader)
    reader.end()
    seal = _verified_seal(vectors, stated["seal"])
    _same("the seal it names", excerpt.names(seal), True)
    _check_log(excerpt.log, stated["log"])
    hashes = excerpt.check(seal)
    _same("indexes", list(excerpt.indexes), stated["indexes"])
    _same("leaves", [value.hex() for value in hashes], [stated["leaves"][index] for index in stated["indexes"]])
    _same("proof", [value.hex() for value in excerpt.proof], stated["proof"])
    for entry, vector in zip(excerpt.entries, stated["entries"], strict=True):
        _check_entry(entry, vector, seal.contexts)
    return f"excerpts=1 entries={len(hashes)}"


def check_cover_vector(vectors: Vectors) -> str:
    stated = vectors.load("cover")
    cover, packed = read_cover(bytes.fromhex(stated["bytes"])), bytes.fromhex(stated["packed"])
    check_cover(cover, packed, vectors.trust, vectors.nodes[stated["signer"]], bytes.fromhex(stated["receiver"]))
    derived = {"sender": cover.sender.hex(), "seal": cover.seal.hex(),
               "packedDigest": cover.message.suite.digest(PACKED, packed).hex(), "packedSize": len(packed),
               "unpackedSize": len(unpack(cover, packed))}
    _same("cover", derived, {name: stated[name] for name in derived})
    return "covers=1"


def check_changeset(vectors: Vectors) -> str:
    stated = vectors.load("changeset")
    cover, packed = split(bytes.fromhex(stated["bytes"]))
    check_cover(cover, packed, vectors.trust, vectors.nodes[stated["from"]], vectors.nodes[stated["to"]])
    seal = open_seal(cover, vectors.trust)
    unpacked = unpack(cover, packed)
    body = read_body(unpacked, seal)
    derived = {"cover": cover.message.raw.hex(), "packed": packed.hex(), "body": unpacked.hex(),
               "sealHash": seal.hash.hex(), "leaves": [value.hex() for value in body.hashes]}
    _same("changeset", derived, {name: stated[name] for name in derived})
    excerpt_seal = _verified_seal(vectors, stated["excerptSeal"])
    (excerpt,) = body.excerpts
    _same("the seal the excerpt names", excerpt.names(excerpt_seal), True)
    hashes = excerpt.check(excerpt_seal)
    _same("indexes", list(excerpt.indexes), stated["excerptIndexes"])
    _same("subjects", [entry.core.subject for entry in body.entries], hashes)
    return f"changesets=1 entries={len(body.entries)} excerpts=1"


def check_receipts(vectors: Vectors) -> str:
    stated = vectors.load("receipt")["receipts"]
    for vector in stated:
        receipt = verify_receipt(bytes.fromhex(vector["bytes"]), vectors.trust, vectors.nodes[vector["signer"]])
        _check_log(receipt.log, vector["log"])
        derived = {"durable": receipt.durable, "durableHash": _hex(receipt.durable_hash), "applied": receipt.applied,
                   "credit": receipt.credit, "number": receipt.number}
        _same("receipt", derived, {name: vector[name] for name in derived})
    return f"receipts={len(stated)}"


def _check_hello(hello: Hello, stated: dict) -> None:
    derived = {"node": hello.node.hex(), "incarnation": hello.incarnation.hex(), "peer": hello.peer.hex(),
               "nonce": hello.nonce.hex(), "exchangeKey": hello.exchange_key.hex(), "up": hello.up,
               "upHash": _hex(hello.up_hash), "down": hello.down, "downHash": _hex(hello.down_hash),
               "trustCount": hello.trust_count, "transcript": _hex(hello.transcript)}
    _same("hello", derived, {name: stated[name] for name in derived})


def check_hellos(vectors: Vectors) -> str:
    stated = vectors.load("hello")
    asked, answered = stated["question"], stated["answer"]
    question = verify_question(bytes.fromhex(asked["bytes"]), vectors.trust, vectors.nodes[answered["signer"]],
                               bytes.fromhex(asked["nonce"]))
    answer = verify_answer(bytes.fromhex(answered["bytes"]), vectors.trust, question)
    _check_hello(question, asked)
    _check_hello(answer, answered)
    lines = [Line(bytes.fromhex(asked["exchangeSeed"]), answer.exchange_key, question, answer),
             Line(bytes.fromhex(answered["exchangeSeed"]), question.exchange_key, question, answer)]
    place = stated["counter"], stated["method"], stated["target"]
    for line in lines:
        derived = {"secret": line.secret.hex(), "childKey": line.keys[CHILD].hex(), "parentKey": line.keys[PARENT].hex(),
                   "session": line.session.hex(), "body": line.open(bytes.fromhex(stated["sealed"]), CHILD, *place, 0).hex()}
        _same("line", derived, {name: stated[name] for name in derived})
        _same("answer", line.open(bytes.fromhex(stated["sealedAnswer"]), PARENT, *place, stated["status"]), b"")
    return "hellos=2 lines=2"


CHECKS: dict[str, Callable[[Vectors], str]] = {
    "certificate": check_certificates, "core": check_cores, "block": check_block, "seal": check_seals,
    "excerpt": check_excerpt, "cover": check_cover_vector, "changeset": check_changeset, "receipt": check_receipts,
    "hello": check_hellos,
}
