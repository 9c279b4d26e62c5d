public import SyncProtocol

/// A neighbour's changeset, opened beside the writer: verified, unpacked, held against its seal, its reports read.
public struct Arrival: Sendable {
    public let changeset: Changeset
    public let body: Body
    /// As which its reports were read.
    let author: Certificate?
    let contents: [ReportOutcome]

    /// Bytes as it came.
    public var size: Int {
        Changeset.preambleSize + changeset.cover.message.encoded.count + changeset.packed.count
    }
}

extension SyncEngine {
    /// Opens a changeset whose signatures were checked and whose position is wanted. Throws `ProtocolError`.
    public func open(_ changeset: Changeset) throws -> Arrival {
        let body = try Body(unpacking: changeset.packed, size: changeset.cover.unpackedSize, of: changeset.seal)
        let author = trust.certificate(of: changeset.seal.log.author)
        let contents = author.map { ReportReader.read(body, of: changeset.seal, identity, author: $0) } ?? []
        return Arrival(changeset: changeset, body: body, author: author, contents: contents)
    }
}
