internal import CSimulatedDisk
internal import NodeCore
internal import Synchronization

/// One node's disk, in memory, under SQLite itself: what was not synced can be lost, and what survives is what SQLite has
/// to recover from.
struct VirtualDisk {
    /// Where in the work on the disk the power goes.
    struct Cut {
        enum Operation { case write, sync }
        let operation: Operation
        /// 1: at the next one.
        let count: Int
        /// Whether that operation still takes effect.
        let isAfter: Bool
    }

    enum Survival: CaseIterable { case nothing, everything, prefix, pieces }

    private let number: Int64

    init() throws {
        number = bangfu_disk_create()
        guard number > 0 else { throw SimulatorError("no memory for a disk") }
    }

    private init(number: Int64) { self.number = number }

    /// Opens a database on this disk: the name is a URI that leads SQLite here.
    var path: String { "file:/\(number)/node.db?vfs=bangfu-simulated" }

    var isDead: Bool { bangfu_disk_is_dead(number) != 0 }
    var syncs: Int64 { bangfu_disk_syncs(number) }
    var writes: Int64 { bangfu_disk_writes(number) }
    var unsyncedBytes: Int64 { bangfu_disk_unsynced_bytes(number) }
    /// Of the write-ahead log: a checkpoint that found no room leaves writes to the database behind, which mean nothing.
    var unsyncedLogBytes: Int64 { bangfu_disk_unsynced_log_bytes(number) }

    func arm(_ cut: Cut) {
        let operation = cut.operation == .write ? BANGFU_OPERATION_WRITE : BANGFU_OPERATION_SYNC
        bangfu_disk_arm(number, operation, Int64(cut.count), cut.isAfter ? 1 : 0)
    }

    func disarm() { bangfu_disk_disarm(number) }

    /// Bytes of all files.
    var used: Int64 { bangfu_disk_used(number) }

    /// Only so many bytes more fit from now on.
    func fill(leaving rest: Int64) { bangfu_disk_limit(number, max(1, used + rest)) }

    var isFull: Bool { bangfu_disk_is_limited(number) != 0 }

    /// There is room again.
    func makeRoom() { bangfu_disk_limit(number, 0) }

    func cutPower() { bangfu_disk_cut(number) }

    /// Bytes of unsynced writes that are lost.
    func revive(_ survival: Survival, seed: UInt64) -> Int64 {
        let kind =
            switch survival {
            case .nothing: BANGFU_SURVIVES_NONE
            case .everything: BANGFU_SURVIVES_ALL
            case .prefix: BANGFU_SURVIVES_PREFIX
            case .pieces: BANGFU_SURVIVES_PIECES
            }
        return bangfu_disk_revive(number, kind, seed)
    }

    /// What would be left if the power went now and nothing unsynced survived.
    func durableCopy() throws -> VirtualDisk {
        let copy = bangfu_disk_copy_durable(number)
        guard copy > 0 else { throw SimulatorError("no memory for a copy of a disk") }
        return VirtualDisk(number: copy)
    }

    /// A disk with a node's store in it that nobody has written to, as the program of `charter` makes it: made once, and
    /// copied for each site.
    static func fresh(_ charter: Charter) throws -> VirtualDisk {
        let program = charter.kinds.map { "\($0.number): \($0.fields.map(\.tag))" }.joined(separator: ", ")
        return try made.withLock { made in
            if let known = made[program] { return try known.disk.durableCopy() }
            let disk = try VirtualDisk()
            let store = try Store(path: disk.path, charter: charter, key: .known)
            made[program] = (disk: disk, store: store)
            return try disk.durableCopy()
        }
    }

    /// By the kinds of a program and the tags of their fields. The stores stay open: to close one would fold its log into
    /// the database.
    private static let made = Mutex<[String: (disk: VirtualDisk, store: Store)]>([:])

    /// Everything opened on it must be closed before.
    func destroy() { bangfu_disk_destroy(number) }
}

/// A fault of the simulation itself, not of what it simulates.
struct SimulatorError: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
