internal import BusinessModules
internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import HummingbirdCore
internal import Logging
internal import NIOCore
internal import NodeCore
internal import NodeFiles
internal import SyncProtocol

/// The Unix socket of the node's folder: the API, metrics and health for whoever may enter the folder.
struct LocalListener: Sendable {
    let node: Node
    let uplink: Uplink

    private static let prefix = "/api/v1/"
    private static let actorHeader = HTTPField.Name("Bangfu-Actor")

    func application(socket: String, logger: Logger) -> some ApplicationProtocol {
        Application(
            responder: CallbackResponder { (request: Request, _: BasicRequestContext) in await answer(request) },
            configuration: .init(address: .unixDomainSocket(path: socket), serverName: nil),
            onServerRunning: { _ in LocalListener.protect(socket, logger) }, logger: logger)
    }

    /// The socket is its owner's alone (the process also runs under a closed umask).
    private static func protect(_ socket: String, _ logger: Logger) {
        do { try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: socket) } catch {
            logger.error("the socket's mode could not be set", metadata: ["error": "\(error)"])
        }
    }

    private func answer(_ request: Request) async -> Response {
        do {
            return try await route(request)
        } catch let error as NodeError {
            return refusal(error)
        } catch is NIOTooManyBytesError {
            return refusal(NodeError(.tooLarge, "请求过大", "the request is too large"))
        } catch {
            node.logger.error("call failed", metadata: ["error": "\(error)"])
            return refusal(NodeError(.storeBroken, "内部错误，详见日志", "an internal error: see the log"))
        }
    }

    private func route(_ request: Request) async throws -> Response {
        switch request.uri.path {
        case "/healthz": return Web.text(.ok, "ok\n")
        case "/readyz": return await ready()
        case "/metrics": return Web.text(.ok, try await metrics(), type: "text/plain; version=0.0.4; charset=utf-8")
        case "/api/v1/openapi.json": return Web.json(200, try LocalListener.openAPI(version: node.host.version))
        case let path where path.hasPrefix(LocalListener.prefix): return try await call(request, path)
        default: return Web.text(.notFound, "")
        }
    }

    private func call(_ request: Request, _ path: String) async throws -> Response {
        let body = [UInt8](buffer: try await request.body.collect(upTo: NodeLimits.importBytes))
        let name = LocalListener.actorHeader.flatMap { request.headers[$0] }?.removingPercentEncoding
        let route = String(path.dropFirst(LocalListener.prefix.count)).removingPercentEncoding ?? ""
        switch (request.method, route) {
        case (.post, "enrolments/join"):
            try node.pressure.admit()
            let waiting = try await uplink.join(body)
            return Web.json(
                waiting == nil ? 200 : 202,
                try Reply(Joined(enrolled: waiting == nil, fingerprint: waiting?.description)).json)
        case (.post, "enrolments/request"):
            let request = try await uplink.request(body)
            return Web.json(
                200,
                try Reply(
                    Requested(request: Hex.encode(request.message.encoded), fingerprint: request.key.id.description)
                ).json)
        case (.post, "rotation"):
            return Web.json(200, try Reply(["fingerprint": try await uplink.rotate().description]).json)
        case (.post, "backups"): return try await backUp(body)
        case (.post, "bundles"): return Web.json(201, try Reply(try await node.exportBundle(decode(body))).json)
        case (.post, "bundles/import"):
            let request: BundleEndpoints.ImportRequest = try decode(body)
            return Web.json(200, try Reply(try await node.importBundle(request.file)).json)
        case (.get, "bundles/progress"): return Web.json(200, try Reply(node.progress.view).json)
        case (.post, "recovery"):
            let beginning = try await node.recover(by: LocalListener.actor(name))
            return Web.json(
                200, try Reply(Recovered(life: beginning.incarnation.description, takenBack: beginning.takenBack)).json)
        case (.post, "root-key/request"): return try await askRoot(body, by: name)
        case (.post, "root-key/answer"): return try await admitRoot(body, by: name)
        case (.post, "home-copy/send"): return try await sendCopy()
        case (.post, "home-copy/fetch"): return try await fetchCopy(body)
        case (.post, "home-copy/adopt"): return try await adoptCopy(body, by: name)
        case (.post, "sync/now"):
            await uplink.hurry()
            return Web.json(202, Array("{\"woken\":true}".utf8))
        default:
            let reply = try await node.answer(
                .init(
                    request.method.rawValue, route, query: Web.query(request.uri), body: body,
                    principal: Principal(name ?? "")))
            return Web.json(reply.status, reply.json)
        }
    }

    private func backUp(_ body: [UInt8]) async throws -> Response {
        struct Body: Decodable { let into: String }
        let target: String
        do { target = try JSONDecoder().decode(Body.self, from: Data(body)).into } catch {
            throw NodeError(.badRequest, "请写明备份目录", "name the folder for the backup")
        }
        let made = try await node.backUp(into: target)
        return Web.json(
            201, try Reply(BackedUp(path: made.path, bytes: made.bytes, madeMilliseconds: made.manifest.milliseconds)).json)
    }

    private func decode<Body: Decodable>(_ body: [UInt8]) throws -> Body {
        do { return try JSONDecoder().decode(Body.self, from: Data(body)) } catch {
            throw NodeError(.badRequest, "请求内容不是所需的 JSON", "the body is not the JSON that is asked for")
        }
    }

    /// All that is answered under `/api/v1`: the catalogue's endpoints and the two that need this process.
    static func openAPI(version: String) throws -> [UInt8] {
        try API(Catalog.api.endpoints + ofProcess + ofRoot + ofHomeCopy).openAPI(version: version)
    }

    /// Answered by `call` itself; declared for the description.
    private static let ofProcess: [Endpoint] =
        BundleEndpoints.ofProcess + [
            Endpoint(
                "POST", "enrolments/join", Label("用邀请入网", "Join with an invitation"), needs: .right(.config, .enrolments),
                body: "{invitation: as it was given, statements: [hexadecimal], "
                    + "from the parent's answer if it came as a file}",
                .write { _, _ in throw needsProcess }),
            Endpoint(
                "POST", "enrolments/request", Label("生成入网申请文件", "Make an enrolment request as a file"),
                needs: .right(.config, .enrolments),
                body: "{invitation: as it was given}", .write { _, _ in throw needsProcess }),
            Endpoint(
                "POST", "rotation", Label("更换本节点的密钥", "Change this node's key"),
                needs: .right(.config, .keys), .write { _, _ in throw needsProcess }),
            Endpoint(
                "POST", "backups", Label("备份并试恢复一次", "Make a backup and restore it once"),
                needs: .right(.config, .backups), body: "{into: folder}",
                .write { _, _ in throw needsProcess }),
            Endpoint(
                "POST", "recovery", Label("恢复后开始新的一世", "Begin a new life after a restore"),
                needs: .right(.config, .backups), .write { _, _ in throw needsProcess }
            ),
            Endpoint(
                "POST", "sync/now", Label("立即同步", "Try the parent at once"),
                needs: .right(.config, .sync), .write { _, _ in throw needsProcess }),
        ]

    struct Joined: Codable {
        let enrolled: Bool
        /// To be compared while a person at the parent has yet to confirm it.
        let fingerprint: String?
    }

    struct Requested: Codable {
        let request: String
        let fingerprint: String
    }

    struct BackedUp: Codable {
        let path: String
        let bytes: Int
        let madeMilliseconds: Int64
    }

    struct Recovered: Codable {
        let life: String
        let takenBack: Int
    }

    static let needsProcess = NodeError(.unreachable, "需要节点在运行", "this needs a running node")

    private func refusal(_ error: NodeError) -> Response {
        if [429, 503, 507].contains(error.code.status) {
            node.metrics.add("bangfu_refused_total", labels: ["code": error.code.rawValue])
        }
        do { return Web.json(error.code.status, try Reply(API.Refusal(error)).json) } catch {
            return Web.text(.internalServerError, "")
        }
    }

    private func ready() async -> Response {
        guard let engine = node.engine else { return Web.text(.serviceUnavailable, "not enrolled\n") }
        if let failure = node.store.failure { return Web.text(.serviceUnavailable, failure.message.en + "\n") }
        guard engine.standstill == nil else { return Web.text(.serviceUnavailable, "recover first\n") }
        guard engine.trust.revocation(of: engine.identity.key.publicKey.id) == nil else {
            return Web.text(.serviceUnavailable, "the key was taken away: enrol again\n")
        }
        let gauge = node.pressure.look()
        switch gauge.level {
        case .roomy: return Web.text(.ok, "ready\n")
        case .low: return Web.text(.ok, "ready, and the disk is \(gauge.room?.usedPercent ?? 0) % full\n")
        case .full: return Web.text(.serviceUnavailable, Pressure.refusal(gauge).message.en + "\n")
        }
    }
}
