import SyncProtocol
import Testing

/// The sealed number, and altered bytes of every kind with the code each is refused with.
@Suite struct VectorRefusalTests {
    @Test(arguments: Suite.allCases) func `a sealed number`(_ suite: Suite) throws {
        let vector = try VectorFile.load("match", suite, as: VectorFile.Match.self)
        let secretKey = try ExchangeKey(seed: hex(vector.matchingSeed), suite: suite)
        let key = try MatchingKey(suite: suite, bytes: secretKey.publicBytes)
        #expect(Hex.encode(key.bytes) == vector.matchingKey && key.id.description == vector.matchingKeyID)
        let record = try #require(RecordID(hex: vector.record)), number = try #require(ResidentNumber(vector.number))
        var sealer = try NumberSealer(to: key, seed: hex(vector.ephemeralSeed))
        #expect(try Hex.encode(sealer.seal(number, of: record, salt: hex(vector.salt))) == vector.bytes)
        let read = try SealedNumber(decoding: hex(vector.bytes)[...])
        #expect(Hex.encode(read.ephemeralKey) == vector.ephemeralKey && Hex.encode(read.sealed) == vector.sealed)
        var opener = try NumberOpener(secretKey)
        #expect(try opener.open(read, of: record, salt: hex(vector.salt)) == number)
    }

    static let refusals = Suite.allCases.flatMap { suite in
        do {
            return try VectorFile.load("refused", suite, as: VectorFile.Refusals.self).refused.map { (suite, $0) }
        } catch {
            Issue.record("refused.json of suite \(suite.rawValue): \(error)")
            return []
        }
    }

    @Test func `there are refusals of every kind in both suites`() {
        let kinds: Set = [
            "core", "seal", "certificate", "revocation", "statement", "excerpt", "changeset", "hello", "match",
        ]
        for suite in Suite.allCases {
            #expect(Set(VectorRefusalTests.refusals.filter { $0.0 == suite }.map(\.1.what)) == kinds)
        }
    }

    @Test(arguments: refusals) func `altered bytes`(_ suite: Suite, _ vector: VectorFile.Refusals.Refusal) throws {
        let code = try #require(ProtocolError.Code(rawValue: vector.code)), union = try Union(suite)
        let bytes = try hex(vector.bytes), beside = try vector.beside.map { try hex($0) }
        do {
            var trust = union.trust
            for text in vector.statements ?? [] { try trust.admit(TrustStatement(decoding: hex(text)[...])) }
            try read(vector.what, bytes, beside, union, trust, suite)
            Issue.record("\(vector.what), \(vector.name): not refused")
        } catch let error as ProtocolError {
            #expect(error.code == code, "\(vector.what), \(vector.name): \(error)")
        }
    }

    /// Reads as the receiver of such bytes would.
    func read(
        _ what: String, _ bytes: [UInt8], _ beside: [UInt8]?, _ union: Union, _ known: Trust, _ suite: Suite
    ) throws {
        switch what {
        case "core": _ = try EntryCore(decoding: bytes[...])
        case "seal": try Seal(decoding: bytes[...]).verify(known)
        case "certificate", "revocation", "statement":
            var trust = known
            try trust.admit(TrustStatement(decoding: bytes[...]))
        case "excerpt":
            var reader = CanonicalReader(bytes)
            try Excerpt(from: &reader).verify(against: Seal(decoding: #require(beside)[...]))
        case "changeset":
            let read = try Changeset(
                verifying: bytes, from: union.county.node, to: union.city.node, trust: known)
            _ = try Body(unpacking: read.packed, size: read.cover.unpackedSize, of: read.seal)
        case "hello":
            let hello = try Hello(verifying: bytes[...], to: union.city.node, trust: known)
            let own = try ExchangeKey(seed: [UInt8](repeating: 0x22, count: 32), suite: hello.session)
            _ = try own.sharedSecret(with: hello.exchangeKey)
        case "match":
            let vector = try VectorFile.load("match", suite, as: VectorFile.Match.self)
            var opener = try NumberOpener(ExchangeKey(seed: hex(vector.matchingSeed), suite: suite))
            let record = try #require(RecordID(hex: vector.record))
            _ = try opener.open(SealedNumber(decoding: bytes[...]), of: record, salt: hex(vector.salt))
        default: Issue.record("a vector of an unknown kind: \(what)")
        }
    }
}
