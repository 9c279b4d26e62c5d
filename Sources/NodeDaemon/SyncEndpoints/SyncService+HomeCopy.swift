internal import NodeCore
internal import NodeFiles
internal import SyncProtocol

/// Sealed copies of children: taken, and given back to whoever sent them.
extension SyncService {
    func takeCopy(_ session: Sessions.Session, _ target: Target, _ part: [UInt8]) async throws -> Answer {
        guard let shelf, let digest = target.query["digest"].flatMap({ Digest(hex: $0) }),
            let offset = target.query["offset"].flatMap({ Int($0) }),
            let size = target.query["size"].flatMap({ Int($0) }), !part.isEmpty, part.count <= CopyShelf.partBytes
        else { throw ProtocolError(.malformed, "a part of a copy names digest, offset and size") }
        let progress = try await Offload.run {
            try shelf.take(of: session.peer, digest, size: size, offset: offset, part: part)
        }
        if progress.isWhole { node.metrics.add("bangfu_copies_taken_total") }
        return Answer(progress.isWhole ? 200 : 202, CanonicalValue.integer(Int64(progress.held)).encoded)
    }

    func copy(_ session: Sessions.Session, _ target: Target) async throws -> Answer {
        guard let shelf else { return Answer(404, []) }
        return try await Offload.run {
            if let offset = target.query["offset"] {
                guard let offset = Int(offset) else { throw ProtocolError(.malformed, "a copy is read from an offset") }
                return Answer(200, try shelf.read(of: session.peer, from: offset))
            }
            let held = try shelf.held(of: session.peer)
            let digest = held.map { CanonicalValue.bytes($0.digest.bytes) } ?? .null
            return Answer(200, CanonicalValue.array([digest, .integer(Int64(held?.size ?? 0))]).encoded)
        }
    }

    private var shelf: CopyShelf? { node.folder.map { CopyShelf($0) } }
}
