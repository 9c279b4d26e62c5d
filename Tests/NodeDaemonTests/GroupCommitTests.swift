import BusinessModules
import NodeCore
import SyncProtocol
import Testing

@testable import NodeDaemon

@Suite struct GroupCommitTests {
    /// What became of one changeset that was handed to the node among others.
    private func ingest(_ changeset: Changeset, from peer: NodeID, at node: Node) async throws -> Bool {
        guard let engine = node.engine else { throw NodeError(.notEnrolled, "尚未入网", "not enrolled") }
        do {
            let receipt = try await node.ingest(try engine.open(changeset), from: peer)
            #expect(receipt.durable >= changeset.seal.next)
            return true
        } catch let error as ProtocolError {
            #expect(error.code == .position)
            return false
        }
    }

    /// All at once, from two neighbours, out of order and twice: how many were taken.
    private func ingest(_ changesets: [(Changeset, NodeID)], at node: Node) async throws -> Int {
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for (changeset, peer) in changesets + changesets.reversed() {
                group.addTask { try await ingest(changeset, from: peer, at: node) }
            }
            return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
    }

    @Test func `changesets that arrive together are taken together, and one that is refused is taken back alone`()
        async throws
    {
        let template = try Template.shared()
        try await TestNode.run("370200") { test in
            let parent = try await test.id
            let all = try [template.county, template.sibling].flatMap { member in
                try member.changesets(toward: parent).map { ($0, member.peer.node) }
            }
            var taken = 0
            // A gap is refused; what came before it stays, so each round gets further.
            for _ in all where taken < 2 * all.count { taken = try await ingest(all, at: test.node) }
            #expect(taken == 2 * all.count)
            #expect(try await test.api.recordCount() == 17)
            #expect(try await test.api.quarantine().isEmpty)
        }
    }
}
