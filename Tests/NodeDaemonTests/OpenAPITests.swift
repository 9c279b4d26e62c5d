import BusinessModules
import Foundation
import NodeCore
import SyncProtocol
import Testing

@testable import NodeDaemon

@Suite struct OpenAPITests {
    private struct Document: Decodable {
        struct Operation: Decodable {
            let summary: String
            let responses: [String: Response]
        }
        struct Response: Decodable { let description: String }
        let openapi: String
        let paths: [String: [String: Operation]]
    }

    @Test func `the description names every endpoint that is answered`() async throws {
        try await TestNode.run("370200") { node in
            let answer = try await node.api.get("/api/v1/openapi.json")
            #expect(answer.status == 200)
            let document = try answer.decode(Document.self)
            #expect(document.openapi.hasPrefix("3.1"))
            for endpoint in Catalog.api.endpoints {
                let operation = document.paths["/api/v1/\(endpoint.path)"]?[endpoint.method.lowercased()]
                #expect(operation?.summary.contains(endpoint.summary.zh) == true, "\(endpoint.method) \(endpoint.path)")
            }
            for path in ["/api/v1/enrolments/join", "/api/v1/sync/now"] {
                #expect(document.paths[path]?["post"] != nil, "\(path)")
            }
            // And nothing that is not: each path leads somewhere.
            for (path, operations) in document.paths {
                for method in operations.keys {
                    let target = path.replacing("{kind}", with: "worker_file").replacing("{id}", with: "1")
                    let reached = try await node.api.call(method.uppercased(), target, Array("{}".utf8))
                    #expect(!reached.text.contains("there is no such endpoint"), "\(method) \(path)")
                }
            }
        }
    }

    @Test func `the description in the documents is the one that is answered`() throws {
        let file = Samples.root.appending(path: "docs/openapi.json")
        let made = Data(try LocalListener.openAPI(version: Noded.version))
        if ProcessInfo.processInfo.environment["BANGFU_WRITE_OPENAPI"] == "1" { try made.write(to: file) }
        let held = FileManager.default.contents(atPath: file.path)
        #expect(
            held == made,
            "docs/openapi.json is not the API's: run BANGFU_WRITE_OPENAPI=1 swift test --filter OpenAPITests and look at it")
    }
}
