import SyncProtocol
import Testing

@testable import NodeCore

@Suite struct EnrolmentTests {
    private let store: Store
    private let enrolment: Enrolment
    private let federation: FederationID

    init() throws {
        let national = try Fixtures.national()
        store = national.store
        enrolment = Enrolment(national.engine)
        federation = national.engine.identity.federation
    }

    private func invite(_ seat: String = "370000", entropy: UInt8 = 1) throws -> Invitation {
        try store.write(Fixtures.moment(Fixtures.noon, entropy)) { try enrolment.invite(seat: seat, by: Principal("test"), in: $0) }
    }

    private func accept(_ request: EnrolmentRequest, after milliseconds: Int64 = 1) throws -> [Certificate] {
        try store.write(Fixtures.moment(Fixtures.noon + milliseconds)) { try enrolment.accept(request, in: $0) }
    }

    @Test func `of two nodes with one code the first wins, and it may ask again`() throws {
        let invitation = try invite()
        let first = try EnrolmentRequest(invitation, node: NodeID(words: [1, 1]), key: Fixtures.signingKey(1))
        let second = try EnrolmentRequest(invitation, node: NodeID(words: [2, 2]), key: Fixtures.signingKey(2))
        let certificates = try accept(first)
        #expect(certificates.map(\.seat.code) == ["000000", "370000"])
        #expect(throws: NodeError(.codeUsed, "", "")) { try accept(second) }
        #expect(try accept(first, after: 2).last?.node == NodeID(words: [1, 1]))
        let invitations = try store.read { try enrolment.invitations(in: $0) }
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
        #expect(try accept(request, after: Invitation.lifetimeMilliseconds - 1).count == 2)
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
        let certificates = try accept(EnrolmentRequest(invitation, node: node, key: key))
        let child = try Store(inMemory: Fixtures.charter)
        let complete = { (answer: [Certificate], node: NodeID, key: SigningKey) in
            try child.write(Fixtures.moment()) { try Enrolment.complete(invitation, answer, node: node, key: key, in: $0) }
        }
        #expect(throws: NodeError(.invalid, "", "")) { try complete([], node, key) }
        #expect(throws: NodeError(.invalid, "", "")) { try complete([invitation.root], node, key) }
        #expect(throws: NodeError(.invalid, "", "")) { try complete(certificates.reversed(), node, key) }
        #expect(throws: NodeError(.invalid, "", "")) { try complete(certificates, NodeID(words: [2, 2]), key) }
        #expect(throws: NodeError(.invalid, "", "")) { try complete(certificates, node, Fixtures.signingKey(2)) }
        try complete(certificates, node, key)
        #expect(try child.read { try $0.trust.all().map(\.certificate) } == certificates)
    }
}
