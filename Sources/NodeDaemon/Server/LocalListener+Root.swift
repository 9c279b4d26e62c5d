internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import NodeCore
internal import SyncProtocol

/// The national node's key: what goes to the holders of the root's parts, and what comes back.
extension LocalListener {
    static let ofRoot: [Endpoint] = [
        Endpoint(
            "POST", "root-key/request", Label("请根密钥签发新密钥", "Ask the root for a new key of the national node"),
            needs: .right(.config, .keys),
            body: "{theft: why the present key is taken away; left out when the key is only changed}",
            .write { _, _ in throw needsProcess }),
        Endpoint(
            "POST", "root-key/answer", Label("收下根的答复", "Take the root's answer in"),
            needs: .right(.config, .keys), body: "{statements: [hexadecimal]}",
            .write { _, _ in throw needsProcess }),
    ]

    struct RootAsked: Codable {
        let federation: String
        let root: String
        let statements: [String]
        /// Of the new key: to be compared before the root signs.
        let fingerprint: String
    }

    func askRoot(_ body: [UInt8], by name: String?) async throws -> Response {
        struct Body: Decodable { let theft: String? }
        let theft = try LocalListener.decode(Body.self, body).theft
        let request = try await node.rootRequest(theft: theft, by: LocalListener.actor(name))
        let asked = RootAsked(
            federation: request.federation.description, root: Hex.encode(request.root.message.encoded),
            statements: request.statements.map { Hex.encode($0.message.encoded) },
            fingerprint: request.certificate.key.id.description)
        return Web.json(201, try Reply(asked).json)
    }

    func admitRoot(_ body: [UInt8], by name: String?) async throws -> Response {
        struct Body: Decodable { let statements: [String] }
        let texts = try LocalListener.decode(Body.self, body).statements
        let statements: [TrustStatement]
        do { statements = try Uplink.statements(texts) } catch let error as ProtocolError {
            throw NodeError(.badRequest, "不是根的答复：\(error.reason)", "that is no answer of the root: \(error.reason)")
        }
        let key = try await node.admit(statements, by: LocalListener.actor(name))
        return Web.json(200, try Reply(["fingerprint": key.description]).json)
    }

    static func actor(_ name: String?) throws -> Principal {
        guard let name, !name.isEmpty else { throw NodeError(.badRequest, "请写明经办人", "name the acting person") }
        return Principal(name)
    }

    static func decode<Body: Decodable>(_ type: Body.Type, _ body: [UInt8]) throws -> Body {
        do { return try JSONDecoder().decode(type, from: Data(body)) } catch {
            throw NodeError(.badRequest, "请求内容无法识别", "the body is not what this asks for")
        }
    }
}
