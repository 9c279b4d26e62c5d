internal import Dispatch

/// A thread of its own for SQLite: the node's actor runs here, so that a commit never blocks Swift's small pool.
final class StoreQueue: SerialExecutor {
    private let queue: DispatchQueue

    init(_ name: String) { queue = DispatchQueue(label: name) }

    /// For `assumeIsolated` in what `run` was given.
    func checkIsolated() { dispatchPrecondition(condition: .onQueue(queue)) }

    /// Behind everything that waits already.
    func run(_ work: @escaping @Sendable () -> Void) { queue.async(execute: work) }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }
}

/// Runs blocking reads beside the pool and beside the writer.
enum Offload {
    private static let queue = DispatchQueue(label: "bangfu.read", attributes: .concurrent)

    /// Gives up a large value beside the writer.
    static func release<Value: Sendable>(_ value: consuming sending Value) { queue.async { [value] in _ = value } }

    static func run<Result: Sendable>(_ work: @escaping @Sendable () throws -> Result) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Swift.Result { try work() }) }
        }
    }
}
