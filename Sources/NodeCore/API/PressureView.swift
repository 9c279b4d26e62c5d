public import SyncProtocol

/// What a running node knows of the pressure on it, for those who ask how its links stand.
public struct PressureView: Sendable {
    /// How many bytes of one child may be held; nil for no limit.
    public let quotaBytes: UInt64?
    /// Under way and not applied, of all children.
    public let stagedBytes: UInt64
    public let staged: @Sendable (NodeID) -> UInt64
    /// Bytes that a neighbour said it is ready to take; nil when it has not said anything yet.
    public let given: @Sendable (NodeID) -> UInt64?

    public init(
        quotaBytes: UInt64?, stagedBytes: UInt64, staged: @escaping @Sendable (NodeID) -> UInt64,
        given: @escaping @Sendable (NodeID) -> UInt64?
    ) {
        self.quotaBytes = quotaBytes
        self.stagedBytes = stagedBytes
        self.staged = staged
        self.given = given
    }
}
