"""Bundles for a stick, as their receiver opens them: section 16.4."""

from dataclasses import dataclass

import lz4.frame

from . import cbor
from .changeset import PACKED_LIMIT, PREAMBLE_SIZE
from .cose import COVER_LIMIT, MESSAGE_LIMIT, Message, read_message
from .hello import Life, read_lives
from .log import Log, read_log
from .refusal import Refusal, malformed
from .suites import TAG_SIZE, Suite, suite_numbered
from .trust import Trust

MAGIC = b"BGFB"
HEAD_LIMIT = 256
CHUNK = 1 << 20
SEALED_LIMIT = CHUNK + CHUNK // 128 + 1024
MOST_RUNS, MOST_CHANNELS, MOST_FILES = 64, 64, 256
MANIFEST, STATEMENT, RECEIPT, CHANGESET, ROTATION = 1, 2, 3, 4, 5


@dataclass(frozen=True)
class Head:
    """What stands open: from whom to whom, and what the key is agreed on with."""

    raw: bytes
    sender: bytes
    receiver: bytes
    receiver_key: bytes
    ephemeral_key: bytes
    suite: Suite


@dataclass(frozen=True)
class Run:
    log: Log
    start: int
    next: int


@dataclass(frozen=True)
class Manifest:
    message: Message
    sender: bytes
    life: bytes
    receiver: bytes
    receiver_life: bytes | None
    made: int
    export: bytes
    up: tuple[Life, ...]
    down: tuple[Life, ...]
    channels: tuple[tuple[Log, int], ...]
    trust_digest: bytes
    runs: tuple[Run, ...]
    begins: tuple[tuple[int, int], ...]
    file: int
    ephemeral_key: bytes


def read_head(data: bytes) -> Head:
    if len(data) < 12 or data[:4] != MAGIC:
        raise malformed("bundle: not a bundle")
    if data[4] != 1 or data[6:8] != bytes(2):
        raise Refusal("unsupported-version", "bundle: another major version, or unknown flags")
    size = int.from_bytes(data[8:12], "big")
    if size > HEAD_LIMIT:
        raise Refusal("too-large", f"bundle: a head of {size} bytes")
    if len(data) < 12 + size:
        raise malformed("bundle: cut")
    reader = cbor.Reader(data[12:12 + size], "bundle head")
    reader.array(4)
    names = reader.octets(16), reader.octets(16), reader.octets(16)
    key = reader.octets()
    reader.end()
    for number in (1, 2):
        suite = suite_numbered(number)
        if suite.key_size == len(key):
            return Head(data[:12 + size], *names, key, suite)
    raise malformed("bundle: an exchange key of a length that no suite has")


def stream_key(head: Head, seed: bytes) -> bytes:
    """The key of the sealed stream; `seed` is that of the receiver's signing key."""
    own = head.suite.received_seed(seed)
    secret = head.suite.exchange(own, head.ephemeral_key)
    salt = head.ephemeral_key + head.suite.exchange_key(own)
    return head.suite.derive(secret, salt, b"bangfu/1/bundle" + head.raw, head.suite.sealing_key_size)


def open_stream(suite: Suite, key: bytes, sealed: bytes) -> bytes:
    """The whole stream; an implementation for large ones goes piece by piece."""
    plain, number, is_last = b"", 0, False
    while not is_last:
        if len(sealed) < 4:
            raise malformed("bundle: cut")
        size = int.from_bytes(sealed[:4], "big")
        if size > SEALED_LIMIT:
            raise Refusal("too-large", f"bundle: a piece of {size} bytes")
        piece, sealed = sealed[4:4 + size], sealed[4 + size:]
        if len(piece) < max(size, TAG_SIZE):
            raise malformed("bundle: cut")
        packed, is_last = _open_piece(suite, key, number, piece)
        plain += _unpacked(packed)
        number += 1
    if sealed:
        raise malformed("bundle: bytes follow the stream")
    return plain


def _open_piece(suite: Suite, key: bytes, number: int, piece: bytes) -> tuple[bytes, bool]:
    nonce = bytes(4) + number.to_bytes(8, "big")
    for is_last in (False, True):
        header = (cbor.head(cbor.ARRAY, 2) + cbor.head(cbor.UNSIGNED, number)
                  + cbor.head(cbor.SIMPLE, cbor.TRUE if is_last else cbor.FALSE))
        try:
            return suite.open(key, nonce, header, piece), is_last
        except Refusal:
            continue
    raise Refusal("bad-signature", "bundle: a piece does not open")


def _unpacked(packed: bytes) -> bytes:
    try:
        decompressor = lz4.frame.LZ4FrameDecompressor()
        plain = decompressor.decompress(packed, max_length=CHUNK + 1)
    except RuntimeError:
        raise malformed("bundle: not an LZ4 frame") from None
    if not decompressor.eof or decompressor.unused_data or len(plain) > CHUNK:
        raise malformed("bundle: not one whole frame of at most a mebibyte")
    return plain


def items(plain: bytes) -> list[tuple[int, bytes]]:
    found: list[tuple[int, bytes]] = []
    while plain:
        if len(plain) < 5:
            raise malformed("bundle: cut")
        kind, size = plain[0], int.from_bytes(plain[1:5], "big")
        if kind not in (MANIFEST, STATEMENT, RECEIPT, CHANGESET, ROTATION):
            raise Refusal("unsupported-type", f"bundle: items of kind {kind}")
        if size > (PREAMBLE_SIZE + COVER_LIMIT + PACKED_LIMIT if kind == CHANGESET else MESSAGE_LIMIT):
            raise Refusal("too-large", f"bundle: an item of {size} bytes")
        if len(plain) < 5 + size:
            raise malformed("bundle: cut")
        if (kind == MANIFEST) != (not found) or (found and kind < found[-1][0]):
            raise malformed("bundle: items out of order")
        found.append((kind, plain[5:5 + size]))
        plain = plain[5 + size:]
    if not found:
        raise malformed("bundle: empty")
    return found


def read_manifest(raw: bytes) -> Manifest:
    message = read_message(raw, "bundle")
    reader = cbor.Reader(message.payload, "bundle")
    reader.array(14)
    first = (reader.octets(16), reader.octets(8), reader.octets(16), reader.octets_or_null(8), reader.unsigned(),
             reader.octets(16), read_lives(reader), read_lives(reader))
    channels = []
    for _ in range(reader.array(most=MOST_CHANNELS)):
        reader.array(2)
        channels.append((read_log(reader), reader.unsigned()))
    digest = reader.octets(32)
    runs = []
    for _ in range(reader.array(most=MOST_RUNS)):
        reader.array(3)
        runs.append(Run(read_log(reader), reader.unsigned(), reader.unsigned()))
    begins = []
    for _ in range(reader.array(most=MOST_FILES)):
        reader.array(2)
        begins.append((reader.unsigned(), reader.unsigned()))
    manifest = Manifest(message, *first, tuple(channels), digest, tuple(runs), tuple(begins), reader.unsigned(),
                        reader.octets())
    reader.end()
    _check_plan(manifest)
    return manifest


def _check_plan(manifest: Manifest) -> None:
    """The runs are of different logs and hold something; the files follow each other."""
    runs, begins = manifest.runs, manifest.begins
    is_plain = (
        len({run.log.raw for run in runs}) == len(runs) and all(run.start < run.next for run in runs)
        and len(begins) > 0 and begins[0] == (0, runs[0].start if runs else 0)
        and all(one < other for one, other in zip(begins, begins[1:]))
        and all(run < len(runs) and runs[run].start <= position < runs[run].next for run, position in begins[1:])
        and 1 <= manifest.file <= len(begins))
    if not is_plain:
        raise malformed("bundle: runs and files that do not fit each other")


def verify_manifest(manifest: Manifest, head: Head, trust: Trust) -> None:
    signer = trust.current_signer(manifest.message)
    manifest.message.check_signature("bundle", trust.federation, signer.key)
    if signer.node != manifest.sender or manifest.sender != head.sender:
        raise Refusal("not-entitled", "bundle: by another node than the one it comes from")
    if manifest.receiver != head.receiver:
        raise Refusal("wrong-receiver", "bundle: for another node")
    if manifest.ephemeral_key != head.ephemeral_key:
        raise Refusal("bad-signature", "bundle: the manifest belongs to another one")


def open_bundle(data: bytes, node: bytes, seed: bytes) -> tuple[Head, Manifest, list[tuple[int, bytes]]]:
    """Head, manifest (not verified yet) and the other items, for the node whose signing key has `seed`."""
    head = read_head(data)
    if head.receiver != node:
        raise Refusal("wrong-receiver", "bundle: for another node")
    found = items(open_stream(head.suite, stream_key(head, seed), data[len(head.raw):]))
    return head, read_manifest(found[0][1]), found[1:]
