import BusinessModules
import Foundation
import NodeFiles
import SyncProtocol
import Testing

@testable import NodeCore
@testable import NodeDaemon

/// Real files through the API of a running node.
@Suite struct BundleTests {
    private static func bytes(_ path: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: URL(fileURLWithPath: path))) }

    private static func write(_ bytes: [UInt8], _ scratch: Scratch, _ name: String) throws -> String {
        let path = scratch.path + "/" + name
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        return path
    }

    /// What the county of the template would write on a stick for its city.
    private static func fromCounty(to city: NodeID, key: SigningKey? = nil) throws -> [UInt8] {
        let engine = try Template.shared().county.engine
        let link = try #require(Link(engine, peer: city))
        let store = try Template.shared().county.store
        // As if the city had nothing yet: the template has told the county otherwise.
        let content = BundleManifest.Content(
            sender: engine.identity.node, life: engine.identity.incarnation, receiver: city, receiverLife: nil,
            milliseconds: Node.moment().milliseconds, export: Node.moment().entropy(16),
            positions: try store.read { try link.positions(peerIncarnation: nil, in: $0) }, channels: [],
            trustDigest: link.trustDigest,
            runs: [.init(log: link.outgoing, from: 0, next: try store.read { try $0.logs.find(link.outgoing)?.next ?? 0 })],
            begins: [.init(run: 0, position: 0)])
        var bytes = [UInt8]()
        try withoutActuallyEscaping({ (more: [UInt8]) in bytes += more }) { sink in
            var sealer = try BundleSealer(
                content, file: 1, to: link.peer,
                ephemeral: ExchangeKey(seed: Node.moment().entropy(32), suite: link.peer.key.suite),
                federation: engine.identity.federation, key: key ?? engine.identity.key, sink: sink)
            for statement in link.shared { try sealer.add(.statement(statement.message.encoded)) }
            for changeset in try store.read({ try link.changesets(from: 0, budget: 1 << 24, in: $0) }) {
                try sealer.add(.changeset(changeset.encoded))
            }
            try sealer.finish()
        }
        return bytes
    }

    private static func take(_ path: String, at node: TestNode) async throws -> LocalAPI.Answer {
        try await node.api.post("/api/v1/bundles/import", BundleEndpoints.ImportRequest(file: path))
    }

    private static func export(to seat: String, _ out: String, at node: TestNode, maxBytes: Int? = nil) async throws
        -> LocalAPI.Answer
    {
        try await node.api.post("/api/v1/bundles", BundleEndpoints.ExportRequest(to: seat, out: out, maxBytes: maxBytes))
    }

    @Test func `a county's file is taken in, twice without harm, and a decision goes back on another`() async throws {
        let scratch = try Scratch()
        let county = try Template.shared().county
        try await TestNode.run("370200") { city in
            let path = try Self.write(try Self.fromCounty(to: try await city.id), scratch, "up.bgfb")
            let taken = try await Self.take(path, at: city)
            let view = try taken.decode(BundleEndpoints.TakenView.self)
            #expect(taken.status == 200 && view.from == "370211" && view.taken == 3 && view.repeated == 0, "\(taken.text)")
            #expect(try await city.api.recordCount() == 11)
            let before = try await city.api.content()
            let again = try await Self.take(path, at: city).decode(BundleEndpoints.TakenView.self)
            #expect(again.taken == 0 && again.repeated == 3)
            #expect(try await city.api.content() == before)

            struct Decision: Encodable { let all = true, verdict = "approve" }
            _ = try await city.api.post("/api/v1/records/worker_file/decisions", Decision())
            let made = try await Self.export(to: "370211", scratch.path, at: city)
            let files = try made.decode([BundleEndpoints.FileView].self)
            #expect(made.status == 201 && files.count == 1 && files[0].entries > 0, "\(made.text)")
            let mode = try FileManager.default.attributesOfItem(atPath: files[0].path)[.posixPermissions] as? NSNumber
            #expect(mode?.intValue == 0o600)
            var opener = try BundleOpener(BytesSource(Self.bytes(files[0].path))) { _ in try county.peer.key.exchangeKey() }
            var kinds = [String]()
            while let item = try opener.next() {
                switch item {
                case .statement, .rotation: continue
                case .receipt(let bytes):
                    let receipt = try Receipt(
                        verifying: bytes[...], from: try await city.id, trust: county.engine.trust)
                    #expect(receipt.log.author == county.peer.node && receipt.durable > 0)
                    kinds.append("receipt")
                case .changeset: kinds.append("changeset")
                }
            }
            #expect(kinds.first == "receipt" && kinds.contains("changeset"))
            // To export marked nothing: the same again, under another name.
            let twice = try await Self.export(to: "370211", scratch.path, at: city).decode([BundleEndpoints.FileView].self)
            #expect(twice[0].entries == files[0].entries && twice[0].path != files[0].path)
            let owed = try await city.api.get("/api/v1/bundles").decode([Owed].self)
            #expect(owed.first { $0.seat == "370211" }?.entries == files[0].entries)
            #expect(owed.first { $0.seat == "370211" }?.lastBundleMilliseconds != nil)
            #expect(try await city.api.metric("bangfu_bundles_total{direction=\"in\"}") == 2)
            #expect(try await city.api.quarantine().isEmpty)
        }
        withExtendedLifetime(scratch) {}
    }

    private struct Owed: Decodable {
        let seat: String
        let entries: UInt64
        let lastBundleMilliseconds: Int64?
    }

    @Test func `a damaged, a cut, another's and no bundle at all are refused with their codes`() async throws {
        let scratch = try Scratch()
        try await TestNode.run("370200") { city in
            let whole = try Self.fromCounty(to: try await city.id)
            let before = try await city.api.content()
            func expect(_ code: String, _ status: Int, _ bytes: [UInt8]) async throws {
                let answer = try await Self.take(try Self.write(bytes, scratch, "x.bgfb"), at: city)
                #expect(answer.status == status && answer.text.contains("(\(code))"), "\(code): \(answer.text)")
                let counted = try await city.api.metric("bangfu_refused_total{code=\"\(code)\"}")
                #expect(counted > 0)
            }
            try await expect("malformed", 422, Array("no bundle".utf8))
            try await expect("malformed", 422, Array(whole.dropLast(9)))
            var altered = whole
            altered[whole.count / 2] ^= 1
            try await expect("bad-signature", 422, altered)
            try await expect("unsupported-version", 422, Array("BGFB".utf8) + [2] + whole[5...])
            try await expect(
                "unknown-key", 403, Self.fromCounty(to: try await city.id, key: Template.shared().otherCity.key))
            let province = try #require(city.node.engine?.trust.certificate(ofSeat: "370000")).node
            let other = try Template.shared().city.engine
            let link = try #require(Link(other, peer: province))
            var elsewhere = [UInt8]()
            let export = try Template.shared().city.store.write(Node.moment()) {
                try BundleExport.make(link, fileBytesMax: 1 << 20, in: $0)
            }
            try withoutActuallyEscaping({ (more: [UInt8]) in elsewhere += more }) { sink in
                try export.write(file: 1, entropy: Node.moment().entropy, to: sink) { link, log, position in
                    try Template.shared().city.store.read {
                        try link.changesets(of: log, from: position, budget: 1 << 20, in: $0)
                    }
                }
            }
            try await expect("wrong-receiver", 403, elsewhere)
            #expect(try await city.api.content() == before)
            let none = try await Self.take(scratch.path + "/none", at: city)
            #expect(none.status == 500 && none.text.contains("none"))
            try await expectHealthy(city)
        }
        withExtendedLifetime(scratch) {}
    }

    @Test func `what cannot be exported is refused, and nothing half made stays`() async throws {
        let scratch = try Scratch()
        try await TestNode.run("370200") { city in
            let stranger = try await Self.export(to: "440000", scratch.path, at: city)
            let code = try stranger.code
            #expect(stranger.status == 404 && code == "not-found")
            #expect(try await Self.export(to: "370211", scratch.path, at: city, maxBytes: 10).status == 400)
            let file = scratch.path + "/one.bgfb"
            #expect(try await Self.export(to: "parent", file, at: city).status == 201)
            let again = try await Self.export(to: "parent", file, at: city)
            #expect(again.status == 409 && again.text.contains("one.bgfb"))
            #expect(try await Self.export(to: "parent", scratch.path + "/no/folder/x", at: city).status == 404)
            #expect(try await Self.export(to: "parent", scratch.path + "/no/folder/x.bgfb", at: city).status == 500)
            let noBody = try await city.api.call("POST", "/api/v1/bundles", Array("{}".utf8))
            #expect(noBody.status == 400)
            #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path).filter { $0.hasSuffix(".part") } == [])
            let progress = try await city.api.get("/api/v1/bundles/progress").decode(BundleEndpoints.ProgressView.self)
            #expect(progress.total == 0)
            let (head, bytes) = try BundleFiles.head(file)
            #expect(try await head.sender == city.id && bytes == Self.bytes(file).count)
        }
        withExtendedLifetime(scratch) {}
    }

    @Test func `a node without a line gets its new key by stick`() async throws {
        let scratch = try Scratch()
        let template = try Template.shared()
        try await TestNode.run("370000") { province in
            let folder = try TestFolder.make(try template.image("370200"), in: scratch)
            try ParentAddress(address: "127.0.0.1:1", tlsCertificate: try province.folder.tlsCertificate()).save(
                folder.path + "/parent.json")
            try await TestNode.run(folder) { city in
                func carry(_ from: TestNode, _ seat: String, _ to: TestNode) async throws -> Int {
                    let path = scratch.path + "/\(Hex.encode(Node.moment().entropy(4))).bgfb"
                    #expect(try await Self.export(to: seat, path, at: from).status == 201)
                    return try await Self.take(path, at: to).status
                }
                let old = try #require(city.node.engine).identity.key.publicKey
                let asked = try await city.api.post("/api/v1/rotation", [String]())
                #expect(asked.status == 502 && asked.text.contains("bundle export"), "\(asked.text)")
                #expect(try await carry(city, "parent", province) == 200)
                // Under the old key nothing is taken any more, and nothing is lost.
                #expect(try await carry(city, "parent", province) == 403)
                #expect(try await carry(province, "370200", city) == 200)
                let engine = try #require(city.node.engine)
                #expect(engine.identity.key.publicKey != old)
                #expect(try engine.trust.certificate(of: await city.id)?.key == engine.identity.key.publicKey)
                #expect(try await carry(city, "parent", province) == 200)
                #expect(try await carry(province, "370200", city) == 200)
            }
        }
        withExtendedLifetime(scratch) {}
    }

    @Test func `files of an export are numbered beside each other`() throws {
        #expect(try BundleFiles.paths("/none/x.bgfb", name: "n", count: 1) == ["/none/x.bgfb"])
        #expect(throws: NodeError(.notFound, "", "")) { try BundleFiles.paths("/none/x", name: "n", count: 1) }
        #expect(try BundleFiles.paths("/none/x.bgfb", name: "n", count: 2) == ["/none/x-1.bgfb", "/none/x-2.bgfb"])
        let folder = FileManager.default.temporaryDirectory.path
        #expect(try BundleFiles.paths(folder, name: "n", count: 1) == [folder + "/n.bgfb"])
        #expect(try BundleFiles.paths(folder, name: "n", count: 10).last == folder + "/n-10.bgfb")
        #expect(try BundleFiles.paths(folder, name: "n", count: 10).first == folder + "/n-01.bgfb")
    }
}
