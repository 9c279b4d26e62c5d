public import SyncProtocol

/// Earlier versions of a record, as far as this node was shown them: from its own knowledge at the home, else from the
/// entries in the journal.
public struct VersionReader: Sendable {
    let identity: NodeIdentity

    public init(_ engine: SyncEngine) { identity = engine.identity }

    /// Nil when the version never was here, or its content has left.
    public func record(_ id: RecordID, version: UInt64, _ kind: RecordKind, in snapshot: borrowing Snapshot) throws
        -> Record?
    {
        guard let state = try snapshot.records.find(id) else { return nil }
        if state.home == identity.node {
            return try snapshot.home.find(id, version: version).map { try Sections.readWhole($0.bytes, kind: kind) }
        }
        guard let place = try snapshot.versions.find(state.id, version)?.place,
            let origin = try snapshot.journal.row(log: place.log, covering: place.seq)
        else { return nil }
        let carrier = try place.carrier.flatMap { try snapshot.journal.row($0) }
        do {
            let evidence = try Evidence(index: Int(place.seq - origin.seal.first), origin: origin, carrier: carrier)
            return try evidence.entry.sections.reduce(Record()) { record, section in
                guard [.nation, .reviewers, .city].contains(section.reach), let bytes = section.bytes else { return record }
                return Sections.join(record, try Sections.read(bytes, kind: kind), kind: kind)
            }
        } catch is ProtocolError {
            // What cannot be read any more is not compared with.
            return nil
        }
    }
}
