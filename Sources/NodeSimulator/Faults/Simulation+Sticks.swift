internal import NodeCore
internal import SyncProtocol

/// A file on its way between two neighbours in somebody's pocket.
struct Stick {
    let from: Int
    let to: Int
    let bytes: [UInt8]
}

/// Sticks go beside the lines, in both directions: late, twice, in the wrong order, altered, or they are lost.
extension Simulation {
    /// How many seeds out of ten know sticks.
    private static let share = 3

    mutating func planSticks() {
        guard sticks.below(10) < Simulation.share else { return }
        for _ in 0..<(2 + sticks.below(6)) {
            agenda.plan(.export, at: now + 20_000 + Int64(sticks.below(Int(Simulation.firstPhase) - 60_000)))
        }
    }

    /// Somebody takes along what one node owes another, in small files.
    mutating func exportToStick() throws {
        let children = sites.indices.filter { sites[$0].parent != nil }
        let child = children[sticks.below(children.count)]
        guard let parent = sites[child].parent, !isCalm else { return }
        let (from, to) = sticks.below(2) == 0 ? (child, parent) : (parent, child)
        let room = 1_500 + sticks.below(8_000)
        guard sites[from].isUp, let engine = sites[from].engine, let link = Link(engine, peer: sites[to].node) else {
            return
        }
        let export: BundleExport
        do {
            export = try write(from, isDeep: false) { try BundleExport.make(link, room: room, in: $1) }
        } catch let error as ProtocolError {
            return note(from, "exports nothing to \(sites[to].seat.code): \(error.code.rawValue)")
        }
        try perform([.wake(sites[to].node)], at: from)
        guard sites[from].dangling == 0 else {
            throw Violation(3, "a bundle leaves \(sites[from].seat.code) while its disk is not synced")
        }
        note(from, "exports \(export.entries) entries in \(export.files) files to \(sites[to].seat.code)")
        for file in 1...export.files { try carry(file, of: export, from, to) }
    }

    private mutating func carry(_ file: Int, of export: BundleExport, _ from: Int, _ to: Int) throws {
        var bytes = [UInt8]()
        let entropy = sites[from].entropy
        try withoutActuallyEscaping({ (more: [UInt8]) in bytes += more }) { sink in
            try export.write(file: file, entropy: { entropy.bytes($0) }, to: sink) { link, log, position in
                try read(from) { try link.changesets(of: log, from: position, budget: 4_096, in: $1) }
            }
        }
        // Lost one time in six, twice one time in six.
        let copies = [0, 1, 1, 1, 1, 2][sticks.below(6)]
        for _ in 0..<copies {
            let delay = 2_000 + Int64(sticks.below(240_000))
            agenda.plan(.stick(Stick(from: from, to: to, bytes: damaged(bytes))), at: now + delay)
        }
    }

    private func damaged(_ bytes: [UInt8]) -> [UInt8] {
        switch sticks.below(10) {
        case 0: return Array(bytes.prefix(sticks.below(bytes.count)))
        case 1:
            var altered = bytes
            altered[sticks.below(bytes.count)] ^= UInt8(1 << sticks.below(8))
            return altered
        default: return bytes
        }
    }

    // MARK: In

    mutating func arrive(_ stick: Stick) throws {
        // One of two copies may be gone by then.
        guard !isCalm, max(stick.from, stick.to) < sites.count else { return }
        guard sites[stick.to].isUp else {
            return agenda.plan(.stick(stick), at: now + 10_000)
        }
        table.add(.stick)
        do { try take(stick) } catch let error as ProtocolError {
            note(stick.to, "refused a stick of \(sites[stick.from].seat.code): \(error.code.rawValue)")
            ledger.refused(stick.from, stick.to, error.code)
        } catch let error as NodeError
            where (error.code == .conflict && turnedBack != nil) || error.code == .recoverFirst
        {
            note(stick.to, "refused a stick of \(sites[stick.from].seat.code): \(error.code.rawValue)")
        }
    }

    private mutating func take(_ stick: Stick) throws {
        let index = stick.to
        let manifest = try StickIntake(node: sites[index].node, key: sites[index].key).take(
            stick.bytes,
            engine: {
                guard let engine = sites[index].engine else { throw PowerCut(site: index) }
                return engine
            },
            handle: { event in try perform(try write(index) { try $0.handle(event, in: $1) }, at: index) },
            gaps: { link, manifest in try read(index) { try link.checkGaps(manifest, in: $1) } },
            item: { item, link in try take(item, stick, link) })
        note(index, "took file \(manifest.file) of \(manifest.content.begins.count) from \(sites[stick.from].seat.code)")
    }

    private mutating func take(_ item: BundleItem, _ stick: Stick, _ link: Link) throws {
        switch item {
        case .statement, .rotation: return
        case .receipt(let bytes):
            guard let engine = sites[stick.to].engine else { return }
            let receipt = try Receipt(verifying: bytes[...], from: sites[stick.from].node, trust: engine.trust)
            guard try read(stick.to, { try link.canTake(receipt, in: $1) }) else { return }
            _ = try take(bytes, from: stick.from, at: stick.to)
        case .changeset(let bytes):
            if try Changeset.log(in: bytes).author == sites[stick.to].node {
                try takeBack(bytes, from: stick.from, at: stick.to)
            } else if case .failure(let error) = try intake(bytes, from: stick.from, at: stick.to) {
                throw error
            }
        }
    }
}
