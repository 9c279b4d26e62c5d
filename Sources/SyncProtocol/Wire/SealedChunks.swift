/// A stream of any length, sealed in pieces of bounded size: `length (u32) || sealed LZ4 frame` of at most a mebibyte. The
/// number of a piece and whether it is the last are authenticated, so that nothing can be cut off, left out or moved.
public enum SealedChunks {
    public static let chunkBytes = 1_024 * 1_024
    /// A piece that does not shrink, and its tag.
    static let sealedBytesMax = chunkBytes + chunkBytes / 128 + 1_024

    static func header(_ number: UInt64, isLast: Bool) -> [UInt8] {
        CanonicalValue.array([.integer(Int64(clamping: number)), .bool(isLast)]).encoded
    }

    static func nonce(_ number: UInt64) -> [UInt8] {
        [0, 0, 0, 0] + withUnsafeBytes(of: number.bigEndian) { Array($0) }
    }

    public static func length(_ count: Int) -> [UInt8] {
        withUnsafeBytes(of: UInt32(clamping: count).bigEndian) { Array($0) }
    }
}

/// Where sealed bytes come from: a file, or bytes in memory.
public protocol ByteSource: Sendable {
    /// The next bytes, `count` of them unless the end comes before.
    mutating func read(_ count: Int) throws -> [UInt8]
}

/// Bytes in memory.
public struct BytesSource: ByteSource {
    private var rest: ArraySlice<UInt8>

    public init(_ bytes: [UInt8]) { rest = bytes[...] }

    public mutating func read(_ count: Int) -> [UInt8] {
        let bytes = Array(rest.prefix(count))
        rest = rest.dropFirst(count)
        return bytes
    }
}

/// Seals a stream. The key seals this one stream only.
public struct ChunkSealer {
    private let key: [UInt8]
    private let suite: Suite
    private var number: UInt64 = 0
    private var pending: [UInt8] = []

    public init(key: [UInt8], suite: Suite) {
        self.key = key
        self.suite = suite
    }

    /// Takes more of the stream, and hands on what is full.
    public mutating func append(_ bytes: some Collection<UInt8>, to sink: ([UInt8]) throws -> Void) throws {
        pending += bytes
        // The last piece is known for it only at the end, so a full one waits for what follows it.
        while pending.count > SealedChunks.chunkBytes {
            try sink(seal(Array(pending.prefix(SealedChunks.chunkBytes)), isLast: false))
            pending.removeFirst(SealedChunks.chunkBytes)
        }
    }

    public mutating func finish(to sink: ([UInt8]) throws -> Void) throws { try sink(seal(pending, isLast: true)) }

    private mutating func seal(_ plain: [UInt8], isLast: Bool) throws -> [UInt8] {
        let sealed = try AEAD.seal(
            Packing.pack(plain), key: key, nonce: SealedChunks.nonce(number),
            authenticating: SealedChunks.header(number, isLast: isLast), suite: suite)
        number += 1
        return SealedChunks.length(sealed.count) + sealed
    }
}

/// Opens such a stream piece by piece. A piece that was altered, moved or is of another stream is `bad-signature`, one that
/// is cut `malformed`; what came before it stays good.
public struct ChunkOpener<Source: ByteSource>: Sendable {
    private var source: Source
    private let key: [UInt8]
    private let suite: Suite
    private var number: UInt64 = 0
    private var plain: ArraySlice<UInt8> = []
    private var isLast = false

    public init(_ source: Source, key: [UInt8], suite: Suite) {
        self.source = source
        self.key = key
        self.suite = suite
    }

    /// Some of the next bytes, at most `count`; none at the end of the stream.
    public mutating func take(upTo count: Int) throws -> [UInt8] {
        if plain.isEmpty && !isLast { try next() }
        let bytes = Array(plain.prefix(count))
        plain = plain.dropFirst(bytes.count)
        return bytes
    }

    /// Exactly `count` bytes.
    public mutating func take(_ count: Int) throws -> [UInt8] {
        var bytes = [UInt8]()
        while bytes.count < count {
            let more = try take(upTo: count - bytes.count)
            guard !more.isEmpty else { throw ChunkOpener.cut }
            bytes += more
        }
        return bytes
    }

    /// Whether the stream ends here. Nothing may follow it.
    public mutating func isAtEnd() throws -> Bool {
        if plain.isEmpty && !isLast { try next() }
        guard plain.isEmpty, isLast else { return false }
        guard try source.read(1).isEmpty else { throw ProtocolError(.malformed, "bytes follow the sealed stream") }
        return true
    }

    private static var cut: ProtocolError { ProtocolError(.malformed, "the sealed stream is cut") }

    private mutating func next() throws {
        let head = try source.read(4)
        guard head.count == 4 else { throw ChunkOpener.cut }
        let size = head.reduce(0) { $0 << 8 | Int($1) }
        guard size <= SealedChunks.sealedBytesMax else {
            throw ProtocolError(.tooLarge, "a sealed piece of \(size) bytes")
        }
        guard size >= AEAD.tagSize else { throw ProtocolError(.malformed, "a sealed piece without its tag") }
        let sealed = try source.read(size)
        guard sealed.count == size else { throw ChunkOpener.cut }
        plain = try Packing.unpackUpTo(open(sealed)[...], SealedChunks.chunkBytes)[...]
        guard !plain.isEmpty || isLast else { throw ProtocolError(.malformed, "an empty piece in the middle") }
        number += 1
    }

    /// Which of the two it is, is authenticated.
    private mutating func open(_ sealed: [UInt8]) throws -> [UInt8] {
        for last in [false, true] {
            do {
                let packed = try AEAD.open(
                    sealed, key: key, nonce: SealedChunks.nonce(number),
                    authenticating: SealedChunks.header(number, isLast: last), suite: suite)
                isLast = last
                return packed
            } catch let error as ProtocolError where error.code == .badSignature { continue }
        }
        throw ProtocolError(.badSignature, "a sealed piece was altered or belongs to another stream")
    }
}
