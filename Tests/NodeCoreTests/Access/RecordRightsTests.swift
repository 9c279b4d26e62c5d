import Foundation
import SyncProtocol
import Testing

@testable import NodeCore

/// What accounts meet at the endpoints of a home that keeps records.
@Suite struct RecordRightsTests {
    private static let area: Area = "pet"
    private static let charter = Charter(
        [Fixtures.kind()],
        permissions: [
            Permission([.clerk], at: [.county], area, [.view, .viewSensitive, .update]),
            Permission([.unitHead], at: [.county], area, [.view]),
        ])
    private static let api = API(RecordEndpoints.all + SignInEndpoints.all + AccountEndpoints.all)

    private struct Home {
        let store: Store
        let engine: SyncEngine
        let record: RecordID

        init() throws {
            let national = try Fixtures.national().engine
            guard let seat = Fixtures.tree.seat("370285") else { throw NodeError(.notFound, "", "") }
            let identity = NodeIdentity(
                federation: national.identity.federation, node: NodeID(words: [7, 7]),
                incarnation: national.identity.incarnation, seat: seat, tree: Fixtures.tree, charter: charter,
                key: try Fixtures.signingKey(8))
            engine = SyncEngine(
                identity: identity, trust: national.trust, codes: CodeTables([:]), parameters: Parameters([]))
            store = try Store(inMemory: charter)
            let draft = engine.draft
            let intake = try store.write(Fixtures.moment()) {
                try draft.take(Fixtures.record(), kind: charter.kinds[0], by: Principal("owner"), in: $0)
            }
            guard case .taken(let uuid) = intake else { throw NodeError(.invalid, "", "\(intake)") }
            record = uuid
        }

        func call(
            _ method: String, _ path: String, _ body: [String: String] = [:], by principal: Principal?,
            at now: Int64 = Fixtures.noon
        ) throws -> (status: Int, json: String) {
            let bytes = body.isEmpty ? [] : [UInt8](try JSONEncoder().encode(body))
            let (reply, _) = try api.answer(
                API.Request(method, path, body: bytes, principal: principal), engine: engine, charter: charter,
                host: HostFacts(address: "", tlsCertificate: "", version: "", files: []), store: store,
                moment: Fixtures.moment(now))
            return (reply.status, String(decoding: reply.json, as: UTF8.self))
        }
    }

    private static func principal(_ role: Role, scope: String? = nil, _ number: Int64 = 1) -> Principal {
        Principal(
            account: AccountID(number), name: "somebody", grants: [Grant(role, scope: scope)], session: nil,
            source: "10.0.0.1")
    }

    @Test func `a scope of the home or above it reaches its records, a sibling's reaches none`() throws {
        let home = try Home()
        for scope in [nil, "370285", "370200", "370000", "000000"] as [String?] {
            let clerk = Self.principal(.clerk, scope: scope)
            #expect(try home.call("GET", "records/pet", by: clerk).json.contains(home.record.description))
            #expect(try home.call("GET", "records/pet/\(home.record)", by: clerk).status == 200)
        }
        for scope in ["110101", "110000", "370286"] {
            let clerk = Self.principal(.clerk, scope: scope)
            #expect(try home.call("GET", "records/pet", by: clerk).json == #"{"items":[]}"#)
            for path in ["records/pet/\(home.record)", "records/pet/370285001", "records/pet/\(home.record)/history"] {
                #expect(try home.call("GET", path, by: clerk).status == 404)
            }
            let lookup = ["field": "id_number", "value": "370285197602299979"]
            #expect(try home.call("POST", "records/pet/lookups", lookup, by: clerk).json == #"{"items":[]}"#)
            #expect(try home.call("PATCH", "records/pet/\(home.record)", by: clerk).status >= 400)
            let ask = ["field": "phone", "purpose": "核对联系电话"]
            #expect(try home.call("POST", "records/pet/\(home.record)/unmaskings", ask, by: clerk).status == 404)
        }
    }

    @Test func `what is masked goes nowhere in full, and is opened with a purpose that is audited without the value`() throws
    {
        let home = try Home()
        let secrets = ["15423633091", "370285197602299979"]
        for role in [Role.clerk, .unitHead] {
            for path in ["records/pet", "records/pet/\(home.record)"] {
                let json = try home.call("GET", path, by: Self.principal(role)).json
                #expect(secrets.allSatisfy { !json.contains($0) } && json.contains("154****3091"))
                #expect(json.contains("何娜") == (role == .clerk) && json.contains("何某") == (role == .unitHead))
            }
        }
        let path = "records/pet/\(home.record)/unmaskings"
        let ask = ["field": "phone", "purpose": " 核对\n联系电话 "]
        #expect(try home.call("POST", path, ask, by: Self.principal(.clerk)).json == #"{"value":"15423633091"}"#)
        #expect(try home.call("POST", path, ask, by: Self.principal(.unitHead)).status == 403)
        for purpose in ["", "x", String(repeating: "长", count: 201)] {
            let body = ["field": "phone", "purpose": purpose]
            #expect(try home.call("POST", path, body, by: Self.principal(.clerk)).status == 400)
        }
        #expect(
            try home.call("POST", path, ["field": "nothing", "purpose": "核对"], by: Self.principal(.clerk)).status == 400)
        var filter = AuditFilter()
        filter.action = "view_sensitive"
        filter.result = .ok
        let rows = try home.store.read { try AuditInquiry.list(filter, in: $0) }
        #expect(rows.map(\.fields) == [["phone"]] && rows.map(\.reason) == ["核对 联系电话"] && rows[0].record == home.record)
        let hits = try home.store.read { try ByteSearch(secrets).run(in: $0) }
        #expect(hits.allSatisfy { !$0.place.hasPrefix("audit.") })
    }

    @Test func `thirty values are opened in an hour, and another person has thirty of their own`() throws {
        let home = try Home()
        let path = "records/pet/\(home.record)/unmaskings"
        let ask = ["field": "phone", "purpose": "核对联系电话"]
        for _ in 0..<30 { #expect(try home.call("POST", path, ask, by: Self.principal(.clerk)).status == 200) }
        #expect(try home.call("POST", path, ask, by: Self.principal(.clerk)).status == 429)
        #expect(try home.call("POST", path, ask, by: Self.principal(.clerk, 2)).status == 200)
        let later = Fixtures.noon + 3_600_000
        #expect(try home.call("POST", path, ask, by: Self.principal(.clerk), at: later).status == 200)
    }

    @Test func `what somebody was denied stands in the audit, a hundred times an hour at most`() throws {
        let home = try Home()
        let head = Self.principal(.unitHead)
        for _ in 0..<105 { #expect(try home.call("PATCH", "records/pet/\(home.record)", by: head).status == 403) }
        var filter = AuditFilter()
        filter.result = .denied
        filter.limit = 1_000
        let rows = try home.store.read { try AuditInquiry.list(filter, in: $0) }
        #expect(rows.count == 100 && rows.allSatisfy { $0.action == "update" && $0.account == AccountID(1) })
        #expect(rows[0].object == "PATCH records/{kind}/{id}")
    }
}
