internal import BusinessModules
internal import Foundation
internal import NodeCore
internal import SyncProtocol

/// `/metrics`: what was counted since the start, and what is measured when somebody asks.
extension LocalListener {
    private typealias Gauge = (name: String, labels: [String: String], value: Int)

    func metrics() async throws -> String {
        let engine = node.engine
        let pressure = pressureGauges(engine)
        let gauges = try await Offload.run { [store = node.store] in
            var gauges = pressure
            gauges.append((name: "bangfu_standstill", labels: [:], value: engine?.standstill == nil ? 0 : 1))
            return gauges + (try store.read { try LocalListener.storeGauges(engine, in: $0) })
        }
        return node.metrics.exposition(gauges: gauges)
    }

    private static func storeGauges(_ engine: SyncEngine?, in snapshot: borrowing Snapshot) throws -> [Gauge] {
        let inquiry = Inquiry(Catalog.charter)
        var gauges = [Gauge]()
        let now = Node.moment().milliseconds
        let key = engine?.identity.key.publicKey.id
        for (name, since) in [
            ("bangfu_verified_restore_age_seconds", try Upkeep.lastBackup(in: snapshot)),
            ("bangfu_home_copy_age_seconds", try Upkeep.lastCopy(in: snapshot)),
            ("bangfu_key_age_seconds", try key.flatMap { try Upkeep.known($0, in: snapshot) }),
        ] {
            guard let since else { continue }
            gauges.append((name: name, labels: [:], value: Int(clamping: max(0, now - since) / 1_000)))
        }
        for link in try engine.map({ try inquiry.links($0, in: snapshot) }) ?? [] where link.isOwn {
            gauges.append(
                (
                    name: "bangfu_backlog_entries", labels: ["seat": link.seat, "direction": link.direction],
                    value: Int(clamping: link.backlog) + link.waiting
                ))
        }
        for count in try inquiry.quarantineCounts(in: snapshot) {
            gauges.append((name: "bangfu_quarantine", labels: ["code": count.code], value: count.count))
        }
        for kind in Catalog.kinds {
            for count in try inquiry.counts(kind, in: snapshot) {
                gauges.append(
                    (name: "bangfu_records", labels: ["kind": kind.code, "status": count.status], value: count.count))
            }
        }
        return gauges
    }

    /// Room on the disk, what is under way, and the credit of each neighbour.
    private func pressureGauges(_ engine: SyncEngine?) -> [Gauge] {
        let gauge = node.pressure.look()
        let view = node.pressure.view
        var gauges: [Gauge] = [
            (name: "bangfu_disk_level", labels: [:], value: gauge.level.rawValue),
            (name: "bangfu_store_failed", labels: [:], value: node.store.failure == nil ? 0 : 1),
            (name: "bangfu_reserve_bytes", labels: [:], value: Int(clamping: node.pressure.reserveBytes)),
            (name: "bangfu_staged_bytes", labels: [:], value: Int(clamping: view.stagedBytes)),
        ]
        if let room = gauge.room {
            gauges.append((name: "bangfu_disk_free_bytes", labels: [:], value: Int(clamping: room.freeBytes)))
            gauges.append((name: "bangfu_disk_total_bytes", labels: [:], value: Int(clamping: room.totalBytes)))
            gauges.append((name: "bangfu_disk_used_percent", labels: [:], value: room.usedPercent))
        }
        guard let engine else { return gauges }
        let neighbours = engine.identity.tree.seats.filter {
            $0.parent == engine.identity.seat.code || $0.code == engine.identity.seat.parent
        }
        for seat in neighbours {
            guard let node = engine.trust.certificate(ofSeat: seat.code)?.node else { continue }
            let given = Int(clamping: self.node.pressure.given(by: node))
            let granted = Int(clamping: self.node.pressure.credit(of: node))
            gauges.append((name: "bangfu_credit_bytes", labels: ["seat": seat.code, "direction": "given"], value: granted))
            gauges.append((name: "bangfu_credit_bytes", labels: ["seat": seat.code, "direction": "got"], value: given))
        }
        return gauges
    }
}
