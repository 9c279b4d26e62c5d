internal import Foundation
internal import SyncProtocol

/// Who belongs to the federation: invitations, keys to compare, keys taken away.
public enum EnrolmentEndpoints {
    public static let all: [Endpoint] = [
        Endpoint(
            "GET", "enrolments", Label("入网邀请与密钥", "Invitations and keys of the seats below"),
            needs: .right(.view, .enrolments), .read(list)),
        Endpoint(
            "POST", "enrolments", Label("邀请下级入网", "Invite a seat below"),
            needs: .right(.config, .enrolments), body: "{seat: division code, again: bool}",
            .write(invite)),
        Endpoint(
            "POST", "enrolments/{seat}/confirm", Label("核对指纹后确认", "Confirm a key whose fingerprint was compared"),
            needs: .right(.config, .enrolments),
            body: "{fingerprint: hexadecimal}", .write(confirm)),
        Endpoint(
            "POST", "enrolments/{seat}/revoke", Label("吊销下级的密钥", "Take the key of a seat away"),
            needs: .right(.config, .enrolments),
            body: """
                {reason: text, position: end of the last seal of its log that stays, or all that is held, life: in which, \
                or the last}
                """, .write(revoke)
        ),
        Endpoint(
            "POST", "enrolments/requests", Label("收下文件形式的入网申请", "Take a request that came as a file"),
            needs: .right(.config, .enrolments),
            body: "{request: hexadecimal}", .write(take)),
    ]

    /// An invitation as a file: what `enrol join` reads.
    public struct InvitationFile: Codable, Sendable {
        public let federation: String
        public let seat: String
        public let parent: String
        public let address: String
        public let code: String
        public let root: String
        public let tlsCertificate: String
        public let expiresMilliseconds: Int64
        /// Of a node that lost its key or its disk.
        public let node: String?

        /// Nil when a field is not what it should be.
        public var invitation: Invitation? {
            get throws {
                guard let federation = FederationID(hex: federation), let parent = NodeID(hex: parent),
                    let code = Hex.decode(code), let root = Hex.decode(root)
                else { return nil }
                let holder = node.flatMap { NodeID(hex: $0) }
                guard (holder == nil) == (node == nil) else { return nil }
                return Invitation(
                    federation: federation, seat: seat, parent: parent, code: code,
                    root: try Certificate(decoding: root[...]), expires: expiresMilliseconds, node: holder)
            }
        }
    }

    @Sendable static func invite(_ call: Call, _ tx: borrowing Transaction) throws -> (Reply, [Effect]) {
        struct Body: Decodable { let seat: String; let again: Bool? }
        let body: Body = try call.decode()
        let invitation = try Enrolment(call.enrolled()).invite(
            seat: body.seat, isAgain: body.again ?? false, by: call.actor(), in: tx)
        let file = InvitationFile(
            federation: invitation.federation.description, seat: invitation.seat, parent: invitation.parent.description,
            address: call.host.address, code: Hex.encode(invitation.code), root: Hex.encode(invitation.root.message.encoded),
            tlsCertificate: call.host.tlsCertificate, expiresMilliseconds: invitation.expires,
            node: invitation.node?.description)
        return (try Reply(file, status: 201), [])
    }

    @Sendable static func confirm(_ call: Call, _ tx: borrowing Transaction) throws -> (Reply, [Effect]) {
        struct Body: Decodable { let fingerprint: String }
        let body: Body = try call.decode()
        guard let fingerprint = KeyID(hex: body.fingerprint.replacing(" ", with: "")) else {
            throw NodeError(.badRequest, "指纹是 32 位十六进制数", "a fingerprint has 32 hexadecimal digits")
        }
        let seat = call.path["seat"] ?? ""
        let effects = try Enrolment(call.enrolled()).confirm(
            seat: seat, fingerprint: fingerprint, by: call.actor(), in: tx)
        return (try Reply(["seat": seat, "state": "enrolled"]), effects)
    }

    @Sendable static func revoke(_ call: Call, _ tx: borrowing Transaction) throws -> (Reply, [Effect]) {
        struct Body: Decodable { let reason: String; let position: UInt64?; let life: String? }
        let body: Body = try call.decode()
        let seat = call.path["seat"] ?? ""
        let life = try body.life.map { text in
            guard let life = Incarnation(hex: text) else {
                throw NodeError(.badRequest, "一世的编号是 16 位十六进制数", "a life has 16 hexadecimal digits")
            }
            return life
        }
        guard life == nil || body.position != nil else {
            throw NodeError(.badRequest, "指明哪一世时也要指明位置", "with a life goes the position in it")
        }
        let effects = try Enrolment(call.enrolled()).revoke(
            seat: seat, trusted: body.position.map { TrustedEnd(life: life, position: $0) }, reason: body.reason,
            by: call.actor(), in: tx)
        return (try Reply(["seat": seat, "state": "revoked"]), effects)
    }

    /// `statements` is there once the key is confirmed: the answer goes back as a file.
    public struct TakenRequest: Codable, Sendable {
        public let seat: String
        public let fingerprint: String
        public let statements: [String]?
    }

    @Sendable static func take(_ call: Call, _ tx: borrowing Transaction) throws -> (Reply, [Effect]) {
        struct Body: Decodable { let request: String }
        let body: Body = try call.decode()
        let engine = try call.enrolled()
        guard let bytes = Hex.decode(body.request) else {
            throw NodeError(.badRequest, "不是入网申请文件", "that is no enrolment request")
        }
        let request = try EnrolmentRequest(verifying: bytes, in: engine.identity.federation)
        let statements = try Enrolment(engine).accept(request, in: tx)
        return (
            try Reply(
                TakenRequest(
                    seat: request.seat, fingerprint: request.key.id.description,
                    statements: statements?.map { Hex.encode($0.message.encoded) })), []
        )
    }

    @Sendable static func list(_ call: Call, _ snapshot: borrowing Snapshot) throws -> Reply {
        struct Line: Encodable { let seat, state: String; let atMilliseconds: Int64?; let fingerprint: String? }
        return try Reply(
            try Enrolment(call.enrolled()).list(in: snapshot).map {
                Line(
                    seat: $0.seat, state: $0.state, atMilliseconds: $0.milliseconds,
                    fingerprint: $0.fingerprint?.description)
            })
    }
}
