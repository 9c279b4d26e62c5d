internal import Synchronization

/// When the parent last answered.
final class Contact: Sendable {
    private let milliseconds = Mutex<Int64?>(nil)

    var last: Int64? { milliseconds.withLock { $0 } }

    func note(at now: Int64) { milliseconds.withLock { $0 = now } }
}
