internal import Foundation
internal import Hummingbird
internal import NodeCore
internal import NodeFiles
internal import SyncProtocol

/// The copy of what stays at home: made and sent, fetched and taken in again.
extension LocalListener {
    static let ofHomeCopy: [Endpoint] = [
        Endpoint(
            "POST", "home-copy/send", Label("把只在本级的内容加密存到上级", "Send what stays at home to the parent, sealed"),
            needs: .right(.config, .backups),
            .write { _, _ in throw needsProcess }),
        Endpoint(
            "POST", "home-copy/fetch", Label("从上级取回副本文件", "Fetch the copy from the parent, as a file"),
            needs: .right(.config, .backups),
            body: "{into: file}", .write { _, _ in throw needsProcess }),
        Endpoint(
            "POST", "home-copy/adopt", Label("把打开的副本并入本节点", "Take an opened copy in"), needs: .right(.config, .backups),
            body: "CBOR: array(2) of bstr, the signed manifest and the content", .write { _, _ in throw needsProcess }),
    ]

    struct Sent: Codable {
        let bytes: Int
    }

    struct Adopted: Codable {
        let drafts: Int
        let completed: Int
        let passedOver: Int
    }

    func sendCopy() async throws -> Response {
        Web.json(200, try Reply(Sent(bytes: try await node.copyHome(through: uplink))).json)
    }

    func fetchCopy(_ body: [UInt8]) async throws -> Response {
        struct Body: Decodable { let into: String }
        let path = try LocalListener.decode(Body.self, body).into
        return Web.json(201, try Reply(Sent(bytes: try await uplink.fetchCopy(into: path))).json)
    }

    func adoptCopy(_ body: [UInt8], by name: String?) async throws -> Response {
        let (manifest, content): ([UInt8], [UInt8])
        do {
            var reader = CanonicalReader(body)
            try reader.array(exactly: 2)
            manifest = Array(try reader.byteString())
            content = Array(try reader.byteString())
            try reader.expectEnd()
        } catch is ProtocolError {
            throw NodeError(.badRequest, "请求内容无法识别", "the body is not what this asks for")
        }
        let adopted = try await node.adopt(manifest, content, by: LocalListener.actor(name))
        return Web.json(
            200,
            try Reply(
                Adopted(drafts: adopted.drafts, completed: adopted.completed, passedOver: adopted.passedOver)
            ).json)
    }
}
