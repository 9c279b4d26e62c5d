"""The byte vectors beside the document: every stated value is derived again from the bytes."""

from typing import Any, Callable

from . import cbor
from .block import read_block
from .bundle import open_bundle, stream_key, verify_manifest
from .changeset import check_cover, open_seal, read_body, read_cover, split, unpack
from .entry import Entry, read_core
from .excerpt import read_excerpt
from .hello import CHILD, PARENT, Hello, Life, Line, Thread, verify_answer, verify_question
from .log import Log
from .matching import read_sealed_number
from .receipt import verify_receipt
from .seal import Context, Seal, check_seal, read_seal
from .section import read_section
from .statement import Certificate, Revocation, Statement
from .suites import PACKED
from .tree import tree_root
from .trust import Trust
from .vector_folder import Mismatch, Vectors, same
from .vector_refusals import code_of, matching_key


def _hex(value: bytes | None) -> str | None:
    return None if value is None else value.hex()


def _log(log: Log) -> dict:
    return {"author": log.author.hex(), "incarnation": log.incarnation.hex(), "direction": log.direction,
            "peer": log.peer.hex()}


def _check_log(log: Log, stated: dict) -> None:
    same("log", _log(log), stated)


def _contexts(contexts: tuple[Context, ...], suite) -> list[dict]:
    return [{"author": one.author.hex(), "incarnation": one.incarnation.hex(), "kind": one.kind, "schema": one.schema,
             "placement": one.placement, "digest": one.digest(suite).hex()} for one in contexts]


def _check_entry(entry: Entry, stated: dict, contexts: tuple[Context, ...]) -> None:
    sections = [{"reach": part.reach, "salt": _hex(part.salt), "section": _hex(part.shown), "digest": part.digest.hex()}
                for part in entry.sections]
    derived = {"context": entry.context, "core": entry.core.raw.hex(), "seed": _hex(entry.seed), "sections": sections,
               "hash": entry.hash(contexts).hex()}
    same("entry", derived, stated)
    for part in entry.sections:
        if part.shown is not None:
            read_section(part.shown)


def check_certificates(vectors: Vectors) -> str:
    """All statements of the file in its order; the county's rotation is the consent in its new certificate."""
    stated = vectors.load("certificate")
    trust, certificates, revocations = Trust(vectors.trust.federation), stated["certificates"], stated["revocations"]
    for vector in certificates[:-1]:
        _check_certificate(trust.admit(bytes.fromhex(vector["bytes"])), vector, trust, vectors)
    _check_rotation(trust, stated["rotation"])
    same("consent", certificates[-1]["consent"], stated["rotation"]["bytes"])
    _check_certificate(trust.admit(bytes.fromhex(certificates[-1]["bytes"])), certificates[-1], trust, vectors)
    for vector in revocations:
        _check_revocation(trust.admit(bytes.fromhex(vector["bytes"])), vector, trust, vectors)
    return f"certificates={len(certificates)} revocations={len(revocations)} rotations=1"


def _place(statement: Statement) -> dict:
    return {"bytes": statement.message.raw.hex(), "number": statement.number, "previous": _hex(statement.previous),
            "hash": statement.hash.hex()}


def _check_certificate(certificate: Certificate, stated: dict, trust: Trust, vectors: Vectors) -> None:
    derived = {**_place(certificate), "node": certificate.node.hex(), "code": certificate.code, "level": certificate.level,
               "parent": certificate.parent, "suite": certificate.suite.number, "key": certificate.key.hex(),
               "keyID": certificate.key_id.hex(), "consent": _hex(certificate.consent)}
    same(f"certificate {stated['name']}", derived, {name: stated[name] for name in derived})
    same("signer", trust.issuer(certificate).node, vectors.nodes[stated["signer"]])


def _check_revocation(revocation: Revocation, stated: dict, trust: Trust, vectors: Vectors) -> None:
    derived = {**_place(revocation), "key": revocation.key.hex(), "statements": revocation.statements.next,
               "statementHash": _hex(revocation.statements.hash), "reason": revocation.reason,
               "logs": [{**_log(log), "next": end.next, "hash": _hex(end.hash)} for log, end in revocation.logs]}
    same(f"revocation {stated['name']}", derived, {name: stated[name] for name in derived})
    same("signer", trust.signer(revocation.message).node, vectors.nodes[stated["signer"]])


def _check_rotation(trust: Trust, stated: dict) -> None:
    rotation = trust.check_rotation(bytes.fromhex(stated["bytes"]))
    derived = {"bytes": rotation.outer.raw.hex(), "inner": rotation.inner.raw.hex(), "node": rotation.node.hex(),
               "presentKey": rotation.present_key.hex(), "suite": rotation.suite.number, "key": rotation.key.hex()}
    same("rotation", derived, stated)


def check_cores(vectors: Vectors) -> str:
    stated = vectors.load("core")["cores"]
    for vector in stated:
        core = read_core(bytes.fromhex(vector["bytes"]))
        derived = {"suite": core.suite.number, "type": core.type, "record": _hex(core.record), "version": core.version,
                   "previous": _hex(core.previous), "ceiling": core.ceiling, "reaches": list(core.reaches) or None,
                   "subject": _hex(core.subject), "created": core.created}
        same(f"core {vector['name']}", {name: value for name, value in derived.items() if value is not None},
              vector["fields"])
    return f"cores={len(stated)}"


def check_block(vectors: Vectors) -> str:
    stated = vectors.load("block")
    reader = cbor.Reader(bytes.fromhex(stated["bytes"]), "block")
    entries = read_block(reader)
    reader.end()
    contexts = _stated_contexts(stated["contexts"])
    suite = entries[0].core.suite
    same("contexts", _contexts(contexts, suite), stated["contexts"])
    same("number of entries", len(entries), len(stated["entries"]))
    for entry, vector in zip(entries, stated["entries"]):
        _check_entry(entry, vector, contexts)
    same("root", tree_root(suite, [entry.hash(contexts) for entry in entries]).hex(), stated["root"])
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
        same("signer", seal.log.author, vectors.nodes[vector["signer"]])
        _check_log(seal.log, vector["log"])
        same("contexts", _contexts(seal.contexts, seal.suite), vector["contexts"])
        leaves = [bytes.fromhex(leaf) for leaf in vector["leaves"]]
        derived = {"first": seal.first, "count": seal.count, "root": tree_root(seal.suite, leaves).hex(),
                   "previous": _hex(seal.previous), "hash": seal.hash.hex()}
        same("seal", derived, {name: vector[name] for name in derived})
        same("root", seal.root.hex(), vector["root"])
    return f"seals={len(stated)}"


def check_excerpt(vectors: Vectors) -> str:
    stated = vectors.load("excerpt")
    reader = cbor.Reader(bytes.fromhex(stated["bytes"]), "excerpt")
    excerpt = read_excerpt(reader)
    reader.end()
    seal = _verified_seal(vectors, stated["seal"])
    same("the seal it names", excerpt.names(seal), True)
    _check_log(excerpt.log, stated["log"])
    hashes = excerpt.check(seal)
    same("indexes", list(excerpt.indexes), stated["indexes"])
    same("leaves", [value.hex() for value in hashes], [stated["leaves"][index] for index in stated["indexes"]])
    same("proof", [value.hex() for value in excerpt.proof], stated["proof"])
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
    same("cover", derived, {name: stated[name] for name in derived})
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
    same("changeset", derived, {name: stated[name] for name in derived})
    excerpt_seal = _verified_seal(vectors, stated["excerptSeal"])
    (excerpt,) = body.excerpts
    same("the seal the excerpt names", excerpt.names(excerpt_seal), True)
    hashes = excerpt.check(excerpt_seal)
    same("indexes", list(excerpt.indexes), stated["excerptIndexes"])
    same("subjects", [entry.core.subject for entry in body.entries], hashes)
    return f"changesets=1 entries={len(body.entries)} excerpts=1"


def check_receipts(vectors: Vectors) -> str:
    stated = vectors.load("receipt")["receipts"]
    for vector in stated:
        receipt = verify_receipt(bytes.fromhex(vector["bytes"]), vectors.trust, vectors.nodes[vector["signer"]])
        _check_log(receipt.log, vector["log"])
        derived = {"durable": receipt.durable, "durableHash": _hex(receipt.durable_hash), "applied": receipt.applied,
                   "credit": receipt.credit, "number": receipt.number}
        same("receipt", derived, {name: vector[name] for name in derived})
    return f"receipts={len(stated)}"


def check_match(vectors: Vectors) -> str:
    stated = vectors.load("match")
    key, section = matching_key(vectors, stated), bytes.fromhex(stated["bytes"])
    sealed = read_sealed_number(section)
    derived = {"matchingKey": key.public.hex(), "matchingKeyID": key.name.hex(), "sealed": sealed.sealed.hex(),
               "ephemeralKey": key.suite.exchange_key(bytes.fromhex(stated["ephemeralSeed"])).hex(),
               "number": key.open(section, bytes.fromhex(stated["record"]), bytes.fromhex(stated["salt"]))}
    same("match", derived, {name: stated[name] for name in derived})
    same("names", [sealed.key_name, sealed.ephemeral_key.hex()], [key.name, stated["ephemeralKey"]])
    return "numbers=1"


def check_bundle(vectors: Vectors) -> str:
    stated = vectors.load("bundle")
    raw = bytes.fromhex(stated["bytes"])
    certificate = vectors.trust.certificate_of_node(vectors.nodes[stated["receiver"]])
    seed = next(bytes.fromhex(one["seed"]) for one in vectors.load("certificate")["certificates"]
                if one["name"] == stated["receiver"])
    head, manifest, found = open_bundle(raw, certificate.node, seed)
    verify_manifest(manifest, head, vectors.trust)
    same("keys", [certificate.suite.received_key(certificate.key).hex(), stream_key(head, seed).hex(),
                  head.suite.exchange_key(bytes.fromhex(stated["ephemeralSeed"])).hex()],
         [stated["receiverExchangeKey"], stated["streamKey"], stated["ephemeralKey"]])
    derived = {"ephemeralKey": head.ephemeral_key.hex(), "receiverKey": head.receiver_key.hex(),
               "manifest": manifest.message.raw.hex(), "life": manifest.life.hex(),
               "receiverLife": _hex(manifest.receiver_life), "made": manifest.made, "export": manifest.export.hex(),
               "up": _lives(manifest.up), "down": _lives(manifest.down), "trustDigest": manifest.trust_digest.hex(),
               "channels": [{"log": _log(log), "next": position} for log, position in manifest.channels],
               "runs": [{"log": _log(run.log), "from": run.start, "next": run.next} for run in manifest.runs],
               "begins": [{"run": run, "position": position} for run, position in manifest.begins],
               "file": manifest.file, "items": [{"kind": kind, "bytes": data.hex()} for kind, data in found]}
    same("bundle", derived, {name: stated[name] for name in derived})
    return f"bundles=1 items={len(found)}"


def check_refused(vectors: Vectors) -> str:
    stated = vectors.load("refused")["refused"]
    for vector in stated:
        same(f"{vector['what']}, {vector['name']}", code_of(vectors, vector), vector["code"])
    return f"refused={len(stated)}"


def _lives(lives: tuple[Life, ...]) -> list[dict]:
    return [{"incarnation": life.incarnation.hex(), "next": life.end.next, "hash": _hex(life.end.hash)} for life in lives]


def _thread(thread: Thread) -> dict:
    return {"life": thread.life.hex(), "number": thread.number, "digest": thread.digest.hex()}


def _check_hello(hello: Hello, stated: dict) -> None:
    derived = {"node": hello.node.hex(), "incarnation": hello.incarnation.hex(), "peer": hello.peer.hex(),
               "nonce": hello.nonce.hex(), "exchangeKey": hello.exchange_key.hex(), "up": _lives(hello.up),
               "down": _lives(hello.down), "trustDigest": hello.trust_digest.hex(),
               "thread": hello.thread and _thread(hello.thread), "transcript": _hex(hello.transcript)}
    same("hello", derived, {name: stated[name] for name in derived})
    same("exchange key", hello.session.exchange_key(bytes.fromhex(stated["exchangeSeed"])), hello.exchange_key)


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
        same("line", derived, {name: stated[name] for name in derived})
        same("answer", line.open(bytes.fromhex(stated["sealedAnswer"]), PARENT, *place, stated["status"]), b"")
    return "hellos=2 lines=2"


CHECKS: dict[str, Callable[[Vectors], str]] = {
    "certificate": check_certificates, "core": check_cores, "block": check_block, "seal": check_seals,
    "excerpt": check_excerpt, "cover": check_cover_vector, "changeset": check_changeset, "receipt": check_receipts,
    "hello": check_hellos, "match": check_match, "bundle": check_bundle, "refused": check_refused,
}


def check(vectors: Vectors, name: str) -> str:
    """Checks one file and says in a few words what is in it."""
    if name not in CHECKS:
        raise Mismatch("nothing here reads this file")
    return CHECKS[name](vectors)
