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
    """Writes into `folder` from here on; `choice`: the suites of root, national node, province, city and county."""
    global SUITE, FOLDER, ROOT, NATION, PROVINCE, CITY, COUNTY, COUNTY_NEW, NAMES
    SUITE, FOLDER = choice[-1], HERE / folder
    FOLDER.mkdir(exist_ok=True)
    ROOT = Member(5, "", 0, "", choice[0])
    NATION = Member(1, "000000", 0, "", choice[1])
    PROVINCE = Member(2, "320000", 1, "000000", choice[2])
    CITY = Member(3, "320500", 2, "320000", choice[3])
    COUNTY = Member(4, "320506", 3, "320500", choice[4])
    COUNTY_NEW = Member(6, "320506", 3, "320500", choice[4])
    COUNTY_NEW.node, COUNTY_NEW.incarnation = COUNTY.node, COUNTY.incarnation
    # The root key lies offline: there is no database of its node, and so no life.
    ROOT.incarnation = None
    NAMES = {"root": ROOT, "national": NATION, "province": PROVINCE, "city": CITY, "county": COUNTY,
             "county-new": COUNTY_NEW}


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
        "open": {1: SUITE.number, 2: 0x89, 7: [0]},
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
    return log_id, contexts, entries, leaves, first, first_hash, second_hash


def blocks():
    contexts = [context(COUNTY, 1, 3, 1), context(COUNTY, 0, 0, 1)]
    entries = [
        report(1), report(2, withheld=(1,)), Entry({1: SUITE.number, 2: 0x87}, b"", [], 1),
        report(3, withheld=(0, 1, 2))]
    write("block", {
        "bytes": cbor(block(entries)).hex(), "contexts": [context_json(item) for item in contexts],
        "entries": [entry.described(contexts) for entry in entries],
        "root": merkle([entry.hash(contexts) for entry in entries]).hex()})


def travelling(log_id, contexts, entries, leaves, first, first_hash, second_hash):
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


def statement(issuer, number, previous, kind, *fields):
    """A trust statement and its hash."""
    payload = cbor([kind, number, previous, *fields])
    return sign(payload, "cert", issuer), issuer.suite.hash(b"\x05" + payload)


def certify(issuer, number, previous, member, consent=None):
    return statement(issuer, number, previous, 1, member.node, member.code, member.level, member.parent,
                     member.suite.number, member.key, consent)


def revoke(issuer, number, previous, member, bound=(0, None), logs=(), reason="钥匙丢失"):
    """`logs`: list of [log id, next, seal hash]."""
    return statement(issuer, number, previous, 2, member.kid, *bound, list(logs), reason)


def rotation(present, new):
    """The whole message and the one inside it."""
    inner = sign(cbor([present.node, present.kid, new.suite.number, new.key]), "rotate", new)
    return sign(inner, "rotate", present), inner


def certificates(end):
    """`end`: the position and seal hash that bound the first key of the county in its up log."""
    global TRUST
    TRUST, found, revocations = {}, [], []
    issuers = {"root": "root", "national": "root", "province": "national", "city": "province", "county": "city",
               "county-new": "city"}
    numbers, last = dict.fromkeys(NAMES, 0), dict.fromkeys(NAMES)
    consent, inner = rotation(COUNTY, COUNTY_NEW)

    def enter(name, signer, make, *arguments):
        number, previous = numbers[signer], last[signer]
        raw, own = make(NAMES[signer], number, previous, *arguments)
        TRUST[name], numbers[signer], last[signer] = (raw, own), number + 1, own
        return {"name": name, "bytes": raw.hex(), "signer": signer, "number": number,
                "previous": previous.hex() if previous else None, "hash": own.hex()}

    for name, member in NAMES.items():
        wish = consent if name == "county-new" else None
        found.append(enter(name, issuers[name], certify, member, wish) | {
            "node": member.node.hex(), "code": member.code, "level": member.level, "parent": member.parent,
            "suite": member.suite.number, "key": member.key.hex(), "keyID": member.kid.hex(), "seed": member.seed.hex(),
            "incarnation": member.incarnation.hex() if member.incarnation else None,
            "consent": wish.hex() if wish else None})
    up = log(COUNTY, 1, CITY)
    first = enter("county-revoked", "city", revoke, COUNTY, (0, None), [[up, *end]])
    listed = log_json(up) | {"next": end[0], "hash": end[1].hex() if end[1] else None}
    revocations.append(revocation_json(first, COUNTY, (0, None), [listed]))
    bound = (numbers["city"], last["city"])
    revocations.append(revocation_json(enter("city-revoked", "province", revoke, CITY, bound), CITY, bound, []))
    write("certificate", {
        "federation": FEDERATION.hex(), "certificates": found, "revocations": revocations,
        "rotation": {"bytes": consent.hex(), "inner": inner.hex(), "node": COUNTY.node.hex(),
                     "presentKey": COUNTY.kid.hex(), "suite": COUNTY_NEW.suite.number, "key": COUNTY_NEW.key.hex()}})


def revocation_json(entered, member, bound, logs):
    return entered | {"key": member.kid.hex(), "statements": bound[0], "statementHash": bound[1].hex() if bound[1] else None,
                      "logs": logs, "reason": "钥匙丢失"}


def receipts(log_id, first_hash):
    payload = cbor([CITY.node, log_id, 7, first_hash, 5, 8 << 20, 3])
    empty = cbor([CITY.node, log_id, 0, None, 0, 0, 1])
    write("receipt", {"receipts": [
        {"bytes": sign(payload, "receipt", CITY).hex(), "signer": "city", "log": log_json(log_id), "durable": 7,
         "durableHash": first_hash.hex(), "applied": 5, "credit": 8 << 20, "number": 3},
        {"bytes": sign(empty, "receipt", CITY).hex(), "signer": "city", "log": log_json(log_id), "durable": 0,
         "durableHash": None, "applied": 0, "credit": 0, "number": 1}]})


def audits():
    """Two entries of the county's audit, its head, and the city's word that it saw it."""
    rows = [
        [1, 1782878400000, "init", None, None, "operator", "invite-account", "accounts", None, "account 1", "zhang", "ok", "", ""],
        [2, 1782878460000, "张三", 1, 7, "10.0.0.7", "view_sensitive", "worker_file", bytes(range(16)), "", "370285001", "ok",
         "核对银行账号", "bank_account;family_member.2.id_number"],
    ]
    entries, previous = [], None
    for row in rows:
        previous = H(b"\x06", cbor([previous, *row]))
        entries.append(previous.hex())
    payload = cbor([COUNTY.node, COUNTY.incarnation, 2, previous, 1782878500000])
    witness = cbor([CITY.node, H(b"\x06", payload), 1782878501000])
    write("audit", {
        "entries": entries,
        "head": {"bytes": sign(payload, "audit", COUNTY).hex(), "signer": "county", "node": COUNTY.node.hex(),
                 "incarnation": COUNTY.incarnation.hex(), "number": 2, "hash": previous.hex(), "at": 1782878500000},
        "witness": {"bytes": sign(witness, "witness", CITY).hex(), "signer": "city", "at": 1782878501000}})


def lives(first_hash):
    """The county's up log: an earlier life and the present one."""
    return [[bytes([0xC4, *range(1, 8)]), 3, b"\x66" * 32], [COUNTY.incarnation, 7, first_hash]]


def lives_json(items):
    return [{"incarnation": life.hex(), "next": position, "hash": last.hex() if last else None}
            for life, position, last in items]


def thread_json(item):
    return {"life": item[0].hex(), "number": item[1], "digest": item[2].hex()}


def ask(key, up, down=(), thread=None, nonce=bytes(range(0x40, 0x60))):
    """The payload of the county's question."""
    return [COUNTY.node, COUNTY.incarnation, CITY.node, nonce, key, up, list(down), b"\x55" * 32, thread, None]


def hellos(first_hash):
    nonce = bytes(range(0x40, 0x60))
    public, answer_public = SUITE.exchange_public(b"\x11" * 32), SUITE.exchange_public(b"\x22" * 32)
    asked = ask(public, lives(first_hash), thread=[CITY.incarnation, 3, b"\x77" * 32])
    question = sign(cbor(asked), "hello", COUNTY)
    reply = [CITY.node, CITY.incarnation, COUNTY.node, nonce, answer_public, lives(first_hash),
             [[CITY.incarnation, 0, None]], b"\x66" * 32, None, H(question)]
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
         "nonce": nonce.hex(), "exchangeSeed": seed * 32, "exchangeKey": item[4].hex(),
         "up": lives_json(item[5]), "down": lives_json(item[6]), "trustDigest": item[7].hex(),
         "thread": thread_json(item[8]) if item[8] else None,
         "transcript": item[9].hex() if item[9] else None}
        for raw, signer, item, seed in ((question, "county", asked, "11"), (answer, "city", reply, "22"))]
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


STREAM_SEED, EXPORT = b"\x31" * 32, b"\xE0" * 16


def piece(key, number, last, plain):
    """One sealed piece of a stream."""
    sealed = SUITE.encrypt(key, bytes(4) + number.to_bytes(8, "big"), lz4(plain), cbor([number, last]))
    return len(sealed).to_bytes(4, "big") + sealed


def item(kind, data):
    return bytes([kind]) + len(data).to_bytes(4, "big") + data


def manifest(log_id, first_hash, ephemeral):
    channel = [CITY.node, CITY.incarnation, 3, CITY.node]
    return [COUNTY.node, COUNTY.incarnation, CITY.node, CITY.incarnation, 1_760_000_000_000, EXPORT, lives(first_hash),
            [[CITY.incarnation, 2, b"\x66" * 32]], [[channel, 4]], b"\x55" * 32, [[log_id, 0, 7]], [[0, 0]], 1, ephemeral]


def bundles(log_id, contexts, entries, leaves, first, first_hash, second_hash):
    receiver, ephemeral = SUITE.received(CITY.key), SUITE.exchange_public(STREAM_SEED)
    opened = cbor([COUNTY.node, CITY.node, CITY.kid, ephemeral])
    head = b"BGFB\x01\x00\x00\x00" + len(opened).to_bytes(4, "big") + opened
    secret = SUITE.secret(STREAM_SEED, receiver)
    key = hkdf(secret, ephemeral + receiver, b"bangfu/1/bundle" + head, KEY_SIZE[SUITE])
    stated = manifest(log_id, first_hash, ephemeral)
    signed = sign(cbor(stated), "bundle", COUNTY)
    down = [CITY.node, CITY.incarnation, 2, COUNTY.node]
    receipt = sign(cbor([COUNTY.node, down, 2, b"\x66" * 32, 2, 8 << 20, 1]), "receipt", COUNTY)
    items = [(2, TRUST["county"][0]), (3, receipt), (4, whole(entries, first))]
    plain = item(1, signed) + b"".join(item(kind, data) for kind, data in items)
    cut = len(plain) // 2
    stream = piece(key, 0, False, plain[:cut]) + piece(key, 1, True, plain[cut:])
    write("bundle", {
        "bytes": (head + stream).hex(), "sender": "county", "receiver": "city", "ephemeralSeed": STREAM_SEED.hex(),
        "ephemeralKey": ephemeral.hex(), "receiverKey": CITY.kid.hex(), "receiverExchangeKey": receiver.hex(),
        "secret": secret.hex(), "streamKey": key.hex(), "manifest": signed.hex(),
        "life": COUNTY.incarnation.hex(), "receiverLife": CITY.incarnation.hex(), "made": stated[4],
        "export": EXPORT.hex(), "up": lives_json(stated[6]), "down": lives_json(stated[7]),
        "channels": [{"log": log_json(stated[8][0][0]), "next": 4}], "trustDigest": stated[9].hex(),
        "runs": [{"log": log_json(log_id), "from": 0, "next": 7}], "begins": [{"run": 0, "position": 0}], "file": 1,
        "items": [{"kind": kind, "bytes": data.hex()} for kind, data in items]})


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


def refused(log_id, contexts, entries, leaves, first, first_hash, second_hash):
    """Altered bytes of each kind, each with the code it is refused with."""
    found = []

    def add(what, name, data, code, beside=None, statements=()):
        item = {"what": what, "name": name, "bytes": data.hex(), "code": code, "beside": beside.hex() if beside else None}
        found.append(item | ({"statements": [raw.hex() for raw in statements]} if statements else {}))

    for other in (0, 3, 256):
        add("core", f"suite {other}", cbor({1: other, 2: 0x81}), "unsupported-suite")
    for name, data in changed_signatures(first):
        add("seal", name, data, "bad-signature")
    add("seal", "another algorithm", sign_as(-7, first_payload(first), COUNTY), "unsupported-suite")
    refused_seals(add, log_id, contexts, leaves, first_hash, second_hash)
    refused_certificates(add)
    refused_consents(add)
    refused_revocations(add, log_id)
    indexes = [1, 2, 4]
    shown = [report(index, withheld=(2,)) for index in indexes]
    evidence = proof(leaves, indexes)
    for name, hashes in (("an altered proof", [flipped(evidence[0], 0), *evidence[1:]]), ("a proof cut", evidence[:-1])):
        add("excerpt", name, cbor([log_id, 0, first_hash, [[1, 2], [4, 1]], block(shown), hashes]), "proof-mismatch", first)
    refused_changesets(add, log_id, contexts, entries, leaves, first, first_hash, second_hash)
    refused_hellos(add, first_hash)
    section = sealed_number(bytes.fromhex("11010519491231002a"))
    add("match", "a bit of the number", cbor(section | {3: flipped(section[3], 0)}), "bad-signature")
    add("match", "another matching key", cbor(section | {1: flipped(section[1], 0)}), "unknown-key")
    add("match", "an ephemeral key that gives no secret", cbor(section | {2: bytes(SUITE.key_size)}), "weak-key")
    add("match", "no number inside", cbor(sealed_number(b"\xff" * 9)), "malformed")
    add("match", "a number cut", cbor(section | {3: section[3][:-1]}), "malformed")
    write("refused", {"refused": found})


def refused_seals(add, log_id, contexts, leaves, first_hash, second_hash):
    """The county's first key was taken away at position 8 of its up log."""
    revoked = [TRUST["county-new"][0], TRUST["county-revoked"][0]]
    for name, start, previous in (("past the bound of a revoked key", 8, second_hash),
                                  ("another one at the bound of a revoked key", 7, first_hash)):
        add("seal", name, seal(COUNTY, log_id, start, contexts, leaves[:1], previous)[0], "revoked", statements=revoked)
    later = [log_id[0], bytes([0xD4, *range(1, 8)]), *log_id[2:]]
    other = [[item[0], later[1], *item[2:]] for item in contexts]
    add("seal", "of a log that the revocation of its key does not list", seal(COUNTY, later, 0, other, leaves, None)[0],
        "revoked", statements=revoked)


def refused_certificates(add):
    seat, key = [bytes([0xE0] * 16), "320507", 3, "320500"], SUITE.public(b"\x15" * 32)
    last = TRUST["county"][1]

    def place(number, previous, issuer=CITY, seat=seat, suite=SUITE.number, key=key):
        return statement(issuer, number, previous, 1, *seat, suite, key, None)[0]

    honest = place(1, last)
    add("certificate", "a bit of the signature", flipped(honest, len(honest) - 1), "bad-signature")
    add("certificate", "suite 3", place(1, last, suite=3), "unsupported-suite")
    for name, weak in weak_keys():
        add("certificate", name, place(1, last, key=weak), "weak-key")
    add("certificate", "a gap in the numbers", place(2, last), "position")
    add("certificate", "another statement at a number held", place(0, None), "fork")
    add("certificate", "another hash before it", place(1, flipped(last, 0)), "chain-broken")
    below = [bytes([0xE1] * 16), "320599", 4, "320506"]
    add("certificate", "number 0 with a hash before it", place(0, last, COUNTY, below), "chain-broken")
    add("certificate", "number 1 without a hash before it", place(1, None), "chain-broken")
    national = TRUST["national"][1]
    for name, code, level, parent in (("by the root for a province", "330000", 1, "000000"),
                                      ("by the root for a seat of level 1 without a parent", "330000", 1, ""),
                                      ("by the root for a seat without a code", "", 0, "")):
        add("certificate", name, place(2, national, ROOT, [bytes([0xE0] * 16), code, level, parent]), "not-entitled")
    revoked = revoke(PROVINCE, 1, TRUST["city"][1], CITY, (1, last))[0]
    add("certificate", "past the bound of a revoked key", honest, "revoked", statements=[revoked])
    add("statement", "kind 3", statement(CITY, 1, last, 3, "later")[0], "unsupported-type")


def refused_consents(add):
    def certified(consent):
        return certify(CITY, 1, TRUST["county"][1], COUNTY_NEW, consent)[0]

    whole_consent, inner = rotation(COUNTY, COUNTY_NEW)
    other = Member(7, "320506", 3, "320500", COUNTY_NEW.suite)
    add("certificate", "a consent by another node", certified(sign(inner, "rotate", CITY)), "bad-signature")
    add("certificate", "a consent that only the new key signed", certified(sign(inner, "rotate", COUNTY_NEW)),
        "bad-signature")
    add("certificate", "a consent to another key", certified(rotation(COUNTY, other)[0]), "bad-signature")
    wish = cbor([COUNTY.node, COUNTY.kid, COUNTY_NEW.suite.number, COUNTY_NEW.key])
    alone = sign(sign(wish, "rotate", COUNTY), "rotate", COUNTY)
    add("certificate", "a consent that the new key did not sign", certified(alone), "bad-signature")
    add("certificate", "a bit of the consent's signature", certified(flipped(whole_consent, len(whole_consent) - 1)),
        "bad-signature")


def refused_revocations(add, log_id):
    last = TRUST["county"][1]

    def taken(**changes):
        return revoke(CITY, 1, last, COUNTY, **changes)[0]

    honest = taken(logs=[[log_id, 0, None]])
    add("revocation", "a bit of the signature", flipped(honest, len(honest) - 1), "bad-signature")
    add("revocation", "by another than the issuer", revoke(PROVINCE, 1, TRUST["city"][1], COUNTY)[0], "not-entitled")
    add("revocation", "of a key without a certificate", revoke(CITY, 1, last, COUNTY_NEW)[0], "not-entitled")
    add("revocation", "a log of another node", taken(logs=[[log(CITY, 2, COUNTY), 0, None]]), "not-entitled")
    later = [log_id[0], bytes([0xD4, *range(1, 8)]), *log_id[2:]]
    add("revocation", "logs that descend", taken(logs=[[later, 0, None], [log_id, 0, None]]), "malformed")
    add("revocation", "a log listed twice", taken(logs=[[log_id, 0, None]] * 2), "malformed")
    many = [[log_id[0], bytes(7) + bytes([life]), *log_id[2:]] for life in range(129)]
    add("revocation", "129 logs", taken(logs=[[item, 0, None] for item in many]), "malformed")
    add("revocation", "a log that ends nowhere", taken(logs=[[log_id, 7, None]]), "malformed")
    add("revocation", "a hash of no statement", taken(bound=(0, last)), "malformed")
    add("revocation", "a reason of 1,001 bytes", taken(reason="x" * 1001), "malformed")


def first_payload(message):
    """The payload of a message whose protected header is known."""
    start = 2 + len(cbor(cbor({1: SUITE.algorithm, 4: bytes(16)}))) + 1
    size = message[start + 1] if message[start] == 0x58 else int.from_bytes(message[start + 1:start + 3], "big")
    start += 2 if message[start] == 0x58 else 3
    return message[start:start + size]


def sign_as(algorithm, payload, member):
    return head(6, 18) + cbor([cbor({1: algorithm, 4: member.kid}), {}, payload, bytes(64)])


def whole(entries, sealed, excerpts=(), damage=None, sender=None):
    body = cbor([block(entries), list(excerpts)])
    packed = lz4(body)
    payload = [COUNTY.node, CITY.node, sealed, H(b"\x03", packed), len(packed), len(body)]
    cover = sign(cbor(payload), "cover", sender or COUNTY)
    packed = flipped(packed, len(packed) - 1) if damage else packed
    return b"BGFU\x01\x00\x00\x00" + len(cover).to_bytes(4, "big") + cover + packed


def refused_changesets(add, log_id, contexts, entries, leaves, first, first_hash, second_hash):
    add("changeset", "a packed byte altered", whole(entries, first, damage=True), "digest-mismatch")
    add("changeset", "an entry exchanged", whole([report(9), *entries[1:]], first), "root-mismatch")
    other = 3 - SUITE.number
    stranger = Entry({1: other, 2: 0x87}, b"", [], 1)
    mixed = [*entries[:-1], stranger]
    sealed, _ = seal(COUNTY, log_id, 0, contexts, [*leaves[:-1], stranger.hash(contexts)], None)
    add("changeset", "an entry of another suite", whole(mixed, sealed), "malformed")
    renewed, revoked = TRUST["county-new"][0], TRUST["county-revoked"][0]
    add("changeset", "a cover by a retired key", whole(entries, first), "retired-key", statements=[renewed])
    alone = revoke(CITY, 1, TRUST["county"][1], COUNTY, logs=[[log_id, 7, first_hash]])[0]
    add("changeset", "a cover by a revoked key", whole(entries, first), "revoked", statements=[alone])
    past, _ = seal(COUNTY, log_id, 8, contexts, leaves, second_hash)
    add("changeset", "a seal past the bound of a revoked key", whole(entries, past, sender=COUNTY_NEW), "revoked",
        statements=[renewed, revoked])


def refused_hellos(add, first_hash):
    other = NATIONAL if SUITE is INTERNATIONAL else INTERNATIONAL
    own, up = SUITE.exchange_public(b"\x11" * 32), lives(first_hash)

    def hello(key=own, up=up, down=()):
        return sign(cbor(ask(key, up, down)), "hello", COUNTY)

    add("hello", "an exchange key of another suite", hello(other.exchange_public(b"\x11" * 32)), "malformed")
    add("hello", "an exchange key that gives no secret", hello(bytes(SUITE.key_size)), "weak-key")
    for name, data in changed_signatures(hello()):
        add("hello", name, data, "bad-signature")
    add("hello", "a life listed twice", hello(up=[up[0], up[1], up[0]]), "malformed")
    short = [*ask(own, up)[:8], [3, b"\x77" * 32], None]
    add("hello", "a thread without the parent's life", sign(cbor(short), "hello", COUNTY), "malformed")
    add("hello", "17 lives", hello(down=[[bytes(7) + bytes([life]), 0, None] for life in range(17)]), "malformed")
    add("hello", "by a retired key", hello(), "retired-key", statements=[TRUST["county-new"][0]])
    alone = revoke(CITY, 1, TRUST["county"][1], COUNTY)[0]
    add("hello", "by a revoked key", hello(), "revoked", statements=[alone])


def everything():
    cores()
    blocks()
    county = county_seals()
    certificates((8, county[6]))
    travelling(*county)
    receipts(county[0], county[5])
    audits()
    hellos(county[5])
    matches()
    bundles(*county)
    refused(*county)


if __name__ == "__main__":
    use(".", *[INTERNATIONAL] * 5)
    everything()
    use("national", *[NATIONAL] * 5)
    everything()
    use("mixed", NATIONAL, INTERNATIONAL, NATIONAL, INTERNATIONAL, NATIONAL)
    certificates((0, None))
