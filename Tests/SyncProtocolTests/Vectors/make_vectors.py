#!/usr/bin/env python3
"""Writes the byte vectors beside this file, from docs/protocol.md alone and without a line of the Swift sources.

A second implementation in another language: where it and the Swift tests differ, one of them misreads the document.
Needs Python's cryptography and liblz4. The vectors are fixed; run this only when the protocol's version changes.

Suite 1 stands beside this file, suite 2 in `national`, a union of both in `mixed`.
"""
import ctypes
import json
import pathlib

import suites
from suites import INTERNATIONAL, NATIONAL

HERE = pathlib.Path(__file__).parent
# The suite that is written at present, and where to.
SUITE, FOLDER = INTERNATIONAL, HERE
# Bytes of a sealing key: AES-256, or SM4 and HMAC-SM3.
KEY_SIZE = {INTERNATIONAL: 32, NATIONAL: 48}
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
    return SUITE.hash(b"".join(parts))


def hkdf(secret, salt, info, count):
    return suites.hkdf(SUITE, secret, salt, info, count)


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
    def __init__(self, number, code, level, parent, suite):
        self.node = bytes([0xA0 + number, *range(1, 16)])
        self.incarnation = bytes([0xB0 + number, *range(1, 8)])
        self.seed = bytes([number]) * 32
        self.suite, self.key = suite, suite.public(self.seed)
        self.kid = suite.hash(bytes([0x30, suite.number]) + self.key)[:16]
        self.code, self.level, self.parent = code, level, parent


def use(folder, *choice):
    """Writes into `folder` from here on; `choice`: the suites of root, province, city and county."""
    global SUITE, FOLDER, ROOT, PROVINCE, CITY, COUNTY, NAMES
    SUITE, FOLDER = choice[-1], HERE / folder
    FOLDER.mkdir(exist_ok=True)
    ROOT = Member(1, "000000", 0, "", choice[0])
    PROVINCE = Member(2, "320000", 1, "000000", choice[1])
    CITY = Member(3, "320500", 2, "320000", choice[2])
    COUNTY = Member(4, "320506", 3, "320500", choice[3])
    NAMES = {"root": ROOT, "province": PROVINCE, "city": CITY, "county": COUNTY}


def sign(payload, purpose, member):
    protected = cbor({1: member.suite.algorithm, 4: member.kid})
    signed = cbor(["Signature1", protected, b"bangfu/1/" + purpose.encode() + FEDERATION, payload])
    return head(6, 18) + cbor([protected, {}, payload, member.suite.sign(member.seed, signed)])


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
    (FOLDER / f"{name}.json").write_text(text + "\n", encoding="utf-8")


def record(number):
    return bytes.fromhex("019a00000000700080000000000000") + bytes([number])


def report(number, withheld=(), context=0):
    core = {1: SUITE.number, 2: 0x81, 3: record(number), 4: 1, 6: 2, 7: [0, 1, 2], 9: 1_760_000_000_000 + number}
    sections = [
        (0, cbor({1: "困难", 2: number, 3: -50_000})), (1, cbor({1: "张三", 2: b"\x01\x02", 3: [{1: True}, {1: None}]})),
        (2, cbor({7: "苏州"}))]
    return Entry(core, bytes([0xC0 + number]) * 16, sections, context, withheld)


def cores():
    cases = {
        "report": {
            1: SUITE.number, 2: 0x81, 3: record(1), 4: 2, 5: bytes(range(32)), 6: 1, 7: [0, 1, 3], 9: 1_760_000_000_000},
        "approve": {1: SUITE.number, 2: 0x83, 3: record(1), 4: 2, 7: [4], 8: bytes(range(32, 64))},
        "no record": {1: SUITE.number, 2: 0x87},
        "unknown type that may be ignored": {1: SUITE.number, 2: 0x55},
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
    entries = [report(number) for number in range(6)] + [Entry({1: SUITE.number, 2: 0x87}, b"", [], 1)]
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
    entries = [
        report(1), report(2, withheld=(1,)), Entry({1: SUITE.number, 2: 0x87}, b"", [], 1),
        report(3, withheld=(0, 1, 2))]
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
        Entry({1: SUITE.number, 2: 0x83, 3: record(index), 4: 1, 8: leaves[index], 9: 1_760_000_100_000}, b"", [])
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
        payload = cbor([member.node, member.code, member.level, member.parent, member.suite.number, member.key])
        found.append({
            "name": name, "bytes": sign(payload, "cert", NAMES[issuers[name]]).hex(), "signer": issuers[name],
            "node": member.node.hex(), "code": member.code, "level": member.level, "parent": member.parent,
            "suite": member.suite.number, "key": member.key.hex(), "keyID": member.kid.hex(), "seed": member.seed.hex(),
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


def hellos(first_hash):
    nonce = bytes(range(0x40, 0x60))
    public, answer_public = SUITE.exchange_public(b"\x11" * 32), SUITE.exchange_public(b"\x22" * 32)
    ask = [COUNTY.node, COUNTY.incarnation, CITY.node, nonce, public, [7, first_hash, 0, None], 2, None]
    question = sign(cbor(ask), "hello", COUNTY)
    reply = [CITY.node, CITY.incarnation, COUNTY.node, nonce, answer_public, [7, first_hash, 0, None], 1, H(question)]
    answer = sign(cbor(reply), "hello", CITY)
    secret = SUITE.secret(b"\x11" * 32, answer_public)
    salt = H(question, answer)
    keys = [hkdf(secret, salt, b"bangfu/1/line/" + name, count)
            for name, count in ((b"child", KEY_SIZE[SUITE]), (b"parent", KEY_SIZE[SUITE]), (b"session", 16))]
    target, counter = "/sync/up?offset=0", (9).to_bytes(8, "big")
    headers = [cbor([1, 9, "POST", target, 0]), cbor([2, 9, "POST", target, 409])]
    sealed = SUITE.encrypt(keys[0], bytes([0, 0, 0, 1]) + counter, "你好".encode(), headers[0])
    returned = SUITE.encrypt(keys[1], bytes([0, 0, 0, 2]) + counter, b"", headers[1])
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


MATCHING_SEED, EPHEMERAL_SEED, SALT = b"\x51" * 32, b"\x61" * 32, b"\x07" * 16


def matching_key():
    key = SUITE.exchange_public(MATCHING_SEED)
    return key, H(bytes([0x31, SUITE.number]), key)[:16]


def sealed_number(packed):
    """The section `match` for nine bytes."""
    (key, name), ephemeral = matching_key(), SUITE.exchange_public(EPHEMERAL_SEED)
    info = b"bangfu/1/match" + record(1) + ephemeral + key
    own = hkdf(SUITE.secret(EPHEMERAL_SEED, key), SALT, info, KEY_SIZE[SUITE])
    return {1: name, 2: ephemeral, 3: SUITE.encrypt(own, bytes(12), packed, b"")}


def matches():
    key, name = matching_key()
    section = sealed_number(bytes.fromhex("11010519491231002a"))
    write("match", {
        "matchingSeed": MATCHING_SEED.hex(), "matchingKey": key.hex(), "matchingKeyID": name.hex(),
        "ephemeralSeed": EPHEMERAL_SEED.hex(), "ephemeralKey": section[2].hex(), "record": record(1).hex(),
        "salt": SALT.hex(), "number": "11010519491231002X", "sealed": section[3].hex(), "bytes": cbor(section).hex()})


def flipped(data, place):
    return data[:place] + bytes([data[place] ^ 1]) + data[place + 1:]


def changed_signatures(message):
    """The message with other signatures; the last 64 bytes are r and s, or R and S."""
    start, first, second = message[:-64], message[-64:-32], message[-32:]
    yield "a bit of the payload", flipped(message, len(message) - 72)
    yield "a bit of the signature", flipped(message, len(message) - 1)
    if SUITE is NATIONAL:
        for name, value in (("zero", 0), ("the order", suites.N), ("over the order", 2 ** 256 - 1)):
            yield f"r is {name}", start + suites.word(value) + second
            yield f"s is {name}", start + first + suites.word(value)
        yield "r and s make the order", start + suites.word(1) + suites.word(suites.N - 1)


def weak_keys():
    if SUITE is INTERNATIONAL:
        yield "a key of small order", bytes(32)
        yield "a key that is not canonical", b"\xee" + b"\xff" * 30 + b"\x7f"
        yield "a key of another length", bytes(33)
        return
    point = suites.times(7, suites.G)
    x = next(x for x in range(1, 100) if not suites.has_y(x))
    yield "an x without a point", b"\x02" + suites.word(x)
    yield "an x over the prime", b"\x02" + suites.word(suites.P + 1)
    yield "an uncompressed point", b"\x04" + suites.word(point[0]) + suites.word(point[1])
    yield "another first byte", b"\x04" + suites.word(point[0])
    yield "a key of another length", suites.word(point[0])
    yield "infinity", b"\x00"


def refused(log_id, contexts, entries, leaves, first, first_hash):
    """Altered bytes of each kind, each with the code it is refused with."""
    found = []

    def add(what, name, data, code, beside=None):
        found.append({"what": what, "name": name, "bytes": data.hex(), "code": code,
                      "beside": beside.hex() if beside else None})

    for other in (0, 3, 256):
        add("core", f"suite {other}", cbor({1: other, 2: 0x81}), "unsupported-suite")
    for name, data in changed_signatures(first):
        add("seal", name, data, "bad-signature")
    add("seal", "another algorithm", sign_as(-7, first_payload(first), COUNTY), "unsupported-suite")
    seat = [bytes([0xE0] * 16), "320507", 3, "320500"]
    honest = sign(cbor([*seat, SUITE.number, SUITE.public(b"\x15" * 32)]), "cert", CITY)
    add("certificate", "a bit of the signature", flipped(honest, len(honest) - 1), "bad-signature")
    add("certificate", "suite 3", sign(cbor([*seat, 3, SUITE.public(b"\x15" * 32)]), "cert", CITY), "unsupported-suite")
    for name, key in weak_keys():
        add("certificate", name, sign(cbor([*seat, SUITE.number, key]), "cert", CITY), "weak-key")
    indexes = [1, 2, 4]
    shown = [report(index, withheld=(2,)) for index in indexes]
    evidence = proof(leaves, indexes)
    for name, hashes in (("an altered proof", [flipped(evidence[0], 0), *evidence[1:]]), ("a proof cut", evidence[:-1])):
        add("excerpt", name, cbor([log_id, 0, first_hash, [[1, 2], [4, 1]], block(shown), hashes]), "proof-mismatch", first)
    refused_changesets(add, log_id, contexts, entries, first, leaves)
    refused_hellos(add, first_hash)
    section = sealed_number(bytes.fromhex("11010519491231002a"))
    add("match", "a bit of the number", cbor(section | {3: flipped(section[3], 0)}), "bad-signature")
    add("match", "another matching key", cbor(section | {1: flipped(section[1], 0)}), "unknown-key")
    add("match", "an ephemeral key that gives no secret", cbor(section | {2: bytes(SUITE.key_size)}), "weak-key")
    add("match", "no number inside", cbor(sealed_number(b"\xff" * 9)), "malformed")
    add("match", "a number cut", cbor(section | {3: section[3][:-1]}), "malformed")
    write("refused", {"refused": found})


def first_payload(message):
    """The payload of a message whose protected header is known."""
    start = 2 + len(cbor(cbor({1: SUITE.algorithm, 4: bytes(16)}))) + 1
    size = message[start + 1] if message[start] == 0x58 else int.from_bytes(message[start + 1:start + 3], "big")
    start += 2 if message[start] == 0x58 else 3
    return message[start:start + size]


def sign_as(algorithm, payload, member):
    return head(6, 18) + cbor([cbor({1: algorithm, 4: member.kid}), {}, payload, bytes(64)])


def whole(entries, sealed, excerpts=(), damage=None):
    body = cbor([block(entries), list(excerpts)])
    packed = lz4(body)
    payload = [COUNTY.node, CITY.node, sealed, H(b"\x03", packed), len(packed), len(body)]
    cover = sign(cbor(payload), "cover", COUNTY)
    packed = flipped(packed, len(packed) - 1) if damage else packed
    return b"BGFU\x01\x00\x00\x00" + len(cover).to_bytes(4, "big") + cover + packed


def refused_changesets(add, log_id, contexts, entries, first, leaves):
    add("changeset", "a packed byte altered", whole(entries, first, damage=True), "digest-mismatch")
    add("changeset", "an entry exchanged", whole([report(9), *entries[1:]], first), "root-mismatch")
    other = 3 - SUITE.number
    stranger = Entry({1: other, 2: 0x87}, b"", [], 1)
    mixed = [*entries[:-1], stranger]
    sealed, _ = seal(COUNTY, log_id, 0, contexts, [*leaves[:-1], stranger.hash(contexts)], None)
    add("changeset", "an entry of another suite", whole(mixed, sealed), "malformed")


def refused_hellos(add, first_hash):
    nonce = bytes(range(0x40, 0x60))
    other = NATIONAL if SUITE is INTERNATIONAL else INTERNATIONAL

    def hello(key):
        ask = [COUNTY.node, COUNTY.incarnation, CITY.node, nonce, key, [7, first_hash, 0, None], 2, None]
        return sign(cbor(ask), "hello", COUNTY)

    add("hello", "an exchange key of another suite", hello(other.exchange_public(b"\x11" * 32)), "malformed")
    add("hello", "an exchange key that gives no secret", hello(bytes(SUITE.key_size)), "weak-key")
    for name, data in changed_signatures(hello(SUITE.exchange_public(b"\x11" * 32))):
        add("hello", name, data, "bad-signature")


def everything():
    certificates()
    cores()
    blocks()
    county = county_seals()
    travelling(*county)
    receipts(county[0], county[5])
    hellos(county[5])
    matches()
    refused(*county)


if __name__ == "__main__":
    use(".", *[INTERNATIONAL] * 4)
    everything()
    use("national", *[NATIONAL] * 4)
    everything()
    use("mixed", INTERNATIONAL, NATIONAL, INTERNATIONAL, NATIONAL)
    certificates()
