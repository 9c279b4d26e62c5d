import AsyncHTTPClient
import BusinessModules
import GRDB
import Logging
import NodeFiles
import SyncProtocol
import Testing

@testable import NodeCore
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
                for _ in 0..<2_000 {
                    if await city.node.key.publicKey == rotation.key { break }
                    _ = try await city.api.call("POST", "/api/v1/sync/now")
                }
                #expect(await city.node.key.publicKey == rotation.key)
                #expect(city.node.engine?.trust.certificate(of: id)?.key == rotation.key)
                #expect(try folder.current().publicKey == rotation.key)
            }
        }
        withExtendedLifetime(scratch) {}
    }

    @Test func `a refusal that comes after a new life began says nothing about that life`() async throws {
        let scratch = try Scratch()
        let folder = try TestFolder.make(try Template.shared().image("370200"), in: scratch)
        try await TestNode.run(folder) { city in
            let before = try #require(city.node.engine).identity.incarnation
            _ = try await city.node.recover(by: Principal("test"))
            try await city.node.standStill("两份", "two copies", life: before)
            #expect(try #require(city.node.engine).standstill == nil)
            let present = try #require(city.node.engine).identity.incarnation
            try await city.node.standStill("两份", "two copies", life: present)
            #expect(try #require(city.node.engine).standstill?.en == "two copies")
        }
        withExtendedLifetime(scratch) {}
    }

    @Test func `what waits at a parent that began a new life goes on though the child has nothing to say`() async throws {
        let scratch = try Scratch()
        try await TestNode.run("370000") { province in
            let folder = try TestFolder.make(try Template.shared().image("370200"), in: scratch)
            try ParentAddress(
                address: province.folder.config.listen, tlsCertificate: try province.folder.tlsCertificate()
            ).save(folder.path + "/parent.json")
            try await TestNode.run(folder, withUplink: true) { city in
                _ = try await city.api.post("/api/v1/accounts", ["login": "first", "name": "first"])
                try await Self.await(city, "bangfu_audit_witnessed_total")
                _ = try await province.node.recover(by: Principal("test"))
                let (store, below) = (await province.node.store, try await city.id)
                var isWaiting = true
                for _ in 0..<20 where isWaiting {
                    let news = await province.node.newsCount(of: below)
                    isWaiting = try store.read { try Inspection.catchingUp(in: $0) }.contains("370200")
                    if isWaiting { await province.node.waitForNews(of: below, beyond: news, within: .seconds(2)) }
                }
                #expect(!isWaiting)
            }
        }
        withExtendedLifetime(scratch) {}
    }

    @Test func `a hello that came before a new life began is answered under that life, and the thread goes on`() async throws
    {
        let scratch = try Scratch()
        try await TestNode.run("370000") { province in
            let folder = try TestFolder.make(try Template.shared().image("370200"), in: scratch)
            try await TestNode.run(folder) { city in
                let (engine, parent) = (try #require(city.node.engine), try await province.id)
                let link = try #require(Link(engine, peer: parent))
                func ask() async throws -> Hello {
                    let exchange = try ExchangeKey(seed: [UInt8](repeating: 7, count: 32), suite: .international)
                    return try await city.node.ask(
                        link, nonce: [UInt8](repeating: 1, count: 32), exchangeKey: exchange.publicBytes)
                }
                let exchange = try ExchangeKey(seed: [UInt8](repeating: 8, count: 32), suite: .international)
                let early = try await ask()
                let life = try await province.node.recover(by: Principal("test")).incarnation
                let answer = try await province.node.greet(early, 1, exchangeKey: exchange.publicBytes)
                #expect(answer.incarnation == life)
                try await city.node.accept(answer, link)
                // An answer of the new life that stood in the old one's thread would look like one that was lost.
                let next = try await province.node.greet(try await ask(), 2, exchangeKey: exchange.publicBytes)
                #expect(next.incarnation == life)
            }
        }
        withExtendedLifetime(scratch) {}
    }

    @Test func `a greeting that the parent leaves without an answer ends when the node is to stop`() async throws {
        let scratch = try Scratch()
        let parent = try SilentParent()
        try await parent.serve {
            let folder = try TestFolder.make(try Template.shared().image("370200"), in: scratch)
            try parent.address.save(folder.path + "/parent.json")
            try await TestNode.run(folder) { city in
                let uplink = Uplink(
                    node: city.node, addressPath: folder.path + "/parent.json", pollSeconds: 5,
                    logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
                let (work, client) = try #require(try await uplink.work())
                let greeting = Task { _ = try await uplink.greet(work) }
                await parent.called()
                greeting.cancel()
                // Without cancelling it would end by the client's own deadline.
                switch await greeting.result {
                case .success: Issue.record("the parent answered")
                case .failure(let error):
                    #expect(error is CancellationError || error as? HTTPClientError == .cancelled, "\(error)")
                }
                try await client.shutdown()
            }
        }
        withExtendedLifetime(scratch) {}
    }

    @Test func `the head of an audit goes up over the line, and one that was cut off is noticed at both ends`() async throws
    {
        let scratch = try Scratch()
        let template = try Template.shared()
        try await TestNode.run("370000") { province in
            let folder = try TestFolder.make(try template.image("370200"), in: scratch)
            try ParentAddress(
                address: province.folder.config.listen, tlsCertificate: try province.folder.tlsCertificate()
            ).save(folder.path + "/parent.json")
            try await TestNode.run(folder) { city in
                for login in ["first", "second", "third"] {
                    let invited = try await city.api.post("/api/v1/accounts", ["login": login, "name": login])
                    #expect(invited.status == 201)
                }
            }
            try await TestNode.run(folder, withUplink: true) { city in
                try await Self.await(city, "bangfu_audit_witnessed_total")
                let check = try await Self.verify(city)
                #expect(check.failures.isEmpty && check.witnessed == check.entries && check.entries >= 3)
            }
            try Self.cutAudit(of: folder, to: 1)
            try await TestNode.run(folder) { city in
                let check = try await Self.verify(city)
                #expect(check.failures.isEmpty, "its heads went with its rows: here nothing shows")
            }
            try await TestNode.run(folder, withUplink: true) { city in
                try await Self.await(city, "bangfu_refused_total{code=\"audit-cut\"}")
                let failures = try await Self.verify(city).failures
                #expect(failures.contains { $0.contains("was signed") }, "\(failures)")
                #expect(try await province.api.quarantine().contains { $0.code == "audit-cut" })
            }
        }
        withExtendedLifetime(scratch) {}
    }

    private static func verify(_ node: TestNode) async throws -> AuditEndpoints.CheckView {
        try await node.api.get("/api/v1/audit/verify").decode()
    }

    /// Until a counter of this node has counted something, a bounded number of looks.
    private static func await(_ node: TestNode, _ name: String) async throws {
        for _ in 0..<2_000 {
            if try await node.api.metric(name) > 0 { return }
        }
        Issue.record("\(name) has counted nothing")
    }

    /// As somebody with a tool for SQL does it, who knows of the signed heads as well.
    private static func cutAudit(of folder: NodeFolder, to row: Int64) throws {
        let store = try Store(path: folder.storePath, charter: Catalog.charter, key: .known)
        try store.write(Template.start) { tx in
            try tx.database.execute(
                sql: "DROP TRIGGER audit_grows; DELETE FROM audit WHERE id > ?; DELETE FROM audit_head", arguments: [row])
        }
        try store.close()
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
