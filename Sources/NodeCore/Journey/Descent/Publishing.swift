internal import SyncProtocol

/// A publisher's channel: one log that every seat of its subtree reads. Versions never go back, and an artefact is
/// activated whole or not at all.
struct Publishing {
    let identity: NodeIdentity

    var log: LogID { .channel(of: identity.node, in: identity.incarnation) }

    /// This node publishes; it obeys what it publishes.
    func publish(
        _ artefact: Artefact, by principal: Principal, own: Certificate, _ outgoing: inout Outgoing,
        in tx: borrowing Transaction
    ) throws {
        try PublicationRules(identity: identity).check(artefact, in: tx)
        do {
            try artefact.check(publisher: identity.seat, identity.charter, in: identity.tree)
        } catch let error as ProtocolError {
            throw NodeError(.notAllowed, "不属于本单位可发布的内容：\(artefact.name)", error.reason)
        }
        let bytes = artefact.encoded
        guard bytes.count <= Limits.entryBytes / 2 else {
            throw NodeError(.tooLarge, "一次发布的内容过大，请分开发布", "too much to publish at once: divide it")
        }
        let version = try tx.publications.version(identity.node, artefact.name) + 1
        let entry = Entry(
            core: EntryCore(
                suite: identity.suite, type: .publish, version: version, reaches: [.nation],
                createdMilliseconds: tx.moment.milliseconds),
            seed: tx.moment.entropy(16), sections: [(.nation, bytes)])
        let context = identity.context(kind: nil)
        let place = try outgoing.append(.init(context: context, entry: entry, carries: []), to: log, in: tx)
        let fact = Facts.Fact(
            entry: entry, hash: entry.hash(in: context), context: context, author: own, place: place)
        guard try apply(fact, isReplay: false, in: tx) == .applied else {
            throw NodeError(.storeBroken, "发布未能写入", "what was checked does not apply")
        }
        try tx.audit.append(
            tx.moment, by: principal, action: "publish", record: nil, detail: "\(artefact.name) \(version)")
    }

    /// A rebuild notes what was published; codes and parameters were taken over with the store's own truth.
    func apply(_ fact: Facts.Fact, isReplay: Bool, in tx: borrowing Transaction) throws -> EntryOutcome {
        do {
            guard let bytes = fact.entry.section(.nation)?.bytes, let version = fact.entry.core.version, version > 0,
                version < UInt64(Int64.max), let seat = identity.tree.seat(fact.author.seat.code)
            else { throw ProtocolError(.schema, "a publication has a version and a section") }
            guard let artefact = try Artefact(decoding: bytes) else { return .deferred("a kind of artefact") }
            try artefact.check(publisher: seat, identity.charter, in: identity.tree)
            let held = try tx.publications.version(fact.author.node, artefact.name)
            guard version > held else {
                throw ProtocolError(.superseded, "version \(held) of \(artefact.name) is held, \(version) came")
            }
            try tx.publications.put(fact, name: artefact.name, version: version, at: tx.moment.milliseconds)
            if !isReplay { try activate(artefact, of: seat, in: tx) }
            return .applied
        } catch let error as ProtocolError {
            return .rejected(error)
        }
    }

    private func activate(_ artefact: Artefact, of seat: TreeSeat, in tx: borrowing Transaction) throws {
        switch artefact {
        case .parameters(let entries): try tx.reference.addParameters(entries, owner: seat.code)
        case .codes(let table, let codes) where seat.level == .national: try tx.reference.replace(table, codes)
        case .codes(let table, let codes): try tx.reference.replaceLocal(table, of: seat.code, codes)
        case .matchingKey(let key): try tx.meta.setMatchingKey(key)
        case .calendar(let year, let entries): try tx.reference.replaceCalendar(year, of: seat.code, entries)
        case .notice(let notice):
            try tx.notices.put(notice, of: seat.code)
            try tx.notices.forgetReads(notice.id)
        }
    }
}
