/// Writes deterministic CBOR (RFC 8949 section 4.2.1): shortest heads, definite lengths. Map keys are the caller's to order.
public struct CanonicalWriter: Sendable {
    public private(set) var bytes: [UInt8] = []

    public init() {}

    public init(reserving capacity: Int) { bytes.reserveCapacity(capacity) }

    public mutating func unsigned(_ value: UInt64) { head(0, value) }

    public mutating func integer(_ value: Int64) {
        if value >= 0 { head(0, UInt64(value)) } else { head(1, UInt64(bitPattern: ~value)) }
    }

    public mutating func byteString(_ value: some Collection<UInt8>) {
        head(2, UInt64(value.count))
        bytes.append(contentsOf: value)
    }

    public mutating func byteString(_ value: some FixedBytes) {
        value.withBytes { buffer in
            head(2, UInt64(buffer.count))
            bytes.append(contentsOf: buffer)
        }
    }

    public mutating func text(_ value: String) {
        let utf8 = value.utf8
        head(3, UInt64(utf8.count))
        bytes.append(contentsOf: utf8)
    }

    /// `utf8` must be valid UTF-8.
    public mutating func text(utf8: UnsafeRawBufferPointer) {
        head(3, UInt64(utf8.count))
        bytes.append(contentsOf: utf8)
    }

    /// Begins anew in the memory that is there.
    public mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

    public mutating func array(_ count: Int) { head(4, UInt64(count)) }

    public mutating func map(_ count: Int) { head(5, UInt64(count)) }

    public mutating func tag(_ number: UInt64) { head(6, number) }

    public mutating func bool(_ value: Bool) { bytes.append(value ? 0xF5 : 0xF4) }

    public mutating func null() { bytes.append(0xF6) }

    /// Bytes that are canonical CBOR already.
    public mutating func encoded(_ value: some Collection<UInt8>) { bytes.append(contentsOf: value) }

    private mutating func head(_ major: UInt8, _ value: UInt64) {
        let kind = major << 5
        switch value {
        case 0..<24: bytes.append(kind | UInt8(value))
        case 24...0xFF: bytes.append(kind | 24); big(value, 1)
        case 0x100...0xFFFF: bytes.append(kind | 25); big(value, 2)
        case 0x1_0000...0xFFFF_FFFF: bytes.append(kind | 26); big(value, 4)
        default: bytes.append(kind | 27); big(value, 8)
        }
    }

    private mutating func big(_ value: UInt64, _ count: Int) {
        for index in stride(from: count - 1, through: 0, by: -1) {
            bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(8 * index)))
        }
    }
}
