/// The public key to which ID numbers are sealed. Only the matching job of the national node holds its other half.
public struct MatchingKey: Sendable, Hashable {
    public let suite: Suite
    public let bytes: [UInt8]
    /// H(0x31 || suite || key), first 16 bytes.
    public let id: KeyID

    public init(suite: Suite, bytes: [UInt8]) throws {
        guard bytes.count == suite.keySize else {
            throw ProtocolError(.weakKey, "a matching key of this suite has \(suite.keySize) bytes, not \(bytes.count)")
        }
        let digest = DigestBuilder.digest(.exchangeKey, [suite.rawValue], bytes[...], suite: suite)
        guard let id = KeyID(digest.bytes.prefix(KeyID.size)) else { throw ProtocolError(.cryptography, "no key name") }
        self.suite = suite
        self.bytes = bytes
        self.id = id
    }
}

/// What the section `match` says: a number that the holders in between cannot read, guess or move to another record.
/// `map(3)`: 1 matching key (bstr 16), 2 ephemeral key (bstr 32 or 33), 3 sealed (bstr 25)
///
/// The ephemeral key stands in every section: an approved entry must open although the one reported before it was not
/// passed on, and in a packed block a repetition costs next to nothing.
public struct SealedNumber: Sendable, Hashable {
    public let matchingKey: KeyID
    public let ephemeralKey: [UInt8]
    public let sealed: [UInt8]

    static let sealedSize = ResidentNumber.packedSize + AEAD.tagSize

    init(matchingKey: KeyID, ephemeralKey: [UInt8], sealed: [UInt8]) {
        self.matchingKey = matchingKey
        self.ephemeralKey = ephemeralKey
        self.sealed = sealed
    }

    /// Checks the shape. Fields it does not know are left alone, as in every section.
    public init(decoding section: ArraySlice<UInt8>) throws {
        let value = try CanonicalValue(decoding: section)
        guard case .bytes(let name)? = value[1], let matchingKey = KeyID(name), case .bytes(let ephemeralKey)? = value[2],
            Suite.allCases.contains(where: { $0.keySize == ephemeralKey.count }), case .bytes(let sealed)? = value[3],
            sealed.count == SealedNumber.sealedSize
        else {
            throw ProtocolError(.malformed, "a sealed number has the names of two keys and \(SealedNumber.sealedSize) bytes")
        }
        self.init(matchingKey: matchingKey, ephemeralKey: ephemeralKey, sealed: sealed)
    }

    public var encoded: [UInt8] {
        CanonicalValue.map([.init(1, .bytes(matchingKey.bytes)), .init(2, .bytes(ephemeralKey)), .init(3, .bytes(sealed))])
            .encoded
    }

    /// The key of one number. Record and salt make it differ for every version of every record, so a nonce of zeros is used
    /// once; both public keys bind it to this exchange.
    static func key(secret: [UInt8], record: RecordID, salt: [UInt8], ephemeralKey: [UInt8], to key: MatchingKey) -> [UInt8]
    {
        let info = Array("bangfu/1/match".utf8) + record.bytes + ephemeralKey + key.bytes
        return KeyDerivation.hkdf(
            secret: secret, salt: salt, info: info, count: AEAD.keySize(key.suite), suite: key.suite)
    }

    static let nonce = [UInt8](repeating: 0, count: 12)
}

/// Seals numbers under one ephemeral key. The home makes a new one after 1,024 reports or a day; it holds no secret that
/// could open what it sealed.
public struct NumberSealer: Sendable {
    public let key: MatchingKey
    /// How many numbers may still be sealed.
    public private(set) var remaining = Limits.numbersPerEphemeralKey
    private let ephemeralKey: [UInt8]
    private let secret: [UInt8]

    /// `seed`: 32 random bytes for the ephemeral key, which is forgotten here.
    public init(to key: MatchingKey, seed: [UInt8]) throws {
        let ephemeral = try ExchangeKey(seed: seed, suite: key.suite)
        self.key = key
        ephemeralKey = ephemeral.publicBytes
        secret = try ephemeral.sharedSecret(with: key.bytes)
    }

    /// The bytes of the section. `salt` is that of this section in this entry, which no other entry has: `Entry.salt`.
    public mutating func seal(_ number: ResidentNumber, of record: RecordID, salt: [UInt8]) throws -> [UInt8] {
        guard remaining > 0, salt.count == 16 else {
            throw ProtocolError(.cryptography, "an ephemeral key seals \(Limits.numbersPerEphemeralKey) numbers")
        }
        remaining -= 1
        let own = SealedNumber.key(secret: secret, record: record, salt: salt, ephemeralKey: ephemeralKey, to: key)
        let sealed = try AEAD.seal(
            number.packed, key: own, nonce: SealedNumber.nonce, authenticating: [], suite: key.suite)
        return SealedNumber(matchingKey: key.id, ephemeralKey: ephemeralKey, sealed: sealed).encoded
    }
}

/// Opens sealed numbers with the private matching key: for the matching job of the national node, in memory.
public struct NumberOpener: Sendable {
    public let key: MatchingKey
    private let secretKey: ExchangeKey
    /// The last ephemeral key and its secret: numbers of one home come one behind the other.
    private var last: (ephemeralKey: [UInt8], secret: [UInt8]) = ([], [])

    public init(_ secretKey: ExchangeKey) throws {
        self.secretKey = secretKey
        key = try MatchingKey(suite: secretKey.suite, bytes: secretKey.publicBytes)
    }

    /// `salt` is what travels with the shown section, or follows from the entry's seed: `Section.salt`.
    public mutating func open(_ number: SealedNumber, of record: RecordID, salt: [UInt8]) throws -> ResidentNumber {
        guard number.matchingKey == key.id else {
            throw ProtocolError(.unknownKey, "the number is sealed to another matching key")
        }
        if last.ephemeralKey != number.ephemeralKey {
            last = (number.ephemeralKey, try secretKey.sharedSecret(with: number.ephemeralKey))
        }
        let own = SealedNumber.key(
            secret: last.secret, record: record, salt: salt, ephemeralKey: number.ephemeralKey, to: key)
        let plain = try AEAD.open(
            number.sealed, key: own, nonce: SealedNumber.nonce, authenticating: [], suite: key.suite)
        guard let opened = ResidentNumber(packed: plain) else {
            throw ProtocolError(.malformed, "what was sealed is no resident's number")
        }
        return opened
    }
}
