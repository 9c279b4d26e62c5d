import BusinessModules
import Foundation
import NIOHTTP1
import NodeCore
import NodeFiles
import SyncProtocol
import Testing

@testable import NodeDaemon

@Suite struct LocalListenerTests {
    @Test func `the socket and the folder are their owner's alone`() async throws {
        try await TestNode.run("370200") { node in
            func mode(_ path: String) throws -> Int? {
                (try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? NSNumber)?.intValue
            }
            let (socket, folder) = (try mode(node.folder.socketPath), try mode(node.folder.path))
            #expect(socket == 0o600 && folder == 0o700)
        }
    }

    @Test func `a write without a person is refused`() async throws {
        try await TestNode.run("370200") { node in
            let bodies = [
                ("enrolments", "{\"seat\":\"370211\"}"),
                ("records/worker_file/decisions", "{\"verdict\":\"approve\",\"all\":true}"),
                ("records/worker_file/reports", "{\"all\":true}"), ("imports/worker_file", "{\"files\":[]}"),
            ]
            let long = String(repeating: "x", count: 61)
            for (path, body) in bodies {
                for actor in [nil, "", long] {
                    let answer = try await node.api.call("POST", "/api/v1/" + path, Array(body.utf8), actor: actor)
                    let code = try answer.code
                    #expect(answer.status == 400 && code == "bad-request", "\(path) \(actor ?? "-"): \(answer.text)")
                }
            }
            let named = try await node.api.call(
                "POST", "/api/v1/enrolments", Array("{\"seat\":\"370211\",\"again\":true}".utf8), actor: "%E7%8E%8B%E8%8A%B3"
            )
            #expect(named.status == 201)
        }
    }

    @Test func `what is not asked for in the right words is refused with a code and two languages`() async throws {
        try await TestNode.run("370200") { node in
            let cases: [(String, String, String, Int, String)] = [
                ("POST", "enrolments", "{\"seat\":", 400, "bad-request"),
                ("POST", "enrolments", "[]", 400, "bad-request"),
                ("POST", "enrolments", "{\"seat\":7}", 400, "bad-request"),
                ("POST", "records/worker_file/decisions", "{}", 400, "bad-request"),
                ("POST", "records/worker_file/decisions", "{\"verdict\":\"approve\"}", 400, "bad-request"),
                ("GET", "nothing", "", 404, "not-found"), ("GET", "", "", 404, "not-found"),
                ("GET", "records/spoons", "", 404, "not-found"), ("GET", "counts/spoons", "", 404, "not-found"),
                ("POST", "records/spoons/reports", "{\"all\":true}", 404, "not-found"),
                ("GET", "records/worker_file/3702110000000000", "", 404, "not-found"),
                ("DELETE", "node", "", 400, "bad-request"),
                ("GET", "records/worker_file?limit=0", "", 400, "bad-request"),
                ("GET", "records/worker_file?pending=moon", "", 400, "bad-request"),
                ("GET", "statistics/worker_file?by=name", "", 400, "bad-request"),
            ]
            for (method, path, body, status, code) in cases {
                let answer = try await node.api.call(method, "/api/v1/" + path, Array(body.utf8))
                let refusal = try answer.decode(API.Refusal.self)
                #expect(answer.status == status && refusal.code == code, "\(method) \(path): \(answer.text)")
                #expect(!refusal.zh.isEmpty && !refusal.en.isEmpty)
            }
            for path in ["/", "/api", "/api/v2/node", "/sync/challenge"] {
                #expect(try await node.api.get(path).status == 404, "\(path)")
            }
        }
    }

    @Test func `a body beyond the limit is refused and the node goes on`() async throws {
        try await TestNode.run("370200") { node in
            let body = [UInt8](repeating: 0x20, count: NodeLimits.importBytes + 1)
            let answer = try await node.api.call("POST", "/api/v1/imports/worker_file", body)
            let code = try answer.code
            #expect(answer.status == 413 && code == "too-large")
            try await expectHealthy(node)
        }
    }

    @Test func `health, readiness and metrics`() async throws {
        let template = try Template.shared()
        try await TestNode.run("370200") { node in
            #expect(try await node.api.get("/healthz").text == "ok\n")
            #expect(try await node.api.get("/readyz").status == 200)
            let first = try template.county.changesets(toward: try await node.id)[0]
            try await expectTaken(
                first, at: node, through: try await node.gateway(template.county.peer), as: template.county.peer)
            let metrics = try await node.api.get("/metrics")
            #expect(metrics.status == 200)
            let pending = try await node.api.metric("bangfu_records{kind=\"worker_file\",status=\"50\"}")
            let decided = try await node.api.metric("bangfu_records{kind=\"worker_file\",status=\"60\"}")
            #expect(pending > 0 && pending + decided == 4)
            #expect(try await node.api.metric("bangfu_entries_total{kind=\"applied\",stage=\"apply\"}") == 4)
            #expect(try await node.api.metric("bangfu_backlog_entries{direction=\"up\",seat=\"370000\"}") > 0)
            let lines = metrics.text.split(separator: "\n")
            let names = lines.filter { $0.hasPrefix("# TYPE ") }
            #expect(Set(names).count == names.count)
            #expect(lines.allSatisfy { $0.hasPrefix("# TYPE ") || $0.contains(/^[a-z_]+(\{[^}]*\})? [0-9]+$/) })
        }
    }

    @Test func `the network side answers nothing but sync and health`() async throws {
        try await TestNode.run("370200") { node in
            let paths = [
                "/", "/metrics", "/readyz", "/api/v1/node", "/api/v1/records/worker_file", "/api/v1/openapi.json",
                "/api/v1/sync/now", "/sync", "//api/v1/node", "/healthz/", "/sync/../api/v1/node",
            ]
            for path in paths {
                let answer = try await node.line.call(.GET, path, [])
                #expect(answer.status == 404 || answer.status == 401, "\(path): \(answer.status)")
                #expect(answer.body.isEmpty, "\(path)")
            }
            for path in ["/api/v1/enrolments", "/api/v1/find-bytes", "/metrics"] {
                #expect(try await node.line.call(.POST, path, Array("{}".utf8)).status == 404, "\(path)")
            }
            #expect(try await node.line.call(.GET, "/healthz", []).status == 200)
        }
    }
}
