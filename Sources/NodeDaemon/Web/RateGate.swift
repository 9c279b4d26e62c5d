internal import NodeCore
internal import Synchronization

/// How much one address may ask for at once. What is slow on purpose (a password's digest, 64 MiB each) runs two at a time.
final class RateGate: Sendable {
    private struct Window {
        var start: Int64
        var count: Int
    }

    private let windows = Mutex<[String: Window]>([:])
    private let running = SlowTurn(places: 2, waitingMax: 50)

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

    func slow<Result: Sendable>(_ work: @Sendable () async throws -> Result) async throws -> Result {
        guard await running.enter() else { throw RateGate.tooMany }
        do {
            let result = try await work()
            await running.leave()
            return result
        } catch {
            await running.leave()
            throw error
        }
    }

    private static let tooMany = NodeError(
        .tooMany, "操作过于频繁，请一分钟后再试", "too many requests: try again in a minute")
}

/// A few places, and a bounded queue before them.
actor SlowTurn {
    private var free: Int
    private let waitingMax: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(places: Int, waitingMax: Int) {
        free = places
        self.waitingMax = waitingMax
    }

    /// False when the queue is full.
    func enter() async -> Bool {
        if free > 0 {
            free -= 1
            return true
        }
        guard waiting.count < waitingMax else { return false }
        await withCheckedContinuation { waiting.append($0) }
        return true
    }

    /// The place goes to who waits longest.
    func leave() {
        if waiting.isEmpty { free += 1 } else { waiting.removeFirst().resume() }
    }
}
