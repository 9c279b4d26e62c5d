import AsyncHTTPClient
import Logging
import NodeCore
import NodeFiles
import SyncProtocol
import Testing

@testable import NodeDaemon

@Suite struct RotationTests {
    /// A province, and a city whose next key it has just certified without the city knowing.
    private static func withCertifiedCity(
        _ body: @escaping @Sendable (TestNode, TestNode, Uplink, Rotation) async throws -> Void
    ) async throws {
        let scratch = try Scratch()
        let template = try Template.shared()
        try await TestNode.run("370000") { province in
            let folder = try TestFolder.make(try template.image("370200"), in: scratch)
            try ParentAddress(
                address: province.folder.config.listen, tlsCertificate: try province.folder.tlsCertificate()
            ).save(folder.path + "/parent.json")
            try await TestNode.run(folder) { city in
                let rotation = try await city.node.rotation()
                try await province.node.rotate(rotation.message.encoded, of: try await city.id)
                let uplink = Uplink(
                    node: city.node, addressPath: folder.path + "/parent.json", pollSeconds: 5,
                    logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
                try await body(province, city, uplink, rotation)
            }
        }
        withExtendedLifetime(scratch) {}
    }

    @Test func `a rotation whose answer was lost comes to its end with the next hello`() async throws {
        try await Self.withCertifiedCity { _, city, uplink, rotation in
            let (work, client) = try #require(try await uplink.work())
            await #expect(throws: ParentRefusal.self) { _ = try await uplink.greet(work) }
            try await client.shutdown()
            #expect(await city.node.key.publicKey == rotation.key)
            #expect(try city.folder.current().publicKey == rotation.key)
            #expect(try city.folder.waiting() == nil)

            let (again, second) = try #require(try await uplink.work())
            _ = try await uplink.greet(again)
            try await second.shutdown()
        }
    }

    @Test func `statements that bring the certificate of the next key put it to use`() async throws {
        try await Self.withCertifiedCity { province, city, _, rotation in
            let statements = try #require(province.node.engine).trust.statements
            try await city.node.handle(.statements(statements, from: try await province.id))
            #expect(await city.node.key.publicKey == rotation.key)
        }
    }
}
