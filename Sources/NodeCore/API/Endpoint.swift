internal import Foundation
internal import SyncProtocol

/// What the daemon's host adds to a call: things that are not in the store.
public struct HostFacts: Sendable {
    /// Host and port of the sync listener.
    public let address: String
    /// The listener's certificate in PEM: goes into invitations, so that a child recognises its parent's TLS.
    public let tlsCertificate: String
    public let version: String
    /// The store's files, for the raw part of a byte search.
    public let files: [String]
    /// Nil of a stopped node.
    public var pressure: PressureView?
    /// When the parent last answered, in milliseconds since 1970; nil while it has not.
    public var lastContactMilliseconds: Int64?

    public init(address: String, tlsCertificate: String, version: String, files: [String]) {
        self.address = address
        self.tlsCertificate = tlsCertificate
        self.version = version
        self.files = files
    }
}

/// One call of the API: from the Unix socket, or from `nodectl` on a stopped node.
public struct Call: Sendable {
    /// Nil before enrolment.
    public let engine: SyncEngine?
    public let charter: Charter
    public let host: HostFacts
    public let principal: Principal?
    /// What the caller signed in with; nil for the node's owner.
    public let session: Session?
    /// The address of the caller.
    public let source: String
    /// Of the node; nil where it has no place yet.
    public let level: Level?
    public let path: [String: String]
    public let query: [String: String]
    public let body: [UInt8]
    /// When it was made, in milliseconds since 1970; for what is shown.
    public let milliseconds: Int64

    /// The engine, or a refusal that says what to do.
    public func enrolled() throws -> SyncEngine {
        guard let engine else {
            throw NodeError(
                .notEnrolled, "本节点尚未入网：请先 nodectl enrol join", "this node is not enrolled: run nodectl enrol join first")
        }
        return engine
    }

    /// Who acts; every write names a person.
    public func actor() throws -> Principal {
        guard let principal, !principal.name.isEmpty, principal.name.count <= 60 else {
            throw NodeError(
                .badRequest, "请用 Bangfu-Actor 头（nodectl --as）写明经办人",
                "name the acting person in the header Bangfu-Actor (nodectl --as)")
        }
        return principal
    }

    /// The session that the caller holds.
    public func held() throws -> Session {
        guard let session else { throw Need.signInFirst }
        return session
    }

    public func kind() throws -> RecordKind {
        guard let kind = charter.kind(code: path["kind"] ?? "") else {
            throw NodeError(.notFound, "没有这种记录", "there is no such kind of record")
        }
        return kind
    }

    public func decode<Value: Decodable>(_ type: Value.Type = Value.self) throws -> Value {
        do { return try JSONDecoder().decode(type, from: Data(body)) } catch let error as DecodingError {
            throw NodeError(.badRequest, "请求内容不是所需的 JSON", "the body is not the JSON that is asked for: \(error.briefly)")
        }
    }
}

extension DecodingError {
    /// Where and what, without the values.
    fileprivate var briefly: String {
        let context =
            switch self {
            case .typeMismatch(_, let context), .valueNotFound(_, let context), .keyNotFound(_, let context),
                .dataCorrupted(let context):
                context
            @unknown default: Context(codingPath: [], debugDescription: "unreadable")
            }
        let path = context.codingPath.map(\.stringValue).joined(separator: ".")
        return path.isEmpty ? context.debugDescription : "\(path): \(context.debugDescription)"
    }
}

/// The answer: a status and JSON.
public struct Reply: Sendable {
    public let status: Int
    public let json: [UInt8]

    public init(_ value: some Encodable, status: Int = 200) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        self.status = status
        json = [UInt8](try encoder.encode(value))
    }
}

/// One endpoint as declared: the route, what the OpenAPI file says of it, and the function.
public struct Endpoint: Sendable {
    public enum Work: Sendable {
        case read(@Sendable (Call, borrowing Snapshot) throws -> Reply)
        case write(@Sendable (Call, borrowing Transaction) throws -> (Reply, [Effect]))
        /// Reads, works slowly beside the writer, then writes.
        case staged(@Sendable (Call, borrowing Snapshot) throws -> SlowWork)
    }

    public let method: String
    /// Below `/api/v1`, parameters in braces.
    public let path: String
    public let summary: Label
    /// What a caller must be allowed; asked before anything is done.
    public let needs: Need
    /// Names of query parameters with a word on each.
    public let query: [(name: String, meaning: String)]
    /// What the JSON body holds; nil without a body.
    public let body: String?
    public let action: Work

    public init(
        _ method: String, _ path: String, _ summary: Label, needs: Need, query: [(name: String, meaning: String)] = [],
        body: String? = nil,
        _ action: Work
    ) {
        self.method = method
        self.path = path
        self.summary = summary
        self.needs = needs
        self.query = query
        self.body = body
        self.action = action
    }

    /// The values of the braces when the path fits.
    func match(_ segments: [String]) -> [String: String]? {
        let pattern = path.split(separator: "/").map(String.init)
        guard pattern.count == segments.count else { return nil }
        var values = [String: String]()
        for (expected, actual) in zip(pattern, segments) {
            if expected.hasPrefix("{") {
                values[String(expected.dropFirst().dropLast())] = actual
            } else if expected != actual {
                return nil
            }
        }
        return values
    }
}

/// All endpoints of a node, and the one way to call them.
public struct API: Sendable {
    public let endpoints: [Endpoint]

    public init(_ endpoints: [Endpoint]) { self.endpoints = endpoints }

    /// What a caller sends.
    public struct Request: Sendable {
        public var method: String
        /// Below `/api/v1`, without a leading slash.
        public var path: String
        public var query: [String: String]
        public var body: [UInt8]
        /// Nil for somebody who has not signed in.
        public var principal: Principal?
        public var session: Session?
        public var source = ""

        /// By whoever holds this session.
        public init(
            _ method: String, _ path: String, query: [String: String] = [:], body: [UInt8] = [], session: Session?,
            source: String
        ) {
            self.init(method, path, query: query, body: body, principal: session?.principal)
            self.session = session
            self.source = source
        }

        public init(
            _ method: String, _ path: String, query: [String: String] = [:], body: [UInt8] = [], principal: Principal? = nil
        ) {
            self.method = method
            self.path = path
            self.query = query
            self.body = body
            self.principal = principal
        }
    }

    /// Whether a call changes nothing, and so may run beside the writer.
    public func isReading(_ request: Request) -> Bool {
        if case .read = endpoint(for: request)?.action { true } else { false }
    }

    /// Whether a call takes long beside the writer, and much memory: few at once.
    public func isStaged(_ request: Request) -> Bool {
        if case .staged = endpoint(for: request)?.action { true } else { false }
    }

    private func endpoint(for request: Request) -> Endpoint? {
        let segments = request.path.split(separator: "/").map(String.init)
        return endpoints.first { $0.method == request.method && $0.match(segments) != nil }
    }

    /// Runs a call. Refusals become replies; a broken store is thrown on.
    public func answer(
        _ request: Request, engine: SyncEngine?, charter: Charter, host: HostFacts, store: Store, moment: Moment
    ) throws -> (Reply, [Effect]) {
        try API.refusing {
            switch try run(request, engine, charter, host, store, moment) {
            case .done(let reply, let effects): (reply, effects)
            case .write(let write): try store.write(moment, write)
            }
        }
    }

    /// What became of the steps of a staged call that change nothing.
    public enum Prepared: Sendable {
        case reply(Reply)
        case write(SlowWork.Write)
    }

    /// Reads and works, beside the writer: for a call that `isStaged`.
    public func prepare(
        _ request: Request, engine: SyncEngine?, charter: Charter, host: HostFacts, store: Store, moment: Moment
    ) throws -> Prepared {
        var write: SlowWork.Write?
        let (reply, _) = try API.refusing {
            guard case .write(let made) = try run(request, engine, charter, host, store, moment) else {
                throw NodeError(.badRequest, "此接口不分步", "this endpoint has no steps")
            }
            write = made
            return (try Reply([String]()), [])
        }
        return write.map { .write($0) } ?? .reply(reply)
    }

    /// Writes what `prepare` made.
    public func finish(_ write: SlowWork.Write, store: Store, moment: Moment) throws -> (Reply, [Effect]) {
        try API.refusing { try store.write(moment, write) }
    }

    private static func refusing(_ body: () throws -> (Reply, [Effect])) throws -> (Reply, [Effect]) {
        do { return try body() } catch let error as NodeError {
            return (try Reply(Refusal(error), status: error.code.status), [])
        } catch let error as ProtocolError {
            let refusal = NodeError(
                .invalid, "不符合同步协议（\(error.code.rawValue)）：\(error.reason)", "\(error.code.rawValue): \(error.reason)")
            return (try Reply(Refusal(refusal), status: refusal.code.status), [])
        }
    }

    private enum Ran {
        case done(Reply, [Effect])
        case write(SlowWork.Write)
    }

    private func run(
        _ request: Request, _ engine: SyncEngine?, _ charter: Charter, _ host: HostFacts, _ store: Store, _ moment: Moment
    ) throws -> Ran {
        let segments = request.path.split(separator: "/").map(String.init)
        let fitting = endpoints.compactMap { endpoint in endpoint.match(segments).map { (endpoint, $0) } }
        guard !fitting.isEmpty else { throw NodeError(.notFound, "没有这个接口", "there is no such endpoint") }
        guard let (endpoint, values) = fitting.first(where: { $0.0.method == request.method }) else {
            throw NodeError(.badRequest, "不支持此方法", "that method is not possible here")
        }
        let level = try level(engine, store)
        if let refusal = endpoint.needs.refusal(
            of: request.principal, charter.permissions, at: level, kind: values["kind"], session: request.session)
        {
            try note(refusal, endpoint, request, store, moment)
            throw refusal
        }
        let call = Call(
            engine: engine, charter: charter, host: host, principal: request.principal, session: request.session,
            source: request.source, level: level, path: values, query: request.query, body: request.body,
            milliseconds: moment.milliseconds)
        switch endpoint.action {
        case .staged(let read):
            if let reason = engine?.standstill { throw Standstill.refusal(reason) }
            let slow = try store.read { try read(call, $0) }
            return .write(try slow.work(moment.entropy(PasswordHash.saltBytes)))
        case .read(let read): return .done(try store.read { try read(call, $0) }, [])
        case .write(let write):
            if let reason = engine?.standstill { throw Standstill.refusal(reason) }
            let (reply, effects) = try store.write(moment) { try write(call, $0) }
            return .done(reply, effects)
        }
    }

    /// What somebody was denied stands in the audit, as long as there is room for it and he does not make a habit of it.
    private func note(
        _ refusal: NodeError, _ endpoint: Endpoint, _ request: Request, _ store: Store, _ moment: Moment
    ) throws {
        guard let principal = request.principal, principal.account != nil else { return }
        do {
            try store.write(moment) { tx in
                try tx.audit.appendDenied(tx.moment, by: principal, endpoint.needs, "\(endpoint.method) \(endpoint.path)")
            }
        } catch let error as NodeError where [.diskFull, .diskFailed, .notAllowed].contains(error.code) {}
    }

    /// Before its enrolment a node has its place in the tree already.
    private func level(_ engine: SyncEngine?, _ store: Store) throws -> Level? {
        if let engine { return engine.identity.level }
        return try store.read { snapshot in
            try NodeSetup.place(in: snapshot).flatMap { try snapshot.reference.tree().seat($0.seat)?.level }
        }
    }

    /// A refusal as JSON.
    public struct Refusal: Codable, Sendable {
        public let code: String
        public let zh: String
        public let en: String

        public init(_ error: NodeError) {
            code = error.code.rawValue
            zh = error.message.zh
            en = error.message.en
        }
    }
}

extension NodeError.Code {
    /// The HTTP status that goes with a refusal.
    public var status: Int {
        switch self {
        case .badRequest: 400
        case .signInFirst, .signInRefused: 401
        case .notAllowed, .codeUsed: 403
        case .notFound: 404
        case .conflict, .notEnrolled, .recovering: 409
        case .recoverFirst: 412
        case .tooLarge: 413
        case .invalid, .weakPassword: 422
        case .badConfiguration, .storeNewer, .storeOlder, .storeLocked, .storeBroken, .cellAltered: 500
        case .unreachable: 502
        case .diskFailed: 503
        case .stagingFull, .tooMany: 429
        case .diskFull, .quotaUsed: 507
        }
    }
}
