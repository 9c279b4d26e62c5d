internal import NodeCore
internal import SyncProtocol

/// What is checked at a site after each step that changed it.
extension Simulation {
    struct Picture {
        let heads: [Inspection.Head]
        let lines: [Inspection.Line]
        let records: [Inspection.Record]
        let versions: [Inspection.Version]
        let decisions: [Inspection.Decision]
    }

    mutating func lookAt(_ index: Int, isDeep: Bool = true) throws {
        // Where rows were taken back their numbers are used again.
        let last = hasTakenBack || restored != nil ? 0 : ledger.known[index].lastLine
        let (heads, lines, picture) = try read(index) {
            _, snapshot -> ([Inspection.Head], [Inspection.Line], Picture?) in
            let heads = try Inspection.heads(in: snapshot)
            let lines = try Inspection.lines(after: last, in: snapshot)
            guard isDeep || !lines.isEmpty else { return (heads, lines, nil) }
            let picture = Picture(
                heads: heads, lines: lines, records: try Inspection.records(in: snapshot),
                versions: try Inspection.versions(in: snapshot), decisions: try Inspection.decisions(in: snapshot))
            return (heads, lines, picture)
        }
        try Chains.check(lines, at: sites[index], &ledger)
        try Chains.check(heads, at: sites[index], &ledger)
        try checkAcknowledged(heads, at: index)
        guard let picture else { return }
        try Revocations.check(index, self)
        try Homes.check(picture, at: sites[index], &ledger)
        try Decisions.check(picture, at: sites[index], tree: tree, &ledger)
        try Folds.check(picture, tree: tree, planted: planted, turn: steps)
    }

    /// Invariants 1 and 15: what a neighbour acknowledged it holds, and it is the same.
    private func checkAcknowledged(_ heads: [Inspection.Head], at index: Int) throws {
        for head in heads where head.log.author == sites[index].node && head.peerDurable > 0 {
            guard let peer = sites.firstIndex(where: { $0.node == head.log.peer }), peer != turnedBack else { continue }
            // A restored site gets it back when the line is there; that it has, is asked when all is at rest.
            if peer == restored || peer == cloned { continue }
            let place = Ledger.LogPlace(log: head.log, first: head.peerDurable)
            let (mine, theirs) = (ledger.known[index].ends[place], ledger.known[peer].ends[place])
            guard mine == theirs else {
                throw Violation(
                    theirs == nil ? 1 : 15,
                    "\(sites[peer].seat.code) does not hold what \(sites[index].seat.code) believes it does "
                        + "at \(head.peerDurable)"
                )
            }
        }
    }

    /// Invariants 2 and 3 for a node that comes back: nothing committed is missing, SQLite finds no fault.
    mutating func checkRecovered(_ index: Int) throws {
        let faults = try read(index) { engine, snapshot in
            try Inquiry(engine.identity.charter).integrity(in: snapshot)
        }
        guard faults == ["ok"] else {
            throw Violation(3, "the store of \(sites[index].seat.code) is damaged after a crash: \(faults)")
        }
        let heads = try read(index) { try Inspection.heads(in: $1) }
        for (log, head) in ledger.known[index].heads.sorted(by: { $0.key < $1.key }) {
            // The power may go right behind a commit that took something back.
            if mayTurnBack(log, at: index) { continue }
            guard let now = heads.first(where: { $0.log == log }), now.next >= head.next else {
                throw Violation(3, "\(sites[index].seat.code) came back without what it had committed up to \(head.next)")
            }
        }
        try rememberWork(index)
    }

    /// Whether a log may get shorter at a site: its key was taken away, or it is the author's own of an earlier life, of
    /// which a neighbour's branch counts.
    func mayTurnBack(_ log: LogID, at index: Int) -> Bool {
        log.author == ledger.revokedAuthor
            || (log.author == ledger.forkedAuthor && log.author == sites[index].node
                && log.incarnation != sites[index].engine?.identity.incarnation)
    }

    /// What clerks were at when the power went may be committed or not: the record itself says.
    mutating func rememberWork(_ index: Int) throws {
        let site = sites[index]
        guard site.mayBeHome else { return }
        var filter = Inquiry.Filter()
        filter.homeSeat = site.seat.code
        filter.limit = 1_000
        let list = try read(index) { _, snapshot in
            try site.charter.kinds.flatMap { try Inquiry(site.charter).list($0, filter, in: snapshot) }
        }
        for summary in list {
            guard let note = summary.record[Sheet.note], let serial = Int(note.dropFirst().prefix(7)),
                let record = RecordID(hex: summary.id)
            else { continue }
            ledger.working[index][record] = serial
        }
    }
}

/// Invariant 2: logs are dense and chained, one payload a position; 3: positions never go back.
enum Chains {
    static func check(_ lines: [Inspection.Line], at site: Site, _ ledger: inout Ledger) throws {
        for line in lines {
            let (seal, index) = (line.seal, site.index)
            let place = Ledger.LogPlace(log: seal.log, first: seal.first)
            if let other = ledger.seals[place], other != seal.hash, seal.log.author != ledger.forkedAuthor {
                throw Violation(2, "two payloads at \(seal.first) of a log, the second at \(site.seat.code)")
            }
            ledger.seals[place] = seal.hash
            // Of logs from above only the seals that concern this path are held.
            let isWhole = seal.log.direction == .up || line.hasBody
            let before = ledger.known[index].ends[place]
            if isWhole, seal.first > 0, before == nil || before != seal.previous {
                throw Violation(2, "\(site.seat.code) holds a seal at \(seal.first) that does not follow the one before")
            }
            ledger.known[index].ends[Ledger.LogPlace(log: seal.log, first: seal.next)] = seal.hash
            ledger.known[index].lastLine = line.number
        }
    }

    static func check(_ heads: [Inspection.Head], at site: Site, _ ledger: inout Ledger) throws {
        for head in heads {
            if let known = ledger.known[site.index].heads[head.log] {
                // The branch that counts may be as long as the one that was lost, or shorter.
                let isTakenBack = head.log.author == ledger.revokedAuthor && head.next <= known.next
                let isRegained =
                    head.log.author == ledger.forkedAuthor && head.log.author == site.node
                    && head.log.incarnation != site.engine?.identity.incarnation
                guard
                    isTakenBack || isRegained || head.next > known.next
                        || (head.next == known.next && head.hash == known.hash)
                else {
                    throw Violation(
                        3, "a position went back at \(site.seat.code): \(known.next), then \(head.next), of log \(head.log)")
                }
            }
            if let reason = head.frozen {
                guard let author = ledger.forkedAuthor, head.log.author == author || head.log.peer == author else {
                    throw Violation(15, "a link of honest nodes stands still at \(site.seat.code): \(reason)")
                }
                ledger.frozen.insert(site.index)
            }
            ledger.known[site.index].heads[head.log] = head
        }
    }
}

/// Invariant 5: one home a record, and only it writes; no two versions with one number.
enum Homes {
    static func check(_ picture: Simulation.Picture, at site: Site, _ ledger: inout Ledger) throws {
        for record in picture.records {
            if let home = ledger.homes[record.id], home != record.home {
                throw Violation(5, "\(record.key) has two homes")
            }
            ledger.homes[record.id] = record.home
            if let known = ledger.known[site.index].current[record.id], known > record.version,
                !ledger.mayRewrite(record.home)
            {
                throw Violation(5, "version \(known) of \(record.key) is gone at \(site.seat.code)")
            }
            let path = record.homeSeat
            guard path == site.seat.code || isAbove(site, path) else {
                throw Violation(9, "\(site.seat.code) holds \(record.key), which is outside its subtree")
            }
        }
        for version in picture.versions {
            let name = Ledger.VersionName(record: version.record, number: version.number)
            if let other = ledger.versions[name], other != version.hash,
                !ledger.mayRewrite(ledger.homes[version.record])
            {
                throw Violation(5, "two versions \(version.number) of one record, the second at \(site.seat.code)")
            }
            ledger.versions[name] = version.hash
        }
    }

    /// By the codes of divisions: a province's begin alike, so do a city's.
    private static func isAbove(_ site: Site, _ home: String) -> Bool {
        switch site.seat.level {
        case .national: true
        case .province: home.prefix(2) == site.seat.code.prefix(2)
        case .city: home.prefix(4) == site.seat.code.prefix(4)
        case .county: home == site.seat.code
        }
    }
}

/// Invariant 6: only the rightful decider's first decision about the current version takes effect; what stands above was
/// approved below.
enum Decisions {
    static func check(_ picture: Simulation.Picture, at site: Site, tree: NodeTree, _ ledger: inout Ledger) throws {
        var ceilings: [Ledger.VersionName: Level] = [:]
        for version in picture.versions {
            ceilings[Ledger.VersionName(record: version.record, number: version.number)] = version.ceiling
        }
        var seats: [RecordID: String] = [:]
        for record in picture.records { seats[record.id] = record.homeSeat }
        for decision in picture.decisions where !ledger.known[site.index].decisions.contains(decision) {
            let version = Ledger.VersionName(record: decision.record, number: decision.version)
            guard let ceiling = ceilings[version], let home = seats[decision.record] else {
                throw Violation(6, "a decision at \(site.seat.code) about a version that is not there")
            }
            if let current = ledger.known[site.index].current[decision.record], current > decision.version,
                !ledger.mayRewrite(ledger.homes[decision.record])
            {
                throw Violation(
                    6, "a decision about superseded version \(decision.version) takes effect at \(site.seat.code)")
            }
            try checkRight(decision, home, ceiling, tree)
            let name = Ledger.DecisionName(version: version, level: decision.level)
            if let first = ledger.decisions[name], first != decision.hash,
                !ledger.mayRewrite(ledger.homes[decision.record])
            {
                throw Violation(6, "two decisions of level \(decision.level) about one version, at \(site.seat.code)")
            }
            ledger.decisions[name] = decision.hash
        }
        ledger.known[site.index].decisions = Set(picture.decisions)
        let current = picture.records.map { ($0.id, $0.version) }
        ledger.known[site.index].current = Dictionary(current, uniquingKeysWith: { first, _ in first })
        try checkApproved(picture, site, tree)
    }

    private static func checkRight(
        _ decision: Inspection.Decision, _ home: String, _ ceiling: Level, _ tree: NodeTree
    ) throws {
        let levels = tree.reviewLevels(home: home, ceiling: ceiling).map(\.rawValue)
        let isRightful =
            switch decision.type {
            case .withdraw: tree.seat(home)?.level.rawValue == decision.level
            case .approve, .return: levels.contains(decision.level)
            default: true
            }
        guard isRightful else { throw Violation(6, "level \(decision.level) decided about a record of \(home)") }
    }

    private static func checkApproved(_ picture: Simulation.Picture, _ site: Site, _ tree: NodeTree) throws {
        for version in picture.versions {
            guard let record = picture.records.first(where: { $0.id == version.record }), record.home != site.node else {
                continue
            }
            let below = tree.reviewLevels(home: record.homeSeat, ceiling: version.ceiling).filter {
                $0 > site.seat.level
            }
            for level in below {
                let isApproved = picture.decisions.contains {
                    $0.record == record.id && $0.version == version.number && $0.level == level.rawValue
                        && $0.type == .approve
                }
                guard isApproved else {
                    throw Violation(
                        6, "\(record.key) version \(version.number) stands at \(site.seat.code) without approval by \(level)"
                    )
                }
            }
        }
    }
}

/// Invariant 7: the state of a record follows from its facts, in whatever order they are taken.
enum Folds {
    static func check(_ picture: Simulation.Picture, tree: NodeTree, planted: PlantedBugs, turn: Int) throws {
        for record in picture.records {
            guard
                let version = picture.versions.first(where: { $0.record == record.id && $0.number == record.version })
            else { continue }
            let decisions = picture.decisions.filter { $0.record == record.id && $0.version == record.version }
            let levels = tree.reviewLevels(home: record.homeSeat, ceiling: version.ceiling)
            for order in [Array(decisions.reversed()), rotated(decisions, turn)] {
                let folded = Inspection.fold(order, reviewLevels: levels, planted: planted)
                // The row keeps the level only while one is pending; that of a return is in its decision.
                guard folded.name == record.standing.name, folded.pendingLevel == record.standing.pendingLevel else {
                    throw Violation(7, "\(record.key) is \(record.standing), folded in another order \(folded)")
                }
            }
        }
    }

    private static func rotated(_ decisions: [Inspection.Decision], _ turn: Int) -> [Inspection.Decision] {
        guard !decisions.isEmpty else { return [] }
        let cut = turn % decisions.count
        return Array(decisions[cut...] + decisions[..<cut])
    }
}
