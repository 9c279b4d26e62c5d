internal import NodeCore
internal import SyncProtocol

/// Clerks take, change, report and withdraw; reviewers approve, return and reject.
extension Simulation {
    mutating func actOfSomebody() throws {
        var index = minds.below(sites.count)
        // A county that works on from an old copy is busy: only so can it write what it wrote before.
        if let turnedBack, minds.below(3) == 0 { index = turnedBack }
        guard sites[index].isUp, sites[index].engine?.standstill == nil else { return }
        acts += 1
        let pending = try pendingRecords(index)
        if !sites[index].children.isEmpty, !sites[index].seat.isRelay, minds.below(8) == 0 { return try publish(at: index) }
        if !pending.isEmpty, !sites[index].mayBeHome || minds.below(3) > 0 { return try review(pending, at: index) }
        guard sites[index].mayBeHome else { return }
        if hasUpgrades, try !isFrozen(index) { try writeLater(index) }
        let own = try ownRecords(index)
        switch minds.below(8) {
        case 0, 1, 2: try take(1 + minds.below(3), at: index)
        case 3: try withdraw(own, at: index)
        case 4, 5: try correct(own, at: index)
        default: break
        }
        if minds.below(4) > 0 { try report(try ownRecords(index), at: index) }
    }

    // MARK: The home

    private func ownRecords(_ index: Int) throws -> [Inspection.Record] {
        let node = sites[index].node
        return try read(index) { try Inspection.records(in: $1) }.filter { $0.home == node }
    }

    private mutating func newPlain(_ index: Int) -> Plain {
        serial += 1
        let standards = Sheet.standards
        return ledger.register(
            Plain(
                serial: serial, standard: standards[minds.below(standards.count)], amountFen: Int64(serial) * 1_000 + 7,
                isNewer: sites[index].isNewer),
            of: index == twin?.copy ? twin?.original ?? index : index)
    }

    private mutating func take(_ count: Int, at index: Int) throws {
        let plains = (0..<count).map { _ in newPlain(index) }
        let kind = kindToTake(index)
        let code = sites[index].seat.code
        let taken = try write(index) { engine, tx in
            try plains.map { plain in
                var record = Record()
                record[Sheet.number] = "\(code)\(plain.key)"
                plain.fill(&record, kind: kind)
                return try engine.draft.take(record, kind: kind, by: Principal("clerk"), in: tx)
            }
        }
        for (intake, plain) in zip(taken, plains) {
            guard case .taken(let record) = intake else {
                throw Violation(5, "\(code) could not take its own record: \(intake)")
            }
            ledger.working[index][record] = plain.serial
        }
        note(index, "takes \(count)")
    }

    private mutating func correct(_ own: [Inspection.Record], at index: Int) throws {
        let editable = own.filter { ["40", "55", "60"].contains($0.status) }
        guard !editable.isEmpty else { return }
        let record = editable[minds.below(editable.count)]
        let plain = newPlain(index)
        try write(index) { engine, tx in
            try engine.draft.edit(record.id, by: Principal("clerk"), in: tx) { record, kind in
                plain.fill(&record, kind: kind)
            }
            try engine.draft.step(record.id, to: "40", by: Principal("clerk"), in: tx)
        }
        ledger.working[index][record.id] = plain.serial
        note(index, "corrects \(record.key)")
    }

    private mutating func report(_ own: [Inspection.Record], at index: Int) throws {
        try makeReady(own, at: index)
        let ready = own.filter { $0.status == "40" || ($0.status == "10" && hasTakenBack) }
        guard try !ready.isEmpty && !isFrozen(index) else { return }
        for record in ready { ledger.reported(record.id, version: record.version + 1, by: index) }
        let effects = try write(index) { try $0.handle(.report(ready.map(\.id), by: Principal("clerk")), in: $1) }
        try allDone(effects, "report", at: index)
        try perform(effects, at: index)
        note(index, "reports \(ready.count)")
    }

    private mutating func withdraw(_ own: [Inspection.Record], at index: Int) throws {
        let pending = own.filter { $0.standing.pendingLevel != nil }
        guard try !pending.isEmpty && !isFrozen(index) else { return }
        let record = pending[minds.below(pending.count)]
        let effects = try write(index) { try $0.handle(.withdraw([record.id], by: Principal("clerk")), in: $1) }
        try perform(effects, at: index)
        note(index, "withdraws \(record.key)")
    }

    // MARK: Publishers

    /// Two amounts at once: nobody below may ever see one without the other.
    private mutating func publish(at index: Int) throws {
        if try isFrozen(index) && turnedBack == nil { return }
        serial += 1
        let (code, value) = (sites[index].seat.code, "\(serial)")
        let entries = Sheet.parameters.map { key in
            Parameters.Entry(key: key, division: code, from: CalendarDay(number: 0), to: nil, value: value)
        }
        let effects = try write(index) {
            try $0.handle(.publish(.parameters(entries), by: Principal("publisher")), in: $1)
        }
        ledger.published[code] = serial
        note(index, "publishes \(value)")
        try perform(effects, at: index)
    }

    // MARK: Reviewers

    private func pendingRecords(_ index: Int) throws -> [Inspection.Record] {
        let (node, level) = (sites[index].node, sites[index].seat.level)
        if sites[index].seat.isRelay { return [] }
        return try read(index) { try Inspection.records(in: $1) }.filter {
            $0.standing.pendingLevel == level && $0.home != node
        }
    }

    private mutating func review(_ pending: [Inspection.Record], at index: Int) throws {
        let chosen = pending.filter { _ in minds.below(3) > 0 }
        guard try !chosen.isEmpty && !isFrozen(index) else { return }
        let verdict =
            switch minds.below(10) {
            case 0...5: NodeCore.Verdict(.approve)
            case 6...8: NodeCore.Verdict(.return, code: "02", words: "请核对金额后重新上报，谢谢")
            default: NodeCore.Verdict(.reject, code: "09", words: "不符合建档条件，予以退回处理")
            }
        try decide(chosen, verdict, at: index)
    }

    private mutating func decide(_ chosen: [Inspection.Record], _ verdict: NodeCore.Verdict, at index: Int) throws {
        let effects = try write(index) {
            try $0.handle(.decide(chosen.map(\.id), verdict, by: Principal("reviewer")), in: $1)
        }
        try allDone(effects, verdict.kind.rawValue, at: index)
        try perform(effects, at: index)
        note(index, "\(verdict.kind.rawValue) \(chosen.count)")
    }

    /// At the end every reviewer decides what lies with it. Returns how many records there were.
    mutating func finishReviews() throws -> Int {
        var count = 0
        for index in sites.indices where try sites[index].isUp && !isFrozen(index) {
            let pending = try pendingRecords(index)
            guard !pending.isEmpty else { continue }
            count += pending.count
            try decide(pending, NodeCore.Verdict(.approve), at: index)
        }
        return count
    }

    /// What was possible by the node's own tables must be done.
    private func allDone(_ effects: [Effect], _ act: String, at index: Int) throws {
        for case .outcome(let outcome) in effects {
            guard let refusal = outcome.refusal else { continue }
            throw Violation(
                4, "\(act) of \(outcome.key) at \(sites[index].seat.code): \(refusal.rawValue) \(outcome.message?.en ?? "")")
        }
    }

    /// Only a site that works on from an old copy, and its neighbours, may have a link that stands still; and a restored one
    /// waits for what it once said.
    func isFrozen(_ index: Int) throws -> Bool {
        try (turnedBack != nil && ledger.frozen.contains(index)) || isCatchingUp(index) || isWithoutVoice(index)
    }
}
