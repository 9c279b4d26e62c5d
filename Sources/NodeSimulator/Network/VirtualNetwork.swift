internal import NodeCore
internal import SyncProtocol

/// The lines between children and parents. A line is named by its child.
struct VirtualNetwork {
    struct Delivery {
        let at: Int64
        let packet: Packet
    }

    private let climate: Climate
    private let entropy: Entropy
    private var deadUntil: [Int: Int64] = [:]
    /// From now on nothing goes wrong.
    var isCalm = false

    init(_ climate: Climate, _ entropy: Entropy) {
        self.climate = climate
        self.entropy = entropy
    }

    mutating func kill(line: Int, until time: Int64) { deadUntil[line] = max(deadUntil[line] ?? 0, time) }

    mutating func heal() {
        deadUntil = [:]
        isCalm = true
    }

    func isDead(_ line: Int, at time: Int64) -> Bool { (deadUntil[line] ?? 0) > time }

    /// When and how a message arrives: once, twice, damaged or not at all. `sender` can sign covers for itself.
    mutating func carry(
        _ packet: Packet, line: Int, now: Int64, sender: NodeIdentity?, counting table: inout FaultTable
    ) throws -> [Delivery] {
        let base = now + 5 + Int64(entropy.below(45))
        if isCalm { return [Delivery(at: base, packet: packet)] }
        if isDead(line, at: now) { return [] }
        if strikes(.drop, &table) { return [] }
        var packet = packet
        try damage(&packet, sender, &table)
        var arrival = base
        if strikes(.delay, &table) { arrival += 1_000 + Int64(entropy.below(9_000)) }
        if strikes(.reorder, &table) { arrival += 50 + Int64(entropy.below(400)) }
        var deliveries = [Delivery(at: arrival, packet: packet)]
        if strikes(.duplicate, &table) {
            deliveries.append(Delivery(at: arrival + Int64(entropy.below(3_000)), packet: packet))
        }
        return deliveries
    }

    /// Whether one end forgets the session with this message.
    func hangsUp(_ table: inout FaultTable) -> Bool { !isCalm && strikes(.hangUp, &table) }

    private func strikes(_ kind: FaultKind, _ table: inout FaultTable) -> Bool {
        guard let rate = climate.perMille[kind], entropy.below(1_000) < rate else { return false }
        table.add(kind)
        return true
    }

    private func wants(_ kind: FaultKind) -> Bool { climate.perMille[kind].map { entropy.below(1_000) < $0 } ?? false }

    private func damage(_ packet: inout Packet, _ sender: NodeIdentity?, _ table: inout FaultTable) throws {
        guard let bytes = packet.bytes, !bytes.isEmpty else { return }
        if strikes(.truncate, &table) {
            packet.bytes = Array(bytes.prefix(entropy.below(bytes.count)))
        } else if strikes(.flip, &table) {
            var flipped = bytes
            flipped[entropy.below(bytes.count)] ^= UInt8(1 << entropy.below(8))
            packet.bytes = flipped
        } else if packet.isChangeset {
            try repack(&packet, bytes, sender, &table)
        }
    }

    private func repack(
        _ packet: inout Packet, _ bytes: [UInt8], _ sender: NodeIdentity?, _ table: inout FaultTable
    ) throws {
        if wants(.cutSection), let altered = try Gateway.alter(bytes, .cut, entropy) {
            table.add(.cutSection)
            packet.bytes = altered
        } else if wants(.swapSection), let altered = try Gateway.alter(bytes, .swap, entropy) {
            table.add(.swapSection)
            packet.bytes = altered
        } else if wants(.forgedSection), let sender, let forged = try Gateway.forge(bytes, sender, entropy) {
            table.add(.forgedSection)
            packet.bytes = forged
        }
    }
}
