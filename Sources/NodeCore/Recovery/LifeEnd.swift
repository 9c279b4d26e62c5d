internal import SyncProtocol

/// Where the log of the life before ended, as an open entry says it in its section `nation`: `map(3): 1: incarnation, 2:
/// position, 3: seal hash or null`; an empty map where neither end knows of one.
struct LifeEnd: Equatable {
    let life: LogLife?

    init(_ life: LogLife?) { self.life = life }

    init?(_ entry: Entry) {
        guard entry.core.type == .open, let bytes = entry.section(.nation)?.bytes else { return nil }
        let value: CanonicalValue
        do { value = try CanonicalValue(decoding: bytes) } catch { return nil }
        if value == .map([]) {
            life = nil
            return
        }
        guard case .bytes(let name)? = value[1], let incarnation = Incarnation(name), case .integer(let next)? = value[2],
            next >= 0
        else { return nil }
        var hash: Digest?
        if case .bytes(let bytes)? = value[3] {
            guard let known = Digest(bytes) else { return nil }
            hash = known
        }
        life = LogLife(incarnation: incarnation, next: UInt64(next), hash: hash)
    }

    var encoded: [UInt8] {
        guard let life else { return CanonicalValue.map([]).encoded }
        return CanonicalValue.map([
            .init(1, .bytes(life.incarnation.bytes)), .init(2, .integer(Int64(clamping: life.next))),
            .init(3, life.hash.map { .bytes($0.bytes) } ?? .null),
        ]).encoded
    }

    /// The first entry of a log in a later life.
    func entry(_ identity: NodeIdentity, _ moment: Moment) -> Outgoing.Item {
        let entry = Entry(
            core: EntryCore(
                suite: identity.suite, type: .open, reaches: [.nation], createdMilliseconds: moment.milliseconds),
            seed: moment.entropy(16), sections: [(.nation, encoded)])
        return Outgoing.Item(context: identity.context(kind: nil), entry: entry, carries: [])
    }

    /// Refuses the beginning of a log that does not say where its author's life before ended, as it is held here.
    static func check(_ body: Body, of seal: Seal, in tx: borrowing Transaction) throws {
        guard seal.first == 0 else { return }
        let before = try tx.logs.lives(seal.log).last { $0.log.incarnation != seal.log.incarnation && $0.next > 0 }
        let said = body.block.items.first.flatMap { LifeEnd($0.entry) }
        guard let before else {
            // Of a channel both lives are there to be had; the earlier one could not come behind the later.
            if seal.log.direction == .channel, said?.life?.next ?? 0 > 0 {
                throw ProtocolError(.position, "the life before of this channel comes first")
            }
            return
        }
        guard let said, said.life == before.life else {
            throw ProtocolError(.chainBroken, "a new life does not say where the one before ended")
        }
    }
}
