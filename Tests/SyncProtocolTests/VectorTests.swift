import SyncProtocol
import Testing

/// The bytes in `Vectors/` were made by another implementation from the document. Each is decoded into the fields beside
/// it, and made again from those fields.
@Suite struct VectorTests {
    func digest(_ text: String?) throws -> Digest? { try text.map { try #require(Digest(hex: $0)) } }

    @Test(arguments: Suite.allCases) func `cores`(_ suite: Suite) throws {
        for vector in try VectorFile.load("core", suite, as: VectorFile.Cores.self).cores {
            let core = try EntryCore(decoding: hex(vector.bytes)[...]), fields = vector.fields
            #expect(try core.suite == (Suite(number: fields.suite)) && core.typeNumber == fields.type)
            #expect(core.record == fields.record.flatMap { RecordID(hex: $0) })
            #expect(core.version == fields.version && core.ceiling == fields.ceiling)
            #expect(try core.previous == (digest(fields.previous)) && core.subject == (digest(fields.subject)))
            #expect(core.reaches.map(\.rawValue) == fields.reaches ?? [])
            #expect(core.createdMilliseconds == fields.created)
            var made = EntryCore(
                suite: suite, type: .report, record: fields.record.flatMap { RecordID(hex: $0) }, version: fields.version,
                previous: try digest(fields.previous), ceiling: fields.ceiling.map { Int($0) },
                reaches: (fields.reaches ?? []).compactMap { Reach(rawValue: $0) }, subject: try digest(fields.subject),
                createdMilliseconds: fields.created.map { Int64($0) })
            made.typeNumber = fields.type
            #expect(Hex.encode(made.encoded) == vector.bytes, "\(vector.name)")
        }
    }

    func compare(_ entry: Entry, _ vector: VectorFile.Entry, _ contexts: [EntryContext]) throws {
        #expect(Hex.encode(entry.coreBytes) == vector.core)
        #expect(entry.seed.map { Hex.encode($0) } == vector.seed)
        #expect(entry.sections.map(\.reach.rawValue) == vector.sections.map(\.reach))
        #expect(entry.sections.map { $0.salt.map { Hex.encode($0) } } == vector.sections.map(\.salt))
        #expect(entry.sections.map { $0.bytes.map { Hex.encode($0) } } == vector.sections.map(\.section))
        #expect(entry.sections.map(\.digest.description) == vector.sections.map(\.digest))
        #expect(entry.hash(in: contexts[vector.context]).description == vector.hash)
        if let seed = vector.seed {
            let sections = try vector.sections.map { try hex($0.section ?? "") }
            let made = Entry(core: entry.core, seed: try hex(seed), sections: Array(zip(entry.core.reaches, sections)))
            #expect(made == entry)
        }
    }

    func encoded(_ write: (inout CanonicalWriter) -> Void) -> String {
        var writer = CanonicalWriter()
        write(&writer)
        return Hex.encode(writer.bytes)
    }

    @Test(arguments: Suite.allCases) func `an entry block`(_ suite: Suite) throws {
        let vector = try VectorFile.load("block", suite, as: VectorFile.Block.self)
        let contexts = try vector.contexts.map { try $0.value() }
        #expect(contexts.map { $0.digest(suite).description } == vector.contexts.map(\.digest))
        var reader = CanonicalReader(try hex(vector.bytes))
        let block = try EntryBlock(from: &reader, contexts: contexts.count)
        try reader.expectEnd()
        #expect(block.items.map(\.context) == vector.entries.map(\.context))
        for (item, entry) in zip(block.items, vector.entries) { try compare(item.entry, entry, contexts) }
        #expect(MerkleTree.root(block.leaves(contexts), suite: suite).description == vector.root)
        #expect(encoded { block.write(to: &$0) } == vector.bytes)
    }

    @Test(arguments: Suite.allCases) func `seals and their chain`(_ suite: Suite) throws {
        let union = try Union(suite)
        for vector in try VectorFile.load("seal", suite, as: VectorFile.Seals.self).seals {
            let seal = try Seal(decoding: hex(vector.bytes)[...])
            try seal.verify(union.trust)
            #expect(try seal.log == (vector.log.value()) && seal.first == vector.first && seal.count == vector.count)
            #expect(try seal.contexts == (vector.contexts.map { try $0.value() }))
            #expect(seal.root.description == vector.root && seal.hash.description == vector.hash)
            #expect(seal.previous?.description == vector.previous)
            let made = try Seal(
                log: vector.log.value(), first: vector.first, contexts: vector.contexts.map { try $0.value() },
                leaves: vector.leaves.map { try #require(Digest(hex: $0)) }, previous: digest(vector.previous),
                federation: union.federation, key: union.member(vector.signer).key)
            #expect(Hex.encode(made.message.encoded) == vector.bytes)
        }
    }

    @Test(arguments: Suite.allCases) func `a cover`(_ suite: Suite) throws {
        let union = try Union(suite)
        let vector = try VectorFile.load("cover", suite, as: VectorFile.Cover.self)
        let cover = try Cover(decoding: hex(vector.bytes)[...])
        let signer = try union.member(vector.signer)
        try cover.message.verify(as: .cover, in: union.federation, with: signer.key.publicKey)
        #expect(cover.sender.description == vector.sender && cover.receiver?.description == vector.receiver)
        #expect(Hex.encode(cover.seal) == vector.seal && cover.packedDigest.description == vector.packedDigest)
        #expect(cover.packedSize == vector.packedSize && cover.unpackedSize == vector.unpackedSize)
        let made = try union.cover(
            Seal(decoding: hex(vector.seal)[...]), hex(vector.packed), unpackedSize: vector.unpackedSize, from: signer,
            to: NodeID(hex: vector.receiver))
        #expect(Hex.encode(made.message.encoded) == vector.bytes)
    }

    @Test(arguments: Suite.allCases) func `a changeset with an excerpt`(_ suite: Suite) throws {
        let union = try Union(suite)
        let vector = try VectorFile.load("changeset", suite, as: VectorFile.Changeset.self)
        let read = try Changeset(
            verifying: hex(vector.bytes), from: union.member(vector.from).node, to: union.member(vector.to).node,
            trust: union.trust)
        #expect(Hex.encode(read.cover.message.encoded) == vector.cover && Hex.encode(read.packed) == vector.packed)
        #expect(read.seal.hash.description == vector.sealHash)
        let bytes = try Packing.unpack(read.packed, size: read.cover.unpackedSize)
        #expect(Hex.encode(bytes) == vector.body)
        let body = try Body(decoding: bytes[...], of: read.seal)
        #expect(body.block.leaves(read.seal.contexts).map(\.description) == vector.leaves)
        #expect(body.excerpts.map(\.indexes) == [vector.excerptIndexes])
        let origin = try Seal(decoding: hex(vector.excerptSeal)[...])
        try origin.verify(union.trust)
        for excerpt in body.excerpts { try excerpt.verify(against: origin) }
        #expect(Hex.encode(body.encoded) == vector.body)
        let made = Changeset(cover: read.cover, seal: read.seal, packed: try hex(vector.packed)[...])
        #expect(Hex.encode(made.encoded) == vector.bytes)
    }

    @Test(arguments: Suite.allCases) func `an excerpt with withheld sections`(_ suite: Suite) throws {
        let vector = try VectorFile.load("excerpt", suite, as: VectorFile.Excerpt.self)
        var reader = CanonicalReader(try hex(vector.bytes))
        let excerpt = try Excerpt(from: &reader)
        try reader.expectEnd()
        let seal = try Seal(decoding: hex(vector.seal)[...])
        try excerpt.verify(against: seal)
        #expect(try excerpt.log == (vector.log.value()) && excerpt.first == vector.first)
        #expect(excerpt.sealHash.description == vector.sealHash && excerpt.indexes == vector.indexes)
        #expect(excerpt.proof.map(\.description) == vector.proof)
        for (item, entry) in zip(excerpt.block.items, vector.entries) { try compare(item.entry, entry, seal.contexts) }
        let leaves = try vector.leaves.map { try #require(Digest(hex: $0)) }
        let made = Excerpt(seal: seal, leaves: leaves, indexes: vector.indexes, items: excerpt.block.items)
        #expect(encoded { made.write(to: &$0) } == vector.bytes)
    }
}
