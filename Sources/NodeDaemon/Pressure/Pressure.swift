internal import Dispatch
internal import Foundation
internal import Logging
internal import NodeCore
internal import NodeFiles
internal import Synchronization
internal import SyncProtocol

/// What presses on this node: how full its disk is, what of its children is under way, and how much each may send. Asked
/// from everywhere, before the writer is.
final class Pressure: Sendable {
    let limits: PressureLimits
    private let measure: @Sendable () -> DiskRoom?
    private let reserve: ReserveFile?
    private let state: Mutex<State>

    fileprivate struct State: Sendable {
        var gauge: DiskGauge
        var staging: Staging
        /// Bytes of changesets that are held of each child; read from the store once.
        var stored: [NodeID: UInt64]?
        /// The credit that each neighbour gave last.
        var given: [NodeID: UInt64] = [:]
    }

    init(_ limits: PressureLimits, reserve: ReserveFile? = nil, measure: @escaping @Sendable () -> DiskRoom?) {
        self.limits = limits
        self.reserve = reserve
        self.measure = measure
        state = Mutex(State(gauge: DiskGauge(limits), staging: Staging(limits)))
    }

    /// Of the file system that the folder lies on; nil when the system does not say.
    static func room(of folder: String) -> DiskRoom? {
        var status = statvfs()
        guard statvfs(folder, &status) == 0 else { return nil }
        let unit = UInt64(status.f_frsize)
        // What the system keeps for itself is not there for anybody here.
        let usable = UInt64(status.f_blocks) - UInt64(status.f_bfree) + UInt64(status.f_bavail)
        return DiskRoom(totalBytes: usable &* unit, freeBytes: UInt64(status.f_bavail) &* unit)
    }

    // MARK: The disk

    @discardableResult
    func look() -> DiskGauge {
        let room = measure()
        return state.withLock { state in
            state.gauge.see(room)
            return state.gauge
        }
    }

    /// Refuses what would write something new, while there is no room for it.
    func admit() throws {
        let gauge = look()
        guard gauge.level == .full else { return }
        throw Pressure.refusal(gauge)
    }

    static func refusal(_ gauge: DiskGauge) -> NodeError {
        guard let used = gauge.room?.usedPercent, !gauge.isExhausted else { return .diskFull }
        return NodeError(
            .diskFull, "磁盘已用 \(used)%（上限 \(gauge.limits.stopPercent)%）：暂不能写入，查询照常；请清理或扩容，有空间后自动恢复",
            "the disk is \(used) % full (limit \(gauge.limits.stopPercent) %): nothing can be written, reading goes on; make"
                + " room, then it goes on by itself")
    }

    /// A write found the disk full. True when there was a reserve, and now is room to end what is under way.
    func exhaust() -> Bool {
        let isReleased = reserve?.release() ?? false
        state.withLock { $0.gauge.exhaust() }
        return isReleased
    }

    /// Takes the reserve again when there is room for it; true when it was taken now.
    func renewReserve() -> Bool {
        guard let reserve, !reserve.isThere, let room = look().room, state.withLock({ !$0.gauge.isExhausted }) else {
            return false
        }
        // It must not be the reserve itself that brings the disk over a mark.
        guard room.freeBytes > limits.reserveBytes else { return false }
        let after = DiskRoom(totalBytes: room.totalBytes, freeBytes: room.freeBytes - limits.reserveBytes)
        guard after.usedPercent < limits.stopPercent || limits.stopPercent == 100 else { return false }
        return reserve.make()
    }

    /// A backup is a copy of the store in the node's folder, and that copy restored once.
    func checkRoom(forCopiesOf bytes: UInt64) throws {
        try admit()
        let need = 2 * bytes
        guard let room = look().room, room.freeBytes < need else { return }
        throw NodeError(
            .diskFull, "备份需要 \(need >> 20) MiB 空间，只有 \(room.freeBytes >> 20) MiB：请清理或扩容",
            "a backup needs \(need >> 20) MiB of room, and there are \(room.freeBytes >> 20) MiB: make room first")
    }

    var reserveBytes: UInt64 { reserve?.size ?? 0 }

    // MARK: Children

    /// Bytes that a neighbour may send now: none while the disk is full. `applying`: of what is applied with the receipt
    /// that says so.
    func credit(of peer: NodeID, applying count: Int = 0) -> UInt64 {
        let level = look().level
        return state.withLock { state in
            guard level != .full, !state.isOverQuota(peer, limits) else { return 0 }
            return min(state.staging.credit(of: peer) &+ UInt64(count), limits.stagedBytesPerChild)
        }
    }

    func held(_ peer: NodeID, cover: String) -> Int { state.withLock { $0.staging.held(peer, cover: cover) } }

    /// Adds a part of an upload; nil when it does not follow what is here.
    func stage(_ part: [UInt8], of peer: NodeID, cover: String, offset: Int, size: Int, _ store: Store) throws -> Int? {
        try admit()
        if limits.storedBytesPerChild != nil { try countStored(store) }
        return try state.withLock { state in
            if let quota = limits.storedBytesPerChild, (state.stored?[peer] ?? 0) &+ UInt64(clamping: size) > quota {
                throw NodeError(
                    .quotaUsed, "下级已用完 \(quota >> 20) MiB 的存储配额：请上级管理员提高 storedMebibytesPerChild",
                    "this child has used its \(quota >> 20) MiB here: ask this node's administrator for a larger"
                        + " storedMebibytesPerChild; nothing is lost")
            }
            return try state.staging.add(part, of: peer, cover: cover, offset: offset, at: Pressure.milliseconds())
        }
    }

    func takeStaged(_ peer: NodeID) -> [UInt8]? { state.withLock { $0.staging.take(peer) } }

    func finish(_ peer: NodeID, count: Int) { state.withLock { $0.staging.finish(peer, count: count) } }

    func collect() { state.withLock { $0.staging.collect(at: Pressure.milliseconds()) } }

    /// What was committed of a child.
    func stored(_ count: Int, of peer: NodeID) { state.withLock { $0.stored?[peer, default: 0] += UInt64(count) } }

    private func countStored(_ store: Store) throws {
        guard state.withLock({ $0.stored == nil }) else { return }
        let counted = try store.read { try Inquiry.storedBytes(in: $0) }
        state.withLock { $0.stored = $0.stored ?? counted }
    }

    // MARK: What neighbours gave

    func noteGiven(_ credit: UInt64, by peer: NodeID) { state.withLock { $0.given[peer] = credit } }

    /// What the neighbour may be sent; the usual amount when it has not said anything yet.
    func given(by peer: NodeID) -> UInt64 { state.withLock { $0.given[peer] ?? NodeLimits.credit } }

    /// For `sync status` and the metrics.
    var view: PressureView {
        state.withLock { state in
            PressureView(
                quotaBytes: limits.storedBytesPerChild, stagedBytes: state.staging.totalBytes,
                staged: { [staging = state.staging] in staging.bytes(of: $0) },
                given: { [given = state.given] in given[$0] })
        }
    }

    private static func milliseconds() -> Int64 {
        Int64(clamping: DispatchTime.now().uptimeNanoseconds / 1_000_000)
    }
}

extension Pressure.State {
    fileprivate func isOverQuota(_ peer: NodeID, _ limits: PressureLimits) -> Bool {
        guard let quota = limits.storedBytesPerChild, let stored else { return false }
        return stored[peer] ?? 0 >= quota
    }
}
