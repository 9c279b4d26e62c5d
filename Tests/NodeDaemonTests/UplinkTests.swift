import BusinessModules
import NodeCore
import NodeFiles
import SyncProtocol
import Testing

@testable import NodeDaemon

@Suite struct UplinkTests {
    @Test func `what a child brings goes up by itself, and a decision goes on`() async throws {
        let scratch = try Scratch()
        let template = try Template.shared()
        try await TestNode.run("370000") { province in
            let folder = try TestFolder.make(try template.image("370200"), in: scratch)
            try ParentAddress(
                address: province.folder.config.listen, tlsCertificate: try province.folder.tlsCertificate()
            ).save(folder.path + "/parent.json")
            try await TestNode.run(folder, withUplink: true) { city in
                let first = try template.county.changesets(toward: try await city.id)[0]
                try await expectTaken(
                    first, at: city, through: try await city.gateway(template.county.peer), as: template.county.peer)
                try await Self.wait(at: province) {
                    try await province.api.get("/api/v1/log/seals").text.contains(first.seal.hash.description)
                }
                struct Decision: Encodable { let all = true, verdict = "approve" }
                let decided = try await city.api.post("/api/v1/records/worker_file/decisions", Decision())
                #expect(try decided.decode(JourneyEndpoints.Result.self).refused == 0)
                try await Self.wait(at: province) { try await province.api.recordCount() == 4 }
                #expect(try await province.api.quarantine().isEmpty)
                #expect(try await city.api.quarantine().isEmpty)
                let sent = try await city.api.metric("bangfu_sent_changesets_total")
                let woken = try await city.api.call("POST", "/api/v1/sync/now")
                #expect(sent >= 2 && woken.status == 202)
            }
        }
        withExtendedLifetime(scratch) {}
    }

    @Test func `a node whose new key was certified without its hearing of it learns that at its next hello`() async throws {
        let scratch = try Scratch()
        let template = try Template.shared()
        try await TestNode.run("370000") { province in
            let folder = try TestFolder.make(try template.image("370200"), in: scratch)
            try ParentAddress(
                address: province.folder.config.listen, tlsCertificate: try province.folder.tlsCertificate()
            ).save(folder.path + "/parent.json")
            let (id, federation) = (template.city.peer.node, template.city.peer.federation)
            let next = try folder.next(.international, entropy: Node.moment().entropy)
            let rotation = try Rotation(node: id, present: folder.current(), new: next, federation: federation)
            // The answer is lost: the city hears nothing of it.
            try await province.node.rotate(rotation.message.encoded, of: id)
            try await TestNode.run(folder, withUplink: true) { city in
                for _ in 0..<2_000 where await city.node.key.publicKey != rotation.key {
                    _ = try await city.api.call("POST", "/api/v1/sync/now")
                }
                #expect(await city.node.key.publicKey == rotation.key)
                #expect(city.node.engine?.trust.certificate(of: id)?.key == rotation.key)
                #expect(try folder.current().publicKey == rotation.key)
            }
        }
        withExtendedLifetime(scratch) {}
    }

    /// Asks again whenever the province wrote something toward the nation, a bounded number of times.
    private static func wait(at node: TestNode, until isSo: () async throws -> Bool) async throws {
        let engine = try #require(node.node.engine)
        let nation = try #require(engine.trust.certificate(ofSeat: "000000")).node
        for _ in 0..<20 {
            let news = await node.node.newsCount(of: nation)
            if try await isSo() { return }
            await node.node.waitForNews(of: nation, beyond: news, within: .seconds(2))
        }
        Issue.record("it did not come up")
    }
}
