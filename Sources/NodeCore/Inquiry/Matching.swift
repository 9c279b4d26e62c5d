public import SyncProtocol

/// The sealed numbers that this node holds of the newest versions, for the matching job of the national node.
public struct Matching: Sendable {
    public struct Sealed: Sendable {
        public let record: RecordID
        public let homeSeat: String
        public let salt: [UInt8]
        public let section: [UInt8]
    }

    public init() {}

    /// Of the records behind row `after`, at most `limit` of them; `last` is where to go on, nil at the end.
    public func page(after: Int64, limit: Int, in snapshot: borrowing Snapshot) throws -> (sealed: [Sealed], last: Int64?) {
        let states = try snapshot.records.page(after: after, limit: limit)
        var cache: (row: Int64, body: Body)?
        var sealed = [Sealed]()
        for state in states {
            guard let place = try snapshot.versions.find(state.id, state.version)?.place,
                let origin = try snapshot.journal.row(log: place.log, covering: place.seq)
            else { continue }
            let id = place.carrier ?? origin.id
            let body: Body
            if let known = cache, known.row == id {
                body = known.body
            } else {
                guard let row = try snapshot.journal.row(id) else { continue }
                body = try row.body()
                cache = (row: id, body: body)
            }
            guard let section = Matching.entry(of: state, in: body)?.section(.match), let bytes = section.bytes,
                let salt = section.salt
            else { continue }
            sealed.append(Sealed(record: state.uuid, homeSeat: state.homeSeat, salt: salt, section: Array(bytes)))
        }
        return (sealed, states.last?.id)
    }

    private static func entry(of state: RecordState, in body: Body) -> Entry? {
        let isReport = { (item: EntryBlock.Item) in
            item.entry.core.type == .report && item.entry.core.record == state.uuid
                && item.entry.core.version == state.version
        }
        return body.block.items.first(where: isReport)?.entry
            ?? body.excerpts.lazy.compactMap { $0.block.items.first(where: isReport)?.entry }.first
    }

    /// What the matching job finds, in memory: the numbers themselves go nowhere.
    public struct Finding: Sendable {
        public var opened = 0
        /// Sealed to another key, or not what a home should have sealed.
        public var unreadable = 0
        public var persons = 0
        /// Records of one person, two and more, in the order of their identifiers.
        public var duplicates = [[(record: RecordID, homeSeat: String)]]()
    }

    /// Opens the numbers with the private matching key and compares them.
    public static func match(_ sealed: [Sealed], with key: ExchangeKey) throws -> Finding {
        var opener = try NumberOpener(key)
        var finding = Finding()
        var byNumber = [ResidentNumber: [(record: RecordID, homeSeat: String)]]()
        for item in sealed {
            do {
                let number = try opener.open(SealedNumber(decoding: item.section[...]), of: item.record, salt: item.salt)
                byNumber[number, default: []].append((item.record, item.homeSeat))
                finding.opened += 1
            } catch is ProtocolError {
                finding.unreadable += 1
            }
        }
        finding.persons = byNumber.count
        finding.duplicates = byNumber.values.filter { $0.count > 1 }
            .map { $0.sorted { $0.record < $1.record } }.sorted { $0[0].record < $1[0].record }
        return finding
    }
}
