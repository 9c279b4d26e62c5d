public import SyncProtocol

/// Changesets that come in parts, in memory until they are whole: bounded for each child, for all of them, and in time.
public struct Staging: Sendable {
    private struct Upload {
        let cover: String
        var bytes: [UInt8]
        var lastPart: Int64
    }

    private let limits: PressureLimits
    private var uploads: [NodeID: Upload] = [:]
    /// What is whole and on its way to the store, by child.
    private var underWay: [NodeID: UInt64] = [:]

    public init(_ limits: PressureLimits) { self.limits = limits }

    /// How much of the changeset with this cover is here.
    public func held(_ peer: NodeID, cover: String) -> Int {
        uploads[peer].flatMap { $0.cover == cover ? $0.bytes.count : nil } ?? 0
    }

    /// Adds a part; nil when it does not follow what is here. One upload a child at a time, within the changeset's limit.
    /// Throws `staging-full` when there is no place; `now` in milliseconds of any clock that does not go back.
    public mutating func add(
        _ part: [UInt8], of peer: NodeID, cover: String, offset: Int, at now: Int64
    ) throws -> Int? {
        collect(at: now)
        let (end, isOverflow) = offset.addingReportingOverflow(part.count)
        guard !isOverflow, end <= Staging.changesetBytesMax else { return nil }
        if offset == 0 {
            uploads[peer] = nil
            try checkPlace(part.count, of: peer)
            uploads[peer] = Upload(cover: cover, bytes: part, lastPart: now)
            return end
        }
        guard let known = uploads[peer], known.cover == cover, known.bytes.count == offset else { return nil }
        try checkPlace(part.count, of: peer)
        uploads[peer]?.bytes += part
        uploads[peer]?.lastPart = now
        return end
    }

    static let changesetBytesMax = Changeset.preambleSize + Limits.coverBytes + Limits.packedBytes

    private func checkPlace(_ count: Int, of peer: NodeID) throws {
        let isNew = uploads[peer] == nil
        guard bytes(of: peer) + UInt64(count) <= limits.stagedBytesPerChild,
            totalBytes + UInt64(count) <= limits.stagedBytes, !isNew || uploads.count < limits.stagedUploads
        else {
            throw NodeError(
                .stagingFull, "上级正在处理的内容太多，请稍后再送；本节点会自动重试",
                "too much is under way at this node: nothing is lost, send it again later")
        }
    }

    /// A whole upload leaves the staging and counts as under way until `finish`.
    public mutating func take(_ peer: NodeID) -> [UInt8]? {
        guard let upload = uploads.removeValue(forKey: peer) else { return nil }
        underWay[peer, default: 0] += UInt64(upload.bytes.count)
        return upload.bytes
    }

    /// It is in the store, or was refused.
    public mutating func finish(_ peer: NodeID, count: Int) {
        let rest = underWay[peer] ?? 0
        underWay[peer] = rest > UInt64(count) ? rest - UInt64(count) : nil
    }

    /// Lets go of uploads that nobody goes on with.
    public mutating func collect(at now: Int64) {
        for (peer, upload) in uploads where now - upload.lastPart >= limits.stagedSeconds * 1_000 { uploads[peer] = nil }
    }

    public func bytes(of peer: NodeID) -> UInt64 { UInt64(uploads[peer]?.bytes.count ?? 0) + (underWay[peer] ?? 0) }

    public var totalBytes: UInt64 {
        uploads.values.reduce(0) { $0 + UInt64($1.bytes.count) } + underWay.values.reduce(0, +)
    }

    public var count: Int { uploads.count }

    /// Bytes that the child may send now.
    public func credit(of peer: NodeID) -> UInt64 {
        let own = bytes(of: peer)
        let all = totalBytes
        return min(
            limits.stagedBytesPerChild > own ? limits.stagedBytesPerChild - own : 0,
            limits.stagedBytes > all ? limits.stagedBytes - all : 0)
    }
}
