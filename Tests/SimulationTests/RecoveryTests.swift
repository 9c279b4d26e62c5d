import BusinessModules
import NodeSimulator
import SyncProtocol
import Testing

@testable import NodeCore

/// What does not count and is kept, and links that go on after a person has looked.
@Suite struct RecoveryTests {
    private static let operator_ = Principal("operator")

    /// A county of which the files behind the first were taken back, known at the county too.
    private func revoked(seed: UInt64) throws -> (world: World, keys: [String]) {
        var world = try County.world(seed: seed)
        let keys = try world.take(County.records(standard: "4", 3))
        _ = try world.report([keys[0]])
        try world.settleWholly()
        let city = try world.site(World.city)
        let county = try world.site(World.home).engine.identity.node
        let honest = try #require(
            try city.store.read { try Inspection.heads(in: $0) }.first { $0.log.author == county && $0.log.direction == .up }
        ).next
        _ = try world.report(Array(keys[1...]))
        try world.settleWholly()
        _ = try city.store.write(world.moment()) { tx in
            try Enrolment(city.engine).revoke(
                seat: World.home, trusted: TrustedEnd(position: honest), reason: "示例", by: Self.operator_, in: tx)
        }
        try world.reload(World.city)
        return (world, keys)
    }

    private func tellHome(_ world: inout World) throws {
        let engine = try world.site(World.city).engine
        try world.act(World.home, .statements(engine.trust.statements, from: engine.identity.node))
    }

    @Test func `a node that is enrolled again takes back what its earlier key sealed, even after it heard of it`() throws {
        var (world, keys) = try revoked(seed: 80)
        let city = try world.site(World.city)
        let home = try world.site(World.home)
        let key = try SigningKey(suite: .international, seed: [UInt8](repeating: 7, count: 32))
        let invitation = try city.store.write(world.moment()) {
            try Enrolment(city.engine).invite(seat: World.home, isAgain: true, by: Self.operator_, in: $0)
        }
        let request = try EnrolmentRequest(invitation, node: home.engine.identity.node, key: key)
        try city.store.write(world.moment()) { tx in
            #expect(try Enrolment(city.engine).accept(request, in: tx) == nil)
            _ = try Enrolment(city.engine).confirm(
                seat: World.home, fingerprint: key.publicKey.id, by: Self.operator_, in: tx)
        }
        try world.reload(World.city)
        let informed = try world.site(World.city)
        let statements = try #require(
            try informed.store.write(world.moment()) { try Enrolment(informed.engine).accept(request, in: $0) })
        try home.store.write(world.moment()) { tx in
            try Enrolment.complete(
                invitation, statements, node: home.engine.identity.node, key: key, again: home.engine, in: tx)
        }
        #expect(try world.find(keys[0], at: World.home)?.status == "60")
        for key in keys[1...] { #expect(try world.find(key, at: World.home)?.version == 0) }
        #expect(try home.store.read { try $0.late.count() } > 0)
    }

    @Test func `the home lists what was taken back, reads it and takes it up; nobody else can`() throws {
        var (world, keys) = try revoked(seed: 81)
        try tellHome(&world)
        let home = try world.site(World.home)
        let lines = try home.store.read { try LateEntries(home.engine).list(after: 0, limit: 100, in: $0) }
        let own = lines.filter(\.isOwnVersion)
        #expect(own.count == 2 && own.allSatisfy { $0.reason == "revoked" && $0.version == 1 })
        let first = try #require(own.first)
        let shown = try home.store.read { try LateEntries(home.engine).content(first.number, first.item, in: $0) }
        #expect(keys[1...].contains(shown.record[WorkerFiles.fileNo] ?? ""))

        let record = try home.store.write(world.moment()) {
            try LateEntries(home.engine).takeUp(first.number, first.item, by: Self.operator_, in: $0)
        }
        #expect(record == first.record)
        let acts = try home.store.read { try Inquiry(Catalog.charter).acts(record, in: $0) }
        #expect(acts.contains { $0.action == "take-up" && $0.actor == "operator" })

        let city = try world.site(World.city)
        let there = try city.store.read { try LateEntries(city.engine).list(after: 0, limit: 100, in: $0) }
        let version = try #require(there.first { $0.record == first.record })
        #expect(!version.isOwnVersion)
        #expect(throws: NodeError.self) {
            try city.store.write(world.moment()) {
                _ = try LateEntries(city.engine).takeUp(version.number, version.item, by: Self.operator_, in: $0)
            }
        }
        #expect(throws: NodeError.self) {
            try home.store.read { _ = try LateEntries(home.engine).content(999, 0, in: $0) }
        }
    }

    @Test func `a decision about the version before one that is taken back counts again, live as in a rebuild`() throws {
        var world = try County.world(seed: 90)
        let key = try world.take(County.records(standard: "4", 1))[0]
        _ = try world.report([key])
        try world.settleWholly()
        let (city, home) = (try world.site(World.city), try world.site(World.home))
        let county = home.engine.identity.node
        let honest = try #require(
            try city.store.read { try Inspection.heads(in: $0) }.first { $0.log.author == county && $0.log.direction == .up }
        ).next
        try world.correct(key, ["address": "示例市示例区示例路12号"])
        _ = try world.report([key])
        try world.settleWholly()
        let record = try #require(try home.store.read { try Inspection.records(in: $0) }.first)
        #expect(record.version == 2)
        // It comes when the second version stands, and is refused.
        _ = try city.store.write(world.moment()) { try city.engine.misdecide(.reject, record.id, version: 1, in: $0) }
        try world.settleWholly()
        #expect(try home.store.read { try Inspection.decisions(in: $0) }.isEmpty)
        _ = try city.store.write(world.moment()) { tx in
            try Enrolment(city.engine).revoke(
                seat: World.home, trusted: TrustedEnd(position: honest), reason: "示例", by: Self.operator_, in: tx)
        }
        try world.reload(World.city)
        try tellHome(&world)
        let decisions = try home.store.read { try Inspection.decisions(in: $0) }
        #expect(decisions.map(\.version) == [1] && decisions.map(\.type) == [.reject])
        #expect(try home.store.read { try Inspection.postponed(in: $0) }.isEmpty)
    }

    @Test func `changesets of a closed life are kept once, with their bodies`() throws {
        var world = try County.world(seed: 82)
        let keys = try world.take(County.records(standard: "4", 1))
        _ = try world.report(keys)
        let (home, city) = (try world.site(World.home), try world.site(World.city))
        let link = try #require(Link(home.engine, peer: city.engine.identity.node))
        let changeset = try #require(try home.store.read { try link.changesets(from: 0, budget: 1, in: $0) }.first)
        for _ in 0..<2 {
            try city.store.write(world.moment()) { try LateEntries.keep(changeset, reason: .late, in: $0) }
        }
        let lines = try city.store.read { try LateEntries(city.engine).list(after: 0, limit: 10, in: $0) }
        #expect(lines.count == changeset.seal.count && lines.contains { $0.type == 0x81 })
        // What only waits behind a link that stands still comes again.
        try city.store.write(world.moment()) { tx in
            let next = try #require(try home.store.read { try link.changesets(from: 0, budget: 1, in: $0) }.first)
            try LateEntries.keep(next, reason: .fork, in: tx)
        }
        #expect(try city.store.read { try $0.late.count() } == 1)
    }

    // MARK: Thaw

    private func hello(
        of home: World.Site, to city: World.Site, thread: HelloThread?, down: [LogLife] = []
    ) throws -> Hello {
        try Hello(
            node: home.engine.identity.node, incarnation: home.engine.identity.incarnation, peer: city.engine.identity.node,
            nonce: [UInt8](repeating: 1, count: 32), exchangeKey: [UInt8](repeating: 2, count: 32),
            positions: LinkPositions(up: [], down: down), trustDigest: Trust.digest(of: []), thread: thread, answering: nil,
            federation: home.engine.identity.federation, key: home.engine.identity.key)
    }

    /// The parent stops the link for a hello that claims more than it knows, as the daemon does.
    private func stop(_ question: Hello, _ link: Link, at city: World.Site, _ world: inout World) throws {
        let error = try #require(throws: ProtocolError.self) { try city.store.read { try link.follow(question, in: $0) } }
        #expect(error.code == .recoverFirst)
        try city.store.write(world.moment()) { tx in
            try link.freeze(question.incarnation, error, in: tx)
            try Inquiry.refuse(
                error, from: link.peer.node, subject: "hello", evidence: question.message.encoded, in: tx)
        }
    }

    @Test func `a claim about hellos is looked at and let go on; the next hello has to follow it`() throws {
        var world = try County.world(seed: 83)
        let (home, city) = (try world.site(World.home), try world.site(World.city))
        let link = try #require(Link(city.engine, peer: home.engine.identity.node))
        let digest = Trust.digest(of: home.engine.trust.statements)
        let claim = HelloThread(life: city.engine.identity.incarnation, number: 5, digest: digest)
        let known = try hello(of: home, to: city, thread: nil)
        try city.store.write(world.moment()) { tx in try link.answered(known, with: known, in: tx) }
        let question = try hello(of: home, to: city, thread: claim)
        try stop(question, link, at: city, &world)

        let stops = try city.store.read { try Thaw(city.engine).stops(in: $0) }
        #expect(stops.map(\.cause) == [.claim] && stops[0].claim?.answers == 5 && stops[0].claim?.isLoss == false)
        let thawed = try city.store.write(world.moment()) {
            try Thaw(city.engine).run(seat: World.home, by: Self.operator_, in: $0)
        }
        #expect(thawed == 1)
        #expect(try city.store.read { try Thaw(city.engine).stops(in: $0) }.isEmpty)
        try city.store.read { try link.follow(question, in: $0) }
        #expect(throws: (any Error).self) {
            try city.store.read { try link.follow(try hello(of: home, to: city, thread: nil), in: $0) }
        }
        #expect(throws: NodeError.self) {
            try city.store.write(world.moment()) {
                _ = try Thaw(city.engine).run(seat: World.home, by: Self.operator_, in: $0)
            }
        }
    }

    @Test func `where a child holds what this node lost only a new life helps`() throws {
        var world = try County.world(seed: 84)
        let (home, city) = (try world.site(World.home), try world.site(World.city))
        let link = try #require(Link(city.engine, peer: home.engine.identity.node))
        let digest = Trust.digest(of: home.engine.trust.statements)
        let claim = HelloThread(life: city.engine.identity.incarnation, number: 5, digest: digest)
        let known = try hello(of: home, to: city, thread: nil)
        try city.store.write(world.moment()) { tx in try link.answered(known, with: known, in: tx) }
        let life = LogLife(incarnation: city.engine.identity.incarnation, next: 1_000, hash: digest)
        try stop(try hello(of: home, to: city, thread: claim, down: [life]), link, at: city, &world)
        let error = try #require(throws: NodeError.self) {
            try city.store.write(world.moment()) {
                _ = try Thaw(city.engine).run(seat: World.home, by: Self.operator_, in: $0)
            }
        }
        #expect(error.code == .recoverFirst)
        #expect(try city.store.read { try Thaw(city.engine).stops(in: $0) }.map { $0.claim?.isLoss } == [true])
    }

    @Test func `a thawed fork admits what follows the branch that is held, and no other`() throws {
        var world = try County.world(seed: 85)
        let keys = try world.take(County.records(standard: "4", 2))
        _ = try world.report([keys[0]])
        try world.settleWholly()
        let city = try world.site(World.city)
        let county = try world.site(World.home).engine.identity.node
        let state = try #require(try city.store.read { try $0.logs.all() }.first { $0.log.author == county })
        try city.store.write(world.moment()) { try $0.logs.freeze(state.id, "two seals at position 0") }
        _ = try world.report([keys[1]])
        try world.settle()
        #expect(try world.find(keys[1], at: World.city) == nil)
        #expect(try city.store.read { try Thaw(city.engine).stops(in: $0) }.map(\.cause) == [.fork])
        _ = try city.store.write(world.moment()) { try Thaw(city.engine).run(seat: World.home, by: Self.operator_, in: $0) }
        try world.settleWholly()
        #expect(try world.find(keys[1], at: World.city)?.status == "60")
    }

    // MARK: Statements

    @Test func `two statements under one number are kept as proof, and the others count`() throws {
        var world = try County.world(seed: 86)
        let (city, province) = (try world.site(World.city), try world.site(World.province))
        let held = try #require(
            province.engine.trust.statements.first {
                $0.message.key == city.engine.identity.key.publicKey.id && $0.place.number == 0
            })
        let other = try SigningKey(suite: .international, seed: [UInt8](repeating: 9, count: 32))
        let node = try #require(NodeID([UInt8](repeating: 9, count: 16)))
        let seat = Seat(code: "370283", level: 3, parent: World.city)
        let federation = city.engine.identity.federation
        let forked = try Certificate(
            held.place, node: node, seat: seat, key: other.publicKey, federation: federation,
            issuer: city.engine.identity.key)
        let next = try Certificate(
            city.engine.trust.nextPlace(of: city.engine.identity.node), node: node, seat: seat, key: other.publicKey,
            federation: federation, issuer: city.engine.identity.key)
        try world.act(
            World.province, .statements([.certificate(forked), .certificate(next)], from: city.engine.identity.node))
        let proofs = try province.store.read { try $0.quarantine.allEvidence(limit: 10) }
        #expect(proofs.map(\.code) == ["fork"] && proofs[0].peer == city.engine.identity.node)
        let parts = try CanonicalValue(decoding: proofs[0].evidence[...])
        #expect(parts == .array([.bytes(held.message.encoded), .bytes(forked.message.encoded)]))
        #expect(try world.site(World.province).engine.trust.certificate(of: node)?.hash == next.hash)
    }
}
