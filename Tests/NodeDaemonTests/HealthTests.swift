import NodeCore
import NodeFiles
import SyncProtocol
import Testing

@testable import NodeDaemon

/// What a node says of its own health.
@Suite struct HealthTests {
    private static func check(_ name: String, of node: TestNode) async throws -> HealthCheck {
        let checks: [HealthCheck] = try await node.api.get("/api/v1/doctor").decode()
        return try #require(checks.first { $0.name == name })
    }

    @Test func `a node that stands still says so, and what to do`() async throws {
        try await TestNode.run("370200") { city in
            #expect(try await Self.check("writing", of: city).isGood)
            let life = try #require(city.node.engine).identity.incarnation
            try await city.node.standStill("两份", "two copies", life: life)
            let check = try await Self.check("writing", of: city)
            #expect(!check.isGood)
            #expect(check.zh.contains("两份") && check.en.contains("nodectl recover"))
        }
    }

    @Test func `a node whose key was taken away is not ready`() async throws {
        let scratch = try Scratch()
        try await TestNode.run("370000") { province in
            let folder = try TestFolder.make(try Template.shared().image("370200"), in: scratch)
            try await TestNode.run(folder) { city in
                #expect(try await city.api.get("/readyz").status == 200)
                let revoked = try await province.api.post("/api/v1/enrolments/370200/revoke", ["reason": "被盗"])
                #expect(revoked.status == 200)
                let statements = try #require(province.node.engine).trust.statements
                try await city.node.handle(.statements(statements, from: try await province.id))
                #expect(try await city.api.get("/readyz").status == 503)
                let check = try await Self.check("key", of: city)
                #expect(!check.isGood)
                #expect(check.en.contains("enrol join"))
            }
        }
        withExtendedLifetime(scratch) {}
    }

    @Test func `what somebody has looked at leaves the list until it happens again`() async throws {
        try await TestNode.run("370200") { city in
            let peer = try #require(city.node.parentNode())
            func refuse() async throws {
                try await city.node.refuse(ProtocolError(.superseded, "too late"), from: peer, subject: "entry")
            }
            try await refuse()
            #expect(try await !Self.check("quarantine", of: city).isGood)
            let settle = ["code": "superseded", "seat": "370000", "reason": "较新的版本已处理"]
            #expect(try await city.api.post("/api/v1/sync/quarantine/settle", settle).status == 200)
            #expect(try await Self.check("quarantine", of: city).isGood)
            #expect(try await city.api.quarantine().isEmpty)
            #expect(try await city.api.get("/api/v1/sync/quarantine?settled=1").text.contains("too late"))
            #expect(try await city.api.post("/api/v1/sync/quarantine/settle", settle).status == 404)
            #expect(try await city.api.get("/api/v1/audit").text.contains("settle-refusals"))
            // The count of refusals stays: it is what is watched from outside.
            #expect(try await city.api.metric("bangfu_quarantine{code=\"superseded\"}") == 1)

            try await refuse()
            #expect(try await city.api.quarantine().count == 1)
        }
    }
}
