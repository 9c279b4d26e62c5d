internal import AsyncHTTPClient
internal import Foundation
internal import NIOCore
internal import NIOHTTP1
internal import NodeCore
internal import SyncProtocol

/// How a node comes into the federation, and gets a new key.
extension Uplink {
    // MARK: A new key

    /// Gets a new key certified by the parent and puts it to use. Returns its name.
    func rotate() async throws -> KeyID {
        guard let (work, client) = try await work() else {
            throw NodeError(.notAllowed, "本节点没有上级：全国节点的密钥由根密钥更换", "this node has no parent: the root certifies its key")
        }
        do {
            let rotation = try await node.rotation()
            let session = try await greet(work)
            let reply = try await session.call(.POST, "/sync/rotate", rotation.message.encoded)
            try await client.shutdown()
            try await node.handle(.statements(try StatementList.decode(reply.body), from: work.link.peer.node))
            return rotation.key.id
        } catch let refusal as ParentRefusal {
            try await client.shutdown()
            throw NodeError(.notAllowed, "上级拒绝：\(refusal.reason)", "the parent refused: \(refusal.reason)")
        } catch let error as ProtocolError {
            try await client.shutdown()
            throw error
        } catch let error as NodeError {
            try await client.shutdown()
            throw error
        } catch {
            try await client.shutdown()
            throw NodeError(
                .unreachable, "联系不上上级；新密钥已备好，没有线路时由下一次 bundle export 带去申请",
                "the parent is not reachable; the new key is ready, and without a line the next bundle export asks for it"
            )
        }
    }

    // MARK: Joining

    /// What `enrol join` sends: the invitation, and the parent's answer where it came as a file.
    struct Joining: Decodable {
        let invitation: EnrolmentEndpoints.InvitationFile
        /// Hexadecimal.
        let statements: [String]?

        func known() throws -> Invitation {
            guard let known = try invitation.invitation else {
                throw NodeError(.badRequest, "不是有效的邀请文件", "that is not an invitation")
            }
            return known
        }
    }

    /// The request as it would be sent, for a parent without a line to it; and the fingerprint to compare.
    func request(_ body: [UInt8]) async throws -> EnrolmentRequest {
        try await node.request(for: try Uplink.joining(body).known())
    }

    static func joining(_ body: [UInt8]) throws -> Joining {
        do { return try JSONDecoder().decode(Joining.self, from: Data(body)) } catch is DecodingError {
            throw NodeError(.badRequest, "不是有效的邀请文件", "that is not an invitation")
        }
    }

    /// Enrols this node; the fingerprint to compare while a person at the parent has yet to confirm it, nil when it is done.
    func join(_ body: [UInt8]) async throws -> KeyID? {
        let joining = try Uplink.joining(body)
        let invitation = try joining.known()
        let address = ParentAddress(
            address: joining.invitation.address, tlsCertificate: joining.invitation.tlsCertificate)
        let request = try await node.request(for: invitation)
        do {
            var statements = try joining.statements.map { try Uplink.statements($0) }
            if statements == nil { statements = try await ask(request, at: address) }
            guard let statements else { return request.key.id }
            try address.save(addressPath)
            Failpoint.joinAddressSaved.reach()
            try await node.complete(invitation, statements)
        } catch let error as ProtocolError {
            throw NodeError(.invalid, "上级的答复无效：\(error.reason)", "the parent's answer is not valid: \(error.reason)")
        }
        await hurry()
        return nil
    }

    static func statements(_ texts: [String]) throws -> [TrustStatement] {
        try texts.map { text in
            guard let bytes = Hex.decode(text) else { throw ProtocolError(.malformed, "not hexadecimal") }
            return try TrustStatement(decoding: bytes[...])
        }
    }

    /// Nil while the parent's administrator has not confirmed.
    func ask(_ request: EnrolmentRequest, at address: ParentAddress) async throws -> [TrustStatement]? {
        let client = try Uplink.client(address)
        do {
            let answer: (status: Int, sealed: Bool, body: [UInt8], retryAfter: Int?)
            do {
                answer = try await ParentClient(client: client, address: address.address).call(
                    .POST, "/sync/enrol", request.message.encoded)
            } catch {
                try await client.shutdown()
                throw error
            }
            try await client.shutdown()
            switch answer.status {
            case 200: return try StatementList.decode(answer.body)
            case 202: return nil
            default:
                let refusal = ParentClient.refusal(answer.status, answer.body)
                throw NodeError(
                    NodeError.Code(rawValue: refusal.code) ?? .invalid, "上级拒绝入网：\(refusal.reason)",
                    "the parent refused: \(refusal.reason)")
            }
        } catch let error as NodeError {
            throw error
        } catch let error as ProtocolError {
            throw error
        } catch {
            throw NodeError(
                .unreachable, "联系不上上级 \(address.address)", "the parent at \(address.address) is not reachable: \(error)")
        }
    }
}
