internal import SyncProtocol

/// What a report says, after authority, scope and schema were checked. Nothing of it was read from the store.
struct ReportContent: Sendable {
    let kind: RecordKind
    let uuid: RecordID
    let version: UInt64
    let ceiling: Level
    /// The state asked for.
    let asked: String
    let rows: TypedRows
    /// The number that people know the record by.
    let key: TypedRows.Cell
    /// As long as nobody has decided about the version.
    let standing: Standing
    /// Whether this level is shown everything that the ceiling allows.
    let isWhole: Bool

    var keyText: String { rows.text(key) ?? "" }
}

/// What the reader made of one entry.
enum ReportOutcome: Sendable {
    case read(ReportContent)
    case refused(ProtocolError)
    /// No report, or one of a kind that this node does not know.
    case none
}

/// Reads reports, beside the writer or in front of it. What follows from the author's seat is worked out once for all
/// reports of a changeset.
struct ReportReader {
    private let identity: NodeIdentity
    private let home: TreeSeat?
    private let seat: String
    private var ceilings: [CeilingKey: Level] = [:]
    private var ways: [Level: Way] = [:]

    private struct CeilingKey: Hashable {
        let kind: UInt64
        let code: String?
    }

    /// What a review ceiling means for this home.
    private struct Way {
        let reaches: [Reach]
        let standing: Standing
        /// What this level is shown.
        let shown: Set<Reach>
    }

    init(_ identity: NodeIdentity, author: Certificate) {
        self.identity = identity
        seat = author.seat.code
        home = identity.tree.seat(seat)
    }

    /// The reports of a changeset's own entries, in their order.
    static func read(_ body: Body, of seal: Seal, _ identity: NodeIdentity, author: Certificate) -> [ReportOutcome] {
        guard seal.log.direction == .up else { return [] }
        var reader = ReportReader(identity, author: author)
        return body.block.items.map { item in
            guard item.entry.core.type == .report else { return .none }
            do {
                return try reader.read(item.entry, seal.contexts[item.context]).map(ReportOutcome.read) ?? .none
            } catch let error as ProtocolError {
                return .refused(error)
            } catch {
                return .none
            }
        }
    }

    /// Nil when this node does not know the kind; throws `ProtocolError` for a report that cannot be accepted.
    mutating func read(_ entry: Entry, _ context: EntryContext) throws -> ReportContent? {
        guard let kind = identity.charter.kind(number: context.kind) else { return nil }
        let core = entry.core
        guard let uuid = core.record, let version = core.version, version > 0, version < UInt64(Int64.max),
            (version == 1) == (core.previous == nil), let number = core.ceiling.flatMap({ Int(exactly: $0) }),
            let ceiling = Level(rawValue: number)
        else { throw ProtocolError(.schema, "a report names record, version, previous version and ceiling") }
        guard let home, !home.isRelay, home.level != .national else {
            throw ProtocolError(.outOfScope, "seat \(seat) is not the home of records")
        }
        let rows = try TypedRows(entry.sections, kind: kind)
        guard let key = kind.shape.head.place(kind.key.tag).map({ rows.head[$0] }), rows.begins(key, with: home.code) else {
            throw ProtocolError(.outOfScope, "the record does not belong to division \(home.code)")
        }
        guard let asked = rows.text(kind.status, of: kind) else {
            throw ProtocolError(.schema, "a report asks for a state")
        }
        guard try self.ceiling(rows, kind, home) == ceiling else {
            throw ProtocolError(.schema, "the review ceiling is not the one that follows from the record")
        }
        let way = way(ceiling, home)
        // A sealed number may stand beside them; nobody on the way can look into it.
        guard core.reaches == way.reaches || core.reaches.filter({ $0 != .match }) == way.reaches else {
            throw ProtocolError(.schema, "the sections are not those of this review ceiling")
        }
        return ReportContent(
            kind: kind, uuid: uuid, version: version, ceiling: ceiling, asked: asked, rows: rows, key: key,
            standing: way.standing, isWhole: Admission.isWhole(entry, shown: way.shown))
    }

    /// The level that decides, from the record itself: every receiver computes it again.
    private mutating func ceiling(_ rows: TypedRows, _ kind: RecordKind, _ home: TreeSeat) throws -> Level {
        let key = CeilingKey(kind: kind.number, code: rows.text(kind.authority.field, of: kind))
        if let known = ceilings[key] { return known }
        let ceiling = try kind.authority.ceiling(key.code, home: home, tree: identity.tree)
        ceilings[key] = ceiling
        return ceiling
    }

    private mutating func way(_ ceiling: Level, _ home: TreeSeat) -> Way {
        if let known = ways[ceiling] { return known }
        let way = Way(
            reaches: Disclosure.reaches(home: home, ceiling: ceiling, tree: identity.tree),
            standing: Standing.fold(
                reviewLevels: identity.tree.reviewLevels(home: home.code, ceiling: ceiling), decisions: []),
            shown: Disclosure.shown(at: identity.level, ceiling: ceiling))
        ways[ceiling] = way
        return way
    }
}

extension Authority {
    /// The field that says which level decides.
    var field: FieldDefinition {
        switch self {
        case .standard(let field, _): field
        }
    }

    /// The level that decides about a record of `home` whose field says `code`.
    func ceiling(_ code: String?, home: TreeSeat, tree: NodeTree) throws -> Level {
        switch self {
        case .standard(let field, let levels):
            guard let required = code.flatMap({ levels[$0] }),
                let ceiling = tree.ceiling(home: home.code, required: required)
            else { throw ProtocolError(.schema, "\(field.code) names no level that decides") }
            return ceiling
        }
    }
}
