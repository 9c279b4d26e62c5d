internal import Foundation
internal import NodeCore

/// Room that is kept in a node's folder by a file of nothing, and given back when a write finds the disk full.
public struct ReserveFile: Sendable {
    private let path: String
    private let bytes: UInt64

    public init(_ folder: NodeFolder, bytes: UInt64) {
        path = folder.path + "/reserve"
        self.bytes = bytes
    }

    /// What the file holds; 0 when there is none.
    public var size: UInt64 {
        var status = stat()
        guard stat(path, &status) == 0 else { return 0 }
        return UInt64(clamping: status.st_blocks) &* 512
    }

    public var isThere: Bool { bytes == 0 || size >= bytes }

    /// Takes the room; false where there is not enough, or where the system does not give it. Nothing is left behind then.
    public func make() -> Bool {
        guard !isThere else { return true }
        guard let length = off_t(exactly: bytes) else { return false }
        unlink(path)
        let descriptor = Foundation.open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return false }
        defer { Foundation.close(descriptor) }
        guard posix_fallocate(descriptor, 0, length) == 0 else {
            unlink(path)
            return false
        }
        return true
    }

    /// Gives the room back; false when there was nothing to give.
    public func release() -> Bool { unlink(path) == 0 }
}
