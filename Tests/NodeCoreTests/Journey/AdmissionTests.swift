import SyncProtocol
import Testing

@testable import NodeCore

@Suite struct AdmissionTests {
    private let log = LogID(
        author: NodeID(words: [1, 1]), incarnation: Incarnation(words: Array(repeating: 2, count: Incarnation.size / 8)),
        direction: .up, peer: NodeID(words: [3, 3]))

    private let trust: Trust

    init() throws { trust = try Fixtures.national().engine.trust }

    private func seal(first: UInt64, count: Int, after previous: Digest?, _ content: UInt64 = 1) throws -> Seal {
        let context = EntryContext(author: log.author, incarnation: log.incarnation, kind: 1, schema: 1, placement: 1)
        let leaves = (0..<count).map { Digest(words: [content, 0, 0, UInt64($0)]) }
        return try Seal(
            log: log, first: first, contexts: [context], leaves: leaves, previous: previous,
            federation: FederationID(words: Array(repeating: 4, count: FederationID.size / 8)), key: Fixtures.signingKey(5))
    }

    private func held(_ seal: Seal, frozen: String? = nil) -> LogState {
        LogState(
            id: 1, log: log, next: seal.next, hash: seal.hash, receipts: 0, peerDurable: 0, peerApplied: 0, peerReceipt: 0,
            peerMilliseconds: nil, frozen: frozen, closed: nil, key: seal.message.key)
    }

    @Test func `the first seal and the one that follows are next`() throws {
        let first = try seal(first: 0, count: 3, after: nil)
        #expect(try Admission.check(first, held: nil, trust) { _ in nil } == .next)
        let second = try seal(first: 3, count: 1, after: first.hash)
        #expect(try Admission.check(second, held: held(first), trust) { _ in nil } == .next)
    }

    @Test func `a seal that is held is repeated`() throws {
        let first = try seal(first: 0, count: 3, after: nil)
        #expect(try Admission.check(first, held: held(first), trust) { $0 == 0 ? first : nil } == .repeated)
    }

    @Test func `a gap, an overlap, a broken chain and a fork are refused`() throws {
        let first = try seal(first: 0, count: 3, after: nil)
        let state = held(first)
        let find = { (position: UInt64) in position == 0 ? first : nil }
        let gap = try seal(first: 4, count: 1, after: first.hash)
        #expect(throws: ProtocolError(.position, "")) { try Admission.check(gap, held: state, trust, sealAt: find) }
        #expect(throws: ProtocolError(.position, "")) { try Admission.check(gap, held: nil, trust) { _ in nil } }
        let overlap = try seal(first: 2, count: 4, after: first.hash)
        #expect(throws: ProtocolError(.position, "")) { try Admission.check(overlap, held: state, trust, sealAt: find) }
        let broken = try seal(first: 3, count: 1, after: gap.hash)
        #expect(throws: ProtocolError(.chainBroken, "")) { try Admission.check(broken, held: state, trust, sealAt: find) }
        let other = try seal(first: 0, count: 3, after: nil, 2)
        #expect(throws: ProtocolError(.fork, "")) { try Admission.check(other, held: state, trust, sealAt: find) }
    }

    @Test func `a frozen log takes nothing, not even what would follow`() throws {
        let first = try seal(first: 0, count: 3, after: nil)
        let second = try seal(first: 3, count: 1, after: first.hash)
        #expect(throws: ProtocolError(.fork, "")) {
            try Admission.check(second, held: held(first, frozen: "two seals"), trust) { _ in nil }
        }
    }
}
