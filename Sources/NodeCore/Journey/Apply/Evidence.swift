internal import SyncProtocol

/// One entry with what proves that it stands in its author's seal.
struct Evidence {
    let entry: Entry
    let context: EntryContext
    let hashes: Int

    init(index: Int, origin: JournalRow, carrier: JournalRow?) throws {
        guard let carrier else {
            let body = try origin.body()
            guard index < body.block.items.count, body.block.items[index].context < origin.seal.contexts.count else {
                throw ProtocolError(.rootMismatch, "the seal has no such entry")
            }
            entry = body.block.items[index].entry
            context = origin.seal.contexts[body.block.items[index].context]
            hashes = 0
            return
        }
        let excerpt = try carrier.body().excerpts.first { $0.log == origin.seal.log && $0.first == origin.seal.first }
        guard let excerpt, let position = excerpt.indexes.firstIndex(of: index) else {
            throw ProtocolError(.bodyIncomplete, "the excerpt with this entry is missing")
        }
        try excerpt.verify(against: origin.seal)
        entry = excerpt.block.items[position].entry
        context = origin.seal.contexts[excerpt.block.items[position].context]
        hashes = excerpt.proof.count
    }

    func check(_ hash: Digest) throws {
        guard entry.hash(in: context) == hash else {
            throw ProtocolError(.digestMismatch, "the entry is not the one this fact was made from")
        }
    }
}
