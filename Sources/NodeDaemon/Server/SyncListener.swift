internal import HTTPTypes
internal import Hummingbird
internal import HummingbirdCore
internal import HummingbirdTLS
internal import Logging
internal import NIOCore
internal import NIOSSL
internal import NodeCore
internal import SyncProtocol

/// The network side: `/sync/...` for children and `/healthz` for whoever watches. Nothing else is answered here.
struct SyncListener: Sendable {
    let service: SyncService

    static let sessionHeader = HTTPField.Name("Bangfu-Session")
    static let counterHeader = HTTPField.Name("Bangfu-Counter")
    /// The sealed empty body of a request that has none.
    static let sealHeader = HTTPField.Name("Bangfu-Seal")
    static let sealedHeader = HTTPField.Name("Bangfu-Sealed")

    /// One upload part and its seal.
    private static let bodyBytesMax = 512 * 1_024

    func application(host: String, port: Int, certificate: String, key: String, logger: Logger) throws
        -> some ApplicationProtocol
    {
        let tls = try Web.tls(certificate: certificate, key: key)
        return Application(
            responder: CallbackResponder { (request: Request, _: BasicRequestContext) in await answer(request) },
            server: try .tls(.http1(configuration: .init(idleTimeout: .seconds(120))), tlsConfiguration: tls),
            configuration: .init(address: .hostname(host, port: port), serverName: nil), logger: logger)
    }

    private func answer(_ request: Request) async -> Response {
        let path = request.uri.path
        if path == "/healthz" { return Web.text(.ok, "ok\n") }
        guard path.hasPrefix("/sync/") else { return Web.text(.notFound, "") }
        let body: [UInt8]
        do {
            body = [UInt8](buffer: try await request.body.collect(upTo: SyncListener.bodyBytesMax))
        } catch {
            return Web.text(.contentTooLarge, "")
        }
        let isSealed = SyncListener.value(request, SyncListener.sessionHeader) != nil
        switch (request.method, path) {
        case (.get, "/sync/challenge"): return respond(await service.challenge())
        case (.post, "/sync/hello"): return respond(await service.hello(body))
        case (.get, "/sync/trust") where !isSealed: return respond(service.path(of: Web.query(request.uri)["node"]))
        case (.post, "/sync/trust") where !isSealed: return respond(await service.learn(body))
        case (.post, "/sync/enrol"): return respond(await service.enrol(body))
        default: return await sealed(request, path, body)
        }
    }

    private func sealed(_ request: Request, _ path: String, _ body: [UInt8]) async -> Response {
        guard let name = SyncListener.value(request, SyncListener.sessionHeader).flatMap(Hex.decode),
            let counter = SyncListener.value(request, SyncListener.counterHeader).flatMap({ UInt64($0) })
        else { return Web.text(.unauthorized, "") }
        let seal = SyncListener.value(request, SyncListener.sealHeader).flatMap(Hex.decode) ?? []
        let target = SyncService.Target(
            path: path, query: Web.query(request.uri), text: request.uri.string)
        let (answer, isSealed) = await service.sealed(
            name, counter, request.method.rawValue, target, body.isEmpty ? seal : body)
        var response = respond(answer)
        if isSealed, let header = SyncListener.sealedHeader { response.headers[header] = "1" }
        return response
    }

    private func respond(_ answer: SyncService.Answer) -> Response {
        var headers = HTTPFields()
        headers[.contentType] = "application/cbor"
        if let seconds = Web.retryAfter(answer.status) { headers[.retryAfter] = String(seconds) }
        return Response(
            status: .init(code: answer.status), headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: answer.body)))
    }

    private static func value(_ request: Request, _ name: HTTPField.Name?) -> String? {
        name.flatMap { request.headers[$0] }
    }
}

/// Small things that listeners need.
enum Web {
    /// What a listener shows, both in PEM.
    static func tls(certificate: String, key: String) throws -> TLSConfiguration {
        let chain = try NIOSSLCertificate.fromPEMBytes(Array(certificate.utf8))
        var tls = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) },
            privateKey: .privateKey(try NIOSSLPrivateKey(bytes: Array(key.utf8), format: .pem)))
        tls.minimumTLSVersion = .tlsv12
        // A caller that does not say goodbye must not hold up the stop.
        tls.shutdownTimeout = .milliseconds(500)
        return tls
    }

    /// Seconds until it makes sense to ask again; nil where that depends on something else.
    static func retryAfter(_ status: Int) -> Int? {
        switch status {
        case 429: 10
        case 503: 5
        case 507: 60
        default: nil
        }
    }

    static func text(_ status: HTTPResponse.Status, _ text: String, type: String = "text/plain; charset=utf-8") -> Response {
        var headers = HTTPFields()
        headers[.contentType] = type
        return Response(status: status, headers: headers, body: .init(byteBuffer: ByteBuffer(string: text)))
    }

    static func json(_ status: Int, _ bytes: [UInt8]) -> Response {
        var headers = HTTPFields()
        headers[.contentType] = "application/json"
        return Response(status: .init(code: status), headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
    }

    /// The first value of each parameter.
    static func query(_ uri: URI) -> [String: String] {
        var query = [String: String]()
        for (name, value) in uri.queryParameters where query[String(name)] == nil { query[String(name)] = String(value) }
        return query
    }
}
