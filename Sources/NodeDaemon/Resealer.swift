internal import BusinessModules
internal import Logging
internal import NodeCore
internal import ServiceLifecycle

/// Seals the store's values anew in small steps after its data keys were changed, and changes them when they are old.
struct Resealer: Service {
    let node: Node
    let logger: Logger

    /// Between two steps others have the writer.
    private static let pause = Duration.milliseconds(20)
    private static let look = Duration.seconds(2)
    private static let retry = Duration.seconds(60)

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                let wait = await next()
                do { try await Task.sleep(for: wait) } catch { return }
            }
        }
    }

    private func next() async -> Duration {
        do { return try await node.reseal() ? Resealer.pause : Resealer.look } catch {
            node.metrics.add("bangfu_reseal_failures_total")
            logger.error("values could not be sealed anew", metadata: ["error": "\(error)"])
            return Resealer.retry
        }
    }
}

extension Node {
    /// One step. False when there is nothing to do.
    func reseal() throws -> Bool {
        guard engine?.standstill == nil else { return false }
        let now = Node.moment()
        let (isPending, isDue) = try store.read {
            (try KeyRotation.isPending(in: $0), try KeyRotation.isDue(at: now.milliseconds, in: $0))
        }
        if isDue && !isPending {
            try store.write(now) { try KeyRotation.begin(Catalog.charter, by: Principal("rule"), in: $0) }
            logger.notice("new data keys are in use")
        }
        guard isPending || isDue else { return false }
        guard let step = try store.write(Node.moment(), { try KeyRotation.step(Catalog.charter, in: $0) }) else {
            return false
        }
        metrics.add("bangfu_resealed_rows_total", by: step.seen)
        guard step.isDone else { return true }
        // The old keys are not to be found in the log either.
        try store.foldLog()
        metrics.add("bangfu_key_rotations_total")
        logger.notice("everything lies under the new data keys; the old ones are destroyed")
        return false
    }
}
