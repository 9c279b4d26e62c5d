import SyncProtocol
import Testing

@testable import NodeCore

@Suite struct EnrolmentTests {
    private let store: Store
    private let key: SigningKey
    private let federation: FederationID

    init() throws {
        let national = try Fixtures.national()
        store = national.store
        key = national.engine.identity.key
        federation = national.engine.identity.federation
    }

    /// As it knows its trust by now.
    private var enrolment: Enrolment {
        get throws {
            Enrolment(
                try #require(
                    try store.read { try NodeSetup.engine(charter: Fixtures.charter, key: key, in: $0) }))
        }
    }

    private func invite(_ seat: String = "370000", entropy: UInt8 = 1) throws -> Invitation {
        let enrolment = try enrolment
        return try store.write(Fixtures.moment(Fixtures.noon, entropy)) {
            try enrolment.invite(seat: seat, by: Principal("test"), in: $0)
        }
    }

    private func accept(_ request: EnrolmentRequest, after milliseconds: Int64 = 1) throws -> [TrustStatement]? {
        let enrolment = try enrolment
        return try store.write(Fixtures.moment(Fixtures.noon + milliseconds)) { try enrolment.accept(request, in: $0) }
    }

    private func confirm(_ request: EnrolmentRequest, fingerprint: KeyID? = nil) throws {
        let enrolment = try enrolment
        _ = try store.write(Fixtures.moment()) {
            try enrolment.confirm(
                seat: request.seat, fingerprint: fingerprint ?? request.key.id, by: Principal("test"), in: $0)
        }
    }

    private func lines() throws -> [Enrolment.Line] {
        let enrolment = try enrolment
        return try store.read { try enrolment.list(in: $0) }
    }

    private func seats(_ statements: [TrustStatement]?) -> [String] {
        (statements ?? []).compactMap { if case .certificate(let certificate) = $0 { certificate.seat.code } else { nil } }
    }

    @Test func `of two nodes with one code the first wins, and it may ask again`() throws {
        let invitation = try invite()
        let first = try EnrolmentRequest(invitation, node: NodeID(words: [1, 1]), key: Fixtures.signingKey(1))
        let second = try EnrolmentRequest(invitation, node: NodeID(words: [2, 2]), key: Fixtures.signingKey(2))
        #expect(try accept(first) == nil)
        #expect(throws: NodeError(.codeUsed, "", "")) { try accept(second) }
        #expect(try accept(first, after: 2) == nil)
        try confirm(first)
        #expect(try seats(accept(first, after: 3)) == ["", "000000", "370000"])
        #expect(throws: NodeError(.codeUsed, "", "")) { try accept(second) }
        let invitations = try store.read { try $0.trust.invitations() }
        #expect(invitations.count == 1 && invitations[0].used != nil)
    }

    @Test func `a code that has run out, was made up or is for another seat is refused alike`() throws {
        let invitation = try invite()
        let request = try EnrolmentRequest(invitation, node: NodeID(words: [1, 1]), key: Fixtures.signingKey(1))
        #expect(throws: NodeError(.codeUsed, "", "")) { try accept(request, after: Invitation.lifetimeMilliseconds) }
        let madeUp = Invitation(
            federation: federation, seat: "370000", parent: invitation.parent, code: [UInt8](repeating: 6, count: 16),
            root: invitation.root, expires: invitation.expires)
        #expect(throws: NodeError(.codeUsed, "", "")) {
            try accept(EnrolmentRequest(madeUp, node: NodeID(words: [1, 1]), key: Fixtures.signingKey(1)))
        }
        let elsewhere = Invitation(
            federation: federation, seat: "110000", parent: invitation.parent, code: invitation.code, root: invitation.root,
            expires: invitation.expires)
        #expect(throws: NodeError(.codeUsed, "", "")) {
            try accept(EnrolmentRequest(elsewhere, node: NodeID(words: [1, 1]), key: Fixtures.signingKey(1)))
        }
        // None of these has used the code up.
        #expect(try accept(request, after: Invitation.lifetimeMilliseconds - 1) == nil)
    }

    @Test func `nothing is certified before a person has compared the fingerprint`() throws {
        let request = try EnrolmentRequest(invite(), node: NodeID(words: [1, 1]), key: Fixtures.signingKey(1))
        #expect(throws: NodeError(.notFound, "", "")) { try confirm(request) }
        _ = try accept(request)
        #expect(throws: NodeError(.conflict, "", "")) {
            try confirm(request, fingerprint: Fixtures.signingKey(2).publicKey.id)
        }
        #expect(try accept(request) == nil)
        #expect(
            try lines().contains {
                $0.state == "asked" && $0.fingerprint == request.key.id
            })
        try confirm(request)
        #expect(throws: NodeError(.notFound, "", "")) { try confirm(request) }
        #expect(try lines().contains { $0.state == "enrolled" && $0.seat == "370000" })
    }

    @Test func `a seat that is held is invited again only when its node lost its key`() throws {
        let request = try EnrolmentRequest(invite(), node: NodeID(words: [1, 1]), key: Fixtures.signingKey(1))
        _ = try accept(request)
        try confirm(request)
        #expect(throws: NodeError(.conflict, "", "")) { try invite(entropy: 2) }
        let enrolment = try enrolment
        let again = try store.write(Fixtures.moment(Fixtures.noon, 3)) {
            try enrolment.invite(seat: "370000", isAgain: true, by: Principal("test"), in: $0)
        }
        #expect(again.node == NodeID(words: [1, 1]))
        // Another node cannot take the seat with it.
        let other = try EnrolmentRequest(again, node: NodeID(words: [2, 2]), key: Fixtures.signingKey(2))
        #expect(throws: NodeError(.codeUsed, "", "")) { try accept(other) }
        let same = try EnrolmentRequest(again, node: NodeID(words: [1, 1]), key: Fixtures.signingKey(2))
        #expect(try accept(same) == nil)
        try confirm(same)
        #expect(try accept(same) != nil)
        #expect(try self.enrolment.engine.trust.certificate(ofSeat: "370000")?.key == same.key)
    }

    @Test func `only seats directly below are invited`() {
        for seat in ["370200", "000000", "999999"] {
            #expect(throws: NodeError(.notAllowed, "", "")) { try invite(seat) }
        }
    }

    @Test func `a request proves that its sender holds the key`() throws {
        let request = try EnrolmentRequest(invite(), node: NodeID(words: [1, 1]), key: Fixtures.signingKey(1))
        #expect(try EnrolmentRequest(verifying: request.message.encoded, in: federation).node == request.node)
        for index in request.message.encoded.indices {
            var bytes = request.message.encoded
            bytes[index] ^= 1
            #expect(throws: ProtocolError.self) { try EnrolmentRequest(verifying: bytes, in: federation) }
        }
    }

    @Test func `a new node takes no answer that does not fit its invitation`() throws {
        let invitation = try invite()
        let key = try Fixtures.signingKey(1)
        let node = NodeID(words: [1, 1])
        let request = try EnrolmentRequest(invitation, node: node, key: key)
        _ = try accept(request)
        try confirm(request)
        let statements = try #require(try accept(request))
        let child = try Store(inMemory: Fixtures.charter)
        let complete = { (answer: [TrustStatement], node: NodeID, key: SigningKey) in
            try child.write(Fixtures.moment()) { try Enrolment.complete(invitation, answer, node: node, key: key, in: $0) }
        }
        #expect(throws: NodeError(.invalid, "", "")) { try complete([], node, key) }
        #expect(throws: NodeError(.invalid, "", "")) { try complete([.certificate(invitation.root)], node, key) }
        #expect(throws: NodeError(.invalid, "", "")) { try complete(statements.reversed(), node, key) }
        #expect(throws: NodeError(.invalid, "", "")) { try complete(statements, NodeID(words: [2, 2]), key) }
        #expect(throws: NodeError(.invalid, "", "")) { try complete(statements, node, Fixtures.signingKey(2)) }
        try complete(statements, node, key)
        #expect(try child.read { try $0.trust.all() } == statements)
    }

    @Test func `a node that is enrolled again keeps what it believed, and takes no other federation's invitation`() throws {
        let invitation = try invite()
        let node = NodeID(words: [1, 1])
        let request = try EnrolmentRequest(invitation, node: node, key: Fixtures.signingKey(1))
        _ = try accept(request)
        try confirm(request)
        let first = try #require(try accept(request))
        let child = try Store(inMemory: Fixtures.charter)
        func complete(_ invitation: Invitation, _ statements: [TrustStatement], _ byte: UInt8) throws {
            try child.write(Fixtures.moment()) {
                try Enrolment.complete(invitation, statements, node: node, key: Fixtures.signingKey(byte), in: $0)
            }
        }
        try complete(invitation, first, 1)
        // Of a seat below it the parent has not heard.
        let below = try Certificate(
            .first, node: NodeID(words: [3, 3]), seat: Seat(code: "370200", level: 2, parent: "370000"),
            key: Fixtures.signingKey(3).publicKey, federation: federation, issuer: Fixtures.signingKey(1))
        try child.write(Fixtures.moment()) { tx in
            var trust = try tx.withSnapshot { try NodeSetup.trust(in: $0) }
            try trust.admit(below)
            try tx.trust.keep(trust)
        }
        let enrolment = try enrolment
        let again = try store.write(Fixtures.moment(Fixtures.noon, 5)) {
            try enrolment.invite(seat: "370000", isAgain: true, by: Principal("test"), in: $0)
        }
        let renewed = try EnrolmentRequest(again, node: node, key: Fixtures.signingKey(2))
        _ = try accept(renewed)
        try confirm(renewed)
        try complete(again, try #require(try accept(renewed)), 2)
        let trust = try child.read { try NodeSetup.trust(in: $0) }
        #expect(trust.holds(.certificate(below)))
        #expect(trust.certificate(of: node)?.key == renewed.key)

        let elsewhere = Invitation(
            federation: FederationID(words: [9, 9]), seat: again.seat, parent: again.parent, code: again.code,
            root: again.root, expires: again.expires, node: node)
        #expect(throws: NodeError(.conflict, "", "")) { try complete(elsewhere, first, 2) }
    }
}
