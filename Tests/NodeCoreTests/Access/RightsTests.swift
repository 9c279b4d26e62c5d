import BusinessModules
import SyncProtocol
import Testing

@testable import NodeCore

/// The declared table of rights, tried cell by cell through the one way into the API.
struct RightsTests {
    private static let seats: [Level: String] = [
        .national: "000000", .province: "370000", .city: "370200", .county: "370285",
    ]

    private static func engine(_ level: Level) throws -> SyncEngine {
        let national = try Fixtures.national().engine
        guard let code = seats[level], let seat = Fixtures.tree.seat(code) else { throw NodeError(.notFound, "", "") }
        let identity = NodeIdentity(
            federation: national.identity.federation, node: NodeID(words: [7, 7]),
            incarnation: national.identity.incarnation,
            seat: seat, tree: Fixtures.tree, charter: Catalog.charter, key: try Fixtures.signingKey(8))
        return SyncEngine(identity: identity, trust: national.trust, codes: CodeTables([:]), parameters: Parameters([]))
    }

    private static func principal(_ roles: Role...) -> Principal {
        Principal(
            account: AccountID(1), name: "somebody", grants: roles.map { Grant($0) }, session: nil, source: "127.0.0.1")
    }

    private static let host = HostFacts(address: "", tlsCertificate: "", version: "", files: [])

    private static func refusal(
        _ endpoint: Endpoint, by principal: Principal?, _ engine: SyncEngine, _ store: Store
    ) throws -> NodeError? {
        let path = endpoint.path.split(separator: "/").map { part in
            part == "{kind}" ? WorkerFiles.kind.code : part.hasPrefix("{") ? "1" : String(part)
        }.joined(separator: "/")
        let (reply, _) = try Catalog.api.answer(
            API.Request(endpoint.method, path, principal: principal), engine: engine, charter: Catalog.charter, host: host,
            store: store, moment: Fixtures.moment())
        let json = String(decoding: reply.json, as: UTF8.self)
        if reply.status == 401 && json.contains(NodeError.Code.signInFirst.rawValue) { return Need.signInFirst }
        guard reply.status == 403, json.contains("your roles have no right to") else { return nil }
        return NodeError(.notAllowed, "", "")
    }

    @Test(arguments: Level.allCases)
    func `Every role meets at every endpoint what the table says, cell by cell`(_ level: Level) throws {
        let (engine, store) = (try Self.engine(level), try Store(inMemory: Catalog.charter))
        var (tried, allowed) = (0, 0)
        for endpoint in Catalog.api.endpoints {
            guard case .right(let action, let area) = endpoint.needs else { continue }
            let named = area == .kind ? Area(WorkerFiles.kind.code) : area
            for role in Role.allCases {
                let may = Catalog.charter.permissions.allows(role, action, named, at: level)
                let refusal = try Self.refusal(endpoint, by: Self.principal(role), engine, store)
                #expect((refusal == nil) == may, "\(role) \(endpoint.method) \(endpoint.path) at \(level)")
                tried += 1
                allowed += may ? 1 : 0
            }
        }
        #expect(tried > 1_000 && allowed > 50 && allowed < tried / 2)
    }

    @Test
    func `Nobody passes without having signed in, but where signing in itself is done`() throws {
        let (engine, store) = (try Self.engine(.county), try Store(inMemory: Catalog.charter))
        for endpoint in Catalog.api.endpoints {
            let refusal = try Self.refusal(endpoint, by: nil, engine, store)
            #expect((refusal?.code == .signInFirst) == (endpoint.needs != .open), "\(endpoint.method) \(endpoint.path)")
        }
    }

    @Test
    func `The operator at the socket passes everywhere`() throws {
        let (engine, store) = (try Self.engine(.county), try Store(inMemory: Catalog.charter))
        // He has no account, and so nothing of his own to sign out of.
        for endpoint in Catalog.api.endpoints where endpoint.needs != .session {
            #expect(try Self.refusal(endpoint, by: Principal("owner"), engine, store)?.code != .notAllowed)
        }
    }

    @Test
    func `Administrators read nobody's file, and nobody who writes files decides about them`() {
        let permissions = Catalog.charter.permissions
        let file = Area(WorkerFiles.kind.code)
        for role in Role.administrative + Role.outside + [.nationalAnalyst, .finance, .matchingJob, .reportDesigner] {
            #expect(permissions.cells.allSatisfy { $0.role != role || $0.area != file }, "\(role)")
        }
        for level in Level.allCases {
            #expect(!permissions.allows(.clerk, .approve, file, at: level))
            #expect(!permissions.allows(.clerk, .report, file, at: level))
            for reviewer in Role.reviewers {
                #expect(!permissions.allows(reviewer, .update, file, at: level))
                #expect(!permissions.allows(reviewer, .create, file, at: level))
            }
            #expect(!permissions.allows(.sysadmin, .approve, .accounts, at: level))
            #expect(!permissions.allows(.secadmin, .grant, .accounts, at: level))
            for role in Role.allCases where role != .auditor {
                #expect(!permissions.allows(role, .view, .audit, at: level))
            }
        }
        // Marking one's own notifications as read changes nothing that anybody else sees.
        for cell in permissions.cells where cell.role == .auditor && cell.area != .notifications {
            #expect([.view, .export, .print].contains(cell.action), "the auditor changes nothing: \(cell)")
        }
    }

    @Test
    func `A right holds at its own level only`() {
        let permissions = Catalog.charter.permissions
        let file = Area(WorkerFiles.kind.code)
        let homes: [Role: Level] = [
            .countyReviewer: .county, .cityReviewer: .city, .provinceReviewer: .province, .nationalReviewer: .national,
        ]
        for (role, home) in homes {
            for level in Level.allCases { #expect(permissions.allows(role, .approve, file, at: level) == (level == home)) }
        }
    }

    @Test
    func `Every right that an endpoint asks for stands in the table`() {
        let areas = Set(Catalog.charter.permissions.areas)
        for endpoint in Catalog.api.endpoints {
            guard case .right(_, let area) = endpoint.needs, area != .kind else { continue }
            #expect(areas.contains(area), "\(endpoint.path) asks for \(area)")
        }
    }

    @Test
    func `A grant reaches the seats it names and those below, and no sibling`() {
        let permissions = Catalog.charter.permissions
        let file = Area(WorkerFiles.kind.code)
        let narrow = Principal(
            account: AccountID(1), name: "", grants: [Grant(.provinceReviewer, scope: "370200")], session: nil, source: "")
        let scope = permissions.scope(narrow, .view, file, at: .province)
        #expect(scope == .below(["370200"]))
        #expect(scope.contains("370285", in: Fixtures.tree) && scope.contains("370200", in: Fixtures.tree))
        #expect(!scope.contains("370000", in: Fixtures.tree) && !scope.contains("110101", in: Fixtures.tree))
        #expect(permissions.scope(narrow, .view, file, at: .city) == .nothing)
        let both = Principal(
            account: AccountID(1), name: "", grants: [Grant(.provinceReviewer, scope: "370200"), Grant(.clerk)],
            session: nil,
            source: "")
        #expect(permissions.scope(both, .view, file, at: .province) == .everything)
        #expect(permissions.scope(both, .approve, file, at: .province) == .below(["370200"]))
        #expect(permissions.scope(Principal("owner"), .approve, file, at: .national) == .everything)
    }

    @Test
    func `Roles and actions are those of the code tables`() throws {
        let tables = try BundledData.codes()
        #expect(tables["role"]?.map(\.code).sorted() == Role.allCases.map(\.rawValue).sorted())
        for role in Role.allCases {
            #expect(tables["role"]?.first { $0.code == role.rawValue }?.label == role.label, "\(role)")
        }
        let actions = Set(Action.allCases.map(\.rawValue)).subtracting(["import", "review"])
        #expect(Set(tables["audit_action"]?.map(\.code) ?? []) == actions)
    }
}
