import Foundation
import NodeCore
import SyncProtocol
import Testing

@testable import NodeDaemon

/// Zeros pack 255 to 1: a few kilobytes that want to be many megabytes.
@Suite struct BombTests {
    private static let zeros = 30 * 1_024 * 1_024

    @Test func `a bomb is refused whatever it says of its size`() async throws {
        let template = try Template.shared()
        try await TestNode.run("370200") { node in
            let forge = Forge(author: template.county.peer, parent: try await node.id)
            let honest = try template.county.changesets(toward: forge.parent)[0]
            let gateway = try await node.gateway(template.county.peer)
            let bomb = try Packing.pack([UInt8](repeating: 0, count: 2 * 1_024 * 1_024))
            #expect(bomb.count * 200 < 2 * 1_024 * 1_024)
            let sizes: [(Int, Set<ProtocolError.Code>)] = [
                (2 * 1_024 * 1_024, [.expansion]), (bomb.count * 64 + 1, [.expansion]), (bomb.count * 64, [.malformed]),
                (bomb.count, [.malformed]), (1, [.malformed]), (0, [.tooLarge]), (Limits.unpackedBytes, [.expansion]),
            ]
            for (size, codes) in sizes {
                let forged = try forge.changeset(honest.seal, packed: bomb, unpackedSize: size)
                try await expectRefused(forged.encoded, codes, at: node, through: gateway, "\(size) bytes")
            }
            for size in [Limits.unpackedBytes + 1, Int(Int32.max), Int.max] {
                let message = try Self.cover(forge, honest.seal, bomb, size)
                let preamble = Changeset.magic + [1, 0, 0, 0, 0, 0, UInt8(message.count >> 8), UInt8(message.count & 255)]
                try await expectRefused(preamble + message + bomb, [.tooLarge], at: node, through: gateway, "\(size) bytes")
            }
            try await expectTaken(honest, at: node, through: gateway, as: template.county.peer)
            let other = try template.sibling.changesets(toward: forge.parent)[0]
            try await expectTaken(
                other, at: node, through: try await node.gateway(template.sibling.peer), as: template.sibling.peer)
        }
    }

    /// A signed cover that claims a size that the type of a cover would not take.
    private static func cover(_ forge: Forge, _ seal: Seal, _ packed: [UInt8], _ size: Int) throws -> [UInt8] {
        var writer = CanonicalWriter()
        writer.array(6)
        writer.byteString(forge.author.node)
        writer.byteString(forge.parent)
        writer.byteString(seal.message.encoded)
        writer.byteString(DigestBuilder.digest(.packed, packed[...]))
        writer.unsigned(UInt64(packed.count))
        writer.unsigned(UInt64(size))
        return try SignedMessage(
            signing: writer.bytes, as: .cover, in: forge.author.federation, with: forge.author.key
        ).encoded
    }

    @Test func `bombs do not make a daemon's memory grow`() async throws {
        let scratch = try Scratch()
        let template = try Template.shared()
        let bomb = try Packing.pack([UInt8](repeating: 0, count: Self.zeros))
        try await RunningDaemon.run("370200", in: scratch) { daemon in
            let forge = Forge(author: template.county.peer, parent: template.city.peer.node)
            let honest = try template.county.changesets(toward: forge.parent)[0]
            let gateway = try await daemon.gateway(template.county.peer)
            #expect(try await gateway.upload(try forge.notes([[1]]).encoded.dropLast()).status == 422)
            let before = try daemon.process.memoryMax()
            for round in 0..<12 {
                let size = round.isMultiple(of: 2) ? Self.zeros : bomb.count * 64
                let forged = try forge.changeset(honest.seal, packed: bomb, unpackedSize: size)
                let reply = try await gateway.upload(forged.encoded)
                #expect(reply.code == (round.isMultiple(of: 2) ? "expansion" : "malformed"))
            }
            let grown = try daemon.process.memoryMax() - before
            #expect(grown < 64 * 1_024 * 1_024, "\(grown) bytes more")
            #expect(try await gateway.upload(honest.encoded).status == 200)
            daemon.process.signal(SIGTERM)
            #expect(await daemon.process.exitCode(within: .seconds(10)) == 0)
        }
    }
}
