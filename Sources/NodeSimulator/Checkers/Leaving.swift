internal import NodeCore
internal import SyncProtocol

/// Invariant 3: what leaves a node is committed and on its disk.
enum Leaving {
    static func check(_ packet: Packet, of simulation: Simulation) throws {
        switch packet.content {
        case .receipt(let bytes): try checkReceipt(bytes, packet, simulation)
        case .up(let bytes): try checkChangesets([bytes], packet, simulation)
        case .down(let list), .channel(let list): try checkChangesets(list, packet, simulation)
        default: return
        }
        let unsynced = simulation.sites[packet.from].dangling
        guard unsynced == 0 else {
            throw Violation(
                3, "\(packet.name) leaves \(name(packet, simulation)) while \(unsynced) bytes of its disk are not synced")
        }
    }

    private static func checkReceipt(_ bytes: [UInt8], _ packet: Packet, _ simulation: Simulation) throws {
        guard let engine = simulation.sites[packet.from].engine else { return }
        let receipt = try Receipt(verifying: bytes[...], from: engine.identity.node, trust: engine.trust)
        let head = try simulation.read(packet.from) { try Inspection.head(of: receipt.log, in: $1) }
        guard receipt.durable <= head?.next ?? 0, receipt.durable == 0 || receipt.durableHash != nil else {
            throw Violation(
                3, "\(name(packet, simulation)) acknowledges \(receipt.durable) and holds \(head?.next ?? 0)")
        }
    }

    private static func checkChangesets(_ list: [[UInt8]], _ packet: Packet, _ simulation: Simulation) throws {
        for bytes in list {
            let size = bytes[8..<12].reduce(0) { $0 << 8 | Int($1) }
            let cover = try Cover(decoding: bytes[Changeset.preambleSize..<Changeset.preambleSize + size])
            let seal = try Seal(decoding: cover.seal[...])
            let held = try simulation.read(packet.from) { try $0.heldSeal(at: seal.first, of: seal.log, in: $1) }
            guard held?.hash == seal.hash else {
                throw Violation(3, "\(name(packet, simulation)) sends a seal at \(seal.first) that it has not committed")
            }
        }
    }

    private static func name(_ packet: Packet, _ simulation: Simulation) -> String {
        simulation.sites[packet.from].seat.code
    }
}
