"""Cover and changeset, and the steps of section 12 that need no store."""

from dataclasses import dataclass

import lz4.frame

from . import cbor
from .block import read_block
from .cose import COVER_LIMIT, Message, read_message
from .entry import Entry
from .excerpt import Excerpt, read_excerpt
from .refusal import Refusal, malformed
from .seal import Seal, check_seal, read_seal
from .suites import PACKED
from .tree import tree_root
from .trust import Trust

MAGIC = b"BGFU"
PREAMBLE_SIZE = 12
PACKED_LIMIT = 8 << 20
UNPACKED_LIMIT = 32 << 20
EXPANSION = 64
MOST_EXCERPTS = 1024

_FRAME_MAGIC = b"\x04\x22\x4d\x18"
_FRAME_DICTIONARY_FLAG = 0x01


@dataclass(frozen=True)
class Cover:
    """The sender's envelope around one seal and its entries."""

    message: Message
    sender: bytes
    receiver: bytes | None
    seal: bytes
    packed_digest: bytes
    packed_size: int
    unpacked_size: int


@dataclass(frozen=True)
class Body:
    """The entries of a seal with their hashes, and the excerpts that travel beside them."""

    entries: tuple[Entry, ...]
    hashes: tuple[bytes, ...]
    excerpts: tuple[Excerpt, ...]


def read_cover(raw: bytes) -> Cover:
    message = read_message(raw, "cover", COVER_LIMIT)
    reader = cbor.Reader(message.payload, "cover")
    reader.array(6)
    sender, receiver, seal = reader.octets(16), reader.octets_or_null(16), reader.octets()
    digest, packed_size, unpacked_size = reader.octets(32), reader.unsigned(), reader.unsigned()
    reader.end()
    return Cover(message, sender, receiver, seal, digest, packed_size, unpacked_size)


def split(data: bytes) -> tuple[Cover, bytes]:
    """Steps 1 to 7: the cover, its shape and declared sizes, and the packed bytes."""
    if len(data) < PREAMBLE_SIZE or data[:4] != MAGIC:
        raise malformed("changeset: not a changeset")
    if data[4] != 1:
        raise Refusal("unsupported-version", f"changeset: major version {data[4]}")
    if data[6:8] != bytes(2):
        raise Refusal("unsupported-version", "changeset: unknown flags")
    cover_size = int.from_bytes(data[8:12], "big")
    if cover_size > COVER_LIMIT or len(data) > PREAMBLE_SIZE + cover_size + PACKED_LIMIT:
        raise Refusal("too-large", "changeset: cover or whole is too large")
    if len(data) <= PREAMBLE_SIZE + cover_size:
        raise malformed("changeset: nothing follows the cover")
    cover = read_cover(data[PREAMBLE_SIZE:PREAMBLE_SIZE + cover_size])
    if cover.packed_size > PACKED_LIMIT or cover.unpacked_size > UNPACKED_LIMIT:
        raise Refusal("too-large", "cover: declared sizes are too large")
    return cover, data[PREAMBLE_SIZE + cover_size:]


def check_cover(cover: Cover, packed: bytes, trust: Trust, sender: bytes, receiver: bytes | None) -> None:
    """Steps 8 to 12; `sender` is the peer, `receiver` whoever reads."""
    signer = trust.current_signer(cover.message)
    cover.message.check_signature("cover", trust.federation, signer.key)
    if signer.node != cover.sender or cover.sender != sender:
        raise Refusal("not-entitled", "the cover is not its sender's")
    if cover.receiver != receiver:
        raise Refusal("wrong-receiver", "the cover is for another receiver")
    if len(packed) != cover.packed_size or cover.message.suite.digest(PACKED, packed) != cover.packed_digest:
        raise Refusal("digest-mismatch", "the packed bytes are not those of the cover")


def open_seal(cover: Cover, trust: Trust, bounded: bool = True) -> Seal:
    """Steps 13 to 16; without `bounded` as if no key had been taken away."""
    seal = read_seal(cover.seal)
    check_seal(seal, trust, bounded)
    return seal


def unpack(cover: Cover, packed: bytes) -> bytes:
    """Steps 19 and 20. The library accepts skippable frames and several in a row; this does not."""
    size = cover.unpacked_size
    if size < 1:
        raise Refusal("too-large", "cover: an unpacked size of 0")
    if size > EXPANSION * cover.packed_size:
        raise Refusal("expansion", f"cover: {size} bytes from {cover.packed_size}")
    if packed[:4] != _FRAME_MAGIC or len(packed) < 7 or packed[4] & _FRAME_DICTIONARY_FLAG:
        raise malformed("packed: not an LZ4 frame without dictionary")
    frame = lz4.frame.LZ4FrameDecompressor()
    try:
        body = frame.decompress(packed, max_length=size + 1)
    except (RuntimeError, EOFError) as error:
        raise malformed(f"packed: not a whole LZ4 frame ({error})") from None
    if len(body) != size or not frame.eof or frame.unused_data:
        raise malformed("packed: not one LZ4 frame of the size that the cover names")
    return body


def read_body(body: bytes, seal: Seal) -> Body:
    """Steps 21 to 23."""
    reader = cbor.Reader(body, "body")
    reader.array(2)
    entries = tuple(read_block(reader))
    if any(entry.context >= len(seal.contexts) for entry in entries):
        raise reader.refuse("an entry names a context that the seal has not")
    if any(entry.core.suite is not seal.suite for entry in entries):
        raise reader.refuse("an entry has another suite than its seal")
    hashes = tuple(entry.hash(seal.contexts) for entry in entries)
    if len(entries) != seal.count or tree_root(seal.suite, list(hashes)) != seal.root:
        raise Refusal("root-mismatch", "the entries are not those of the seal")
    excerpts = tuple(read_excerpt(reader) for _ in range(reader.array(most=MOST_EXCERPTS)))
    reader.end()
    places = [(excerpt.log.raw, excerpt.first) for excerpt in excerpts]
    if any(left >= right for left, right in zip(places, places[1:])):
        raise reader.refuse("excerpts are not ascending")
    return Body(entries, hashes, excerpts)
