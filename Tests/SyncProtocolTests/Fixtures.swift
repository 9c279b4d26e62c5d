import SyncProtocol
import Testing

/// One node of the small union the tests share. All bytes follow from its number, so every run signs the same.
struct Member: Sendable {
    let node: NodeID
    let incarnation: Incarnation
    let key: SigningKey
    let certificate: Certificate

    init(
        _ number: UInt8, code: String, level: Int, parent: String, issuer: SigningKey?, behind before: Certificate? = nil,
        suite: Suite = .international
    ) throws {
        node = try #require(NodeID([0xA0 + number] + Array(1...15)))
        incarnation = try #require(Incarnation([0xB0 + number] + Array(1...7)))
        key = try SigningKey(suite: suite, seed: [UInt8](repeating: number, count: 32))
        certificate = try Certificate(
            TrustPlace(number: before.map { $0.place.number + 1 } ?? 0, previous: before?.hash), node: node,
            seat: Seat(code: code, level: level, parent: parent), key: key.publicKey,
            federation: FederationID(Union.federationBytes) ?? FederationID(words: [0, 0]), issuer: issuer ?? key)
    }
}

/// The offline root, the national node, province, city and county, each certified by the one above.
struct Union: Sendable {
    static let federationBytes: [UInt8] = [0xFE] + Array(1...15)

    let federation: FederationID
    let root, national, province, city, county: Member
    let trust: Trust

    init(_ suite: Suite = .international) throws { try self.init([suite, suite, suite, suite]) }

    /// The suites of the national node, province (and of the root), city and county.
    init(_ suites: [Suite]) throws {
        federation = try #require(FederationID(Union.federationBytes))
        root = try Member(5, code: "", level: 0, parent: "", issuer: nil, suite: suites[1])
        national = try Member(
            1, code: "000000", level: 0, parent: "", issuer: root.key, behind: root.certificate, suite: suites[0])
        province = try Member(2, code: "320000", level: 1, parent: "000000", issuer: national.key, suite: suites[1])
        city = try Member(3, code: "320500", level: 2, parent: "320000", issuer: province.key, suite: suites[2])
        county = try Member(4, code: "320506", level: 3, parent: "320500", issuer: city.key, suite: suites[3])
        var trust = try Trust(federation: federation, root: root.certificate)
        for member in [national, province, city, county] { try trust.admit(member.certificate) }
        self.trust = trust
    }

    func member(_ name: String) throws -> Member {
        try #require(["root": root, "national": national, "province": province, "city": city, "county": county][name])
    }

    /// A node outside the union: its certificate hangs from a root of its own.
    func stranger() throws -> Member { try Member(9, code: "", level: 0, parent: "", issuer: nil) }

    func up(_ child: Member, to parent: Member) -> LogID {
        LogID(author: child.node, incarnation: child.incarnation, direction: .up, peer: parent.node)
    }

    func context(_ author: Member, kind: UInt64 = 1) -> EntryContext {
        EntryContext(author: author.node, incarnation: author.incarnation, kind: kind, schema: 3, placement: 1)
    }

    func seal(
        _ entries: [Entry], _ log: LogID, by author: Member, contexts: [EntryContext]? = nil, first: UInt64 = 0,
        previous: Digest? = nil
    ) throws -> Seal {
        let contexts = contexts ?? [context(author)]
        return try Seal(
            log: log, first: first, contexts: contexts, leaves: entries.map { $0.hash(in: contexts[0]) },
            previous: previous, federation: federation, key: author.key)
    }

    func cover(
        _ seal: Seal, _ packed: [UInt8], unpackedSize: Int, from sender: Member, to receiver: NodeID?, key: SigningKey? = nil
    ) throws -> Cover {
        try Cover(
            sender: sender.node, receiver: receiver, seal: seal, packed: packed[...], unpackedSize: unpackedSize,
            federation: federation, key: key ?? sender.key)
    }

    /// Seals, packs and covers `entries` as the next changeset of `sender`'s up log.
    func changeset(
        _ entries: [Entry], excerpts: [Excerpt] = [], from sender: Member, to receiver: Member
    ) throws -> Changeset {
        let seal = try seal(entries, up(sender, to: receiver), by: sender)
        let body = Body(block: block(entries), excerpts: excerpts).encoded
        let packed = try Packing.pack(body)
        let cover = try cover(seal, packed, unpackedSize: body.count, from: sender, to: receiver.node)
        return Changeset(cover: cover, seal: seal, packed: packed[...])
    }

    func excerpt(_ entries: [Entry], of seal: Seal, _ indexes: [Int], shown: Set<Reach>) throws -> Excerpt {
        Excerpt(
            seal: seal, leaves: entries.map { $0.hash(in: seal.contexts[0]) }, indexes: indexes,
            items: indexes.map { EntryBlock.Item(context: 0, entry: entries[$0].reduced(to: shown)) })
    }
}

func block(_ entries: [Entry]) -> EntryBlock { EntryBlock(entries.map { EntryBlock.Item(context: 0, entry: $0) }) }

/// A report with three sections, different for each number.
func report(_ number: Int) -> Entry { report(number, .international) }

func report(_ number: Int, _ suite: Suite) -> Entry {
    let record = RecordID(milliseconds: 1_760_000_000_000, entropy: [UInt8](repeating: UInt8(number & 0xFF), count: 10))
    let core = EntryCore(
        suite: suite, type: .report, record: record, version: 1, ceiling: 2, reaches: [.nation, .reviewers, .city],
        createdMilliseconds: 1_760_000_000_000 + Int64(number))
    let fields = CanonicalValue.map([.init(1, .text("困难职工")), .init(2, .integer(Int64(number)))])
    return Entry(
        core: core, seed: [UInt8](repeating: UInt8(number & 0x7F) | 0x80, count: 16),
        sections: [
            (.nation, fields.encoded), (.reviewers, CanonicalValue.map([.init(1, .text("张三"))]).encoded),
            (.city, CanonicalValue.map([.init(7, .bytes([1, 2]))]).encoded),
        ])
}

/// Expects that `body` is refused with this code; the wording is free.
func expectRefusal(
    _ code: ProtocolError.Code, sourceLocation: SourceLocation = #_sourceLocation, _ body: () throws -> Void
) {
    #expect(throws: ProtocolError(code, ""), sourceLocation: sourceLocation) { try body() }
}

func hex(_ text: String, sourceLocation: SourceLocation = #_sourceLocation) throws -> [UInt8] {
    try #require(Hex.decode(text), sourceLocation: sourceLocation)
}

/// Seeded numbers, so that a failing run can be repeated from its seed alone.
struct SplitMix64: RandomNumberGenerator {
    var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}
