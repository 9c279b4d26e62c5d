import BusinessModules
import Foundation
import Logging
import NodeCore
import NodeFiles
import ServiceLifecycle
import Testing

@testable import NodeDaemon

@Suite struct ResealerTests {
    private func keys(_ node: TestNode) async throws -> [KeyRotation.Status] {
        try await node.api.get("/api/v1/keys").decode(KeyEndpoints.Page.self).keys
    }

    @Test func `data keys are changed over the API, by a person with a name, and the old ones go`() async throws {
        try await TestNode.run("370200") { node in
            let nobody = try await node.api.call("POST", "/api/v1/keys/rotations", actor: nil)
            #expect(try nobody.status == 400 && nobody.code == "bad-request")
            let first = try await keys(node).map(\.number)
            let answer = try await node.api.call("POST", "/api/v1/keys/rotations")
            #expect(answer.status == 202)
            let begun = try answer.decode(KeyEndpoints.Page.self).keys
            #expect(begun.filter { !$0.isInUse }.map(\.number) == first)
            #expect(Set(begun.filter(\.isInUse).map(\.purpose)) == ["body", "cell", "lookup"])
            // Nothing but numbers and names leaves: no key, wrapped or not.
            #expect(!answer.text.contains("wrapped"))
            while try await node.node.reseal() {}
            let done = try await keys(node)
            #expect(done.count == 3 && done.allSatisfy { $0.isInUse && $0.left == nil })
            #expect(try await node.api.metric("bangfu_key_rotations_total") == 1)
            #expect(try await !node.node.reseal())
        }
    }

    @Test func `the service goes on with what a rotation left, and begins one when keys are old`() async throws {
        try await TestNode.run("370200") { node in
            let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            let old = Moment(milliseconds: Node.moment().milliseconds - 400 * 86_400_000, entropy: Node.moment().entropy)
            try await node.node.store.write(old) { try KeyRotation.begin(Catalog.charter, by: Principal("test"), in: $0) }
            while try await node.node.store.write(old, { try KeyRotation.step(Catalog.charter, in: $0) })?.isDone == false {}
            let before = try await keys(node).map(\.number)
            let group = ServiceGroup(
                configuration: .init(services: [Resealer(node: node.node, logger: logger)], logger: logger))
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask { try await group.run() }
                // The metric rises when the last row is through.
                while try await node.api.metric("bangfu_key_rotations_total") == 0 { await Task.yield() }
                await group.triggerGracefulShutdown()
                try await tasks.waitForAll()
            }
            let after = try await keys(node)
            #expect(after.allSatisfy(\.isInUse) && Set(after.map(\.number)).isDisjoint(with: before))
        }
    }
}
