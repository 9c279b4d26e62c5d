internal import Foundation
internal import Logging
internal import NodeCore
internal import NodeFiles
internal import ServiceLifecycle

/// Does what is due from time to time: a backup every day where `config.json` names a place, the sealed copy
/// of what stays at home every hour, reminders every day, a new key every quarter.
struct Keeper: Service {
    let node: Node
    let uplink: Uplink
    let config: NodeConfig
    let logger: Logger

    private static let hourMilliseconds: Int64 = 3_600_000
    private static let dayMilliseconds = 24 * hourMilliseconds
    private static let lookSeconds: Int64 = 600

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                await look()
                do { try await Task.sleep(for: .seconds(Keeper.lookSeconds)) } catch { return }
            }
        }
    }

    /// Both on their own: what fails today is tried again at the next look.
    func look() async {
        guard let engine = node.engine, engine.standstill == nil else { return }
        do { try await backUp() } catch {
            node.metrics.add("bangfu_backup_failures_total")
            logger.error("no backup could be made", metadata: ["error": "\(error)"])
        }
        do { try await copyHome() } catch {
            node.metrics.add("bangfu_home_copy_failures_total")
            logger.info("the copy of what stays at home was not sent", metadata: ["error": "\(error)"])
        }
        do { try await remind() } catch {
            node.metrics.add("bangfu_reminder_failures_total")
            logger.error("reminders could not be noted", metadata: ["error": "\(error)"])
        }
        do { try await renewKey() } catch {
            node.metrics.add("bangfu_rotation_failures_total")
            logger.warning("the key could not be changed", metadata: ["error": "\(error)"])
        }
    }

    private func backUp() async throws {
        guard let target = config.backupTo else { return }
        let last = try node.store.read { try Upkeep.lastBackup(in: $0) } ?? 0
        guard Node.moment().milliseconds - last >= Keeper.dayMilliseconds else { return }
        _ = try await node.backUp(into: target)
    }

    private func copyHome() async throws {
        guard config.recoveryKey != nil, node.parentNode() != nil else { return }
        let last = try node.store.read { try Upkeep.lastCopy(in: $0) } ?? 0
        guard Node.moment().milliseconds - last >= Keeper.hourMilliseconds else { return }
        _ = try await node.copyHome(through: uplink)
    }

    /// Once a day, the first time at the start.
    private func remind() async throws {
        let today = Node.moment().today
        guard try node.store.read({ try Upkeep.lastReminders(in: $0) }).map({ $0 < today }) ?? true else { return }
        let outcome = try await node.remind(asOf: today)
        let purged = try await node.tidy()
        if purged > 0 { logger.info("deleted drafts are gone for good", metadata: ["drafts": "\(purged)"]) }
        logger.info("reminders", metadata: ["noted": "\(outcome.noted)", "late": "\(outcome.late)"])
    }

    private func renewKey() async throws {
        let age = try await node.keyAge() ?? 0
        let limit = Int64(config.rotateKeyDays) * Keeper.dayMilliseconds
        // The national node's is changed by the people who keep the root's parts.
        guard limit > 0, age >= limit, node.parentNode() != nil else { return }
        _ = try await uplink.rotate()
    }
}
