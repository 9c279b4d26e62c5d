import BusinessModules
import Foundation
import NIOHTTP1
import NodeCore
import NodeFiles
import Synchronization
import SyncProtocol
import Testing

@testable import NodeDaemon

@Suite struct PressureTests {
    /// A disk that a test fills and frees.
    final class TestDisk: Sendable {
        private let used: Mutex<UInt64>

        init(used percent: UInt64 = 10) { used = Mutex(percent) }

        func fill(to percent: UInt64) { used.withLock { $0 = percent } }

        var room: DiskRoom { DiskRoom(totalBytes: 100 << 30, freeBytes: (100 - used.withLock { $0 }) << 30) }
    }

    private static func city(in scratch: Scratch) throws -> NodeFolder {
        try TestFolder.make(try Template.shared().image("370200"), in: scratch)
    }

    @Test func `on a full disk writes say 507 in plain words, reading goes on, and it ends by itself`() async throws {
        let scratch = try Scratch()
        let disk = TestDisk()
        try await TestNode.run(try Self.city(in: scratch), room: { disk.room }) { node in
            disk.fill(to: 86)
            let low = try await node.api.get("/readyz")
            #expect(low.status == 200 && low.text == "ready, and the disk is 86 % full\n")
            disk.fill(to: 96)
            let invitation = ["seat": "370285", "again": "x"]
            for path in ["/api/v1/enrolments", "/api/v1/imports/worker_file", "/api/v1/records/worker_file/decisions"] {
                let refused = try await node.api.post(path, invitation)
                let said = try refused.decode(API.Refusal.self)
                #expect(refused.status == 507 && said.code == "disk-full", "\(path)")
                #expect(said.zh.contains("磁盘已用 96%") && said.en.contains("the disk is 96 % full"), "\(said)")
            }
            for path in ["/healthz", "/metrics", "/api/v1/sync/status", "/api/v1/records/worker_file"] {
                #expect(try await node.api.get(path).status == 200, "\(path)")
            }
            #expect(try await node.line.call(.GET, "/healthz", []).status == 200)
            let ready = try await node.api.get("/readyz")
            #expect(ready.status == 503 && ready.text.contains("reading goes on"))
            #expect(try await node.api.metric("bangfu_disk_level") == 2)
            #expect(try await node.api.metric("bangfu_disk_used_percent") == 96)
            #expect(try await node.api.metric("bangfu_refused_total{code=\"disk-full\"}") == 3)
            disk.fill(to: 50)
            #expect(try await node.api.get("/readyz").text == "ready\n")
            #expect(try await node.api.post("/api/v1/enrolments", ["seat": "000000"]).status == 403)
        }
        withExtendedLifetime(scratch) {}
    }

    @Test func `what comes from a child is refused before it is staged, and taken when there is room`() async throws {
        let scratch = try Scratch()
        let disk = TestDisk(used: 97)
        let template = try Template.shared()
        try await TestNode.run(try Self.city(in: scratch), room: { disk.room }) { node in
            let changeset = try template.county.changesets(toward: try await node.id)[0]
            let gateway = try await node.gateway(template.county.peer)
            let asked = try await gateway.call(.GET, "/sync/receipt")
            let none = try Receipt(verifying: asked.body[...], from: try await node.id, trust: template.county.peer.trust)
            #expect(asked.status == 200 && none.credit == 0 && none.durable == 0)
            let refused = try await gateway.upload(changeset.encoded)
            #expect(refused.status == 507 && refused.code == "disk-full")
            #expect(try await node.api.metric("bangfu_staged_bytes") == 0)
            #expect(try await node.api.quarantine().isEmpty)
            disk.fill(to: 20)
            let taken = try await gateway.upload(changeset.encoded)
            let receipt = try Receipt(verifying: taken.body[...], from: try await node.id, trust: template.county.peer.trust)
            #expect(receipt.durable == changeset.seal.next && receipt.credit == PressureLimits().stagedBytesPerChild)
        }
        withExtendedLifetime(scratch) {}
    }

    @Test func `a child that has used its quota is told so, and sees it in the status`() async throws {
        let scratch = try Scratch()
        let template = try Template.shared()
        var limits = PressureLimits()
        limits.storedBytesPerChild = 4_000
        let set = limits
        try await TestNode.run(try Self.city(in: scratch), limits: set) { node in
            let gateway = try await node.gateway(template.county.peer)
            let changesets = try template.county.changesets(toward: try await node.id)
            var codes = [String]()
            for changeset in changesets {
                let reply = try await gateway.upload(changeset.encoded)
                codes.append(reply.status == 200 ? "taken" : "\(reply.status) \(reply.code)")
            }
            #expect(codes.first == "taken" && codes.last == "507 quota-used", "\(codes)")
            #expect(try await node.api.metric("bangfu_refused_total{code=\"quota-used\"}") > 0)
            let links = try await node.api.get("/api/v1/sync/status").decode([NodeEndpoints.LinkView].self)
            let link = try #require(links.first { $0.seat == "370211" && $0.log == "received" })
            #expect(link.quotaBytes == 4_000 && link.storedBytes ?? 0 > 0)
            // The sibling has a quota of its own.
            let other = try template.sibling.changesets(toward: try await node.id)[0]
            #expect(try await node.gateway(template.sibling.peer).upload(other.encoded).status == 200)
        }
        withExtendedLifetime(scratch) {}
    }

    @Test func `a sender sends nothing while the other end gives no credit, and everything afterwards`() async throws {
        let scratch = try Scratch()
        let disk = TestDisk(used: 96)
        let template = try Template.shared()
        try await TestNode.run(
            try TestFolder.make(try template.image("370000"), in: scratch), room: { disk.room }
        ) { province in
            let folder = try Self.city(in: scratch)
            try ParentAddress(
                address: province.folder.config.listen, tlsCertificate: try province.folder.tlsCertificate()
            ).save(folder.path + "/parent.json")
            try await TestNode.run(folder, withUplink: true) { city in
                let first = try template.county.changesets(toward: try await city.id)[0]
                try await expectTaken(
                    first, at: city, through: try await city.gateway(template.county.peer), as: template.county.peer)
                try await Self.until { try await city.api.metric("bangfu_uplink_failures_total{loop=\"push\"}") > 0 }
                #expect(try await city.api.metric("bangfu_sent_changesets_total") == 0)
                #expect(try await city.api.metric("bangfu_credit_bytes{direction=\"got\",seat=\"370000\"}") == 0)
                // Nothing was sent, so nothing had to be refused.
                #expect(try await province.api.metric("bangfu_refused_total{code=\"disk-full\"}") == 0)
                disk.fill(to: 30)
                try await Self.until {
                    _ = try await city.api.call("POST", "/api/v1/sync/now")
                    return try await province.api.get("/api/v1/log/seals").text.contains(first.seal.hash.description)
                }
                #expect(try await province.api.quarantine().isEmpty)
                #expect(try await city.api.metric("bangfu_sent_changesets_total") > 0)
            }
        }
        withExtendedLifetime(scratch) {}
    }

    @Test func `a parent sends down no more than the child gave credit for`() async throws {
        let scratch = try Scratch()
        let template = try Template.shared()
        try await TestNode.run(try Self.city(in: scratch)) { node in
            let (county, id) = (template.county, try await node.id)
            let gateway = try await node.gateway(county.peer)
            try await expectTaken(try county.changesets(toward: id)[0], at: node, through: gateway, as: county.peer)
            struct Decision: Encodable { let all = true, verdict = "approve" }
            _ = try await node.api.post("/api/v1/records/worker_file/decisions", Decision())
            func offered() async throws -> Int {
                guard case .array(let items) = try Uplink.items(try await gateway.call(.GET, "/sync/down?after=0").body)
                else { return -1 }
                return items.count
            }
            #expect(try await offered() > 0)
            let log = LogID(author: id, incarnation: gateway.answer.incarnation, direction: .down, peer: county.peer.node)
            for (number, credit): (UInt64, UInt64) in [(1, 0), (2, 10), (3, 1 << 20)] {
                let receipt = try Receipt(
                    issuer: county.peer.node, log: log, durable: 0, durableHash: nil, applied: 0, credit: credit,
                    number: number, federation: county.peer.federation, key: county.peer.key)
                #expect(try await gateway.call(.POST, "/sync/receipt", receipt.message.encoded).status == 200)
                let count = try await offered()
                #expect((count > 0) == (credit > 10), "credit \(credit): \(count)")
            }
        }
        withExtendedLifetime(scratch) {}
    }

    @Test func `the wait before the next attempt grows from five seconds to a quarter of an hour`() {
        for failures in [0, 1, 2, 5, 9, 100, Int.max] {
            let delays = (0..<200).map { _ in Uplink.delay(failures) }
            let ceiling = min(900, 5 * Double(1 << min(max(failures - 1, 0), 12)))
            #expect(delays.allSatisfy { $0 > 0 && $0 <= ceiling }, "\(failures)")
            #expect(Set(delays).count > 100)
        }
        #expect((0..<50).allSatisfy { _ in (60...65).contains(Uplink.delay(1, atLeast: 60)) })
        #expect((0..<50).allSatisfy { _ in Uplink.delay(1, atLeast: Int.max) == 900 })
    }

    /// Asks a bounded number of times.
    private static func until(_ isSo: () async throws -> Bool) async throws {
        for _ in 0..<2_000 where try await !isSo() { await Task.yield() }
        #expect(try await isSo())
    }
}
