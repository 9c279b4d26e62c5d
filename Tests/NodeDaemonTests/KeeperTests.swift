import Foundation
import Logging
import NodeCore
import SyncProtocol
import Testing

@testable import NodeDaemon
@testable import NodeFiles

/// What is done by itself from time to time.
@Suite struct KeeperTests {
    /// As if the present key had been in use for that long.
    private static func age(_ node: TestNode, days: Int64) async throws {
        let key = try #require(node.node.engine).identity.key.publicKey.id
        let moment = Node.moment()
        let then = Moment(milliseconds: moment.milliseconds - days * 24 * 3_600_000, entropy: moment.entropy)
        _ = try await node.node.store.write(then) { try Upkeep.keySince(key, in: $0) }
    }

    /// A province below a running national node, and what keeps it.
    private static func withKeeper(
        ofKeyAged days: Int64, parentAnswers: Bool = true,
        _ body: @escaping @Sendable (TestNode, Keeper) async throws -> Void
    ) async throws {
        let scratch = try Scratch()
        try await TestNode.run("000000") { nation in
            let folder = try TestFolder.make(try Template.shared().image("370000"), in: scratch)
            let address = parentAnswers ? nation.folder.config.listen : "127.0.0.1:1"
            try ParentAddress(address: address, tlsCertificate: try nation.folder.tlsCertificate())
                .save(folder.path + "/parent.json")
            try await TestNode.run(folder) { province in
                let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
                let uplink = Uplink(
                    node: province.node, addressPath: folder.path + "/parent.json", pollSeconds: 5, logger: logger)
                try await age(province, days: days)
                try await body(
                    province, Keeper(node: province.node, uplink: uplink, config: folder.config, logger: logger))
            }
        }
        withExtendedLifetime(scratch) {}
    }

    @Test func `a key younger than a quarter stays`() async throws {
        try await Self.withKeeper(ofKeyAged: 89) { province, keeper in
            let first = try #require(province.node.engine).identity.key.publicKey
            await keeper.look()
            #expect(try #require(province.node.engine).identity.key.publicKey == first)
            #expect(try await province.api.metric("bangfu_key_age_seconds") >= 89 * 86_400)
        }
    }

    @Test func `reminders are noted at the first look of a day, and a metric counts them`() async throws {
        try await Self.withKeeper(ofKeyAged: 1) { province, keeper in
            let store = await province.node.store
            #expect(try store.read { try Upkeep.lastReminders(in: $0) } == nil)
            let before = Node.moment().today
            await keeper.look()
            let noted = try store.read { try Upkeep.lastReminders(in: $0) }
            #expect(noted == before || noted == Node.moment().today)
            #expect(try await province.api.metric("bangfu_reminders_total") == 0)
        }
    }

    @Test func `an older one is replaced by itself, once`() async throws {
        try await Self.withKeeper(ofKeyAged: 91) { province, keeper in
            let first = try #require(province.node.engine).identity.key.publicKey
            await keeper.look()
            let second = try #require(province.node.engine).identity.key.publicKey
            #expect(second != first)
            await keeper.look()
            #expect(try #require(province.node.engine).identity.key.publicKey == second)
            #expect(try await province.api.metric("bangfu_key_age_seconds") < 3_600)
        }
    }

    @Test func `without a line the old key stays in use, and a metric says so`() async throws {
        try await Self.withKeeper(ofKeyAged: 91, parentAnswers: false) { province, keeper in
            let first = try #require(province.node.engine).identity.key.publicKey
            await keeper.look()
            #expect(try #require(province.node.engine).identity.key.publicKey == first)
            #expect(try await province.api.metric("bangfu_rotation_failures_total") == 1)
            let checks = try await province.api.get("/api/v1/doctor").text
            #expect(checks.contains("91 days old"))
        }
    }

    @Test func `the national node's key waits for the root's holders`() async throws {
        try await TestNode.run("000000") { nation in
            let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            let uplink = Uplink(node: nation.node, addressPath: "", pollSeconds: 5, logger: logger)
            try await Self.age(nation, days: 120)
            let first = try #require(nation.node.engine).identity.key.publicKey
            await Keeper(node: nation.node, uplink: uplink, config: nation.folder.config, logger: logger).look()
            #expect(try #require(nation.node.engine).identity.key.publicKey == first)
            #expect(try await nation.api.get("/api/v1/doctor").text.contains("nodectl root request"))
        }
    }
}
