import SyncProtocol
import Testing

@Suite struct ReceiptTests {
    let union: Union

    init() throws { union = try Union() }

    func receipt(durable: UInt64, _ hash: Digest?, issuer: Member? = nil, key: SigningKey? = nil) throws -> Receipt {
        try Receipt(
            issuer: (issuer ?? union.city).node, log: union.up(union.county, to: union.city), durable: durable,
            durableHash: hash, applied: durable / 2, credit: 1 << 20, number: 4,
            federation: union.federation, key: key ?? union.city.key)
    }

    @Test func `a receipt is read as it was written`() throws {
        for receipt in [try receipt(durable: 0, nil), try receipt(durable: 1 << 40, Digest(Array(0...31)))] {
            let read = try Receipt(verifying: receipt.message.encoded[...], from: union.city.node, trust: union.trust)
            #expect(read == receipt)
        }
    }

    @Test func `a receipt by another node is refused`() throws {
        let honest = try receipt(durable: 3, Digest(Array(0...31)))
        expectRefusal(.notEntitled) {
            _ = try Receipt(verifying: honest.message.encoded[...], from: union.province.node, trust: union.trust)
        }
        let forged = try receipt(durable: 3, nil, key: union.county.key)
        expectRefusal(.notEntitled) {
            _ = try Receipt(verifying: forged.message.encoded[...], from: union.city.node, trust: union.trust)
        }
        let unknown = try receipt(durable: 3, nil, key: union.stranger().key)
        expectRefusal(.unknownKey) {
            _ = try Receipt(verifying: unknown.message.encoded[...], from: union.city.node, trust: union.trust)
        }
    }

    @Test func `every flipped bit and truncation of a receipt is refused`() throws {
        var bytes = try receipt(durable: 3, Digest(Array(0...31))).message.encoded
        for count in 0..<bytes.count {
            #expect(throws: ProtocolError.self) {
                try Receipt(verifying: bytes[..<count], from: union.city.node, trust: union.trust)
            }
        }
        for bit in 0..<bytes.count * 8 {
            bytes[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(throws: ProtocolError.self) {
                try Receipt(verifying: bytes[...], from: union.city.node, trust: union.trust)
            }
            bytes[bit / 8] ^= 1 << UInt8(bit % 8)
        }
    }

    @Test func `a message of another purpose is no receipt`() throws {
        let payload = try receipt(durable: 3, nil).message.payload
        let other = try SignedMessage(signing: Array(payload), as: .hello, in: union.federation, with: union.city.key)
        expectRefusal(.badSignature) {
            _ = try Receipt(verifying: other.encoded[...], from: union.city.node, trust: union.trust)
        }
    }
}
