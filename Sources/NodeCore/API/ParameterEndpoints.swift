/// Parameters and code tables as they count here: what, since when, by whom.
public enum ParameterEndpoints {
    public static let all: [Endpoint] = [
        Endpoint(
            "GET", "parameters", Label("业务参数", "Parameters in force at a division on a day"),
            needs: .right(.view, .parameters),
            query: [
                ("division", "division code, this node's own by default"), ("on", "day, today by default"),
                ("standards", "1: local standards only"),
            ], .read(list)),
        Endpoint(
            "GET", "parameters/{key}", Label("一个参数及其来历", "One parameter: its value, and where it was looked for"),
            needs: .right(.view, .parameters),
            query: [("division", "division code, this node's own by default"), ("on", "day, today by default")],
            .read(show)),
        Endpoint(
            "GET", "comparisons/parameters", Label("比较参数", "Compare the parameters of two divisions, or of two days"),
            needs: .right(.view, .parameters),
            query: [
                ("division", "division code, this node's own by default"), ("on", "day, today by default"),
                ("with", "the other division, the same by default"), ("and", "the other day, the same by default"),
            ], .read(compare)),
        Endpoint("GET", "codes", Label("码表清单", "The code tables"), needs: .right(.view, .parameters), .read(tables)),
        Endpoint(
            "GET", "codes/{table}", Label("一张码表", "The codes of a table, with what was added below the nation"),
            needs: .right(.view, .parameters),
            .read(codes)),
        Endpoint(
            "GET", "additions/codes", Label("本地扩展代码", "Codes that provinces and cities added"),
            needs: .right(.view, .parameters), .read(additions)),
    ]

    /// One value with its source.
    public struct ParameterView: Codable, Sendable {
        public let key: String
        public let zh: String
        public let en: String
        public let form: String
        public let isStandard: Bool
        /// The lowest level that may set it.
        public let settableBy: String
        public let value: String?
        /// The division whose entry counts; nil where the declared fallback does, or nothing.
        public let division: String?
        public let from: String?
        public let to: String?
        public let basis: String?
        public let isFallback: Bool
    }

    static func view(_ key: ParameterKey, _ parameters: Parameters, path: [String], on day: CalendarDay) -> ParameterView {
        let entry = parameters.chain(key.key, path: path, on: day).lazy.compactMap(\.entry).first
        return ParameterView(
            key: key.key, zh: key.label.zh, en: key.label.en, form: key.form.rawValue, isStandard: key.isStandard,
            settableBy: key.settableBy.label.en, value: entry?.value ?? key.fallback, division: entry?.division,
            from: entry?.from.description, to: entry?.to?.description, basis: entry?.basis,
            isFallback: entry == nil && key.fallback != nil)
    }

    @Sendable static func list(_ call: Call, _ snapshot: borrowing Snapshot) throws -> Reply {
        let engine = try call.enrolled()
        let (path, day) = (engine.identity.tree.divisionPath(of: try call.division()), try call.day("on"))
        let keys = call.charter.parameters.keys.filter { $0.isStandard || !call.flag("standards") }
        return try Reply(keys.map { view($0, engine.draft.parameters, path: path, on: day) })
    }

    public struct LookView: Codable, Sendable {
        public let division: String
        public let value: String?
        public let from: String?
        public let to: String?
        public let basis: String?
        public let decides: Bool
    }

    public struct ChainView: Codable, Sendable {
        public let parameter: ParameterView
        /// Nearest division first.
        public let looks: [LookView]
    }

    @Sendable static func show(_ call: Call, _ snapshot: borrowing Snapshot) throws -> Reply {
        let engine = try call.enrolled()
        guard let key = call.charter.parameters[call.path["key"] ?? ""] else {
            throw NodeError(.notFound, "没有业务参数 \(call.path["key"] ?? "")", "there is no such parameter")
        }
        let (path, day) = (engine.identity.tree.divisionPath(of: try call.division()), try call.day("on"))
        let chain = engine.draft.parameters.chain(key.key, path: path, on: day)
        let decisive = chain.first { $0.entry != nil }?.division
        return try Reply(
            ChainView(
                parameter: view(key, engine.draft.parameters, path: path, on: day),
                looks: chain.map {
                    LookView(
                        division: $0.division, value: $0.entry?.value, from: $0.entry?.from.description,
                        to: $0.entry?.to?.description, basis: $0.entry?.basis, decides: $0.division == decisive)
                }))
    }

    public struct DifferenceView: Codable, Sendable {
        public let key: String
        public let zh: String
        public let en: String
        public let left: String?
        public let right: String?
        public let differs: Bool
    }

    @Sendable static func compare(_ call: Call, _ snapshot: borrowing Snapshot) throws -> Reply {
        let engine = try call.enrolled()
        let (division, day) = (try call.division(), try call.day("on"))
        let other = call.query["with"] == nil ? division : try call.division("with")
        let otherDay = call.query["and"] == nil ? day : try call.day("and")
        guard other != division || otherDay != day else {
            throw NodeError(.badRequest, "请给出另一区划（with）或另一日期（and）", "name another division (with) or another day (and)")
        }
        let (tree, parameters) = (engine.identity.tree, engine.draft.parameters)
        let (left, right) = (tree.divisionPath(of: division), tree.divisionPath(of: other))
        return try Reply(
            call.charter.parameters.keys.map { key in
                let values = (
                    parameters.value(key.key, path: left, on: day) ?? key.fallback,
                    parameters.value(key.key, path: right, on: otherDay) ?? key.fallback
                )
                return DifferenceView(
                    key: key.key, zh: key.label.zh, en: key.label.en, left: values.0, right: values.1,
                    differs: values.0 != values.1)
            })
    }

    // MARK: Code tables

    public struct TableView: Codable, Sendable {
        public let table: String
        public let codes: Int
        public let added: Int
        /// Whether provinces and cities may add codes of their own.
        public let isExtensible: Bool
    }

    @Sendable static func tables(_ call: Call, _ snapshot: borrowing Snapshot) throws -> Reply {
        let codes = try call.enrolled().draft.codes
        return try Reply(
            codes.names.map { name in
                let added = codes.locals.count { $0.table == name }
                return TableView(
                    table: name, codes: codes.codes(of: name).count, added: added,
                    isExtensible: call.charter.extensible.contains(name))
            })
    }

    public struct CodeView: Codable, Sendable {
        public let table: String
        public let code: String
        public let zh: String
        public let en: String
        /// The division that added it; nil for the nation's.
        public let owner: String?
    }

    @Sendable static func codes(_ call: Call, _ snapshot: borrowing Snapshot) throws -> Reply {
        let (codes, table) = (try call.enrolled().draft.codes, call.path["table"] ?? "")
        guard codes.has(table: table) else { throw NodeError(.notFound, "没有这张码表", "there is no such code table") }
        let owners = Dictionary(
            codes.locals.filter { $0.table == table }.map { ($0.code.code, $0.owner) },
            uniquingKeysWith: { first, _ in first })
        return try Reply(
            codes.codes(of: table).map {
                CodeView(table: table, code: $0.code, zh: $0.label.zh, en: $0.label.en, owner: owners[$0.code])
            })
    }

    @Sendable static func additions(_ call: Call, _ snapshot: borrowing Snapshot) throws -> Reply {
        try Reply(
            try call.enrolled().draft.codes.locals.map {
                CodeView(
                    table: $0.table, code: $0.code.code, zh: $0.code.label.zh, en: $0.code.label.en, owner: $0.owner)
            })
    }
}
