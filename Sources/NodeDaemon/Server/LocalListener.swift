internal import BusinessModules
internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import HummingbirdCore
internal import Logging
internal import NIOCore
internal import NodeCore

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
            try await uplink.join(body)
            return Web.json(200, Array("{\"enrolled\":true}".utf8))
        case (.post, "sync/now"):
            await uplink.hurry()
            return Web.json(202, Array("{\"woken\":true}".utf8))
        default:
            let reply = try await node.answer(
                .init(
                    request.method.rawValue, route, query: Web.query(request.uri), body: body,
                    principal: name.map { Principal($0) }))
            return Web.json(reply.status, reply.json)
        }
    }

    /// All that is answered under `/api/v1`: the catalogue's endpoints and the two that need this process.
    static func openAPI(version: String) throws -> [UInt8] {
        try API(Catalog.api.endpoints + ofProcess).openAPI(version: version)
    }

    /// Answered by `call` itself; declared for the description.
    private static let ofProcess: [Endpoint] = [
        Endpoint(
            "POST", "enrolments/join", Label("用邀请入网", "Join with an invitation"), body: "the invitation as it was given",
            .write { _, _ in throw needsProcess }),
        Endpoint("POST", "sync/now", Label("立即同步", "Try the parent at once"), .write { _, _ in throw needsProcess }),
    ]

    private static let needsProcess = NodeError(.unreachable, "需要节点在运行", "this needs a running node")

    private func refusal(_ error: NodeError) -> Response {
        do { return Web.json(error.code.status, try Reply(API.Refusal(error)).json) } catch {
            return Web.text(.internalServerError, "")
        }
    }

    private func ready() async -> Response {
        node.engine == nil ? Web.text(.serviceUnavailable, "not enrolled\n") : Web.text(.ok, "ready\n")
    }

    private func metrics() async throws -> String {
        let engine = node.engine
        let gauges = try await Offload.run { [store = node.store] in
            try store.read { snapshot in
                let inquiry = Inquiry(Catalog.charter)
                var gauges = [(name: String, labels: [String: String], value: Int)]()
                for link in try engine.map({ try inquiry.links($0, in: snapshot) }) ?? [] where link.isOwn {
                    gauges.append(
                        (
                            name: "bangfu_backlog_entries", labels: ["seat": link.seat, "direction": link.direction],
                            value: Int(clamping: link.backlog) + link.waiting
                        ))
                }
                for count in try inquiry.quarantineCounts(in: snapshot) {
                    gauges.append((name: "bangfu_quarantine", labels: ["code": count.code], value: count.count))
                }
                for kind in Catalog.kinds {
                    for count in try inquiry.counts(kind, in: snapshot) {
                        gauges.append(
                            (
                                name: "bangfu_records", labels: ["kind": kind.code, "status": count.status],
                                value: count.count
                            ))
                    }
                }
                return gauges
            }
        }
        return node.metrics.exposition(gauges: gauges)
    }
}
