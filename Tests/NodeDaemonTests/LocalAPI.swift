import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import NodeCore

/// The Unix socket of one node, asked as `nodectl` asks it.
struct LocalAPI: Sendable {
    let socket: String

    struct Answer: Sendable {
        let status: Int
        let body: [UInt8]

        var text: String { String(decoding: body, as: UTF8.self) }

        func decode<Value: Decodable>(_ type: Value.Type = Value.self) throws -> Value {
            try JSONDecoder().decode(type, from: Data(body))
        }

        /// The code of a refusal.
        var code: String { get throws { try decode(API.Refusal.self).code } }
    }

    func call(
        _ method: String, _ path: String, _ body: [UInt8] = [], actor: String? = "test",
        within time: TimeAmount = .seconds(15)
    ) async throws -> Answer {
        let host = socket.replacing("/", with: "%2F")
        var request = HTTPClientRequest(url: "http+unix://\(host)\(path)")
        request.method = HTTPMethod(rawValue: method)
        request.headers.add(name: "Host", value: "localhost")
        if let actor { request.headers.add(name: "Bangfu-Actor", value: actor) }
        if !body.isEmpty { request.body = .bytes(body) }
        let response = try await HTTPClient.shared.execute(request, timeout: time)
        let bytes = try await response.body.collect(upTo: 64 * 1_024 * 1_024)
        return Answer(status: Int(response.status.code), body: Array(buffer: bytes))
    }

    func get(_ path: String) async throws -> Answer { try await call("GET", path) }

    func post(_ path: String, _ body: some Encodable) async throws -> Answer {
        try await call("POST", path, [UInt8](try JSONEncoder().encode(body)))
    }

    /// The client itself tries to connect until the socket is there; connections that an earlier process left are used up.
    func waitUntilHealthy() async throws {
        var failure: any Error = NodeError(.unreachable, "节点未能启动", "the node did not come up")
        for _ in 0..<4 {
            do {
                if try await get("/healthz").status == 200 { return }
            } catch let error as CancellationError {
                throw error
            } catch {
                failure = error
            }
        }
        throw failure
    }

    /// The value of one metric with its labels; 0 when it is not there.
    func metric(_ name: String) async throws -> Int { LocalAPI.metric(name, in: try await get("/metrics").text) }

    static func metric(_ name: String, in text: String) -> Int {
        let line = text.split(separator: "\n").first { $0.hasPrefix(name + " ") }
        return line.flatMap { Int($0.dropFirst(name.count + 1)) } ?? 0
    }

    func quarantine() async throws -> [NodeEndpoints.RefusedView] {
        try await get("/api/v1/sync/quarantine?limit=10000").decode()
    }

    func links() async throws -> [NodeEndpoints.LinkView] { try await get("/api/v1/sync/status").decode() }

    /// Everything of the store that a changeset may write, as it is shown.
    func content() async throws -> [String] {
        [
            try await get("/api/v1/digest").text, try await get("/api/v1/log/seals").text,
            try await get("/api/v1/records/worker_file?limit=10000").text,
        ]
    }

    func recordCount() async throws -> Int {
        struct Page: Decodable {
            struct Item: Decodable { let id: String }
            let items: [Item]
        }
        return try await get("/api/v1/records/worker_file?limit=10000").decode(Page.self).items.count
    }
}
