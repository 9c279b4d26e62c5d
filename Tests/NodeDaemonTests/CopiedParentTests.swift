import AsyncHTTPClient
import BusinessModules
import Foundation
import Logging
import NodeCore
import NodeFiles
import SyncProtocol
import Testing

@testable import NodeDaemon

@Suite struct CopiedParentTests {
    /// A city that holds the province's approval of one file, and a province whose machine is a copy from before it, which
    /// approved the three others.
    private struct Parted {
        let province, city: NodeFolder

        init(in scratch: Scratch) throws {
            let template = try Template.shared()
            let folders = try ["370000", "370200"].map { try TestFolder.make(try template.image($0), in: scratch) }
            (province, city) = (folders[0], folders[1])
            let below = try Member(store: Parted.open(city), key: city.current())
            try below.take(try template.county.changesets(toward: below.peer.node)[0], from: template.county)
            try below.catchUp(try below.parent())
            try below.approveAll()
            var above = try Member(store: Parted.open(province), key: province.current())
            for changeset in try below.changesets(toward: above.peer.node) { try above.take(changeset, from: below) }
            try above.store.close()
            let files = ["", "-wal"].map { province.storePath + $0 }
            let before = files.map { FileManager.default.contents(atPath: $0) }
            above = try Member(store: Parted.open(province), key: province.current())
            let keys = try above.pending()
            try above.approve([keys[0]])
            for changeset in try above.changesets(toward: below.peer.node) { try below.take(changeset, from: above) }
            try above.store.close()
            for file in files + [province.storePath + "-shm"] where FileManager.default.fileExists(atPath: file) {
                try FileManager.default.removeItem(atPath: file)
            }
            for (file, data) in zip(files, before) { try data?.write(to: URL(fileURLWithPath: file)) }
            above = try Member(store: Parted.open(province), key: province.current())
            #expect(keys.count > 2)
            try above.approve(Array(keys.dropFirst()))
            try above.store.close()
            try below.store.close()
            let store = try Parted.open(province)
            try LifeToken.write(province, try store.read { try NodeSetup.incarnation(in: $0) })
            try store.close()
        }

        private static func open(_ folder: NodeFolder) throws -> Store {
            try Store(path: folder.storePath, charter: Catalog.charter, key: .known)
        }
    }

    @Test func `a parent's new life begins behind what its child holds, whichever loop of the child comes first`()
        async throws
    {
        let scratch = try Scratch()
        let parted = try Parted(in: scratch)
        try await TestNode.run(parted.province) { province in
            let engine = try #require(province.node.engine)
            let lost = LogID(
                author: engine.identity.node, incarnation: engine.identity.incarnation, direction: .down,
                peer: try #require(engine.trust.certificate(ofSeat: "370200")).node)
            _ = try await province.node.recover(by: Principal("test"))
            try ParentAddress(
                address: province.folder.config.listen, tlsCertificate: try province.folder.tlsCertificate()
            ).save(parted.city.path + "/parent.json")
            try await TestNode.run(parted.city) { city in
                let uplink = Uplink(
                    node: city.node, addressPath: parted.city.path + "/parent.json", pollSeconds: 5,
                    logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
                let (work, client) = try #require(try await uplink.work())
                // Only the loop that sends: the one that asks would bring the branch back by chance.
                let pushing = Task {
                    while !Task.isCancelled {
                        do { try await uplink.push(work) } catch let error as ProtocolError where error.code == .chainBroken
                        {
                            continue
                        }
                    }
                }
                let (above, below) = (await province.node.store, await city.node.store)
                for _ in 0..<2_000 where try above.read({ try Inspection.catchingUp(in: $0) }).contains("370200") {
                    _ = try await province.api.get("/readyz")
                }
                pushing.cancel()
                _ = await pushing.result
                #expect(try !above.read { try Inspection.catchingUp(in: $0) }.contains("370200"), "settled")
                let held = try #require(try below.read { try Inspection.head(of: lost, in: $0) })
                let own = try #require(try above.read { try Inspection.head(of: lost, in: $0) })
                #expect(own.next == held.next && own.hash == held.hash && held.next > 0)
                try await client.shutdown()
            }
        }
        withExtendedLifetime(scratch) {}
    }
}

extension Member {
    fileprivate func pending() throws -> [String] {
        let level = engine.identity.seat.level
        return try store.read { try Inspection.records(in: $0) }.filter { $0.standing == .pending(level) }.map(\.key)
    }

    fileprivate func approve(_ keys: [String]) throws {
        struct Decision: Encodable {
            let ids: [String]
            let verdict = "approve"
        }
        let reply = try call("POST", "records/worker_file/decisions", Decision(ids: keys))
        let result = try JSONDecoder().decode(JourneyEndpoints.Result.self, from: Data(reply.json))
        #expect(result.done == keys.count && result.refused == 0, "\(result.outcomes)")
    }
}
