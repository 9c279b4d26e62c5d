internal import Foundation

extension API {
    /// The OpenAPI 3.1 description of these endpoints, made from their declarations.
    public func openAPI(version: String) throws -> [UInt8] {
        var paths = [String: [String: Operation]]()
        for endpoint in endpoints {
            paths["/api/v1/\(endpoint.path)", default: [:]][endpoint.method.lowercased()] = Operation(endpoint)
        }
        let document = Document(
            openapi: "3.1.0", info: .init(title: "Bangfu node API", version: version), paths: paths)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        return [UInt8](try encoder.encode(document)) + [0x0A]
    }

    private struct Document: Encodable {
        struct Info: Encodable { let title, version: String }
        let openapi: String
        let info: Info
        let paths: [String: [String: Operation]]
    }

    private struct Schema: Encodable {
        let type: String
        var description: String?
    }

    private struct Content: Encodable { let schema: Schema }

    private struct Operation: Encodable {
        struct Parameter: Encodable {
            let name: String
            let `in`: String
            let required: Bool
            let description: String?
            let schema: Schema
        }
        struct Body: Encodable {
            let required: Bool
            let content: [String: Content]
        }
        struct Response: Encodable {
            let description: String
            let content: [String: Content]
        }
        let summary: String
        let parameters: [Parameter]
        let requestBody: Body?
        let responses: [String: Response]

        init(_ endpoint: Endpoint) {
            summary = "\(endpoint.summary.zh) / \(endpoint.summary.en)"
            let braces = endpoint.path.split(separator: "/").filter { $0.hasPrefix("{") }.map {
                String($0.dropFirst().dropLast())
            }
            var parameters = braces.map {
                Parameter(name: $0, in: "path", required: true, description: nil, schema: Schema(type: "string"))
            }
            parameters += endpoint.query.map {
                Parameter(
                    name: $0.name, in: "query", required: false, description: $0.meaning, schema: Schema(type: "string"))
            }
            if endpoint.method != "GET" {
                parameters.append(
                    Parameter(
                        name: "Bangfu-Actor", in: "header", required: false,
                        description: "the acting person, percent-encoded UTF-8",
                        schema: Schema(type: "string")))
            }
            self.parameters = parameters
            requestBody = endpoint.body.map {
                Body(required: true, content: ["application/json": Content(schema: Schema(type: "object", description: $0))])
            }
            let refusal = Response(
                description: "refused: {code, zh, en}",
                content: ["application/json": Content(schema: Schema(type: "object"))])
            responses = [
                "200": Response(description: "done", content: ["application/json": Content(schema: Schema(type: "object"))]),
                "default": refusal,
            ]
        }
    }
}
