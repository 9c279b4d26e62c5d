internal import CZlib

/// Packed bytes (RFC 1951): without a head as archives hold them, with that of RFC 1952 as pages go out.
public enum Deflate {
    public enum Head: Sendable {
        case none
        case gzip
    }

    /// Nil when zlib has no memory for it.
    public static func pack(_ bytes: [UInt8], head: Head = .none, level: Int32 = 6) -> [UInt8]? {
        var stream = z_stream()
        guard bytes.count < Int(UInt32.max) else { return nil }
        let begun =
            switch head {
            case .none: bangfu_deflate_init(&stream, level)
            case .gzip: bangfu_gzip_init(&stream, level)
            }
        guard begun == Z_OK else { return nil }
        defer { deflateEnd(&stream) }
        var packed = [UInt8](repeating: 0, count: Int(deflateBound(&stream, UInt(bytes.count))))
        var input = bytes
        let result = input.withUnsafeMutableBufferPointer { source in
            packed.withUnsafeMutableBufferPointer { target in
                stream.next_in = source.baseAddress
                stream.avail_in = UInt32(source.count)
                stream.next_out = target.baseAddress
                stream.avail_out = UInt32(target.count)
                return deflate(&stream, Z_FINISH)
            }
        }
        guard result == Z_STREAM_END else { return nil }
        packed.removeLast(Int(stream.avail_out))
        return packed
    }

    /// Exactly `count` bytes out of `packed`, or nil: what claims another size than it has is damaged, or meant to be.
    static func unpack(_ packed: ArraySlice<UInt8>, to count: Int) -> [UInt8]? {
        var stream = z_stream()
        guard packed.count < Int(UInt32.max), count < Int(UInt32.max), bangfu_inflate_init(&stream) == Z_OK else {
            return nil
        }
        defer { inflateEnd(&stream) }
        // One byte more than promised: whether there is more shows at once, and nothing larger is ever made.
        var bytes = [UInt8](repeating: 0, count: count + 1)
        var input = Array(packed)
        let result = input.withUnsafeMutableBufferPointer { source in
            bytes.withUnsafeMutableBufferPointer { target in
                stream.next_in = source.baseAddress
                stream.avail_in = UInt32(source.count)
                stream.next_out = target.baseAddress
                stream.avail_out = UInt32(target.count)
                return inflate(&stream, Z_FINISH)
            }
        }
        guard result == Z_STREAM_END, stream.avail_out == 1 else { return nil }
        bytes.removeLast()
        return bytes
    }

    /// CRC-32 as archives carry it.
    static func sum(_ bytes: [UInt8]) -> UInt32 {
        bytes.withUnsafeBufferPointer { UInt32(truncatingIfNeeded: crc32_z(0, $0.baseAddress, $0.count)) }
    }
}
