import BusinessModules
import Foundation
import NodeCore
import NodeFiles
import SyncProtocol
import Testing

@testable import NodeDaemon

@Suite struct PositionTests {
    @Test func `a gap is answered with 409 and is no offence`() async throws {
        let template = try Template.shared()
        try await TestNode.run("370200") { node in
            let changesets = try template.county.changesets(toward: try await node.id)
            let gateway = try await node.gateway(template.county.peer)
            let before = try await node.api.content()
            for changeset in changesets.dropFirst() {
                let reply = try await gateway.upload(changeset.encoded)
                #expect(reply.status == 409 && reply.code == "position")
            }
            #expect(try await node.api.quarantine().isEmpty)
            #expect(try await node.api.content() == before)
            for changeset in changesets {
                try await expectTaken(changeset, at: node, through: gateway, as: template.county.peer)
            }
            #expect(try await node.api.recordCount() == 11)
            // Sent again, it is answered with the receipt and takes effect no second time.
            let after = try await node.api.content()
            let repeated = try await gateway.upload(changesets[1].encoded)
            let receipt = try Receipt(
                verifying: repeated.body[...], from: try await node.id, trust: template.county.peer.trust)
            #expect(repeated.status == 200 && receipt.durable == changesets[2].seal.next)
            #expect(try await node.api.content() == after)
            #expect(try await node.api.quarantine().isEmpty)
        }
    }

    @Test func `a seal that does not name the one before is refused`() async throws {
        let template = try Template.shared()
        try await TestNode.run("370200") { node in
            let changesets = try template.county.changesets(toward: try await node.id)
            let forge = Forge(author: template.county.peer, parent: try await node.id)
            let gateway = try await node.gateway(template.county.peer)
            try await expectTaken(changesets[0], at: node, through: gateway, as: template.county.peer)
            let items = try changesets[1].body.block.items
            let seal = try forge.seal(
                items, changesets[1].seal.contexts, first: changesets[1].seal.first, previous: changesets[2].seal.hash)
            try await expectRefused(
                try forge.changeset(seal, changesets[1].body).encoded, [.chainBroken], at: node, through: gateway)
            try await expectTaken(changesets[1], at: node, through: gateway, as: template.county.peer)
        }
    }

    @Test func `two seals at one position stop this link only, and both stay visible`() async throws {
        let template = try Template.shared()
        try await TestNode.run("370200") { node in
            let county = template.county.peer
            let changesets = try template.county.changesets(toward: try await node.id)
            let forge = Forge(author: county, parent: try await node.id)
            let gateway = try await node.gateway(county)
            for changeset in changesets.prefix(2) {
                try await expectTaken(changeset, at: node, through: gateway, as: county)
            }
            let items = try changesets[1].body.block.items
            let second = try forge.changeset(
                try forge.seal(
                    Array(items.reversed()), changesets[1].seal.contexts, first: changesets[1].seal.first,
                    previous: changesets[0].seal.hash),
                Body(block: EntryBlock(items.reversed()), excerpts: []))
            try await expectRefused(second.encoded, [.fork], at: node, through: gateway)

            // The one is in the journal, the other is kept with the refusal.
            #expect(try await node.api.get("/api/v1/log/seals").text.contains(changesets[1].seal.hash.description))
            let stored = try node.folder.storeFiles.compactMap { path in
                FileManager.default.fileExists(atPath: path) ? try Data(contentsOf: URL(fileURLWithPath: path)) : nil
            }
            #expect(stored.contains { $0.range(of: Data(second.seal.message.encoded)) != nil })
            let frozen = try await node.api.links().filter { $0.frozen != nil }
            #expect(frozen.map(\.seat) == ["370211"] && frozen.map(\.log) == ["received"])
            let next = try await gateway.upload(changesets[2].encoded)
            #expect(next.status == 409 && next.code == "fork")

            let sibling = try await node.gateway(template.sibling.peer)
            for changeset in try template.sibling.changesets(toward: try await node.id) {
                try await expectTaken(changeset, at: node, through: sibling, as: template.sibling.peer)
            }
            #expect(try await node.api.recordCount() == 14)
        }
    }
}
