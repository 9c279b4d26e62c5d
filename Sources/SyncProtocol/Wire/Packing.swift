internal import CLZ4

/// LZ4 frames without their own checksums: the packed digest covers every byte.
public enum Packing {
    /// A quarter fewer bytes than at level 0 for fifteen times the work.
    public static let slowLine: Int32 = 9

    /// `level` 0 for a good line, `slowLine` for a slow one.
    public static func pack(_ bytes: [UInt8], level: Int32 = 0) throws -> [UInt8] {
        var preferences = LZ4F_preferences_t()
        preferences.frameInfo.contentSize = UInt64(bytes.count)
        preferences.frameInfo.blockSizeID = LZ4F_max4MB
        preferences.compressionLevel = level
        var packed = [UInt8](repeating: 0, count: LZ4F_compressFrameBound(bytes.count, &preferences))
        let size = LZ4F_compressFrame(&packed, packed.count, bytes, bytes.count, &preferences)
        guard LZ4F_isError(size) == 0 else { throw ProtocolError(.malformed, "LZ4 could not pack") }
        packed.removeLast(packed.count - size)
        return packed
    }

    /// Unpacks a frame whose size is not declared, up to `limit` bytes.
    public static func unpackUpTo(_ packed: ArraySlice<UInt8>, _ limit: Int) throws -> [UInt8] {
        try unpack(packed, capacity: limit) { $0 <= limit }
    }

    /// Unpacks into a buffer of the declared size; the declaration was checked against `Limits` and must be exact.
    public static func unpack(_ packed: ArraySlice<UInt8>, size: Int) throws -> [UInt8] {
        guard size > 0, size <= Limits.unpackedBytes else { throw ProtocolError(.tooLarge, "\(size) bytes unpacked") }
        guard size <= packed.count * Limits.expansion else {
            throw ProtocolError(
                .expansion, "\(packed.count) bytes claim to unpack to \(size), over \(Limits.expansion) to 1")
        }
        return try unpack(packed, capacity: size) { $0 == size }
    }

    private static func unpack(_ packed: ArraySlice<UInt8>, capacity size: Int, isRight: (Int) -> Bool) throws -> [UInt8] {
        var context: OpaquePointer?
        guard LZ4F_isError(LZ4F_createDecompressionContext(&context, UInt32(LZ4F_VERSION))) == 0 else {
            throw ProtocolError(.malformed, "LZ4 gave no context")
        }
        defer { LZ4F_freeDecompressionContext(context) }
        return try packed.withUnsafeBufferPointer { source in
            var written = 0
            let output = try [UInt8](unsafeUninitializedCapacity: size) { target, count in
                written = try run(context, source, target)
                count = written
            }
            guard isRight(written) else {
                throw ProtocolError(.malformed, "the frame unpacks to \(written) bytes, not \(size)")
            }
            return output
        }
    }

    private static func run(
        _ context: OpaquePointer?, _ source: UnsafeBufferPointer<UInt8>, _ target: UnsafeMutableBufferPointer<UInt8>
    ) throws -> Int {
        guard let input = source.baseAddress, let output = target.baseAddress else {
            throw ProtocolError(.malformed, "an empty frame")
        }
        var consumed = 0
        var written = 0
        while true {
            var room = target.count - written
            var left = source.count - consumed
            let hint = LZ4F_decompress(context, output + written, &room, input + consumed, &left, nil)
            guard LZ4F_isError(hint) == 0 else { throw ProtocolError(.malformed, "not an LZ4 frame") }
            consumed += left
            written += room
            if hint == 0 { break }
            if left == 0 && room == 0 { throw ProtocolError(.malformed, "the frame is cut, or larger than it says") }
        }
        guard consumed == source.count else { throw ProtocolError(.malformed, "bytes follow the frame") }
        return written
    }
}
