#!/usr/bin/env python3
"""Writes the byte vectors beside this file, from docs/protocol.md alone and without a line of the Swift sources.

A second implementation in another language: where it and the Swift tests differ, one of them misreads the document.
Needs python3-cryptography and liblz4. The vectors are fixed; run this only when the protocol's version changes.
"""
import ctypes
import hashlib
import hmac
import json
import pathlib

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

HERE = pathlib.Path(__file__).parent
FEDERATION = bytes([0xFE, *range(1, 16)])


class Raw(bytes):
    """CBOR that is encoded already."""


def head(major, value):
    for size, info in ((0, None), (1, 24), (2, 25), (4, 26), (8, 27)):
        if size == 0 and value < 24:
            return bytes([major << 5 | value])
        if size and value < 1 << 8 * size:
            return bytes([major << 5 | info]) + value.to_bytes(size, "big")
    raise ValueError(value)


def cbor(item):
    if isinstance(item, Raw):
        return bytes(item)
    if item is None or isinstance(item, bool):
        return {None: b"\xf6", False: b"\xf4", True: b"\xf5"}[item]
    if isinstance(item, int):
        return head(0, item) if item >= 0 else head(1, -1 - item)
    if isinstance(item, bytes):
        return head(2, len(item)) + item
    if isinstance(item, str):
        return head(3, len(item.encode())) + item.encode()
    if isinstance(item, list):
        return head(4, len(item)) + b"".join(map(cbor, item))
    pairs = sorted((cbor(key), cbor(value)) for key, value in item.items())
    return head(5, len(pairs)) + b"".join(key + value for key, value in pairs)


def H(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def hkdf(secret, salt, info, count):
    extracted = hmac.digest(salt or bytes(32), secret, "sha256")
    output, block, counter = b"", b"", 0
    while len(output) < count:
        counter += 1
        block = hmac.digest(extracted, block + info + bytes([counter]), "sha256")
        output += block
    return output[:count]


def lz4(data):
    library = ctypes.CDLL("liblz4.so.1")
    library.LZ4F_compressFrameBound.restype = library.LZ4F_compressFrame.restype = ctypes.c_size_t
    library.LZ4F_compressFrameBound.argtypes = [ctypes.c_size_t, ctypes.c_void_p]
    library.LZ4F_compressFrame.argtypes = [
        ctypes.c_void_p, ctypes.c_size_t, ctypes.c_char_p, ctypes.c_size_t, ctypes.c_void_p]
    room = library.LZ4F_compressFrameBound(len(data), None)
    buffer = ctypes.create_string_buffer(room)
    size = library.LZ4F_compressFrame(buffer, room, data, len(data), None)
    return buffer.raw[:size]


class Member:
    def __init__(self, number, code, level, parent):
        self.node = bytes([0xA0 + number, *range(1, 16)])
        self.incarnation = bytes([0xB0 + number, *range(1, 8)])
        self.seed = bytes([number]) * 32
        self.private = Ed25519PrivateKey.from_private_bytes(self.seed)
        self.key = self.private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.kid = H(b"\x30\x01", self.key)[:16]
        self.code, self.level, self.parent = code, level, parent


ROOT = Member(1, "000000", 0, "")
PROVINCE = Member(2, "320000", 1, "000000")
CITY = Member(3, "320500", 2, "320000")
COUNTY = Member(4, "320506", 3, "320500")
NAMES = {"root": ROOT, "province": PROVINCE, "city": CITY, "county": COUNTY}


def sign(payload, purpose, member):
    protected = cbor({1: -8, 4: member.kid})
    signed = cbor(["Signature1", protected, b"bangfu/1/" + purpose.encode() + FEDERATION, payload])
    return head(6, 18) + cbor([protected, {}, payload, member.private.sign(signed)])


def merkle(leaves):
    if len(leaves) == 1:
        return leaves[0]
    split = 1 << (len(leaves) - 1).bit_length() - 1
    return H(b"\x01", merkle(leaves[:split]), merkle(leaves[split:]))


def proof(leaves, present, start=0):
    if not any(start <= index < start + len(leaves) for index in present):
        return [merkle(leaves)]
    if len(leaves) == 1:
        return []
    split = 1 << (len(leaves) - 1).bit_length() - 1
    return proof(leaves[:split], present, start) + proof(leaves[split:], present, start + split)


class Entry:
    """`sections`: list of (reach, bytes), in the order of the core's reach list."""

    def __init__(self, core, seed, sections, context=0, withheld=()):
        self.core, self.context = cbor(core), context
        self.parts = []
        for index, (reach, section) in enumerate(sections):
            salt = hkdf(seed, b"", bytes([index]), 16)
            digest = H(b"\x10", salt, section)
            hidden = reach in withheld
            self.parts.append((reach, None if hidden else salt, None if hidden else section, digest))
        self.seed = None if withheld or not sections else seed

    def hash(self, contexts):
        digest = H(b"\x04", cbor(contexts[self.context]))
        size = len(self.core).to_bytes(4, "big")
        return H(b"\x00", digest, size, self.core, *[part[3] for part in self.parts])

    def described(self, contexts):
        return {
            "context": self.context, "core": self.core.hex(), "seed": self.seed.hex() if self.seed else None,
            "sections": [
                {"reach": reach, "salt": salt.hex() if salt else None, "section": section.hex() if section else None,
                 "digest": digest.hex()} for reach, salt, section, digest in self.parts],
            "hash": self.hash(contexts).hex()}


def block(entries):
    runs = []
    for entry in entries:
        if runs and runs[-1][0] == entry.context:
            runs[-1][1] += 1
        else:
            runs.append([entry.context, 1])
    columns = []
    for wanted in range(5):
        parts = []
        for entry in entries:
            for reach, salt, section, digest in entry.parts:
                if reach == wanted:
                    parts.append([digest] if section is None else section if entry.seed else [salt, section])
        if parts:
            columns.append([wanted, parts])
    return [runs, [entry.core for entry in entries], [entry.seed for entry in entries], columns]


def log(author, direction, peer):
    return [author.node, author.incarnation, direction, peer.node]


def context(author, kind, schema, placement):
    return [author.node, author.incarnation, kind, schema, placement]


def seal(author, log_id, first, contexts, leaves, previous):
    payload = cbor([log_id, first, len(leaves), contexts, merkle(leaves), previous])
    return sign(payload, "seal", author), H(b"\x02", payload)


def log_json(log_id):
    return dict(zip(("author", "incarnation", "direction", "peer"),
                    [part if isinstance(part, int) else part.hex() for part in log_id]))


def context_json(item):
    names = ("author", "incarnation", "kind", "schema", "placement")
    fields = dict(zip(names, [part if isinstance(part, int) else part.hex() for part in item]))
    return fields | {"digest": H(b"\x04", cbor(item)).hex()}


def write(name, value):
    text = json.dumps(value, indent=2, ensure_ascii=False)
    (HERE / f"{name}.json").write_text(text + "\n", encoding="utf-8")


def record(number):
    return bytes.fromhex("019a00000000700080000000000000") + bytes([number])


def report(number, withheld=(), context=0):
    core = {1: 1, 2: 0x81, 3: record(number), 4: 1, 6: 2, 7: [0, 1, 2], 9: 1_760_000_000_000 + number}
    sections = [
        (0, cbor({1: "困难", 2: number, 3: -50_000})), (1, cbor({1: "张三", 2: b"\x01\x02", 3: [{1: True}, {1: None}]})),
        (2, cbor({7: "苏州"}))]
    return Entry(core, bytes([0xC0 + number]) * 16, sections, context, withheld)


def cores():
    cases = {
        "report": {1: 1, 2: 0x81, 3: record(1), 4: 2, 5: bytes(range(32)), 6: 1, 7: [0, 1, 3], 9: 1_760_000_000_000},
        "approve": {1: 1, 2: 0x83, 3: record(1), 4: 2, 7: [4], 8: bytes(range(32, 64))},
        "no record": {1: 1, 2: 0x87},
        "unknown type that may be ignored": {1: 1, 2: 0x55},
    }
    keys = {1: "suite", 2: "type", 3: "record", 4: "version", 5: "previous", 6: "ceiling", 7: "reaches", 8: "subject",
            9: "created"}
    found = []
    for name, core in cases.items():
        fields = {keys[key]: value.hex() if isinstance(value, bytes) else value for key, value in core.items()}
        found.append({"name": name, "bytes": cbor(core).hex(), "fields": fields})
    write("core", {"cores": found})


def county_seals():
    """Two seals of the county's up log: seven reports, then a single entry without sections."""
    contexts = [context(COUNTY, 1, 3, 1), context(COUNTY, 0, 0, 1)]
    entries = [report(number) for number in range(6)] + [Entry({1: 1, 2: 0x87}, b"", [], 1)]
    leaves = [entry.hash(contexts) for entry in entries]
    log_id = log(COUNTY, 1, CITY)
    first, first_hash = seal(COUNTY, log_id, 0, contexts, leaves, None)
    last = [entries[-1].hash(contexts)]
    second, second_hash = seal(COUNTY, log_id, 7, contexts, last, first_hash)
    described = [
        {"bytes": raw.hex(), "signer": "county", "log": log_json(log_id), "first": start, "count": len(hashes),
         "contexts": [context_json(item) for item in contexts], "leaves": [leaf.hex() for leaf in hashes],
         "root": merkle(hashes).hex(), "previous": previous, "hash": sealed.hex()}
        for raw, start, hashes, previous, sealed in (
            (first, 0, leaves, None, first_hash), (second, 7, last, first_hash.hex(), second_hash))]
    write("seal", {"seals": described})
    return log_id, contexts, entries, leaves, first, first_hash


def blocks():
    contexts = [context(COUNTY, 1, 3, 1), context(COUNTY, 0, 0, 1)]
    entries = [report(1), report(2, withheld=(1,)), Entry({1: 1, 2: 0x87}, b"", [], 1), report(3, withheld=(0, 1, 2))]
    write("block", {
        "bytes": cbor(block(entries)).hex(), "contexts": [context_json(item) for item in contexts],
        "entries": [entry.described(contexts) for entry in entries],
        "root": merkle([entry.hash(contexts) for entry in entries]).hex()})


def travelling(log_id, contexts, entries, leaves, first, first_hash):
    """The city approves two of the county's reports and shows them, without `city`, to the province."""
    indexes = [1, 2, 4]
    shown = [report(index, withheld=(2,)) for index in indexes]
    evidence = proof(leaves, indexes)
    excerpt = [log_id, 0, first_hash, [[1, 2], [4, 1]], block(shown), evidence]
    write("excerpt", {
        "bytes": cbor(excerpt).hex(), "seal": first.hex(), "log": log_json(log_id), "first": 0,
        "sealHash": first_hash.hex(), "indexes": indexes, "leaves": [leaf.hex() for leaf in leaves],
        "entries": [entry.described(contexts) for entry in shown], "proof": [item.hex() for item in evidence]})
    own = [context(CITY, 1, 3, 1)]
    approvals = [
        Entry({1: 1, 2: 0x83, 3: record(index), 4: 1, 8: leaves[index], 9: 1_760_000_100_000}, b"", [])
        for index in indexes]
    up = log(CITY, 1, PROVINCE)
    hashes = [entry.hash(own) for entry in approvals]
    sealed, sealed_hash = seal(CITY, up, 0, own, hashes, None)
    body = cbor([block(approvals), [excerpt]])
    packed = lz4(body)
    payload = [CITY.node, PROVINCE.node, sealed, H(b"\x03", packed), len(packed), len(body)]
    cover = sign(cbor(payload), "cover", CITY)
    write("cover", {
        "bytes": cover.hex(), "signer": "city", "sender": CITY.node.hex(), "receiver": PROVINCE.node.hex(),
        "seal": sealed.hex(), "packed": packed.hex(), "packedDigest": H(b"\x03", packed).hex(),
        "packedSize": len(packed), "unpackedSize": len(body)})
    whole = b"BGFU\x01\x00\x00\x00" + len(cover).to_bytes(4, "big") + cover + packed
    write("changeset", {
        "bytes": whole.hex(), "from": "city", "to": "province", "cover": cover.hex(), "packed": packed.hex(),
        "body": body.hex(), "sealHash": sealed_hash.hex(), "leaves": [leaf.hex() for leaf in hashes],
        "excerptSeal": first.hex(), "excerptIndexes": indexes})


def certificates():
    found = []
    issuers = {"root": "root", "province": "root", "city": "province", "county": "city"}
    for name, member in NAMES.items():
        payload = cbor([member.node, member.code, member.level, member.parent, 1, member.key])
        found.append({
            "name": name, "bytes": sign(payload, "cert", NAMES[issuers[name]]).hex(), "signer": issuers[name],
            "node": member.node.hex(), "code": member.code, "level": member.level, "parent": member.parent,
            "suite": 1, "key": member.key.hex(), "keyID": member.kid.hex(), "seed": member.seed.hex(),
            "incarnation": member.incarnation.hex()})
    write("certificate", {"federation": FEDERATION.hex(), "certificates": found})


def receipts(log_id, first_hash):
    payload = cbor([CITY.node, log_id, 7, first_hash, 5, 8 << 20, 3])
    empty = cbor([CITY.node, log_id, 0, None, 0, 0, 1])
    write("receipt", {"receipts": [
        {"bytes": sign(payload, "receipt", CITY).hex(), "signer": "city", "log": log_json(log_id), "durable": 7,
         "durableHash": first_hash.hex(), "applied": 5, "credit": 8 << 20, "number": 3},
        {"bytes": sign(empty, "receipt", CITY).hex(), "signer": "city", "log": log_json(log_id), "durable": 0,
         "durableHash": None, "applied": 0, "credit": 0, "number": 1}]})


def exchange(seed):
    private = X25519PrivateKey.from_private_bytes(seed)
    return private, private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def hellos(first_hash):
    nonce = bytes(range(0x40, 0x60))
    (mine, public), (theirs, answer_public) = exchange(b"\x11" * 32), exchange(b"\x22" * 32)
    ask = [COUNTY.node, COUNTY.incarnation, CITY.node, nonce, public, [7, first_hash, 0, None], 2, None]
    question = sign(cbor(ask), "hello", COUNTY)
    reply = [CITY.node, CITY.incarnation, COUNTY.node, nonce, answer_public, [7, first_hash, 0, None], 1, H(question)]
    answer = sign(cbor(reply), "hello", CITY)
    secret = mine.exchange(X25519PublicKey.from_public_bytes(answer_public))
    salt = H(question, answer)
    keys = [hkdf(secret, salt, b"bangfu/1/line/" + name, count)
            for name, count in ((b"child", 32), (b"parent", 32), (b"session", 16))]
    target, counter = "/sync/up?offset=0", (9).to_bytes(8, "big")
    headers = [cbor([1, 9, "POST", target, 0]), cbor([2, 9, "POST", target, 409])]
    sealed = AESGCM(keys[0]).encrypt(bytes([0, 0, 0, 1]) + counter, "你好".encode(), headers[0])
    returned = AESGCM(keys[1]).encrypt(bytes([0, 0, 0, 2]) + counter, b"", headers[1])
    described = [
        {"bytes": raw.hex(), "signer": signer, "node": item[0].hex(), "incarnation": item[1].hex(), "peer": item[2].hex(),
         "nonce": nonce.hex(), "exchangeSeed": seed * 32, "exchangeKey": item[4].hex(), "up": 7,
         "upHash": first_hash.hex(), "down": 0, "downHash": None, "trustCount": item[6],
         "transcript": item[7].hex() if item[7] else None}
        for raw, signer, item, seed in ((question, "county", ask, "11"), (answer, "city", reply, "22"))]
    write("hello", {
        "question": described[0], "answer": described[1], "secret": secret.hex(), "childKey": keys[0].hex(),
        "parentKey": keys[1].hex(), "session": keys[2].hex(), "counter": 9, "method": "POST",
        "target": target, "body": "你好".encode().hex(), "sealed": sealed.hex(), "status": 409,
        "sealedAnswer": returned.hex()})


if __name__ == "__main__":
    certificates()
    cores()
    blocks()
    county = county_seals()
    travelling(*county)
    receipts(county[0], county[5])
    hellos(county[5])
