internal import Workbooks

/// The gzip form of a page (RFC 1952): text shrinks to a sixth of its size on the way to an old PC.
public enum Gzip {
    /// Nil when zlib has no memory for it: the page goes as it is.
    public static func pack(_ bytes: [UInt8], level: Int32 = 5) -> [UInt8]? {
        Deflate.pack(bytes, head: .gzip, level: level)
    }
}
