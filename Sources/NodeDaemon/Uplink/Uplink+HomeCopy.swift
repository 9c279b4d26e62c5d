internal import AsyncHTTPClient
internal import Foundation
internal import NIOHTTP1
internal import NodeCore
internal import NodeFiles
internal import SyncProtocol

/// The copy of what stays at home, on its way to the parent and back.
extension Uplink {
    /// Sends the copy that lies in the folder, going on where an earlier attempt ended. Returns its bytes.
    func sendCopy(_ path: String) async throws -> Int {
        let (size, digest) = try await Offload.run { try HomeCopyFile.measure(path) }
        return try await withSession { session in
            let (held, _) = try Self.held(try await session.call(.GET, "/sync/copy").body)
            guard held != digest else { return size }
            var offset = 0
            while true {
                let from = offset
                let part = try await Offload.run { try HomeCopyFile.part(of: path, from: from, CopyShelf.partBytes) }
                let reply = try await session.call(
                    .POST, "/sync/copy?digest=\(digest)&offset=\(offset)&size=\(size)", part, accepting: [200, 202])
                if reply.status == 200 { return size }
                guard case .integer(let next) = try CanonicalValue(decoding: reply.body[...]),
                    let next = Int(exactly: next), (0..<size).contains(next)
                else { throw ProtocolError(.malformed, "the parent's answer to a part of a copy") }
                offset = next
            }
        }
    }

    /// Writes what the parent keeps for this node into a new file. Returns its bytes.
    func fetchCopy(into path: String) async throws -> Int {
        try await withSession { session in
            let (held, size) = try Self.held(try await session.call(.GET, "/sync/copy").body)
            guard let held, size > 0 else {
                throw NodeError(.notFound, "上级没有本节点的副本", "the parent keeps no copy for this node")
            }
            let file = try CopyFile(path, size: size, digest: held)
            do {
                while let offset = try file.missing() {
                    let part = try await session.call(.GET, "/sync/copy?offset=\(offset)").body
                    try file.append(part)
                }
                try file.finish()
            } catch {
                file.remove()
                throw error
            }
            return size
        }
    }

    /// `array(2): digest (bstr 32 or null), bytes (uint)`
    static func held(_ bytes: [UInt8]) throws -> (digest: Digest?, size: Int) {
        var reader = CanonicalReader(bytes)
        try reader.array(exactly: 2)
        let digest: Digest? = try reader.optionalFixed()
        let size = try reader.int(atMost: CopyShelf.copyBytesMax)
        try reader.expectEnd()
        return (digest: digest, size: size)
    }

    private func withSession<Result: Sendable>(
        _ body: @Sendable (ParentSession) async throws -> Result
    ) async throws -> Result {
        guard let (work, client) = try await work() else {
            throw NodeError(.notAllowed, "本节点没有上级，或尚未入网", "this node has no parent, or is not enrolled")
        }
        do {
            let result = try await body(try await greet(work))
            try await client.shutdown()
            return result
        } catch let refusal as ParentRefusal {
            try await client.shutdown()
            throw NodeError(.notAllowed, "上级拒绝：\(refusal.reason)", "the parent refused: \(refusal.reason)")
        } catch {
            try await client.shutdown()
            throw error
        }
    }
}
