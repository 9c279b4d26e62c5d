import AsyncHTTPClient
import Foundation
import Logging
import NIOCore
import NIOHTTP1
import NodeCore
import NodeFiles
import ServiceLifecycle
import SyncProtocol
import Testing

@testable import NodeDaemon

@Suite struct WebListenerTests {
    /// The console of a running node, asked over HTTPS.
    private struct Console: Sendable {
        let origin: String
        let client: HTTPClient

        func call(_ method: HTTPMethod, _ path: String, _ body: String? = nil) async throws -> (
            status: Int, type: String, text: String
        ) {
            var request = HTTPClientRequest(url: origin + path)
            request.method = method
            if let body { request.body = .bytes(ByteBuffer(string: body)) }
            let response = try await client.execute(request, timeout: .seconds(30))
            let bytes = try await response.body.collect(upTo: 1 << 20)
            return (Int(response.status.code), response.headers.first(name: "Content-Type") ?? "", String(buffer: bytes))
        }

        static func run(_ body: @escaping @Sendable (Console) async throws -> Void) async throws {
            try await TestNode.run("370200") { city in
                let port = try FreePort.take()
                let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
                let certificate = try city.folder.tlsCertificate()
                let web = try WebListener(node: city.node, assets: AssetStore(folder: nil)).application(
                    host: "127.0.0.1", port: port, certificate: certificate, key: city.folder.tlsKey(), logger: logger)
                let services = ServiceGroup(configuration: .init(services: [web], logger: logger))
                let address = "127.0.0.1:\(port)"
                let client = try Uplink.client(ParentAddress(address: address, tlsCertificate: certificate))
                try await serve(services, Console(origin: "https://\(address)", client: client), body)
            }
        }

        private static func serve(
            _ services: ServiceGroup, _ console: Console, _ body: @escaping @Sendable (Console) async throws -> Void
        ) async throws {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await services.run() }
                let outcome: Result<Void, any Error>
                do { outcome = .success(try await body(console)) } catch { outcome = .failure(error) }
                try await console.client.shutdown()
                await services.triggerGracefulShutdown()
                try await group.waitForAll()
                try outcome.get()
            }
        }
    }

    @Test func `a program is refused as JSON whatever refuses it, and a person as a page`() async throws {
        try await Console.run { console in
            // No writer of an office calls three hundred times a minute.
            var last = try await console.call(.POST, "/api/v1/sign-in", "{}")
            for _ in 0..<300 where last.status != 429 { last = try await console.call(.POST, "/api/v1/sign-in", "{}") }
            #expect(last.status == 429 && last.type.hasPrefix("application/json"))
            let refusal = try JSONDecoder().decode(API.Refusal.self, from: Data(last.text.utf8))
            #expect(refusal.code == NodeError.Code.tooMany.rawValue && !refusal.zh.isEmpty && !refusal.en.isEmpty)
            let form = try await console.call(.POST, "/sign-in", "login=a")
            #expect(form.status == 429 && form.type.hasPrefix("text/html"))
            let reading = try await console.call(.GET, "/api/v1/own")
            #expect(reading.status == 401, "reading goes on")
        }
    }
}
