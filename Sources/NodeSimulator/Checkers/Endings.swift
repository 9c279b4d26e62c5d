internal import NodeCore
internal import SyncProtocol

/// Invariants 9 and 11: what a level may not see is nowhere in its store, and what it may not understand is still there.
enum Exposure {
    static func check(_ index: Int, _ simulation: Simulation) throws {
        let site = simulation.sites[index]
        var forbidden = [String]()
        for serial in simulation.ledger.plains.keys.sorted() {
            guard let plain = simulation.ledger.plains[serial], let writer = simulation.ledger.writers[serial],
                writer != index
            else { continue }
            forbidden += hidden(plain, of: simulation.sites[writer].seat, from: site, simulation.tree)
        }
        let expected = try later(index, simulation)
        let search = try ByteSearch(forbidden + expected.map(\.text))
        let hits = try simulation.read(index) { try search.run(in: $1) }
        let isForbidden = Set(forbidden)
        if let hit = hits.first(where: { isForbidden.contains($0.text) }) {
            throw Violation(9, "\(site.seat.code) holds \(hit.text) in \(hit.place)")
        }
        let found = Set(hits.map(\.text))
        guard let lost = expected.first(where: { !found.contains($0.text) }) else { return }
        throw Violation(11, "\(site.seat.code) lost a field of \(lost.key) on its way through older programs")
    }

    private static func hidden(_ plain: Plain, of home: TreeSeat, from site: Site, _ tree: NodeTree) -> [String] {
        let reviewers = [plain.note, plain.name, plain.identity, plain.laterNote]
        let city = [plain.address, plain.memberName]
        guard tree.isBelow(home.code, site.seat.code) else {
            return [plain.remark, home.code + plain.key] + reviewers + city
        }
        let required: [String: Level] = ["1": .national, "2": .province, "3": .city, "4": .county]
        let ceiling = required[plain.standard].flatMap { tree.ceiling(home: home.code, required: $0) } ?? home.level
        let levels = tree.reviewLevels(home: home.code, ceiling: ceiling)
        let isShown = !levels.isEmpty && site.seat.level >= ceiling
        let isCity = site.seat.level == .city && levels.contains(.city) && !site.seat.isRelay
        return [plain.remark] + (isShown ? [] : reviewers) + (isCity ? [] : city)
    }

    /// Fields that only the home's program knows, which went the whole way inside bytes that nobody wrote anew.
    private static func later(_ index: Int, _ simulation: Simulation) throws -> [(key: String, text: String)] {
        guard simulation.sites[index].seat.level == .national else { return [] }
        return try simulation.read(index) { try Inspection.records(in: $1) }.compactMap { record in
            let serials = simulation.ledger.contents[.init(record: record.id, number: record.version)] ?? []
            guard serials.count == 1,
                let plain = serials.first.flatMap({ simulation.ledger.plains[$0] }), plain.isNewer
            else { return nil }
            return (key: record.key, text: plain.later)
        }
    }
}

/// Invariant 8: what the tables show is what the home wrote, and nothing else.
enum Contents {
    static func check(_ index: Int, _ simulation: Simulation) throws {
        let site = simulation.sites[index]
        var filter = Inquiry.Filter()
        filter.limit = 1_000
        let list = try simulation.read(index) { _, snapshot in
            try site.charter.kinds.flatMap { try Inquiry(site.charter).list($0, filter, in: snapshot) }
        }
        for summary in list where summary.homeSeat != site.seat.code {
            guard let record = RecordID(hex: summary.id) else { continue }
            if site.seat.isRelay {
                guard summary.record[Sheet.amount] == nil else {
                    throw Violation(9, "\(site.seat.code) reads what it relays")
                }
                continue
            }
            let serials = simulation.ledger.contents[.init(record: record, number: summary.version)] ?? []
            let plains = serials.compactMap { simulation.ledger.plains[$0] }
            guard plains.contains(where: { fits($0, summary.record) }) else {
                throw Violation(
                    8,
                    "\(site.seat.code) shows version \(summary.version) of \(summary.key) with "
                        + "\(summary.record[Sheet.amount] ?? 0) fen; "
                        + "its home wrote \(plains.map(\.amountFen).sorted())")
            }
        }
    }

    private static func fits(_ plain: Plain, _ record: Record) -> Bool {
        func same(_ shown: String?, _ written: String) -> Bool { shown == nil || shown == written }
        return record[Sheet.amount] == plain.amountFen && record[Sheet.standard] == plain.standard
            && same(record[Sheet.name], plain.name) && same(record[Sheet.note], plain.note)
            && same(record[Sheet.later], plain.later) && same(record[Sheet.laterNote], plain.laterNote)
            && same(record[Sheet.address], plain.address) && same(record[Sheet.identity], plain.identity)
            && record[Sheet.remark] == nil
    }
}

/// Invariant 17: every level counts each record once, in the version that the levels below let through.
enum Totals {
    static func check(_ simulation: Simulation) throws {
        for home in simulation.sites where home.mayBeHome && home.index != simulation.turnedBack {
            let records = try simulation.read(home.index) { try Inspection.records(in: $1) }.filter { $0.home == home.node }
            let versions = try simulation.read(home.index) { try Inspection.versions(in: $1) }
            for record in records where record.version > 0 {
                let own = versions.filter { $0.record == record.id }
                try check(record, own, home, simulation)
            }
        }
    }

    private static func check(
        _ record: Inspection.Record, _ versions: [Inspection.Version], _ home: Site, _ simulation: Simulation
    ) throws {
        var above = home.parent
        while let index = above {
            let site = simulation.sites[index]
            let expected = versions.filter { isThrough($0, home, upTo: site.seat.level, simulation) }.map(\.number).max()
            let held = simulation.ledger.known[index].current[record.id]
            guard held == expected else {
                throw Violation(
                    17,
                    "\(site.seat.code) holds version \(held ?? 0) of \(record.key), "
                        + "the levels below let \(expected ?? 0) through"
                )
            }
            above = site.parent
        }
    }

    /// Whether every reviewing level between the home and `level` approved this version.
    private static func isThrough(
        _ version: Inspection.Version, _ home: Site, upTo level: Level, _ simulation: Simulation
    ) -> Bool {
        let tree = simulation.tree
        for reviewing in tree.reviewLevels(home: home.seat.code, ceiling: version.ceiling) where reviewing > level {
            let decider = tree.path(from: home.seat.code).first { $0.level == reviewing && !$0.isRelay }
            guard let index = simulation.sites.firstIndex(where: { $0.seat.code == decider?.code }) else { return false }
            let isApproved = simulation.ledger.known[index].decisions.contains {
                $0.record == version.record && $0.version == version.number && $0.level == reviewing.rawValue
                    && $0.type == .approve
            }
            if !isApproved { return false }
        }
        return true
    }
}

/// Invariant 15: a node that wrote on from an old copy is noticed.
enum Noticed {
    static func check(_ simulation: Simulation) throws {
        guard let index = simulation.turnedBack, let parent = simulation.sites[index].parent else { return }
        let site = simulation.sites[index]
        let mine = simulation.ledger.known[index]
        let theirs = simulation.ledger.known[parent]
        for (log, head) in theirs.heads.sorted(by: { $0.key < $1.key }) where log.author == site.node {
            let place = Ledger.LogPlace(log: log, first: head.next)
            guard head.next > 0, mine.ends[place] != head.hash else { continue }
            let codes: [ProtocolError.Code] = [.position, .fork, .chainBroken, .copied, .recoverFirst]
            guard codes.contains(where: { simulation.ledger.refusals(index, parent, $0) > 0 }) else {
                throw Violation(15, "\(site.seat.code) wrote on from an old copy, and nobody noticed")
            }
        }
    }
}

/// Invariants 3 and 12: an earlier life is closed where a later one is open; what was taken back is kept for people.
enum Lives {
    static func check(_ index: Int, _ simulation: Simulation) throws {
        let site = simulation.sites[index]
        let heads = try simulation.read(index) { try Inspection.heads(in: $1) }
        for head in heads where head.log.peer == site.node && head.log.author != site.node && head.closed == nil {
            let isLast =
                heads.last {
                    $0.log.author == head.log.author && $0.log.direction == head.log.direction && $0.log.peer == site.node
                        && $0.next > 0
                }?.log == head.log
            guard isLast || head.next == 0 else {
                throw Violation(3, "\(site.seat.code) holds an earlier life of a neighbour open beside a later one")
            }
        }
        guard let revoked = simulation.revoked, index == simulation.sites[revoked.site].parent else { return }
        let late = Set(try simulation.read(index) { try Inspection.late(in: $1) })
        guard simulation.ledger.evidence.isSubset(of: late) else {
            throw Violation(12, "\(site.seat.code) did not keep what a revocation excludes")
        }
    }
}
