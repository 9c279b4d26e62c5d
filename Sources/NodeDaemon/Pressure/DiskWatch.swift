internal import Logging
internal import NodeCore
internal import NodeFiles
internal import ServiceLifecycle

/// Looks at the disk every few seconds: says when the level changes, takes the reserve again when there is room, and lets
/// go of uploads that nobody goes on with.
struct DiskWatch: Service {
    let node: Node
    let logger: Logger

    private static let lookSeconds: Int64 = 2

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var last = DiskLevel.roomy
            while !Task.isCancelled {
                last = await look(last)
                do { try await Task.sleep(for: .seconds(DiskWatch.lookSeconds)) } catch { return }
            }
        }
    }

    private func look(_ last: DiskLevel) async -> DiskLevel {
        let pressure = node.pressure
        pressure.collect()
        if pressure.look().isExhausted { await node.shrinkLog() }
        if pressure.renewReserve() { logger.info("the reserve is there", metadata: ["bytes": "\(pressure.reserveBytes)"]) }
        let gauge = pressure.look()
        guard gauge.level != last else { return last }
        let used = "\(gauge.room?.usedPercent ?? 0)"
        switch gauge.level {
        case .roomy: logger.notice("there is room on the disk again", metadata: ["usedPercent": "\(used)"])
        case .low: logger.warning("the disk gets full", metadata: ["usedPercent": "\(used)"])
        case .full:
            node.metrics.add("bangfu_disk_full_total")
            logger.error("the disk is full: nothing new is taken", metadata: ["usedPercent": "\(used)"])
        }
        // Whoever waits for news of this node may find it ready again.
        if last == .full { await node.wakeAll() }
        return gauge.level
    }
}
