import NodeCore
import SyncProtocol
import Testing

@testable import NodeDaemon

/// A relay that signs its own covers: digests fit, so only the seals of others and the exact disclosure stand against it.
@Suite struct DisclosureTests {
    /// The city's relay and its approvals, and what it forges of the latter.
    private struct Relay: Sendable {
        let forge: Forge
        let first: Changeset
        let approvals: Changeset

        init(_ template: Template, to parent: NodeID) throws {
            let changesets = try template.city.changesets(toward: parent)
            forge = Forge(author: template.city.peer, parent: parent)
            first = changesets[0]
            approvals = try #require(changesets.dropFirst().first)
        }

        /// The same changeset with each excerpted report changed.
        func forged(_ change: (Entry) -> Entry) throws -> Changeset {
            let body = try approvals.body
            let excerpts = body.excerpts.map { excerpt in
                excerpt.replacing(
                    EntryBlock(excerpt.block.items.map { .init(context: $0.context, entry: change($0.entry)) }))
            }
            return try forge.changeset(approvals.seal, Body(block: body.block, excerpts: excerpts))
        }
    }

    private static func withProvince(
        _ body: @escaping @Sendable (TestNode, Gateway, Template, Relay) async throws -> Void
    ) async throws {
        let template = try Template.shared()
        try await TestNode.run("370000") { node in
            let relay = try Relay(template, to: try await node.id)
            let gateway = try await node.gateway(template.city.peer)
            try await expectTaken(relay.first, at: node, through: gateway, as: template.city.peer)
            try await body(node, gateway, template, relay)
            try await expectTaken(relay.approvals, at: node, through: gateway, as: template.city.peer)
            #expect(try await node.api.recordCount() == 4)
        }
    }

    @Test func `a section that a relay cut out is missed`() async throws {
        try await Self.withProvince { node, gateway, _, relay in
            let forged = try relay.forged { $0.withholding(.nation) }
            try await expectRefused(forged.encoded, [.bodyIncomplete], at: node, through: gateway)
        }
    }

    @Test func `a section that a relay shows too many is refused`() async throws {
        let template = try Template.shared()
        let whole = try template.county.changesets(toward: template.city.peer.node)[0].body.block.items.map(\.entry)
        try await Self.withProvince { node, gateway, _, relay in
            let forged = try relay.forged { entry in whole.first { $0.coreBytes == entry.coreBytes } ?? entry }
            try await expectRefused(forged.encoded, [.overDisclosed], at: node, through: gateway)
        }
    }

    @Test func `a section with other words has another digest, and the true one may still come under that seal`()
        async throws
    {
        try await Self.withProvince { node, gateway, _, relay in
            let forged = try relay.forged { entry in
                guard entry.core.type == .report else { return entry }
                return Entry(
                    core: entry.core, seed: [UInt8](repeating: 1, count: 16),
                    sections: entry.sections.map { ($0.reach, [0xA0]) }
                ).reduced(to: Set(entry.sections.filter { $0.bytes != nil }.map(\.reach)))
            }
            try await expectRefused(forged.encoded, [.proofMismatch], at: node, through: gateway)
        }
    }

    @Test func `a changed or withheld section of the sender's own entries does not fit its seal`() async throws {
        let template = try Template.shared()
        try await TestNode.run("370200") { node in
            let forge = Forge(author: template.county.peer, parent: try await node.id)
            let honest = try template.county.changesets(toward: try await node.id)[0]
            let gateway = try await node.gateway(template.county.peer)
            func forged(_ change: (Entry) -> Entry) throws -> [UInt8] {
                let items = try honest.body.block.items.map {
                    EntryBlock.Item(context: $0.context, entry: change($0.entry))
                }
                return try forge.changeset(honest.seal, Body(block: EntryBlock(items), excerpts: [])).encoded
            }
            for reach in [Reach.nation, .reviewers] {
                try await expectRefused(
                    try forged { $0.withholding(reach) }, [.bodyIncomplete], at: node, through: gateway, "\(reach)")
            }
            let added = try forged { entry in
                var core = entry.core
                core.reaches.append(.path)
                let sections = entry.sections.map { ($0.reach, Array($0.bytes ?? [])) } + [(.path, [0xA0])]
                return Entry(core: core, seed: entry.seed ?? [], sections: sections)
            }
            try await expectRefused(added, [.rootMismatch], at: node, through: gateway, "a section more")
            let other = try forged { entry in
                let sections = entry.sections.map { ($0.reach, $0.reach == .nation ? [0xA0] : Array($0.bytes ?? [])) }
                return Entry(core: entry.core, seed: entry.seed ?? [], sections: sections)
            }
            try await expectRefused(other, [.rootMismatch], at: node, through: gateway, "other words")
            try await expectTaken(honest, at: node, through: gateway, as: template.county.peer)
        }
    }
}
