import Foundation
import NIOHTTP1
import NodeCore
import NodeFiles
import SyncProtocol
import Testing

@testable import NodeDaemon

/// Sealed copies of children at their parent.
@Suite struct CopyShelfTests {
    private static func send(
        _ gateway: Gateway, _ bytes: ArraySlice<UInt8>, of digest: Digest, offset: Int, size: Int
    ) async throws -> Gateway.Reply {
        try await gateway.call(.POST, "/sync/copy?digest=\(digest)&offset=\(offset)&size=\(size)", Array(bytes))
    }

    private static func digest(_ bytes: [UInt8]) -> Digest {
        var builder = DigestBuilder()
        builder.append(bytes)
        return builder.finish()
    }

    @Test func `a copy comes in parts, goes on where it ended, and is given back to its child alone`() async throws {
        let template = try Template.shared()
        try await TestNode.run("370200") { node in
            let bytes = Node.moment().entropy(3 * CopyShelf.partBytes / 2)
            let digest = Self.digest(bytes)
            let first = try await node.gateway(template.county.peer)
            let begun = try await Self.send(first, bytes[..<CopyShelf.partBytes], of: digest, offset: 0, size: bytes.count)
            let held = try begun.number
            #expect(begun.status == 202 && held == CopyShelf.partBytes)
            // Nothing is there before it is whole.
            let early = try await first.call(.GET, "/sync/copy")
            #expect(try Uplink.held(early.body).digest == nil)
            let gateway = try await node.gateway(template.county.peer)
            // At a wrong place: what is held is said, and nothing else happens.
            let wrong = try await Self.send(gateway, bytes[5..<10], of: digest, offset: 5, size: bytes.count)
            let stands = try wrong.number
            #expect(wrong.status == 202 && stands == CopyShelf.partBytes)
            let last = try await Self.send(
                gateway, bytes[CopyShelf.partBytes...], of: digest, offset: CopyShelf.partBytes, size: bytes.count)
            #expect(last.status == 200)
            let known = try Uplink.held(try await gateway.call(.GET, "/sync/copy").body)
            #expect(known.digest == digest && known.size == bytes.count)
            var back = [UInt8]()
            while back.count < bytes.count {
                back += try await gateway.call(.GET, "/sync/copy?offset=\(back.count)").body
            }
            #expect(back == bytes)
            let other = try await node.gateway(template.sibling.peer)
            let none = try Uplink.held(try await other.call(.GET, "/sync/copy").body)
            let nothing = try await other.call(.GET, "/sync/copy?offset=0").body
            #expect(none.digest == nil && nothing.isEmpty)
        }
    }

    @Test func `a newer copy takes the place of the one before, and a broken one does not`() async throws {
        let template = try Template.shared()
        try await TestNode.run("370200") { node in
            let gateway = try await node.gateway(template.county.peer)
            let (first, second) = (Node.moment().entropy(100), Node.moment().entropy(200))
            _ = try await Self.send(gateway, first[...], of: Self.digest(first), offset: 0, size: 100)
            let broken = try await Self.send(gateway, second[...], of: Self.digest(first + [1]), offset: 0, size: 200)
            #expect(broken.status == 422 && broken.code == "digest-mismatch")
            #expect(try Uplink.held(try await gateway.call(.GET, "/sync/copy").body).size == 100)
            let whole = try await Self.send(gateway, second[...], of: Self.digest(second), offset: 0, size: 200)
            #expect(whole.status == 200)
            #expect(try Uplink.held(try await gateway.call(.GET, "/sync/copy").body).size == 200)
            let again = try await Self.send(gateway, second[...], of: Self.digest(second), offset: 0, size: 200)
            #expect(again.status == 200)
            #expect(try FileManager.default.contentsOfDirectory(atPath: node.folder.path + "/copies").count == 1)
        }
    }

    @Test func `what is too large or not a part of a copy is refused`() async throws {
        let template = try Template.shared()
        try await TestNode.run("370200") { node in
            let gateway = try await node.gateway(template.county.peer)
            let digest = Self.digest([1])
            let large = try await Self.send(gateway, [1], of: digest, offset: 0, size: CopyShelf.copyBytesMax + 1)
            #expect(large.status == 413 && large.code == "too-large")
            for target in [
                "/sync/copy", "/sync/copy?digest=\(digest)", "/sync/copy?digest=zz&offset=0&size=1",
                "/sync/copy?digest=\(digest)&offset=x&size=1", "/sync/copy?digest=\(digest)&offset=0&size=-1",
            ] {
                let reply = try await gateway.call(.POST, target, [1])
                #expect((400..<500).contains(reply.status), "\(target)")
            }
            let longer = try await Self.send(gateway, [1, 2], of: digest, offset: 0, size: 1)
            #expect(longer.status == 202)
            let after = try await gateway.call(.GET, "/sync/copy?offset=-1")
            #expect(after.body.isEmpty)
            try await expectHealthy(node)
        }
    }
}
