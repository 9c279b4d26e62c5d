internal import Foundation
internal import Logging
internal import NodeCore
internal import NodeFiles
internal import ServiceLifecycle

/// Makes the daily backup, where `config.json` says one is to be made.
struct Keeper: Service {
    let node: Node
    let folder: NodeFolder
    let logger: Logger

    private static let dayMilliseconds: Int64 = 24 * 3_600_000
    private static let lookSeconds: Int64 = 600

    func run() async throws {
        guard let target = folder.config.backupTo else { return try await gracefulShutdown() }
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                await look(target)
                do { try await Task.sleep(for: .seconds(Keeper.lookSeconds)) } catch { return }
            }
        }
    }

    private func look(_ target: String) async {
        do {
            let last = try folder.lastBackup() ?? 0
            guard Node.moment().milliseconds - last >= Keeper.dayMilliseconds, node.engine != nil else { return }
            _ = try await node.backUp(into: target)
        } catch {
            node.metrics.add("bangfu_backup_failures_total")
            logger.error("no backup could be made", metadata: ["error": "\(error)"])
        }
    }
}
