internal import NodeCore
internal import SyncProtocol

extension Simulation {
    /// Machines and lines fail at times drawn before; which and how is drawn now.
    mutating func somethingGoesWrong() throws {
        if isCalm { return }
        if climate.hasStaleCopy, turnedBack == nil, oldCopy == nil, luck.below(2) == 0 { return try keepCopy() }
        if climate.hasRestore, restored == nil, backup == nil, luck.below(2) == 0 { return try backUp() }
        let index = luck.below(sites.count)
        switch luck.below(15) {
        case 0, 1: partition(index, seconds: 10 + luck.below(200))
        case 2: leave(index)
        case 3, 4: try cutBetween(index)
        case 5: arm(index, .cutInWrite, .init(operation: .write, count: 1 + luck.below(24), isAfter: luck.below(2) == 0))
        case 6, 7: arm(index, .cutBeforeSync, .init(operation: .sync, count: 1 + luck.below(3), isAfter: false))
        case 8: arm(index, .cutAfterSync, .init(operation: .sync, count: 1 + luck.below(3), isAfter: true))
        case 9: try stopInOrder(index)
        case 10: try checkpoint(index)
        case 11: jump(index)
        default: try misdecide()
        }
    }

    private mutating func partition(_ index: Int, seconds: Int) {
        guard sites[index].parent != nil else { return }
        table.add(.partition)
        note(index, "line dead for \(seconds) s")
        network.kill(line: index, until: now + Int64(seconds) * 1_000)
    }

    /// Everything else goes on while a county stays away: the clock runs weeks ahead for it.
    private mutating func leave(_ index: Int) {
        guard sites[index].parent != nil, sites[index].children.isEmpty else { return }
        table.add(.longAbsence)
        note(index, "stays away")
        network.kill(line: index, until: now + Simulation.firstPhase)
    }

    private mutating func cutBetween(_ index: Int) throws {
        guard sites[index].isUp else { return }
        table.add(.powerCut)
        sites[index].disk.cutPower()
        try fall(index)
    }

    mutating func arm(_ index: Int, _ kind: FaultKind, _ cut: VirtualDisk.Cut) {
        guard sites[index].isUp, armed[index] == nil else { return }
        armed[index] = kind
        sites[index].disk.arm(cut)
    }

    mutating func stopInOrder(_ index: Int) throws {
        guard sites[index].isUp, let store = sites[index].store else { return }
        table.add(.restart)
        note(index, "stops")
        do { try store.close() } catch {
            guard sites[index].disk.isDead || sites[index].disk.isFull else { throw error }
        }
        sites[index].store = nil
        try fall(index)
    }

    private mutating func checkpoint(_ index: Int) throws {
        guard sites[index].isUp, let store = sites[index].store, armed[index] == nil else { return }
        if luck.below(2) == 0 {
            let isSync = luck.below(3) == 0
            arm(
                index, .cutInCheckpoint,
                .init(
                    operation: isSync ? .sync : .write, count: 1 + luck.below(isSync ? 2 : 20), isAfter: luck.below(2) == 0))
        }
        note(index, "checkpoint")
        do { try store.checkpoint() } catch {
            guard sites[index].disk.isDead || sites[index].disk.isFull else { throw error }
        }
        if sites[index].disk.isDead { return try fall(index) }
        // Only a cut in the checkpoint itself is meant.
        sites[index].disk.disarm()
        armed[index] = nil
    }

    private mutating func jump(_ index: Int) {
        let days = Int64(luck.below(800)) - 400
        let skew = days * 86_400_000 + Int64(luck.below(86_400_000))
        guard usesClockJumps else { return }
        table.add(.clockJump)
        sites[index].skew = skew
    }

    /// A level signs a decision that it has no right to any more, if there is one to find: about a version that was
    /// replaced, or about one that it decided before.
    private mutating func misdecide() throws {
        let reviewers = sites.indices.filter { index in
            sites[index].isUp && !sites[index].children.isEmpty
                && (turnedBack == nil || !ledger.frozen.contains(index))
        }
        guard !reviewers.isEmpty else { return }
        let index = reviewers[luck.below(reviewers.count)]
        let (node, level) = (sites[index].node, sites[index].seat.level.rawValue)
        let (records, versions, decisions) = try read(index) { _, snapshot in
            (
                try Inspection.records(in: snapshot).filter { $0.home != node },
                try Inspection.versions(in: snapshot), try Inspection.decisions(in: snapshot)
            )
        }
        let own = decisions.filter { $0.level == level }
        let late = versions.first { version in
            records.contains { $0.id == version.record && $0.version > version.number }
                && !own.contains { $0.record == version.record && $0.version == version.number }
        }
        if let late {
            table.add(.lateDecision)
            return try misdecide(.reject, late.record, late.number, at: index)
        }
        let decided = own.filter { decision in records.contains { $0.id == decision.record } }
        guard !decided.isEmpty else { return }
        let second = decided[luck.below(decided.count)]
        table.add(.secondDecision)
        try misdecide(.return, second.record, second.version, at: index)
    }

    private mutating func misdecide(_ type: EntryType, _ record: RecordID, _ version: UInt64, at index: Int) throws {
        note(index, "decides against the rules")
        crooked.insert(index)
        let effects = try write(index) { try $0.misdecide(type, record, version: version, in: $1) }
        try perform(effects, at: index)
    }

    // MARK: Falling and standing up

    /// What was in memory is gone. Which unsynced writes survive is drawn when the node starts again.
    mutating func fall(_ index: Int) throws {
        if let kind = armed.removeValue(forKey: index), sites[index].disk.isDead { table.add(kind) }
        if let store = sites[index].store {
            sites[index].disk.cutPower()
            do { try store.close() } catch { /* without its disk there is nothing left to close */  }
        }
        note(index, "is down")
        sites[index].store = nil
        sites[index].engine = nil
        sites[index].call = nil
        sites[index].served = [:]
        sites[index].challenges = [:]
        sites[index].answered = [:]
        sites[index].failures = 0
        agenda.plan(.start(index), at: now + 100 + Int64(luck.below(isCalm ? 1_000 : 40_000)))
    }

    mutating func start(_ index: Int) throws {
        guard !sites[index].isUp else { return }
        revive(index)
        // A person looks after a node that is down.
        sites[index].disk.makeRoom()
        if !isCalm && luck.below(6) == 0 {
            armed[index] = .cutInRecovery
            sites[index].disk.arm(
                .init(operation: luck.below(2) == 0 ? .sync : .write, count: 1 + luck.below(4), isAfter: luck.below(2) == 0))
        }
        do {
            sites[index].store = try Store(
                path: sites[index].disk.path, charter: sites[index].charter, key: sites[index].storeKey)
        } catch {
            guard sites[index].disk.isDead else {
                throw Violation(3, "the store of \(sites[index].seat.code) does not open again: \(error)")
            }
        }
        if sites[index].disk.isDead { return try fall(index) }
        sites[index].disk.disarm()
        armed[index] = nil
        sites[index].empty = (sites[index].disk.syncs, sites[index].disk.unsyncedLogBytes)
        try loadEngine(index)
        try takeNextKey(index)
        try followDeclarations(index)
        try recover(index)
        note(index, "is up")
        try checkRecovered(index)
        try begin(index)
        touch(index)
    }

    private mutating func revive(_ index: Int) {
        let disk = sites[index].disk
        let unsynced = disk.unsyncedBytes
        let choices = VirtualDisk.Survival.allCases
        let survival = choices[luck.below(choices.count)]
        let lost = disk.revive(survival, seed: luck.next())
        if lost > 0 { table.add(.lostWrites) }
        if lost > 0 && lost < unsynced { table.add(.tornWrites) }
    }

    // MARK: An old copy

    /// Somebody copies a county's disk; minutes later that copy takes the disk's place.
    private mutating func keepCopy() throws {
        let counties = sites.indices.filter { sites[$0].children.isEmpty && sites[$0].isUp && sites[$0].mayBeHome }
        guard !counties.isEmpty else { return }
        let index = counties[luck.below(counties.count)]
        oldCopy = (site: index, disk: try sites[index].disk.durableCopy())
        agenda.plan(.turnBack(index), at: now + 60_000 + Int64(luck.below(240_000)))
        note(index, "is copied")
    }

    /// What the site wrote since the copy was made is gone.
    mutating func replaceDisk(of index: Int, by copy: VirtualDisk) throws {
        sites[index].disk.cutPower()
        try fall(index)
        let replaced = sites[index].disk
        sites[index].disk = copy
        replaced.destroy()
        // The copy may be of a moment at which its values were being sealed anew.
        agenda.plan(.reseal(index), at: now + 5_000)
    }

    mutating func turnBack(_ index: Int) throws {
        guard let copy = oldCopy, copy.site == index, sites[index].isUp, !isCalm else { return }
        table.add(.staleCopy)
        oldCopy = nil
        turnedBack = index
        try replaceDisk(of: index, by: copy.disk)
        ledger.turnBack(index, author: sites[index].node)
    }
}
