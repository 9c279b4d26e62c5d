internal import BusinessModules
internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import HummingbirdCore
internal import HummingbirdTLS
internal import Logging
internal import NIOCore
internal import NodeCore
internal import Site

/// The console, the portal and the JSON API for people and programs of the office: HTTPS, from the local authority's
/// certificate.
struct WebListener: Sendable {
    let node: Node
    let site: Site
    let assets: AssetStore
    let gate = RateGate()

    private static let apiPrefix = "/api/v1/"

    init(node: Node, assets: AssetStore) throws {
        self.node = node
        self.assets = assets
        site = try Site(modules: Catalog.modules, assets: assets.index)
    }

    func application(host: String, port: Int, certificate: String, key: String, logger: Logger) throws
        -> some ApplicationProtocol
    {
        let tls = try Web.tls(certificate: certificate, key: key)
        return Application(
            responder: CallbackResponder { (request: Request, context: WebContext) in await answer(request, context.source)
            },
            server: try .tls(.http1(configuration: .init(idleTimeout: .seconds(60))), tlsConfiguration: tls),
            configuration: .init(address: .hostname(host, port: port), serverName: nil), logger: logger)
    }

    // MARK: One request

    private func answer(_ request: Request, _ source: String) async -> Response {
        let path = request.uri.path
        if path == "/healthz" { return Web.text(.ok, "ok\n") }
        if let file = assets.file(path) { return asset(file, request) }
        let read: WebRequest
        do {
            read = try await webRequest(request, source)
        } catch let error as NodeError {
            return respond(failure(error, .init("GET", path, milliseconds: Node.moment().milliseconds)), request)
        } catch {
            node.logger.info("a request did not arrive whole", metadata: ["path": "\(path)", "error": "\(error)"])
            return Web.text(.badRequest, "")
        }
        do {
            if path.hasPrefix(WebListener.apiPrefix) { return try await call(read, request) }
            let reply = try await run(read)
            return respond(reply, request)
        } catch let error as NodeError {
            if error.code.status >= 500 {
                node.metrics.add("bangfu_web_failures_total", labels: ["code": error.code.rawValue])
            }
            return respond(failure(error, read), request)
        } catch {
            node.logger.error("a page failed", metadata: ["path": "\(path)", "error": "\(error)"])
            let inner = NodeError(.storeBroken, "内部错误，详见日志", "an internal error: see the log")
            return respond(failure(inner, read), request)
        }
    }

    private func run(_ request: WebRequest) async throws -> WebReply {
        if request.isWriting { try gate.admit(request.source, at: request.milliseconds) }
        try await keepAlive(request)
        switch site.plan(request) {
        case .read:
            return try await Offload.run { [store = node.store, site] in
                try store.read { try site.read(request, surroundings, in: $0) }
            }
        case .write: return try await node.page { try site.write(request, surroundings, in: $0) }
        case .staged:
            let staged = try await Offload.run { [store = node.store, site] in
                try store.read { try site.begin(request, surroundings, in: $0) }
            }
            let finish = try await node.passwords.run { try staged.work() }
            return try await node.page { try finish($0) }
        }
    }

    /// A session that is used does not run out; written down once a minute.
    private func keepAlive(_ request: WebRequest) async throws {
        let due = try await Offload.run { [store = node.store] in
            try store.read { try Site.sessionToTouch(request, in: $0) }
        }
        if let due { try await node.touch(due) }
    }

    private var surroundings: Surroundings {
        Surroundings(
            engine: node.engine, charter: Catalog.charter, host: node.host, entropy: { Node.moment().entropy($0) })
    }

    /// A page for people, and for programs the document that the API's own refusals are.
    private func failure(_ error: NodeError, _ request: WebRequest) -> WebReply {
        do {
            guard request.path.hasPrefix(WebListener.apiPrefix) else {
                return try site.refusal(error, request, surroundings)
            }
            return WebListener.json(try Reply(API.Refusal(error), status: error.code.status))
        } catch {
            return WebReply(500, "text/plain; charset=utf-8", "\(error)".utf8)
        }
    }

    // MARK: The API

    private func call(_ read: WebRequest, _ request: Request) async throws -> Response {
        let route = String(read.path.dropFirst(WebListener.apiPrefix.count))
        if route == "openapi.json" { return Web.json(200, try LocalListener.openAPI(version: node.host.version)) }
        if read.isWriting { try gate.admit(read.source, at: read.milliseconds) }
        let session = try await Offload.run { [store = node.store] in
            try store.read { try Site.caller(read, in: $0) }
        }
        let reply: Reply
        do {
            var query = [String: String]()
            for item in read.query.items where query[item.name] == nil { query[item.name] = item.value }
            reply = try await node.answer(
                .init(read.method, route, query: query, body: read.body, session: session, source: read.source))
        } catch let error as NodeError {
            reply = try Reply(API.Refusal(error), status: error.code.status)
        }
        return respond(WebListener.json(reply), request)
    }

    private static func json(_ reply: Reply) -> WebReply {
        WebReply(reply.status, "application/json; charset=utf-8", reply.json)
    }

    // MARK: Between the library and plain values

    private static let heeded = [
        "host", "origin", "content-type", "sec-fetch-site", "authorization", "x-csrf-token",
        "x-requested-with",
    ]

    private func webRequest(_ request: Request, _ source: String) async throws -> WebRequest {
        let isUpload = request.headers[.contentType]?.hasPrefix("multipart/form-data") == true
        let isCall = request.uri.path.hasPrefix(WebListener.apiPrefix)
        let limit = isUpload || isCall ? SiteLimits.uploadBytes : SiteLimits.formBytes
        let body: [UInt8]
        do { body = [UInt8](buffer: try await request.body.collect(upTo: limit)) } catch is NIOTooManyBytesError {
            throw NodeError(.tooLarge, "发送的内容过大", "what was sent is too large")
        }
        guard let path = request.uri.path.removingPercentEncoding, let query = Form(encoded: request.uri.query ?? "") else {
            throw NodeError(.badRequest, "地址无法读取", "the address does not read")
        }
        var headers = [String: String]()
        for name in WebListener.heeded {
            if let field = HTTPField.Name(name) { headers[name] = request.headers[field] }
        }
        headers["host"] = request.head.authority ?? headers["host"]
        return WebRequest(
            request.method.rawValue, path, query: query, headers: headers, cookies: WebListener.cookies(request), body: body,
            source: source, milliseconds: Node.moment().milliseconds)
    }

    private static func cookies(_ request: Request) -> [String: String] {
        var cookies = [String: String]()
        for line in request.headers[values: .cookie] {
            for part in line.split(separator: ";") {
                let halves = part.split(separator: "=", maxSplits: 1).map { $0.trimmingPrefix(" ") }
                if halves.count == 2, cookies.count < 20 { cookies[String(halves[0])] = String(halves[1]) }
            }
        }
        return cookies
    }

    private func respond(_ reply: WebReply, _ request: Request) -> Response {
        let reply = reply.protected()
        var headers = HTTPFields()
        for (name, value) in reply.headers {
            if let field = HTTPField.Name(name) { headers.append(HTTPField(name: field, value: value)) }
        }
        if let seconds = Web.retryAfter(reply.status) { headers[.retryAfter] = String(seconds) }
        let body = pack(reply.body, request, &headers)
        return Response(
            status: .init(code: reply.status), headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: body)))
    }

    private func pack(_ body: [UInt8], _ request: Request, _ headers: inout HTTPFields) -> [UInt8] {
        headers[.vary] = "Accept-Encoding, Cookie"
        guard body.count > 1_000, WebListener.takesGzip(request), let packed = Gzip.pack(body) else { return body }
        headers[.contentEncoding] = "gzip"
        return packed
    }

    private static func takesGzip(_ request: Request) -> Bool { request.headers[.acceptEncoding]?.contains("gzip") == true }

    private func asset(_ file: AssetStore.File, _ request: Request) -> Response {
        var headers = HTTPFields()
        headers[.contentType] = file.type
        headers[.cacheControl] = "public, max-age=31536000, immutable"
        headers[.vary] = "Accept-Encoding"
        if let nosniff = HTTPField.Name("X-Content-Type-Options") { headers[nosniff] = "nosniff" }
        var bytes = file.bytes
        if let packed = file.packed, WebListener.takesGzip(request) {
            headers[.contentEncoding] = "gzip"
            bytes = packed
        }
        return Response(status: .ok, headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
    }
}

/// A request with the address it came from.
struct WebContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    let source: String

    init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        self.source = source.channel.remoteAddress?.ipAddress ?? ""
    }
}
