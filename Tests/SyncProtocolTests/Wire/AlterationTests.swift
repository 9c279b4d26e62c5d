import SyncProtocol
import Testing

/// Nothing near a good changeset is taken for one: every truncation and every flipped bit, at each layer of its own.
@Suite struct AlterationTests {
    let union: Union
    let changeset: Changeset
    let origin: Seal

    init() throws {
        union = try Union()
        let entries = (0..<3).map(report)
        origin = try union.seal(entries, union.up(union.county, to: union.city), by: union.county)
        let excerpt = try union.excerpt(entries, of: origin, [0, 2], shown: [.nation])
        let bare = Entry(core: EntryCore(type: .approve), seed: [UInt8](repeating: 1, count: 16), sections: [])
        changeset = try union.changeset([report(7), bare], excerpts: [excerpt], from: union.city, to: union.province)
    }

    func admit(_ bytes: [UInt8]) throws {
        let read = try Changeset(verifying: bytes, from: union.city.node, to: union.province.node, trust: union.trust)
        let body = try Body(unpacking: read.packed, size: read.cover.unpackedSize, of: read.seal)
        for excerpt in body.excerpts { try excerpt.verify(against: origin) }
    }

    @Test func `every truncation is refused`() throws {
        try admit(changeset.encoded)
        for count in 0..<changeset.encoded.count {
            #expect(throws: ProtocolError.self, "cut to \(count)") { try admit(Array(changeset.encoded.prefix(count))) }
        }
    }

    /// Byte 5 is the minor version, of which any is read; nothing else in a changeset is free.
    @Test func `every flipped bit but those of the minor version is refused`() throws {
        var bytes = changeset.encoded
        for bit in 0..<bytes.count * 8 where bit / 8 != 5 {
            bytes[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(throws: ProtocolError.self, "bit \(bit)") { try admit(bytes) }
            bytes[bit / 8] ^= 1 << UInt8(bit % 8)
        }
        for bit in 40..<48 {
            bytes[5] ^= 1 << UInt8(bit % 8)
            #expect(throws: Never.self) { try admit(bytes) }
            bytes[5] ^= 1 << UInt8(bit % 8)
        }
    }

    /// What a malicious member can sign: a body of its own making under good signatures.
    @Test func `every flipped bit and truncation of the body alone is refused`() throws {
        let size = changeset.cover.unpackedSize
        var bytes = try Packing.unpack(changeset.packed, size: size)
        func read(_ bytes: ArraySlice<UInt8>) throws {
            for excerpt in try Body(decoding: bytes, of: changeset.seal).excerpts { try excerpt.verify(against: origin) }
        }
        try read(bytes[...])
        for count in 0..<bytes.count { #expect(throws: ProtocolError.self, "cut to \(count)") { try read(bytes[..<count]) } }
        for bit in 0..<bytes.count * 8 {
            bytes[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(throws: ProtocolError.self, "bit \(bit)") { try read(bytes[...]) }
            bytes[bit / 8] ^= 1 << UInt8(bit % 8)
        }
    }

    @Test func `bodies with many altered bytes never crash`() throws {
        var random = SplitMix64(seed: 9_162)
        let bytes = try Packing.unpack(changeset.packed, size: changeset.cover.unpackedSize)
        for round in 0..<1_000 {
            var altered = bytes
            for _ in 0..<Int.random(in: 2...8, using: &random) {
                altered[Int.random(in: 0..<altered.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            if altered == bytes { continue }
            #expect(throws: ProtocolError.self, "round \(round)") {
                for excerpt in try Body(decoding: altered[...], of: changeset.seal).excerpts {
                    try excerpt.verify(against: origin)
                }
            }
        }
    }
}
