import BusinessModules
import Foundation
import NodeFiles
import SyncProtocol
import Testing

@testable import NodeCore
@testable import NodeDaemon


/// A new key for the national node, by the people who keep the root's parts.
@Suite struct RootKeyTests {
    private struct Asking: Encodable { var theft: String? }

    private static func ask(_ node: TestNode, theft: String? = nil) async throws -> RootRequest {
        let answer = try await node.api.post("/api/v1/root-key/request", Asking(theft: theft))
        #expect(answer.status == 201, "\(answer.text)")
        return try read(try answer.decode(LocalListener.RootAsked.self))
    }

    private static func read(_ asked: LocalListener.RootAsked) throws -> RootRequest {
        try RootRequest(
            federation: try #require(FederationID(hex: asked.federation)),
            root: try Certificate(decoding: try #require(Hex.decode(asked.root))[...]),
            statements: try Uplink.statements(asked.statements))
    }

    private static func admit(_ statements: [TrustStatement], at node: TestNode) async throws -> LocalAPI.Answer {
        try await node.api.post(
            "/api/v1/root-key/answer", ["statements": statements.map { Hex.encode($0.message.encoded) }])
    }

    /// A province whose uplink runs toward `nation`.
    private static func withProvince(
        of nation: TestNode, in scratch: Scratch, _ body: @escaping @Sendable (TestNode) async throws -> Void
    ) async throws {
        let folder = try TestFolder.make(try Template.shared().image("370000"), in: scratch)
        try ParentAddress(address: nation.folder.config.listen, tlsCertificate: try nation.folder.tlsCertificate())
            .save(folder.path + "/parent.json")
        try await TestNode.run(folder, withUplink: true, body: body)
    }

    /// Until the province believes `key` and has greeted under it.
    private static func wait(_ province: TestNode, toKnow key: KeyID) async throws {
        for _ in 0..<100 {
            if province.node.engine?.trust.certificate(ofSeat: "000000")?.key.id == key { return }
            _ = try await province.api.call("POST", "/api/v1/sync/now")
            try await Task.sleep(for: .milliseconds(50))
        }
        Issue.record("the province did not learn the new key")
    }

    @Test func `the root certifies a new key of the national node, and a province learns it by itself`() async throws {
        let scratch = try Scratch()
        try await TestNode.run("000000") { nation in
            let old = try #require(nation.node.engine).identity.key.publicKey
            try await Self.withProvince(of: nation, in: scratch) { province in
                let request = try await Self.ask(nation)
                #expect(request.revocation == nil && request.certificate.consent != nil)
                let statements = try request.sign(with: try Template.root.get())
                let answer = try await Self.admit(statements, at: nation)
                #expect(answer.status == 200, "\(answer.text)")
                let engine = try #require(nation.node.engine)
                #expect(engine.identity.key.publicKey == request.certificate.key)
                #expect(engine.identity.key.publicKey != old && engine.standstill == nil)
                try await Self.wait(province, toKnow: request.certificate.key.id)
                // The same answer once more: nothing waits for it.
                #expect(try await Self.admit(statements, at: nation).status == 404)
            }
        }
        withExtendedLifetime(scratch) {}
    }

    @Test func `a stolen key of the national node is taken away by the root, and the node begins a new life`() async throws {
        let scratch = try Scratch()
        try await TestNode.run("000000") { nation in
            let before = try #require(nation.node.engine).identity
            try await Self.withProvince(of: nation, in: scratch) { province in
                let request = try await Self.ask(nation, theft: "示例：密钥失窃")
                #expect(request.revocation?.key == before.key.publicKey.id)
                let answer = try await Self.admit(try request.sign(with: try Template.root.get()), at: nation)
                #expect(answer.status == 200, "\(answer.text)")
                let after = try #require(nation.node.engine)
                #expect(after.identity.incarnation != before.incarnation && after.standstill == nil)
                #expect(after.trust.revocation(of: before.key.publicKey.id) != nil)
                try await Self.wait(province, toKnow: request.certificate.key.id)
                #expect(province.node.engine?.trust.revocation(of: before.key.publicKey.id) != nil)
            }
        }
        withExtendedLifetime(scratch) {}
    }

    @Test func `only the national node asks the root, with a reason for a theft`() async throws {
        try await TestNode.run("370000") { province in
            let answer = try await province.api.post("/api/v1/root-key/request", Asking())
            #expect(answer.status == 403)
        }
        try await TestNode.run("000000") { nation in
            for theft in ["", String(repeating: "长", count: 201)] {
                let answer = try await nation.api.post("/api/v1/root-key/request", Asking(theft: theft))
                #expect(answer.status == 400)
            }
            let empty = try await nation.api.post("/api/v1/root-key/answer", ["statements": ["zz"]])
            let other = try await nation.api.post("/api/v1/root-key/answer", ["statement": "zz"])
            #expect(empty.status == 400 && other.status == 400)
        }
    }

    @Test func `an answer that is not the root's, or for another key, changes nothing`() async throws {
        try await TestNode.run("000000") { nation in
            let before = try #require(nation.node.engine).identity.key.publicKey
            let request = try await Self.ask(nation)
            // The request itself is signed by the new key only.
            #expect(try await Self.admit(request.statements, at: nation).status == 422)
            #expect(try await Self.admit([], at: nation).status == 422)
            let stranger = try SigningKey(suite: .international, seed: [UInt8](repeating: 9, count: 32))
            #expect(throws: NodeError.self) { _ = try request.sign(with: stranger) }
            // A certificate of the root for a key that this node does not have.
            let other = try Certificate(
                request.certificate.place, node: request.certificate.node, seat: request.certificate.seat,
                key: stranger.publicKey, federation: request.federation, issuer: try Template.root.get())
            #expect(try await Self.admit([.certificate(other)], at: nation).status == 422)
            #expect(try #require(nation.node.engine).identity.key.publicKey == before)
            // The key that waits is the same at the next request.
            #expect(try await Self.ask(nation).certificate.key == request.certificate.key)
        }
    }

    @Test func `a request that is altered anywhere is refused before the root signs`() async throws {
        try await TestNode.run("000000") { nation in
            let request = try await Self.ask(nation, theft: "示例")
            for (index, statement) in request.statements.enumerated() {
                let bytes = statement.message.encoded
                for place in stride(from: 0, to: bytes.count, by: 7) {
                    var altered = bytes
                    altered[place] ^= 0x10
                    #expect(throws: (any Error).self, "\(index) \(place)") {
                        var statements = request.statements
                        statements[index] = try TrustStatement(decoding: altered[...])
                        _ = try RootRequest(federation: request.federation, root: request.root, statements: statements)
                    }
                }
            }
            #expect(throws: NodeError.self) {
                _ = try RootRequest(
                    federation: request.federation, root: request.root, statements: request.statements.reversed())
            }
        }
    }
}
