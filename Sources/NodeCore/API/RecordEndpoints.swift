internal import SyncProtocol

/// Records as JSON: fields by code as texts, as a person writes them.
public struct RecordView: Codable, Sendable {
    public let id: String
    public let key: String
    public let seat: String
    public let version: UInt64
    public let standing: String
    public let pendingLevel: String?
    public let status: String
    public let fields: [String: String]
    /// By list; each line with its number.
    public let lists: [String: [LineView]]?

    public struct LineView: Codable, Sendable {
        public let number: Int64
        public let fields: [String: String]
    }

    init(_ summary: Inquiry.Summary, _ showing: Showing, withLists: Bool) {
        let kind = showing.kind
        let place: Showing.Place = withLists ? .record : .list
        id = summary.id
        key = summary.key
        seat = summary.homeSeat
        version = summary.version
        standing = summary.standing
        pendingLevel = summary.pendingLevel?.label.en
        status = summary.status
        fields = RecordView.texts(summary.record.row, kind.fields, nil, showing, place)
        lists =
            withLists
            ? Dictionary(
                uniqueKeysWithValues: kind.lists.map { list in
                    (
                        list.code,
                        summary.record[list].map {
                            LineView(
                                number: $0.number, fields: RecordView.texts($0.row, list.fields, list, showing, place))
                        }
                    )
                }) : nil
    }

    private static func texts(
        _ row: Row, _ fields: [FieldDefinition], _ list: ChildList?, _ showing: Showing, _ place: Showing.Place
    ) -> [String: String] {
        var texts = [String: String]()
        for field in fields {
            // What is hidden has no masked or banded form either.
            if showing.fieldClass(field, in: list, at: place) == .hidden { continue }
            for column in field.columns {
                guard let value = row[column.tag] else { continue }
                texts[column.name] =
                    column.tag == field.tag ? showing.text(value, field, in: list, at: place) : value.plainText
            }
        }
        return texts
    }
}

extension Value {
    /// A derived form as text.
    var plainText: String {
        switch self {
        case .integer(let value): String(value)
        case .text(let value): value
        case .flag(let value): value ? "1" : "0"
        case .list(let values): values.joined(separator: ";")
        }
    }
}

/// Reading and changing records.
public enum RecordEndpoints {
    public static let all: [Endpoint] = [
        Endpoint(
            "GET", "records/{kind}", Label("列出记录", "List records"), needs: .right(.view, .kind),
            query: [
                ("status", "state code"), ("pending", "level that has to decide"), ("seat", "home's division code"),
                ("after", "key behind which the page begins"), ("limit", "1 to 10000, 100 by default"),
            ], .read(list)),
        Endpoint(
            "POST", "records/{kind}/lookups", Label("按证件号等精确查找", "Find records by the exact value of a sealed field"),
            needs: .right(.view, .kind),
            body: "{field: code, value: text}", .read(lookUp)),
        Endpoint(
            "GET", "counts/{kind}", Label("按状态计数", "Count records by state"),
            needs: .right(.view, .statistics), .read(counts)),
        Endpoint("GET", "records/{kind}/{id}", Label("查看一条记录", "Show one record"), needs: .right(.view, .kind), .read(show)),
        Endpoint(
            "GET", "records/{kind}/{id}/history", Label("记录的全程与证明", "The way of a record, proved"),
            needs: .right(.view, .kind), .read(history)),
        Endpoint(
            "PATCH", "records/{kind}/{id}", Label("编辑", "Edit a record of this home"), needs: .right(.update, .kind),
            body: "{set: {field: text or null}, lists: {list: [{number, set, remove}]}}", .write(edit)),
        Endpoint(
            "POST", "records/{kind}/{id}/steps", Label("办理下一步", "Take a step of the home's own work"),
            needs: .right(.update, .kind),
            body: "{to: state code}",
            .write(step)),
        Endpoint(
            "POST", "records/{kind}/{id}/unmaskings",
            Label("查看一项完整的敏感信息", "Open one masked value, with a purpose"), needs: .right(.viewSensitive, .kind),
            body: "{field, list: code, child: number of the line, purpose}", .write(unmask)),
        Endpoint(
            "GET", "statistics/{kind}", Label("统计", "Count records by declared dimensions"),
            needs: .right(.view, .statistics),
            query: [("by", "dimensions, comma-separated"), ("status", "state codes, comma-separated")], .read(statistics)),
        Endpoint(
            "GET", "digest", Label("数据摘要", "Digest over records, versions, states and content"),
            needs: .right(.view, .log), .read(digest)),
    ]

    struct Page: Encodable { let items: [RecordView] }

    @Sendable static func list(_ call: Call, _ snapshot: borrowing Snapshot) throws -> Reply {
        let kind = try call.kind()
        var filter = Inquiry.Filter()
        filter.status = call.query["status"]
        filter.homeSeat = call.query["seat"]
        filter.after = call.query["after"] ?? ""
        if let name = call.query["pending"] {
            guard let level = Level(name: name) else {
                throw NodeError(
                    .badRequest, "级别为 national、province、city 或 county", "a level is national, province, city or county")
            }
            filter.pending = level
        }
        if let text = call.query["limit"] {
            guard let limit = Int(text), (1...NodeLimits.recordsPerCommand).contains(limit) else {
                throw NodeError(.badRequest, "limit 须为 1 至 10000", "limit is 1 to 10000")
            }
            filter.limit = limit
        }
        filter.homes = try call.homes(.view, kind)
        let summaries = try Inquiry(call.charter).list(kind, filter, in: snapshot)
        let showing = try call.showing(kind)
        return try Reply(Page(items: summaries.map { RecordView($0, showing, withLists: false) }))
    }

    /// In a body, since such values have no place in an address.
    @Sendable static func lookUp(_ call: Call, _ snapshot: borrowing Snapshot) throws -> Reply {
        struct Body: Decodable { let field, value: String }
        let kind = try call.kind()
        let body: Body = try call.decode()
        let found = try Inquiry(call.charter).lookUp(
            kind, body.field, body.value, codes: snapshot.reference.codes(), in: snapshot)
        let (showing, homes) = (try call.showing(kind), try call.homes(.view, kind))
        let seen = found.filter { homes?.contains($0.homeSeat) ?? true }
        return try Reply(Page(items: seen.map { RecordView($0, showing, withLists: false) }))
    }

    @Sendable static func counts(_ call: Call, _ snapshot: borrowing Snapshot) throws -> Reply {
        struct Count: Encodable { let status, zh, en: String; let count: Int }
        let kind = try call.kind()
        let codes = try snapshot.reference.codes()
        return try Reply(
            try Inquiry(call.charter).counts(kind, in: snapshot).map { item in
                let label = kind.status.codeTable.flatMap { codes.label(item.status, in: $0) }
                return Count(
                    status: item.status, zh: label?.zh ?? item.status, en: label?.en ?? item.status, count: item.count)
            })
    }

    @Sendable static func show(_ call: Call, _ snapshot: borrowing Snapshot) throws -> Reply {
        let kind = try call.kind()
        return try Reply(RecordView(try find(call, kind, snapshot), call.showing(kind), withLists: true))
    }

    static func find(_ call: Call, _ kind: RecordKind, _ snapshot: borrowing Snapshot) throws -> Inquiry.Summary {
        guard let summary = try Inquiry(call.charter).find(call.path["id"] ?? "", kind, in: snapshot),
            try call.homes(.view, kind)?.contains(summary.homeSeat) ?? true
        else {
            throw NodeError(.notFound, "没有这份档案", "there is no such record")
        }
        return summary
    }

    @Sendable static func history(_ call: Call, _ snapshot: borrowing Snapshot) throws -> Reply {
        let kind = try call.kind()
        let summary = try find(call, kind, snapshot)
        guard let id = RecordID(hex: summary.id) else { throw NodeError(.notFound, "没有这份档案", "there is no such record") }
        let steps = try ProofReader(call.enrolled()).steps(id, in: snapshot).map(HistoryView.Step.init)
        let acts = try Inquiry(call.charter).acts(id, in: snapshot).map {
            HistoryView.Act(at: $0.at, actor: $0.actor, action: $0.action, detail: $0.detail)
        }
        return try Reply(
            HistoryView(
                id: summary.id, key: summary.key, seat: summary.homeSeat, status: summary.status, standing: summary.standing,
                steps: steps, acts: acts, isProved: steps.allSatisfy { $0.failure == nil }))
    }

    // MARK: Changing

    struct EditBody: Decodable {
        let set: [String: String?]?
        let lists: [String: [Line]]?

        struct Line: Decodable {
            let number: Int64?
            let set: [String: String?]?
            let remove: Bool?
        }
    }

    @Sendable static func edit(_ call: Call, _ tx: borrowing Transaction) throws -> (Reply, [Effect]) {
        let kind = try call.kind()
        let draft = try call.enrolled().draft
        let actor = try call.actor()
        let body: EditBody = try call.decode()
        let id = try tx.withSnapshot { try find(call, kind, $0).id }
        guard let uuid = RecordID(hex: id) else { throw NodeError(.notFound, "没有这份档案", "there is no such record") }
        try draft.edit(uuid, by: actor, in: tx) { record, kind in
            try apply(body.set ?? [:], kind.fields, draft, to: &record.row)
            for (code, lines) in (body.lists ?? [:]).sorted(by: { $0.key < $1.key }) {
                guard let list = kind.list(code) else {
                    throw NodeError(.badRequest, "没有列表 \(code)", "there is no list \(code)")
                }
                for line in lines { try apply(line, list, draft, to: &record) }
            }
        }
        let reply = try tx.withSnapshot {
            try Reply(RecordView(try find(call, kind, $0), call.showing(kind), withLists: true))
        }
        return (reply, [.counted(.draft, "edited", 1)])
    }

    private static func apply(_ line: EditBody.Line, _ list: ChildList, _ draft: Draft, to record: inout Record) throws {
        var children = record[list]
        let number = line.number ?? (children.last?.number ?? 0) + 1
        if line.remove == true {
            children.removeAll { $0.number == number }
        } else if let index = children.firstIndex(where: { $0.number == number }) {
            try apply(line.set ?? [:], list.fields, draft, to: &children[index].row)
        } else {
            guard children.count < NodeLimits.childrenPerList else {
                throw NodeError(.tooLarge, "列表过长", "a list has at most \(NodeLimits.childrenPerList) lines")
            }
            var row = Row()
            try apply(line.set ?? [:], list.fields, draft, to: &row)
            children.append(Child(number: number, row: row))
            children.sort { $0.number < $1.number }
        }
        record[list] = children
    }

    private static func apply(_ changes: [String: String?], _ fields: [FieldDefinition], _ draft: Draft, to row: inout Row)
        throws
    {
        for (code, text) in changes.sorted(by: { $0.key < $1.key }) {
            guard let field = fields.first(where: { $0.code == code }) else {
                throw NodeError(.badRequest, "没有字段 \(code)", "there is no field \(code)")
            }
            guard let text, !text.isEmpty else {
                row[field.tag] = nil
                continue
            }
            if case .child = field.type {
                guard let number = Int64(text) else {
                    throw NodeError(.invalid, "\(field.label.zh) 须为行号", "\(code) is a line number")
                }
                row[field.tag] = .integer(number)
                continue
            }
            switch field.parse(text, codes: draft.codes) {
            case .success(let value): row[field.tag] = value
            case .failure(let finding): throw NodeError(.invalid, finding.message.zh, finding.message.en)
            }
        }
    }

    @Sendable static func step(_ call: Call, _ tx: borrowing Transaction) throws -> (Reply, [Effect]) {
        struct Body: Decodable { let to: String }
        let kind = try call.kind()
        let body: Body = try call.decode()
        let id = try tx.withSnapshot { try find(call, kind, $0).id }
        guard let uuid = RecordID(hex: id) else { throw NodeError(.notFound, "没有这份档案", "there is no such record") }
        try call.enrolled().draft.step(uuid, to: body.to, by: call.actor(), in: tx)
        let reply = try tx.withSnapshot {
            try Reply(RecordView(try find(call, kind, $0), call.showing(kind), withLists: false))
        }
        return (reply, [.counted(.draft, "step", 1)])
    }

    @Sendable static func unmask(_ call: Call, _ tx: borrowing Transaction) throws -> (Reply, [Effect]) {
        struct Body: Decodable { let field, purpose: String; let list: String?; let child: Int64? }
        struct Opened: Encodable { let value: String }
        let body: Body = try call.decode()
        let value = try Unmasking.open(
            Unmasking.Place(field: body.field, list: body.list, child: body.child), of: call.path["id"] ?? "", call.kind(),
            purpose: body.purpose, by: call.actor(), Unmasking.Reading(call.enrolled()), in: tx)
        return (try Reply(Opened(value: value)), [])
    }

    // MARK: Counting

    @Sendable static func statistics(_ call: Call, _ snapshot: borrowing Snapshot) throws -> Reply {
        struct Line: Encodable { let values: [String: String]; let labels: [String: String]; let count: Int }
        let kind = try call.kind()
        let dimensions = (call.query["by"] ?? "").split(separator: ",").map(String.init)
        let statuses = (call.query["status"] ?? "").split(separator: ",").map(String.init)
        let codes = try snapshot.reference.codes()
        let tree = try snapshot.reference.tree()
        let rows = try Inquiry(call.charter).statistics(kind, by: dimensions, statuses: statuses, in: snapshot)
        return try Reply(
            rows.map { row in
                var labels = [String: String]()
                for (dimension, value) in zip(dimensions, row.values) {
                    labels[dimension] =
                        dimension == "division"
                        ? tree.seat(value)?.name
                        : kind.field(dimension)?.codeTable.flatMap { codes.label(value, in: $0)?.zh }
                }
                return Line(
                    values: Dictionary(uniqueKeysWithValues: zip(dimensions, row.values)), labels: labels, count: row.count)
            })
    }

    @Sendable static func digest(_ call: Call, _ snapshot: borrowing Snapshot) throws -> Reply {
        try Reply(["digest": try StoreDigest.make(call.charter, in: snapshot)])
    }
}

extension FieldDefinition {
    /// The code table of a field, if it has one.
    public var codeTable: String? {
        switch type {
        case .code(let table), .codes(let table): table
        default: nil
        }
    }
}

/// The way of a record as JSON.
public struct HistoryView: Codable, Sendable {
    public let id: String
    public let key: String
    public let seat: String
    public let status: String
    public let standing: String
    public let steps: [Step]
    public let acts: [Act]
    public let isProved: Bool

    public struct Act: Codable, Sendable {
        public let at: Int64
        public let actor: String
        public let action: String
        public let detail: String
    }

    public struct Step: Codable, Sendable {
        public let version: UInt64
        public let act: String
        public let seat: String
        public let node: String
        public let position: UInt64
        public let entry: String
        /// Nil while this node's own entry waits to be sealed.
        public let seal: String?
        public let evidence: String
        public let hashes: Int
        public let certificates: [String]
        public let broughtBy: String
        public let createdMilliseconds: Int64?
        public let shown: [String]
        public let withheld: [String]
        public let code: String?
        public let words: String?
        /// Codes of the fields that a return points at.
        public let fields: [String]
        public let failure: String?

        init(_ step: ProofStep) {
            version = step.version
            act = step.act
            seat = step.seat
            node = step.node.description
            position = step.position
            entry = step.entry.description
            seal = step.seal?.description
            evidence = step.evidence
            hashes = step.hashes
            certificates = step.certificates
            broughtBy = step.broughtBy
            createdMilliseconds = step.createdMilliseconds
            shown = step.shown
            withheld = step.withheld
            code = step.code
            words = step.words
            fields = step.fields
            failure = step.failure
        }
    }
}
