/// A node for life: 16 random bytes, independent of key, machine and place.
public struct NodeID: FixedBytes {
    public static let size = 16
    private let high, low: UInt64
    public init(word: (Int) -> UInt64) { (high, low) = (word(0), word(1)) }
    public func word(_ index: Int) -> UInt64 { index == 0 ? high : low }
}

/// One life of a node's database: 8 random bytes, drawn at each start of a new life.
public struct Incarnation: FixedBytes {
    public static let size = 8
    private let only: UInt64
    public init(word: (Int) -> UInt64) { only = word(0) }
    public func word(_ index: Int) -> UInt64 { only }
}

/// The federation a node belongs to: 16 random bytes drawn by the root; part of everything that is signed.
public struct FederationID: FixedBytes {
    public static let size = 16
    private let high, low: UInt64
    public init(word: (Int) -> UInt64) { (high, low) = (word(0), word(1)) }
    public func word(_ index: Int) -> UInt64 { index == 0 ? high : low }
}

/// The name of a signing key: the first 16 bytes of H(0x30 || suite || public key).
public struct KeyID: FixedBytes {
    public static let size = 16
    private let high, low: UInt64
    public init(word: (Int) -> UInt64) { (high, low) = (word(0), word(1)) }
    public func word(_ index: Int) -> UInt64 { index == 0 ? high : low }
}

/// A record for life: a UUID of version 7 (RFC 9562), so that new records stand together in every index.
public struct RecordID: FixedBytes {
    public static let size = 16
    private let high, low: UInt64
    public init(word: (Int) -> UInt64) { (high, low) = (word(0), word(1)) }
    public func word(_ index: Int) -> UInt64 { index == 0 ? high : low }

    /// `milliseconds` since 1970 and 10 random bytes; nil when there are fewer.
    public init?(milliseconds: Int64, entropy: some Collection<UInt8>) {
        guard entropy.count >= 10, milliseconds >= 0 else { return nil }
        var bytes = [UInt8]()
        for shift in stride(from: 40, through: 0, by: -8) {
            bytes.append(UInt8(truncatingIfNeeded: milliseconds >> Int64(shift)))
        }
        bytes.append(contentsOf: entropy.prefix(10))
        bytes[6] = bytes[6] & 0x0F | 0x70
        bytes[8] = bytes[8] & 0x3F | 0x80
        self.init(bytes)
    }

    /// The usual form with hyphens.
    public var description: String {
        let hex = Array(Hex.encode(bytes))
        let ends = [0, 8, 12, 16, 20, 32]
        return zip(ends, ends.dropFirst()).map { String(hex[$0..<$1]) }.joined(separator: "-")
    }
}
