"""Receipts: section 14."""

from dataclasses import dataclass

from . import cbor
from .cose import read_message
from .log import Log, read_log
from .refusal import Refusal
from .trust import Trust


@dataclass(frozen=True)
class Receipt:
    """How far a log is held and applied."""

    issuer: bytes
    log: Log
    durable: int
    durable_hash: bytes | None
    applied: int
    credit: int
    number: int


def verify_receipt(raw: bytes, trust: Trust, peer: bytes) -> Receipt:
    message = read_message(raw, "receipt")
    signer = trust.current_signer(message)
    message.check_signature("receipt", trust.federation, signer.key)
    reader = cbor.Reader(message.payload, "receipt")
    reader.array(7)
    receipt = Receipt(reader.octets(16), read_log(reader), reader.unsigned(), reader.octets_or_null(32),
                      reader.unsigned(), reader.unsigned(), reader.unsigned())
    reader.end()
    if signer.node != receipt.issuer or receipt.issuer != peer:
        raise Refusal("not-entitled", "the receipt is not its issuer's, or of another peer")
    return receipt
