/// How much room the disk under a node's folder has, as the system says. Measured by the daemon, and handed in.
public struct DiskRoom: Sendable, Hashable {
    public let totalBytes: UInt64
    /// What this process may still write; smaller than what is free where the system keeps something for itself.
    public let freeBytes: UInt64

    public init(totalBytes: UInt64, freeBytes: UInt64) {
        self.totalBytes = totalBytes
        self.freeBytes = min(freeBytes, totalBytes)
    }

    /// 0 to 100, rounded up: a disk that is nearly full never looks emptier than it is.
    public var usedPercent: Int {
        guard totalBytes > 0 else { return 100 }
        let (used, whole) = (totalBytes - freeBytes, totalBytes)
        // Of whole mebibytes where the numbers are so large that they could overflow.
        let scale: UInt64 = whole > UInt64.max / 200 ? 1 << 20 : 1
        return Int(min(100, (used / scale * 100 + whole / scale - 1) / (whole / scale)))
    }
}

/// What a node may still do for want of room.
public enum DiskLevel: Int, Sendable, Comparable {
    case roomy
    /// Above the first mark: said to whoever looks, and everything goes on.
    case low
    /// Above the second mark, or full in earnest: nothing new is taken, what is under way ends, reading goes on.
    case full

    public static func < (left: DiskLevel, right: DiskLevel) -> Bool { left.rawValue < right.rawValue }
}

/// Turns measurements into a level. Once full, a node begins again only when there is clearly room, so that it does not take
/// and refuse by turns at the mark.
public struct DiskGauge: Sendable {
    public let limits: PressureLimits
    public private(set) var level = DiskLevel.roomy
    public private(set) var room: DiskRoom?
    /// Whether a write found no room since there was room last.
    public private(set) var isExhausted = false

    static let marginPercent = 2

    public init(_ limits: PressureLimits) { self.limits = limits }

    /// Nil when the system gives no answer: then only what a write finds out counts.
    public mutating func see(_ room: DiskRoom?) {
        self.room = room
        guard let used = room?.usedPercent else {
            level = isExhausted ? .full : .roomy
            return
        }
        let margin = level == .full ? DiskGauge.marginPercent : 0
        if isExhausted && hasRoomAgain(room) { isExhausted = false }
        if isExhausted || used >= limits.stopPercent - margin {
            level = .full
        } else {
            level = used >= limits.warnPercent ? .low : .roomy
        }
    }

    /// A write found the disk full, whatever was measured before.
    public mutating func exhaust() {
        isExhausted = true
        level = .full
    }

    /// Enough for the reserve that was given up, and as much again to work with.
    private func hasRoomAgain(_ room: DiskRoom?) -> Bool {
        guard let room else { return false }
        let need = max(limits.reserveBytes, PressureLimits.roomToWork)
        return room.freeBytes >= need &+ need
    }
}
