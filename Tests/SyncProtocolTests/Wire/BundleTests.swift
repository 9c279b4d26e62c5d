import Testing

@testable import SyncProtocol

/// Files for a stick: nobody but the receiver opens them, and nothing near a good one is taken for one.
@Suite struct BundleTests {
    let union: Union
    let changeset: Changeset

    init() throws {
        union = try Union()
        changeset = try union.changeset((0..<3).map(report), from: union.county, to: union.city)
    }

    private func content(_ sender: Member, _ receiver: Member, runs: [BundleManifest.Run] = []) throws
        -> BundleManifest.Content
    {
        BundleManifest.Content(
            sender: sender.node, life: sender.incarnation, receiver: receiver.node, receiverLife: nil,
            milliseconds: 1_760_000_000_000, export: [UInt8](repeating: 0xE0, count: 16),
            positions: LinkPositions(up: [LogLife(incarnation: sender.incarnation, next: 0, hash: nil)], down: []),
            channels: [], trustDigest: Trust.digest(of: union.trust.statements), runs: runs,
            begins: [.init(run: 0, position: runs.first?.from ?? 0)])
    }

    private var run: BundleManifest.Run { .init(log: changeset.seal.log, from: 0, next: changeset.seal.next) }

    /// A bundle of the county for its city.
    private func bundle(
        _ items: [BundleItem], from sender: Member? = nil, to receiver: Member? = nil, in federation: FederationID? = nil,
        runs: [BundleManifest.Run]? = nil
    ) throws -> [UInt8] {
        let (sender, receiver) = (sender ?? union.county, receiver ?? union.city)
        let ephemeral = try ExchangeKey(seed: [UInt8](repeating: 0x77, count: 32), suite: receiver.key.suite)
        var bytes = [UInt8]()
        let sink = { (more: [UInt8]) in bytes += more }
        try withoutActuallyEscaping(sink) { sink in
            var sealer = try BundleSealer(
                content(sender, receiver, runs: runs ?? [run]), file: 1, to: receiver.certificate, ephemeral: ephemeral,
                federation: federation ?? union.federation, key: sender.key, sink: sink)
            for item in items { try sealer.add(item) }
            try sealer.finish()
        }
        return bytes
    }

    private var items: [BundleItem] {
        [.statement(union.county.certificate.message.encoded), .changeset(changeset.encoded)]
    }

    private func read(_ bytes: [UInt8], as receiver: Member? = nil) throws -> (BundleManifest, [BundleItem]) {
        let receiver = receiver ?? union.city
        var opener = try BundleOpener(BytesSource(bytes)) { head in
            guard head.receiver == receiver.node else { throw ProtocolError(.wrongReceiver, "for another") }
            return try receiver.key.exchangeKey()
        }
        try opener.manifest.verify(opener.head, trust: union.trust)
        var items = [BundleItem]()
        while let item = try opener.next() { items.append(item) }
        return (opener.manifest, items)
    }

    @Test func `what was put in comes out, in its order`() throws {
        let (manifest, items) = try read(bundle(items))
        #expect(items == self.items)
        #expect(manifest.content.sender == union.county.node && manifest.pieces == [run])
        #expect(manifest.file(of: run.log, at: 0) == 1 && manifest.file(of: run.log, at: run.next) == nil)
    }

    @Test(arguments: [[Suite.national, .national], [.international, .national], [.national, .international]])
    func `the receiver's suite seals, the sender's signs`(suites: [Suite]) throws {
        let union = try Union([.international, .international, suites[0], suites[1]])
        let mixed = try BundleTests(union)
        let (_, items) = try mixed.read(mixed.bundle(mixed.items))
        #expect(items == mixed.items)
    }

    private init(_ union: Union) throws {
        self.union = union
        changeset = try union.changeset(
            (0..<3).map { report($0, union.county.key.suite) }, from: union.county, to: union.city)
    }

    @Test func `more than one sealed piece comes out as it went in`() throws {
        let many = (0..<150).map { number in
            BundleItem.receipt((0..<16_000).map { UInt8(truncatingIfNeeded: $0 &* (number + 7) &+ $0 >> 5) })
        }
        let bytes = try bundle(many)
        #expect(try read(bytes).1 == many)
        for cut in stride(from: 1_000, to: bytes.count, by: 40_000) {
            #expect(throws: ProtocolError.self, "cut to \(cut)") { _ = try read(Array(bytes.prefix(cut))) }
        }
    }

    @Test func `every flipped byte is refused, and every cut, and bytes behind the end`() throws {
        let whole = try bundle(items)
        for place in whole.indices {
            var altered = whole
            altered[place] ^= 1 << UInt8(place % 8)
            #expect(throws: ProtocolError.self, "byte \(place)") { _ = try read(altered) }
        }
        for count in whole.indices {
            #expect(throws: ProtocolError.self, "cut to \(count)") { _ = try read(Array(whole.prefix(count))) }
        }
        expectRefusal(.malformed) { _ = try read(whole + [0]) }
    }

    @Test func `nobody but the receiver opens it`() throws {
        let bytes = try bundle(items)
        expectRefusal(.wrongReceiver) { _ = try read(bytes, as: union.province) }
        expectRefusal(.badSignature) {
            _ = try BundleOpener(BytesSource(bytes)) { _ in try union.province.key.exchangeKey() }
        }
        let text = Hex.encode(bytes)
        for secret in [changeset.encoded, union.county.certificate.message.encoded, Array("320506".utf8)] {
            #expect(!text.contains(Hex.encode(secret)))
        }
    }

    @Test func `another's signature, another federation and another bundle's manifest are refused`() throws {
        let stranger = try union.stranger()
        expectRefusal(.unknownKey) { _ = try read(bundle(items, from: stranger)) }
        let other = FederationID(words: [7, 7])
        expectRefusal(.badSignature) { _ = try read(bundle(items, in: other)) }
        var opener = try BundleOpener(BytesSource(bundle(items))) { _ in try union.city.key.exchangeKey() }
        let later = try BundleHead(
            from: union.county.node, to: union.city.certificate,
            ephemeral: ExchangeKey(seed: [UInt8](repeating: 0x78, count: 32)))
        expectRefusal(.badSignature) { try opener.manifest.verify(later, trust: union.trust) }
        _ = try opener.next()
    }

    @Test func `items out of order, a second manifest and an unknown kind are refused`() throws {
        expectRefusal(.malformed) { _ = try read(bundle(items.reversed())) }
        func altered(_ plain: [UInt8]) throws -> [UInt8] {
            let ephemeral = try ExchangeKey(seed: [UInt8](repeating: 0x77, count: 32))
            let head = BundleHead(from: union.county.node, to: union.city.certificate, ephemeral: ephemeral)
            let theirs = try union.city.key.publicKey.exchangeBytes()
            var chunks = ChunkSealer(
                key: head.streamKey(try ephemeral.sharedSecret(with: theirs), receiverKey: theirs), suite: head.suite)
            var bytes = head.encoded
            let manifest = try BundleManifest(
                content(union.county, union.city), file: 1, ephemeralKey: ephemeral.publicBytes,
                federation: union.federation, key: union.county.key
            ).message.encoded
            let item = [1] + SealedChunks.length(manifest.count) + manifest
            try chunks.append(item + plain) { bytes += $0 }
            try chunks.finish { bytes += $0 }
            return bytes
        }
        #expect(try read(altered([])).1 == [])
        expectRefusal(.malformed) { _ = try read(altered([1, 0, 0, 0, 0])) }
        expectRefusal(.unsupportedType) { _ = try read(altered([9, 0, 0, 0, 0])) }
        expectRefusal(.malformed) { _ = try read(altered([3, 0, 0, 0, 5, 1])) }
        expectRefusal(.tooLarge) { _ = try read(altered([3, 0, 1, 0, 0])) }
        expectRefusal(.tooLarge) { _ = try read(altered([4, 0x7F, 0xFF, 0xFF, 0xFF])) }
    }

    @Test func `runs and files that do not fit each other are refused`() throws {
        func decode(_ runs: [BundleManifest.Run], _ begins: [BundleManifest.Place], file: Int = 1) throws {
            let plain = try content(union.county, union.city)
            let content = BundleManifest.Content(
                sender: plain.sender, life: plain.life, receiver: plain.receiver, receiverLife: plain.receiverLife,
                milliseconds: plain.milliseconds, export: plain.export, positions: plain.positions,
                channels: plain.channels, trustDigest: plain.trustDigest, runs: runs, begins: begins)
            let made = try BundleManifest(
                content, file: file, ephemeralKey: [], federation: union.federation, key: union.county.key)
            #expect(try BundleManifest(decoding: made.message.encoded[...]).content == content)
        }
        let other = BundleManifest.Run(log: union.up(union.city, to: union.province), from: 5, next: 9)
        try decode([], [.init(run: 0, position: 0)])
        try decode([run, other], [.init(run: 0, position: 0), .init(run: 1, position: 7)], file: 2)
        let wrong: [([BundleManifest.Run], [BundleManifest.Place], Int)] = [
            ([], [], 1), ([], [.init(run: 0, position: 1)], 1), ([run], [.init(run: 0, position: 0)], 2),
            ([run], [.init(run: 0, position: 0)], 0), ([run, run], [.init(run: 0, position: 0)], 1),
            ([.init(log: run.log, from: 3, next: 3)], [.init(run: 0, position: 3)], 1),
            ([other], [.init(run: 0, position: 5), .init(run: 0, position: 9)], 1),
            ([other], [.init(run: 0, position: 5), .init(run: 1, position: 5)], 1),
            ([run, other], [.init(run: 0, position: 0), .init(run: 1, position: 7), .init(run: 1, position: 6)], 1),
        ]
        for (runs, begins, file) in wrong { expectRefusal(.malformed) { try decode(runs, begins, file: file) } }
    }

    @Test func `a missing file is named`() throws {
        let log = union.up(union.county, to: union.city)
        let runs = [
            BundleManifest.Run(log: log, from: 10, next: 90),
            BundleManifest.Run(log: .channel(of: union.city.node, in: union.city.incarnation), from: 0, next: 4),
        ]
        let plain = try content(union.county, union.city)
        let content = BundleManifest.Content(
            sender: plain.sender, life: plain.life, receiver: plain.receiver, receiverLife: nil, milliseconds: 0,
            export: plain.export, positions: plain.positions, channels: [], trustDigest: plain.trustDigest, runs: runs,
            begins: [.init(run: 0, position: 10), .init(run: 0, position: 40), .init(run: 1, position: 2)])
        let files = try (1...3).map {
            try BundleManifest(content, file: $0, ephemeralKey: [], federation: union.federation, key: union.county.key)
        }
        #expect(files[0].pieces == [.init(log: log, from: 10, next: 40)])
        #expect(files[1].pieces == [.init(log: log, from: 40, next: 90), .init(log: runs[1].log, from: 0, next: 2)])
        #expect(files[2].pieces == [.init(log: runs[1].log, from: 2, next: 4)])
        #expect(files[2].file(of: log, at: 39) == 1 && files[2].file(of: log, at: 40) == 2)
        #expect(files[2].file(of: runs[1].log, at: 1) == 2 && files[2].file(of: log, at: 9) == nil)
    }
}
