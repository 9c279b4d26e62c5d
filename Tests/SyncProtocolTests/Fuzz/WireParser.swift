@testable import SyncProtocol

/// Everything of the wire that reads a stranger's bytes. Tests feed it the corpus; `scripts/fuzz` lets a fuzzer look for
/// bytes that end the process or break a property.
enum WireParser: String, CaseIterable {
    case preamble, cover, seal, body, packed, cbor, core, block, excerpt, certificate, hello, receipt
    case sealedNumber = "sealed-number"
    case bundleHead = "bundle-head"
    case manifest
    case bundleItems = "bundle-items"

    /// A name, for the corpus: nil for one that is no parser.
    init?(name: String) { self.init(rawValue: name) }

    /// Reads `bytes`: returns, or throws the refusal. What was read must be written again as it was.
    func read(_ bytes: [UInt8]) throws {
        let world = try Self.made.get()
        switch self {
        case .preamble: _ = try Changeset.split(bytes)
        case .cover: _ = try Cover(decoding: bytes[...])
        case .seal: expect(try Seal(decoding: bytes[...]).message.encoded == bytes)
        case .certificate: expect(try TrustStatement(decoding: bytes[...]).message.encoded == bytes)
        case .cbor: expect(try CanonicalValue(decoding: bytes[...]).encoded == bytes)
        case .core: _ = try EntryCore(decoding: bytes[...])
        case .sealedNumber: _ = try SealedNumber(decoding: bytes[...])
        case .body: _ = try Body(decoding: bytes[...], of: world.seal)
        case .packed: try unpack(bytes)
        case .block: try block(bytes, world)
        case .excerpt: try excerpt(bytes, world)
        case .hello:
            let message = try signed(bytes, .hello, world.keys[3], world)
            _ = try Hello(verifying: message[...], to: world.city, trust: world.trust)
        case .bundleHead:
            var source = BytesSource(bytes)
            expect(bytes.starts(with: try BundleHead(from: &source).encoded))
        case .manifest:
            let manifest = try BundleManifest(decoding: signed(bytes, .bundle, world.keys[3], world)[...])
            for piece in manifest.pieces { expect(manifest.file(of: piece.log, at: piece.from) == manifest.file) }
        case .bundleItems: try items(bytes, world)
        case .receipt:
            let message = try signed(bytes, .receipt, world.keys[2], world)
            _ = try Receipt(verifying: message[...], from: world.city, trust: world.trust)
        }
    }

    private func expect(_ holds: Bool) { precondition(holds, "what was read is written differently") }

    /// Two bytes of size, then the frame.
    private func unpack(_ bytes: [UInt8]) throws {
        guard bytes.count > 2 else { return }
        let size = Int(bytes[0]) << 8 | Int(bytes[1])
        expect(try Packing.unpack(bytes[2...], size: size).count == size)
    }

    private func block(_ bytes: [UInt8], _ world: World) throws {
        var reader = CanonicalReader(bytes[...])
        let block = try EntryBlock(from: &reader, contexts: 2)
        try reader.expectEnd()
        _ = block.leaves(world.contexts)
        // The frame may be made anew, the entries in it may not change.
        var writer = CanonicalWriter()
        block.write(to: &writer)
        var again = CanonicalReader(writer.bytes[...])
        expect(try EntryBlock(from: &again, contexts: 2) == block)
    }

    private func excerpt(_ bytes: [UInt8], _ world: World) throws {
        var reader = CanonicalReader(bytes[...])
        let excerpt = try Excerpt(from: &reader)
        try reader.expectEnd()
        try excerpt.verify(against: world.seal)
    }

    /// The plain stream of a bundle for the city; its manifest stands before it where the first byte is 0.
    private func items(_ bytes: [UInt8], _ world: World) throws {
        guard let city = world.trust.certificate(of: world.city) else { return }
        let ephemeral = try ExchangeKey(seed: [UInt8](repeating: 0x31, count: 32))
        let head = BundleHead(from: world.county, to: city, ephemeral: ephemeral)
        let theirs = try city.key.exchangeBytes()
        var chunks = ChunkSealer(
            key: head.streamKey(try ephemeral.sharedSecret(with: theirs), receiverKey: theirs), suite: head.suite)
        var whole = head.encoded
        let plain = bytes.first == 0 ? try world.manifest(ephemeral) + bytes.dropFirst() : bytes
        try chunks.append(plain) { whole += $0 }
        try chunks.finish { whole += $0 }
        var opener = try BundleOpener(BytesSource(whole)) { _ in try world.keys[2].exchangeKey() }
        while let item = try opener.next() { expect(item.bytes.count <= item.kind.bytesMax) }
    }

    /// Behind the signature: the payload under a signature that holds.
    private func signed(
        _ payload: [UInt8], _ purpose: SignedMessage.Purpose, _ key: SigningKey, _ world: World
    ) throws -> [UInt8] {
        try SignedMessage(signing: payload, as: purpose, in: world.federation, with: key).encoded
    }

    /// The union of the byte vectors, all of suite 1, and a seal of its county.
    private struct World: Sendable {
        let federation: FederationID
        let city, county: NodeID
        let keys: [SigningKey]
        let trust: Trust
        let contexts: [EntryContext]
        let seal: Seal

        init() throws {
            let federation = FederationID([0xFE] + Array(1...15)) ?? FederationID(words: [0, 0])
            let nodes = (UInt8(1)...4).map { NodeID([0xA0 + $0] + Array(1...15)) ?? NodeID(words: [0, 0]) }
            let keys = try (UInt8(1)...4).map {
                try SigningKey(suite: .international, seed: [UInt8](repeating: $0, count: 32))
            }
            let codes = ["", "000000", "320000", "320500", "320506"]
            let offline = try SigningKey(suite: .international, seed: [UInt8](repeating: 5, count: 32))
            let root = try Certificate.root(
                offline, id: NodeID([0xA5] + Array(1...15)) ?? NodeID(words: [0, 0]), federation: federation)
            var trust = try Trust(federation: federation, root: root)
            for index in 0..<4 {
                let issuer = index == 0 ? (offline, root.node) : (keys[index - 1], nodes[index - 1])
                try trust.admit(
                    Certificate(
                        trust.nextPlace(of: issuer.1), node: nodes[index],
                        seat: Seat(code: codes[index + 1], level: index, parent: codes[index]),
                        key: keys[index].publicKey, federation: federation, issuer: issuer.0))
            }
            let incarnation = Incarnation([0xB4] + Array(1...7)) ?? Incarnation(words: [0])
            let log = LogID(author: nodes[3], incarnation: incarnation, direction: .up, peer: nodes[2])
            contexts = [UInt64(0), 1].map {
                EntryContext(author: nodes[3], incarnation: incarnation, kind: $0, schema: 3, placement: 1)
            }
            let entry = Entry(core: EntryCore(type: .relay), seed: [UInt8](repeating: 6, count: 16), sections: [])
            let block = EntryBlock([.init(context: 0, entry: entry)])
            seal = try Seal(
                log: log, first: 0, contexts: contexts, leaves: block.leaves(contexts), previous: nil,
                federation: federation, key: keys[3])
            (self.federation, self.keys, self.trust, city, county) = (federation, keys, trust, nodes[2], nodes[3])
        }

        /// The first item of a bundle from the county to the city.
        func manifest(_ ephemeral: ExchangeKey) throws -> [UInt8] {
            let content = BundleManifest.Content(
                sender: county, life: seal.log.incarnation, receiver: city, receiverLife: nil, milliseconds: 1,
                export: [UInt8](repeating: 7, count: 16), positions: LinkPositions(up: [], down: []), channels: [],
                trustDigest: Trust.digest(of: []), runs: [.init(log: seal.log, from: 0, next: 1)],
                begins: [.init(run: 0, position: 0)])
            let message = try BundleManifest(
                content, file: 1, ephemeralKey: ephemeral.publicBytes, federation: federation, key: keys[3]
            ).message.encoded
            return [1] + SealedChunks.length(message.count) + message
        }
    }

    private static let made = Result { try World() }
}
