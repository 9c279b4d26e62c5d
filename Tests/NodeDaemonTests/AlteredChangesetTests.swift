import SyncProtocol
import Testing

@testable import NodeDaemon

@Suite struct AlteredChangesetTests {
    static let honestCodes: Set<ProtocolError.Code> = [
        .malformed, .unsupportedVersion, .unsupportedSuite, .tooLarge, .unknownKey, .badSignature, .notEntitled,
        .wrongReceiver, .digestMismatch, .chainBroken, .foreignAuthor, .rootMismatch, .expansion,
    ]

    @Test func `one flipped bit anywhere is refused and hurts nobody else`() async throws {
        let template = try Template.shared()
        try await TestNode.run("370200") { node in
            let changesets = try template.county.changesets(toward: try await node.id)
            let bytes = changesets[0].encoded
            let gateway = try await node.gateway(template.county.peer)
            let cover = changesets[0].cover.message
            let seal = 12 + (cover.encoded.count - cover.signature.count - changesets[0].cover.seal.count - 40)
            let packed = 12 + cover.encoded.count
            let places = [
                0, 4, 6, 8, 11, 12, 14, 22, 45, seal, seal + 60, seal + 150, packed - 70, packed - 40, packed - 1, packed,
                packed + 5, packed + (bytes.count - packed) / 2, bytes.count - 5, bytes.count - 1,
            ]
            for (index, place) in places.enumerated() {
                var altered = bytes
                altered[place] ^= 1 << UInt8(index % 8)
                try await expectRefused(altered, Self.honestCodes, at: node, through: gateway, "byte \(place)")
            }
            try await expectTaken(changesets[0], at: node, through: gateway, as: template.county.peer)
            let sibling = try await node.gateway(template.sibling.peer)
            let other = try template.sibling.changesets(toward: try await node.id)[0]
            try await expectTaken(other, at: node, through: sibling, as: template.sibling.peer)
            #expect(try await node.api.recordCount() == 7)
        }
    }

    @Test func `a flipped bit below a cover that was signed for it is refused`() async throws {
        let template = try Template.shared()
        try await TestNode.run("370200") { node in
            let forge = Forge(author: template.county.peer, parent: try await node.id)
            let honest = try template.county.changesets(toward: forge.parent)[0]
            let gateway = try await node.gateway(template.county.peer)
            let size = honest.cover.unpackedSize
            let body = try Packing.unpack(honest.packed, size: size)
            // The frame packs well here: none of these bits is one that a reader may skip.
            for place in stride(from: 7, to: body.count, by: body.count / 12) {
                var altered = body
                altered[place] ^= 4
                let forged = try forge.changeset(honest.seal, packed: try Packing.pack(altered), unpackedSize: size)
                try await expectRefused(
                    forged.encoded, [.rootMismatch, .malformed], at: node, through: gateway, "body \(place)")
            }
            for place in [0, 8, 40, 90, 130, honest.cover.seal.count - 64, honest.cover.seal.count - 1] {
                var seal = honest.cover.seal
                seal[place] ^= 2
                let forged = try forge.changeset(
                    sealBytes: seal, packed: Array(honest.packed), unpackedSize: size, like: honest.seal)
                try await expectRefused(forged.encoded, Self.honestCodes, at: node, through: gateway, "seal \(place)")
            }
            for place in [0, 4, 5, 20, honest.packed.count - 2] {
                var packed = Array(honest.packed)
                packed[place] ^= 16
                let forged = try forge.changeset(honest.seal, packed: packed, unpackedSize: size)
                try await expectRefused(
                    forged.encoded, [.malformed, .rootMismatch], at: node, through: gateway, "packed \(place)")
            }
            try await expectTaken(honest, at: node, through: gateway, as: template.county.peer)
        }
    }

    @Test func `what is cut or followed by more is refused`() async throws {
        let template = try Template.shared()
        try await TestNode.run("370200") { node in
            let honest = try template.county.changesets(toward: try await node.id)[0]
            let gateway = try await node.gateway(template.county.peer)
            for count in [1, 11, 12, 100, honest.encoded.count - 1] {
                try await expectRefused(
                    Array(honest.encoded.prefix(count)), [.malformed, .digestMismatch], at: node, through: gateway,
                    "\(count) bytes")
            }
            try await expectRefused(honest.encoded + [0], [.digestMismatch], at: node, through: gateway)
            try await expectTaken(honest, at: node, through: gateway, as: template.county.peer)
        }
    }
}
