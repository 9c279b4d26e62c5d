/// How much of a node's disk and memory may be used, and by whom. Set in `config.json`.
public struct PressureLimits: Sendable, Hashable {
    /// Used part of the disk from which on the node says that it gets full.
    public var warnPercent = 85
    /// And from which on it takes nothing new. 100 leaves that to the disk itself.
    public var stopPercent = 95
    /// A file that is given up when a write finds the disk full, so that what is under way can end.
    public var reserveBytes: UInt64 = 64 << 20
    /// Changesets of one child that are held here in full; nil for no limit.
    public var storedBytesPerChild: UInt64?
    /// Bytes of one child that are uploaded or under way and not applied.
    public var stagedBytesPerChild: UInt64 = 64 << 20
    /// The same of all children.
    public var stagedBytes: UInt64 = 256 << 20
    /// Uploads that are begun and not ended.
    public var stagedUploads = 64
    /// How long the parts of an upload wait for the next one.
    public var stagedSeconds: Int64 = 900

    public init() {}

    /// Room that a node wants beside its reserve before it goes on after a full disk.
    public static let roomToWork: UInt64 = 1 << 20
    /// The largest changeset there can be has to fit: with less nothing would ever arrive.
    public static let stagedBytesLeast: UInt64 = 16 << 20
}
