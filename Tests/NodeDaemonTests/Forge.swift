import NodeCore
import SyncProtocol

@testable import NodeDaemon

/// Makes what a child could send its parent, honest or not, with the keys it really holds.
struct Forge {
    let author: Peer
    let parent: NodeID

    var log: LogID { LogID(author: author.node, incarnation: author.incarnation, direction: .up, peer: parent) }

    /// The same context in this author's name.
    func own(_ context: EntryContext) -> EntryContext {
        EntryContext(
            author: author.node, incarnation: author.incarnation, kind: context.kind, schema: context.schema,
            placement: context.placement)
    }

    func seal(
        _ items: [EntryBlock.Item], _ contexts: [EntryContext], first: UInt64 = 0, previous: Digest? = nil,
        log: LogID? = nil, key: SigningKey? = nil
    ) throws -> Seal {
        try Seal(
            log: log ?? self.log, first: first, contexts: contexts, leaves: EntryBlock(items).leaves(contexts),
            previous: previous, federation: author.federation, key: key ?? author.key)
    }

    func changeset(_ seal: Seal, _ body: Body) throws -> Changeset {
        let bytes = body.encoded
        return try changeset(seal, packed: try Packing.pack(bytes), unpackedSize: bytes.count)
    }

    func changeset(_ seal: Seal, packed: [UInt8], unpackedSize: Int, receiver: NodeID? = nil) throws -> Changeset {
        let cover = try Cover(
            sender: author.node, receiver: receiver ?? parent, seal: seal, packed: packed[...], unpackedSize: unpackedSize,
            federation: author.federation, key: author.key)
        return Changeset(cover: cover, seal: seal, packed: packed[...])
    }

    /// Around seal bytes that need not be a seal: what the author signs is what it says.
    func changeset(sealBytes: [UInt8], packed: [UInt8], unpackedSize: Int, like seal: Seal) throws -> Changeset {
        var writer = CanonicalWriter()
        writer.array(6)
        writer.byteString(author.node)
        writer.byteString(parent)
        writer.byteString(sealBytes)
        writer.byteString(DigestBuilder.digest(.packed, packed[...]))
        writer.unsigned(UInt64(packed.count))
        writer.unsigned(UInt64(unpackedSize))
        let message = try SignedMessage(signing: writer.bytes, as: .cover, in: author.federation, with: author.key)
        return Changeset(cover: try Cover(decoding: message.encoded[...]), seal: seal, packed: packed[...])
    }

    /// Entries of a type that readers keep and do nothing with.
    func notes(_ sections: [[UInt8]]) throws -> Changeset {
        let context = EntryContext(
            author: author.node, incarnation: author.incarnation, kind: 0, schema: 0, placement: 1)
        let items = sections.map { bytes in
            var core = EntryCore(type: .report, reaches: [.nation])
            core.typeNumber = 100
            return EntryBlock.Item(
                context: 0,
                entry: Entry(core: core, seed: Node.moment().entropy(16), sections: [(.nation, bytes)]))
        }
        let seal = try seal(items, [context])
        return try changeset(seal, Body(block: EntryBlock(items), excerpts: []))
    }
}

extension Changeset {
    var body: Body {
        get throws { try Body(unpacking: packed, size: cover.unpackedSize, of: seal) }
    }
}

extension Entry {
    /// Without one section, its digest in its place: what a gateway can do without any key.
    func withholding(_ reach: Reach) -> Entry { reduced(to: Set(Reach.allCases).subtracting([reach])) }
}
