/// Entries out of another log's seal, with the proof that they belong to it.
///
///     array(6): log id, first seq (uint), seal hash (bstr 32), indexes, entries (block), proof (array of bstr 32)
///     indexes: array of array(2): first index, count; ascending, never adjacent
public struct Excerpt: Sendable, Hashable {
    public let log: LogID
    public let first: UInt64
    public let sealHash: Digest
    public let indexes: [Int]
    public let block: EntryBlock
    public let proof: [Digest]

    /// From a seal that is held whole: `leaves` are all of its entries.
    public init(seal: Seal, leaves: [Digest], indexes: [Int], items: [EntryBlock.Item]) {
        self.init(
            seal: seal, indexes: indexes, items: items, proof: MerkleTree.proof(leaves, present: indexes, suite: seal.suite))
    }

    /// From other excerpts of the seal: `proof` is made by a `PartialTree`.
    public init(seal: Seal, indexes: [Int], items: [EntryBlock.Item], proof: [Digest]) {
        precondition(indexes.count == items.count && !indexes.isEmpty)
        log = seal.log
        first = seal.first
        sealHash = seal.hash
        self.indexes = indexes
        block = EntryBlock(items)
        self.proof = proof
    }

    /// The same excerpt with other sections shown: the proof holds as long as the entries' hashes do.
    public func replacing(_ block: EntryBlock) -> Excerpt {
        precondition(block.items.count == self.block.items.count)
        return Excerpt(log: log, first: first, sealHash: sealHash, indexes: indexes, block: block, proof: proof)
    }

    private init(log: LogID, first: UInt64, sealHash: Digest, indexes: [Int], block: EntryBlock, proof: [Digest]) {
        self.log = log
        self.first = first
        self.sealHash = sealHash
        self.indexes = indexes
        self.block = block
        self.proof = proof
    }

    public func write(to writer: inout CanonicalWriter) {
        writer.array(6)
        log.write(to: &writer)
        writer.unsigned(first)
        writer.byteString(sealHash)
        let runs = Excerpt.runs(indexes)
        writer.array(runs.count)
        for run in runs {
            writer.array(2)
            writer.unsigned(UInt64(run.lowerBound))
            writer.unsigned(UInt64(run.count))
        }
        block.write(to: &writer)
        writer.array(proof.count)
        for hash in proof { writer.byteString(hash) }
    }

    public init(from reader: inout CanonicalReader) throws {
        try reader.array(exactly: 6)
        log = try LogID(from: &reader)
        first = try reader.unsigned()
        sealHash = try reader.fixed()
        var indexes = [Int]()
        for _ in 0..<(try reader.array(atMost: Limits.entriesPerSeal)) {
            try reader.array(exactly: 2)
            let start = try reader.int(atMost: Limits.entriesPerSeal - 1)
            let count = try reader.int(atMost: Limits.entriesPerSeal)
            guard count > 0, start + count <= Limits.entriesPerSeal, indexes.last.map({ start > $0 + 1 }) ?? true else {
                throw ProtocolError(.malformed, "the indexes of an excerpt are ascending runs")
            }
            indexes.append(contentsOf: start..<start + count)
        }
        self.indexes = indexes
        block = try EntryBlock(from: &reader, contexts: Limits.contextsPerSeal)
        guard !indexes.isEmpty, block.items.count == indexes.count else {
            throw ProtocolError(.malformed, "an excerpt has an entry for each index")
        }
        proof = try (0..<(try reader.array(atMost: Limits.proofHashes))).map { _ in try reader.fixed() }
    }

    /// That these entries stand in `seal`, which the caller holds and has verified.
    public func verify(against seal: Seal) throws {
        guard seal.hash == sealHash, seal.log == log, seal.first == first else {
            throw ProtocolError(.unknownSeal, "the excerpt names another seal than the one held")
        }
        guard block.items.allSatisfy({ $0.context < seal.contexts.count }) else {
            throw ProtocolError(.malformed, "an excerpt's entry has no context in its seal")
        }
        try block.check(seal.suite)
        let present = Array(zip(indexes, block.leaves(seal.contexts))).map { (index: $0.0, leaf: $0.1) }
        guard try MerkleTree.root(count: seal.count, present: present, proof: proof, suite: seal.suite) == seal.root else {
            throw ProtocolError(.proofMismatch, "the excerpt does not belong to its seal")
        }
    }

    static func runs(_ indexes: [Int]) -> [Range<Int>] {
        var runs = [Range<Int>]()
        for index in indexes {
            if let last = runs.last, last.upperBound == index {
                runs[runs.count - 1] = last.lowerBound..<index + 1
            } else {
                runs.append(index..<index + 1)
            }
        }
        return runs
    }
}
