import Testing

@testable import SyncProtocol

@Suite struct SealedNumberTests {
    let number: ResidentNumber
    let record: RecordID
    let salt = [UInt8](repeating: 7, count: 16)

    init() throws {
        number = try #require(ResidentNumber("11010519491231002X"))
        record = try #require(RecordID(milliseconds: 1_760_000_000_000, entropy: [UInt8](repeating: 1, count: 10)))
    }

    func secretKey(_ suite: Suite, _ byte: UInt8 = 0x51) throws -> ExchangeKey {
        try ExchangeKey(seed: [UInt8](repeating: byte, count: 32), suite: suite)
    }

    func sealer(_ suite: Suite, _ byte: UInt8 = 0x61) throws -> NumberSealer {
        let key = try MatchingKey(suite: suite, bytes: secretKey(suite).publicBytes)
        return try NumberSealer(to: key, seed: [UInt8](repeating: byte, count: 32))
    }

    @Test func `a number has 17 digits and a check character, and packs into 9 bytes`() throws {
        #expect(Hex.encode(number.packed) == "11010519491231002a")
        for text in ["000000000000000000", "999999999999999999", "11010519491231002X"] {
            let number = try #require(ResidentNumber(text))
            #expect(ResidentNumber(packed: number.packed) == number)
        }
        let others = [
            "", "110105491231002", "11010519491231002x", "11010519491231002A", "1101051949123100X2", "E12345678",
            "H1234567890", "11010519491231002X ", "１１０１０５１９４９１２３１００２X", "+1010519491231002X",
        ]
        for other in others { #expect(ResidentNumber(other) == nil) }
        for packed in ["a1010519491231002a", "11010519491231002b", "110105194912310fa1", "1101", ""] {
            #expect(ResidentNumber(packed: try hex(packed)) == nil)
        }
    }

    @Test(arguments: Suite.allCases) func `what the home seals the matching job opens`(_ suite: Suite) throws {
        var sealer = try sealer(suite), opener = try NumberOpener(secretKey(suite))
        let section = try sealer.seal(number, of: record, salt: salt)
        #expect(section.count == (suite == .international ? 82 : 83))
        let read = try SealedNumber(decoding: section[...])
        #expect(read.encoded == section && read.matchingKey == sealer.key.id)
        #expect(try opener.open(read, of: record, salt: salt) == number)
        var another = try self.sealer(suite, 0x62)
        let second = try SealedNumber(decoding: another.seal(number, of: record, salt: salt)[...])
        #expect(second.sealed != read.sealed)
        #expect(try opener.open(second, of: record, salt: salt) == number)
        #expect(try opener.open(read, of: record, salt: salt) == number)
    }

    @Test(arguments: Suite.allCases) func `nothing opens elsewhere or altered`(_ suite: Suite) throws {
        var sealer = try sealer(suite), opener = try NumberOpener(secretKey(suite))
        let read = try SealedNumber(decoding: sealer.seal(number, of: record, salt: salt)[...])
        let other = try #require(RecordID(milliseconds: 1_760_000_000_001, entropy: [UInt8](repeating: 1, count: 10)))
        expectRefusal(.badSignature) { _ = try opener.open(read, of: other, salt: salt) }
        expectRefusal(.badSignature) { _ = try opener.open(read, of: record, salt: [UInt8](repeating: 8, count: 16)) }
        for index in read.sealed.indices {
            var sealed = read.sealed
            sealed[index] ^= 1
            let altered = SealedNumber(matchingKey: read.matchingKey, ephemeralKey: read.ephemeralKey, sealed: sealed)
            expectRefusal(.badSignature) { _ = try opener.open(altered, of: record, salt: salt) }
        }
        let exchanged = SealedNumber(
            matchingKey: read.matchingKey, ephemeralKey: try secretKey(suite, 3).publicBytes, sealed: read.sealed)
        expectRefusal(.badSignature) { _ = try opener.open(exchanged, of: record, salt: salt) }
        let weak = SealedNumber(
            matchingKey: read.matchingKey, ephemeralKey: [UInt8](repeating: 0, count: suite.keySize), sealed: read.sealed)
        expectRefusal(.weakKey) { _ = try opener.open(weak, of: record, salt: salt) }
        var stranger = try NumberOpener(secretKey(suite, 9))
        expectRefusal(.unknownKey) { _ = try stranger.open(read, of: record, salt: salt) }
    }

    @Test(arguments: Suite.allCases) func `what was sealed and is no number is refused`(_ suite: Suite) throws {
        let secret = try secretKey(suite), ephemeral = try secretKey(suite, 3)
        let key = try MatchingKey(suite: suite, bytes: secret.publicBytes)
        let own = try SealedNumber.key(
            secret: ephemeral.sharedSecret(with: key.bytes), record: record, salt: salt, ephemeralKey: ephemeral.publicBytes,
            to: key)
        let sealed = try AEAD.seal(
            [UInt8](repeating: 0xFF, count: 9), key: own, nonce: SealedNumber.nonce, authenticating: [], suite: suite)
        var opener = try NumberOpener(secret)
        let number = SealedNumber(matchingKey: key.id, ephemeralKey: ephemeral.publicBytes, sealed: sealed)
        expectRefusal(.malformed) { _ = try opener.open(number, of: record, salt: salt) }
    }

    @Test func `an ephemeral key seals 1,024 numbers and a matching key has its length`() throws {
        var sealer = try sealer(.international)
        for _ in 0..<1_024 { _ = try sealer.seal(number, of: record, salt: salt) }
        #expect(sealer.remaining == 0)
        expectRefusal(.cryptography) { _ = try sealer.seal(number, of: record, salt: salt) }
        expectRefusal(.weakKey) { _ = try MatchingKey(suite: .national, bytes: [UInt8](repeating: 1, count: 32)) }
        let small = try MatchingKey(suite: .international, bytes: [UInt8](repeating: 0, count: 32))
        expectRefusal(.weakKey) { _ = try NumberSealer(to: small, seed: [UInt8](repeating: 1, count: 32)) }
        expectRefusal(.cryptography) { _ = try NumberSealer(to: sealer.key, seed: [1]) }
    }

    @Test func `a section of another shape is refused, an unknown field is not`() throws {
        var sealer = try sealer(.international)
        let read = try SealedNumber(decoding: sealer.seal(number, of: record, salt: salt)[...])
        let fields: [CanonicalValue.Field] = [
            .init(1, .bytes(read.matchingKey.bytes)), .init(2, .bytes(read.ephemeralKey)), .init(3, .bytes(read.sealed)),
        ]
        #expect(try SealedNumber(decoding: CanonicalValue.map(fields + [.init(9, .null)]).encoded[...]) == read)
        for index in 0..<3 {
            for wrong in [CanonicalValue.bytes([1, 2, 3]), .null, .text("abc")] {
                var changed = fields
                changed[index] = .init(UInt64(index + 1), wrong)
                expectRefusal(.malformed) { _ = try SealedNumber(decoding: CanonicalValue.map(changed).encoded[...]) }
            }
            var fewer = fields
            fewer.remove(at: index)
            expectRefusal(.malformed) { _ = try SealedNumber(decoding: CanonicalValue.map(fewer).encoded[...]) }
        }
        expectRefusal(.malformed) { _ = try SealedNumber(decoding: [0x80]) }
    }

    /// Packed bytes of a full seal's entries, with or without the section.
    func packedSize(_ suite: Suite, sealing: Bool) throws -> Int {
        var sealer = try sealer(suite), random = SplitMix64(seed: 1)
        func bytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &random) } }
        let items = try (0..<1_024).map { index in
            let record = try #require(RecordID(milliseconds: 1_760_000_000_000 + Int64(index), entropy: bytes(10)))
            let reaches: [Reach] = sealing ? [.nation, .match] : [.nation]
            let core = EntryCore(suite: suite, type: .report, record: record, version: 1, reaches: reaches)
            let seed = bytes(16)
            var sections = [(Reach.nation, CanonicalValue.map([.init(1, .bytes(bytes(40)))]).encoded)]
            if sealing {
                sections.append((.match, try sealer.seal(number, of: record, salt: Entry.salt(seed, 1, suite: suite))))
            }
            return EntryBlock.Item(context: 0, entry: Entry(core: core, seed: seed, sections: sections))
        }
        return try Packing.pack(Body(block: EntryBlock(items), excerpts: []).encoded).count
    }

    @Test(arguments: Suite.allCases) func `a sealed number costs a packed report 31 bytes`(_ suite: Suite) throws {
        let cost = Double(try packedSize(suite, sealing: true) - packedSize(suite, sealing: false)) / 1_024
        #expect((25...31.5).contains(cost), "\(cost) bytes a report")
    }
}
