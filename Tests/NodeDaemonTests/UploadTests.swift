import NIOHTTP1
import NodeCore
import SyncProtocol
import Testing

@testable import NodeDaemon

@Suite struct UploadTests {
    private static let partBytes = 256 * 1_024

    /// A changeset of three parts: its entries are noise, so they do not pack.
    private static func large(_ forge: Forge) throws -> Changeset {
        try forge.notes((0..<11).map { _ in Node.moment().entropy(56 * 1_024) })
    }

    @Test func `an interrupted upload goes on where it ended`() async throws {
        let template = try Template.shared()
        try await TestNode.run("370200") { node in
            let peer = template.county.peer
            let changeset = try Self.large(Forge(author: peer, parent: try await node.id))
            let bytes = changeset.encoded
            #expect(bytes.count > 2 * Self.partBytes)
            let cover = Gateway.name(changeset.cover.message.encoded)
            let first = try await node.gateway(peer).part(
                bytes[0..<Self.partBytes], cover: cover, offset: 0, size: bytes.count)
            let held = try first.number
            #expect(first.status == 202 && held == Self.partBytes)

            // Another session: what is held is asked for, and the daemon's own client sends the rest.
            let again = try await node.gateway(peer)
            let asked = try await again.call(.GET, "/sync/up?cover=\(cover)").number
            #expect(asked == Self.partBytes)
            let third = try await node.gateway(peer)
            let session = ParentSession(client: node.line, line: third.line, answer: third.answer)
            let receipt = try Receipt(
                verifying: try await session.upload(bytes, cover: try #require(Digest(hex: cover)))[...],
                from: try await node.id, trust: peer.trust)
            #expect(receipt.durable == 11)
            #expect(try await node.api.quarantine().isEmpty)
        }
    }

    @Test func `a part at the wrong place is answered with what is held`() async throws {
        let template = try Template.shared()
        try await TestNode.run("370200") { node in
            let peer = template.county.peer
            let bytes = try Self.large(Forge(author: peer, parent: try await node.id)).encoded
            let gateway = try await node.gateway(peer)
            let cover = Gateway.name([1])
            func part(_ offset: Int, _ end: Int, as name: String, placed: Int? = nil) async throws -> Gateway.Reply {
                try await gateway.part(
                    bytes[offset..<min(end, bytes.count)], cover: name, offset: placed ?? offset, size: bytes.count)
            }
            #expect(try await part(0, 1_000, as: cover).status == 202)
            for offset in [1, 999, 1_001, 5_000, Int.max] {
                let reply = try await part(1_000, 2_000, as: cover, placed: offset)
                let held = try reply.number
                #expect(reply.status == 416 && held == 1_000, "\(offset)")
            }
            // Another cover is another upload; it does not go on with this one.
            let other = try await part(1_000, 2_000, as: Gateway.name([2]))
            let none = try other.number
            #expect(other.status == 416 && none == 0)
            // Neither does another child's.
            let sibling = try await node.gateway(template.sibling.peer)
            let asked = try await sibling.call(.GET, "/sync/up?cover=\(cover)").number
            #expect(asked == 0)

            #expect(try await part(1_000, 1_000 + Self.partBytes, as: cover).status == 202)
            #expect(try await part(1_000 + Self.partBytes, 2 * Self.partBytes, as: cover).status == 202)
            let last = try await part(2 * Self.partBytes, bytes.count, as: cover)
            #expect(last.status == 200, "\(last.code)")
        }
    }

    @Test func `an upload without its particulars or beyond the limit is refused`() async throws {
        let template = try Template.shared()
        try await TestNode.run("370200") { node in
            let gateway = try await node.gateway(template.county.peer)
            let name = Gateway.name([1])
            for target in ["", "?cover=\(name)", "?cover=\(name)&offset=-1&size=9", "?cover=ab&offset=0&size=9"] {
                let reply = try await gateway.call(.POST, "/sync/up" + target, [1])
                #expect(reply.status == 422 && reply.code == "malformed" && reply.isSealed, "\(target)")
            }
            let long = [UInt8](repeating: 0, count: 520 * 1_024)
            #expect(try await gateway.call(.POST, "/sync/up?cover=\(name)&offset=0&size=9", long).status == 413)
            #expect(try await node.line.call(.POST, "/sync/hello", long).status == 413)
            // More parts than a changeset may have: the rest is not kept.
            let part = [UInt8](repeating: 0, count: 500 * 1_024)
            var offset = 0
            var status = 202
            while status == 202, offset < 16 * 1_024 * 1_024 {
                status = try await gateway.part(part[...], cover: name, offset: offset, size: 1 << 40).status
                if status == 202 { offset += part.count }
            }
            #expect(status == 416 && offset <= Limits.packedBytes + Limits.coverBytes)
            try await expectHealthy(node)
        }
    }
}
