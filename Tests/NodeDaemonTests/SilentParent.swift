import Foundation
import Hummingbird
import HummingbirdTLS
import Logging
import NodeCore
import ServiceLifecycle
import SyncProtocol

@testable import NodeDaemon

/// Takes calls over TLS and answers none of them.
struct SilentParent: Sendable {
    let address: ParentAddress
    private let port: Int
    private let key: String
    private let calls = AsyncStream<Void>.makeStream()
    private let end = AsyncStream<Void>.makeStream()

    init() throws {
        port = try FreePort.take()
        let tls = try TestFolder.certificate.get()
        key = tls.keyPEM
        address = ParentAddress(address: "127.0.0.1:\(port)", tlsCertificate: tls.certificatePEM)
    }

    /// Returns when somebody has called.
    func called() async { for await _ in calls.stream { return } }

    /// Runs while `body` does.
    func serve(_ body: @escaping @Sendable () async throws -> Void) async throws {
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let (calls, end) = (calls.continuation, end)
        let application = Application(
            responder: CallbackResponder { (_: Request, _: BasicRequestContext) in
                calls.yield()
                for await _ in end.stream {}
                return Response(status: .serviceUnavailable)
            },
            server: try .tls(.http1(), tlsConfiguration: Web.tls(certificate: address.tlsCertificate, key: key)),
            configuration: .init(address: .hostname("127.0.0.1", port: port), serverName: nil), logger: logger)
        let services = ServiceGroup(configuration: .init(services: [application], logger: logger))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await services.run() }
            let outcome: Result<Void, any Error>
            do { outcome = .success(try await body()) } catch { outcome = .failure(error) }
            end.continuation.finish()
            await services.triggerGracefulShutdown()
            try await group.waitForAll()
            try outcome.get()
        }
    }
}
