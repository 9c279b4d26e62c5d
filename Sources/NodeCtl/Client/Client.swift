import AsyncHTTPClient
import BusinessModules
import Foundation
import NIOCore
import NIOHTTP1
import NodeCore
import NodeFiles

/// An answer of a node: its bytes as they came, and read.
struct Received: Sendable {
    let bytes: [UInt8]
    let value: JSONValue

    init(_ bytes: [UInt8]) throws {
        self.bytes = bytes
        value = try JSONValue(bytes)
    }

    func decode<Value: Decodable>(_ type: Value.Type = Value.self) throws -> Value {
        do { return try JSONDecoder().decode(type, from: Data(bytes)) } catch {
            throw NodeError(.invalid, "答复的形式出乎意料", "the answer has an unexpected shape: \(error)")
        }
    }
}

/// Speaks to the node of a folder: to its daemon over the socket, or, for questions, to its store while no daemon runs.
struct Client: Sendable {
    let folder: String
    /// Who acts.
    let person: String

    private static let answerBytesMax = 1_024 * 1_024 * 1_024
    /// Long work, such as a large import, holds the answer back; a daemon that went away ends the wait by itself.
    private static let wait = TimeAmount.hours(2)

    /// Absolute, since the socket's address is made from it.
    private var socketPath: String { URL(fileURLWithPath: folder).standardizedFileURL.path + "/api.sock" }

    var isRunning: Bool { SocketProbe.isListening(socketPath) }

    /// Asks; answers also when the node is stopped.
    func get(_ path: String, _ query: [String: String] = [:]) async throws -> Received {
        try await call("GET", path, query, nil, isQuestion: true)
    }

    /// A question that is too long for an address.
    func ask(_ path: String, _ body: some Encodable) async throws -> Received {
        try await call("POST", path, [:], body.json(), isQuestion: true)
    }

    /// Changes something; needs the daemon.
    func send(
        _ method: String, _ path: String, _ query: [String: String] = [:], body: [UInt8]? = nil
    ) async throws -> Received {
        try await call(method, path, query, body, isQuestion: false)
    }

    private func call(
        _ method: String, _ path: String, _ query: [String: String], _ body: [UInt8]?, isQuestion: Bool
    ) async throws -> Received {
        let (status, bytes): (Int, [UInt8])
        if isRunning {
            (status, bytes) = try await request(method, "/api/v1/" + Client.encoded(path, query), body ?? [])
        } else {
            let node = try NodeFolder.open(folder)
            guard isQuestion else {
                throw NodeError(
                    .unreachable, "此操作需要节点在运行，而 \(socketPath) 无人监听：请先启动 noded",
                    "this needs a running node, and nobody listens on \(socketPath): start noded first")
            }
            (status, bytes) = try StoppedNode.answer(
                API.Request(method, path, query: query, body: body ?? [], principal: Principal(person)), node)
        }
        guard status >= 400 else { return try Received(bytes) }
        throw Client.refusal(status, bytes)
    }

    /// The status of a path outside the API (`/healthz`, `/readyz`).
    func status(_ path: String) async throws -> Int { try await request("GET", path, []).status }

    private func request(_ method: String, _ path: String, _ body: [UInt8]) async throws -> (status: Int, bytes: [UInt8]) {
        let socket = Client.encoded(socketPath)
        var request = HTTPClientRequest(url: "http+unix://\(socket)\(path)")
        request.method = HTTPMethod(rawValue: method)
        request.headers.add(name: "Host", value: "localhost")
        if !person.isEmpty { request.headers.add(name: "Bangfu-Actor", value: Client.encoded(person)) }
        if !body.isEmpty {
            request.headers.add(name: "Content-Type", value: "application/json")
            request.body = .bytes(body)
        }
        do {
            let response = try await HTTPClient.shared.execute(request, timeout: Client.wait)
            let buffer = try await response.body.collect(upTo: Client.answerBytesMax)
            return (Int(response.status.code), Array(buffer.readableBytesView))
        } catch {
            throw NodeError(
                .unreachable, "与节点的连接中断（\(socketPath)）", "the connection to the node broke (\(socketPath)): \(error)")
        }
    }

    private static func refusal(_ status: Int, _ bytes: [UInt8]) -> NodeError {
        do {
            let refusal = try JSONDecoder().decode(API.Refusal.self, from: Data(bytes))
            return NodeError(NodeError.Code(rawValue: refusal.code) ?? .invalid, refusal.zh, refusal.en)
        } catch {
            return NodeError(.invalid, "节点拒绝了请求（HTTP \(status)）", "the node refused the request (HTTP \(status))")
        }
    }

    // MARK: Addresses

    private static func encoded(_ path: String, _ query: [String: String]) -> String {
        let segments = path.split(separator: "/").map { encoded(String($0)) }.joined(separator: "/")
        let pairs = query.sorted { $0.key < $1.key }.map { "\($0.key)=\(encoded($0.value))" }
        return pairs.isEmpty ? segments : segments + "?" + pairs.joined(separator: "&")
    }

    /// RFC 3986: everything but the unreserved characters.
    static func encoded(_ text: String) -> String {
        var encoded = ""
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E:
                encoded.append(Character(UnicodeScalar(byte)))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                encoded += digits.count == 1 ? "%0" + digits : "%" + digits
            }
        }
        return encoded
    }
}
