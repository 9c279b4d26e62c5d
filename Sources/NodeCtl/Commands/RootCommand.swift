import ArgumentParser
import Foundation
import NodeCore
import NodeFiles
import SyncProtocol

/// A new key for the national node, by the people who keep the parts of the root key.
struct RootCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "root", abstract: say("全国节点的密钥：由根密钥签发", "The national node's key, certified by the root"),
        discussion: say(
            "三步：在全国节点 root request；在离线机器上由持有人带各份 root sign；回到全国节点 root admit。",
            """
            Three steps: root request at the national node; root sign on a machine without a line, with the holders' parts;
            root admit at the national node.
            """),
        subcommands: [Request.self, Sign.self, Admit.self])

    struct Request: Verb {
        static let configuration = CommandConfiguration(
            commandName: "request", abstract: say("申请新密钥，写成文件", "Ask for a new key, as a file"))

        @OptionGroup var options: Options

        @Option(help: ArgumentHelp(say("申请写入此文件", "Write the request here"), valueName: "file")) var out: String

        @Option(
            help: ArgumentHelp(
                say("现有密钥失窃：写明原因，签发时一并吊销", "The present key was stolen: say why; it is taken away"),
                valueName: "text"))
        var theft: String?

        func perform() async throws -> Answer {
            let body = theft.map { ["theft": JSONValue.text($0)] } ?? [:]
            let received = try await options.client.send("POST", "root-key/request", body: body.json())
            try SecretFile.write(received.bytes + [0x0A], to: out)
            return Answer(
                received, [Table.Column("fingerprint", "新密钥指纹", "new fingerprint", .fingerprint)], [received.value])
        }
    }

    struct Sign: Verb {
        static let configuration = CommandConfiguration(
            commandName: "sign", abstract: say("用根密钥各份签发", "Sign with the parts of the root key"))

        @OptionGroup var options: Options

        @Option(help: ArgumentHelp(say("申请文件", "The request"), valueName: "file")) var request: String

        @Option(
            help: ArgumentHelp(
                say("全国节点当面或电话报来的新密钥指纹", "The new key's fingerprint, as the national node told it by telephone"),
                valueName: "text"))
        var fingerprint: String

        @Option(
            help: ArgumentHelp(say("根密钥的一份，须足够份数", "A part of the root key; as many as are needed"), valueName: "file"))
        var part: [String]

        @Option(help: ArgumentHelp(say("答复写入此文件", "Write the answer here"), valueName: "file")) var out: String

        func perform() async throws -> Answer {
            let request = try RootFile.read(request)
            let wanted = request.certificate.key.id
            guard KeyID(hex: fingerprint.replacing(" ", with: "")) == wanted else {
                throw NodeError(
                    .conflict, "指纹不符：申请的是 \(Table.grouped(wanted.description))，请再次核对",
                    "the fingerprint differs: the request has \(Table.grouped(wanted.description)); compare it again")
            }
            let statements = try request.sign(with: try RootParts.join(try part.map { try InputFile.bytes($0) }))
            let answer = JSONValue.object([
                "statements": .array(statements.map { .text(Hex.encode($0.message.encoded)) })
            ])
            try SecretFile.write(answer.json() + [0x0A], to: out)
            let table = Table(
                [
                    Table.Column("federation", "联合体", "federation"), Table.Column("seat", "单位", "seat"),
                    Table.Column("fingerprint", "新密钥指纹", "new fingerprint", .fingerprint),
                    Table.Column("revoked", "吊销的密钥", "taken away"), Table.Column("reason", "原因", "reason"),
                ],
                rows: [
                    [
                        request.federation.description, request.certificate.seat.code, wanted.description,
                        request.revocation?.key.description ?? "", request.revocation?.reason ?? "",
                    ]
                ])
            return Answer(
                table: table, json: try table.json(),
                notes: [say("下一步：在全国节点运行 root admit", "Next: root admit at the national node")])
        }
    }

    struct Admit: Verb {
        static let configuration = CommandConfiguration(
            commandName: "admit", abstract: say("收下根的答复，启用新密钥", "Take the root's answer in and use the new key"))

        @OptionGroup var options: Options

        @Option(help: ArgumentHelp(say("答复文件", "The answer"), valueName: "file")) var answer: String

        func perform() async throws -> Answer {
            let file = try JSONValue(InputFile.bytes(answer))
            let body = JSONValue.object(["statements": file["statements"]])
            let received = try await options.client.send("POST", "root-key/answer", body: body.json())
            return Answer(
                received, [Table.Column("fingerprint", "新密钥指纹", "new fingerprint", .fingerprint)], [received.value])
        }
    }
}

/// The request as it comes to the holders of the root's parts.
enum RootFile {
    static func read(_ path: String) throws -> RootRequest {
        let file = try JSONValue(InputFile.bytes(path, limit: NodeLimits.importBytes))
        guard case .text(let federation) = file["federation"], let federation = FederationID(hex: federation),
            case .text(let root) = file["root"], let root = Hex.decode(root)
        else { throw invalid(path) }
        let statements = try file["statements"].items.map { item in
            guard case .text(let text) = item, let bytes = Hex.decode(text) else { throw invalid(path) }
            return try TrustStatement(decoding: bytes[...])
        }
        return try RootRequest(
            federation: federation, root: try Certificate(decoding: root[...]), statements: statements)
    }

    private static func invalid(_ path: String) -> NodeError {
        NodeError(.badRequest, "\(path) 不是给根密钥的申请", "\(path) is no request to the root")
    }
}
