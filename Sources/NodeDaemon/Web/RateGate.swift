internal import NodeCore
internal import Synchronization

/// How much one address may write in a minute.
final class RateGate: Sendable {
    private struct Window {
        var start: Int64
        var count: Int
    }

    private let windows = Mutex<[String: Window]>([:])

    /// Writes of one address in a minute: a busy counter with several clerks behind one address stays far below.
    private static let writesPerMinute = 300
    private static let minute: Int64 = 60_000
    private static let addressesMax = 10_000

    func admit(_ source: String, at now: Int64) throws {
        let isOver = windows.withLock { windows in
            if windows.count > RateGate.addressesMax { windows = windows.filter { now - $0.value.start < RateGate.minute } }
            var window = windows[source] ?? Window(start: now, count: 0)
            if now - window.start >= RateGate.minute { window = Window(start: now, count: 0) }
            window.count += 1
            windows[source] = window
            return window.count > RateGate.writesPerMinute
        }
        guard !isOver else { throw RateGate.tooMany }
    }

    private static let tooMany = NodeError(
        .tooMany, "操作过于频繁，请一分钟后再试", "too many requests: try again in a minute")
}
