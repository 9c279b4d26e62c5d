import SyncProtocol
import Testing

@testable import NodeDaemon

@Suite struct ForeignAuthorTests {
    @Test func `what another certified node signed is refused in this child's session`() async throws {
        let template = try Template.shared()
        try await TestNode.run("370200") { node in
            let parent = try await node.id
            let (county, sibling) = (template.county.peer, template.sibling.peer)
            let forge = Forge(author: county, parent: parent)
            let honest = try template.county.changesets(toward: parent)[0]
            let foreign = try template.sibling.changesets(toward: parent)[0]
            let gateway = try await node.gateway(county)
            let items = try honest.body.block.items
            let contexts = honest.seal.contexts

            try await expectRefused(foreign.encoded, [.notEntitled], at: node, through: gateway, "the sibling's own")
            let covered = try forge.changeset(
                foreign.seal, packed: Array(foreign.packed), unpackedSize: foreign.cover.unpackedSize)
            try await expectRefused(covered.encoded, [.notEntitled], at: node, through: gateway, "the sibling's seal")

            let signed = try forge.seal(items, contexts, key: sibling.key)
            try await expectRefused(
                try forge.changeset(signed, honest.body).encoded, [.foreignAuthor], at: node, through: gateway,
                "this log's seal signed by the sibling")
            let lent = try forge.seal(items, foreign.seal.contexts)
            try await expectRefused(
                try forge.changeset(lent, honest.body).encoded, [.foreignAuthor], at: node, through: gateway,
                "a context of the sibling")
            let borrowed = try forge.seal(items, contexts, log: foreign.seal.log)
            try await expectRefused(
                try forge.changeset(borrowed, honest.body).encoded, [.foreignAuthor], at: node, through: gateway,
                "the sibling's log sealed by this child")

            try await expectTaken(honest, at: node, through: gateway, as: county)
            try await expectTaken(foreign, at: node, through: try await node.gateway(sibling), as: sibling)
        }
    }

    @Test func `a key that nobody certified signs nothing here`() async throws {
        let template = try Template.shared()
        try await TestNode.run("370200") { node in
            let parent = try await node.id
            let county = template.county.peer
            let stranger = try Peer.stranger(county.federation, trust: county.trust)
            let honest = try template.county.changesets(toward: parent)[0]
            let gateway = try await node.gateway(county)
            let items = try honest.body.block.items

            let cover = try Forge(author: county.signing(with: stranger.key), parent: parent).changeset(
                honest.seal, honest.body)
            try await expectRefused(cover.encoded, [.unknownKey], at: node, through: gateway, "the cover")
            let forge = Forge(author: county, parent: parent)
            let seal = try forge.seal(items, honest.seal.contexts, key: stranger.key)
            try await expectRefused(
                try forge.changeset(seal, honest.body).encoded, [.unknownKey], at: node, through: gateway, "the seal")
            let lost = try forge.changeset(
                honest.seal, packed: Array(honest.packed), unpackedSize: honest.cover.unpackedSize, receiver: stranger.node)
            try await expectRefused(lost.encoded, [.wrongReceiver], at: node, through: gateway, "for another node")

            await #expect(throws: (any Error).self) { try await node.gateway(stranger) }
            await #expect(throws: (any Error).self) { try await node.gateway(county.signing(with: stranger.key)) }
            try await expectTaken(honest, at: node, through: gateway, as: county)
        }
    }
}
