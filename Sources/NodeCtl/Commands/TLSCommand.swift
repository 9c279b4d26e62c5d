import ArgumentParser
import Foundation
import NodeCore
import NodeFiles
import SyncProtocol

/// The certificate that the console shows to browsers, and the small authority behind it.
struct TLSCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tls", abstract: say("控制台的证书：本单位自己的小型证书机构", "The console's certificate, by an authority of one's own"),
        discussion: say(
            "tls init 建立；tls show --out 导出根证书，装到本单位其他电脑；tls issue 到期前换新。守护进程重启后启用。",
            """
            init makes it; show --out writes the root to install on the office's other computers; issue makes a new
            certificate before the old one ends. The daemon takes it into use when it starts.
            """),
        subcommands: [Init.self, Issue.self, Show.self])

    static let columns = [
        Table.Column("what", "证书", "certificate"), Table.Column("name", "名称", "name"),
        Table.Column("hosts", "适用于", "for"), Table.Column("end", "到期", "ends", .time),
        Table.Column("fingerprint", "指纹（SHA-256）", "fingerprint (SHA-256)"),
    ]

    struct Init: Verb {
        static let configuration = CommandConfiguration(
            commandName: "init", abstract: say("建立证书机构和第一张证书", "Make the authority and the first certificate"))

        @OptionGroup var options: Options

        @Option(
            help: ArgumentHelp(
                say(
                    "浏览器用的域名或地址，可多次给出；localhost、本机名和监听地址总在其中",
                    "A name or address that browsers use, as often as needed; localhost, this computer's name and the "
                        + "address of the seat are always among them"),
                valueName: "host"))
        var host: [String] = []

        @Flag(help: ArgumentHelp(say("换掉原有的证书机构", "Take the place of the present one"))) var replace = false

        func perform() async throws -> Answer {
            let folder = try NodeFolder.open(options.dir)
            try folder.makeAuthority(hosts: TLSCommand.hosts(of: folder, host), replacing: replace, at: .now)
            var answer = try TLSCommand.answer(folder)
            answer.notes.append(
                say(
                    "用 nodectl tls show --out 文件 导出根证书，装到本单位每台电脑；安装前当面或电话核对指纹",
                    "nodectl tls show --out FILE writes the root to install on each of the office's computers; compare the "
                        + "fingerprint before installing"))
            return answer
        }
    }

    struct Issue: Verb {
        static let configuration = CommandConfiguration(
            commandName: "issue", abstract: say("换发服务器证书", "Make a new certificate for the server"))

        @OptionGroup var options: Options

        @Option(
            help: ArgumentHelp(
                say("域名或地址（默认同现有证书）", "A name or address (default: those of the present certificate)"), valueName: "host"))
        var host: [String] = []

        func perform() async throws -> Answer {
            let folder = try NodeFolder.open(options.dir)
            try folder.issueWebCertificate(
                hosts: host.isEmpty ? [] : TLSCommand.hosts(of: folder, host), at: .now)
            return try TLSCommand.answer(folder)
        }
    }

    struct Show: Verb {
        static let configuration = CommandConfiguration(
            commandName: "show", abstract: say("显示证书，导出根证书", "Show the certificates, write out the root"))

        @OptionGroup var options: Options

        @Option(help: ArgumentHelp(say("根证书写入此文件", "Write the root here"), valueName: "file")) var out: String?

        @Flag(help: ArgumentHelp(say("以 DER 而非 PEM 写出", "As DER instead of PEM"))) var der = false

        func perform() async throws -> Answer {
            let folder = try NodeFolder.open(options.dir)
            if let out {
                let pem = try folder.authorityCertificate()
                try SecretFile.write(der ? CertificateFacts(pem: pem).der : Array(pem.utf8), to: out)
            }
            return try TLSCommand.answer(folder)
        }

        func validate() throws {
            guard der, out == nil else { return }
            throw ValidationError(say("--der 须与 --out 一起用", "--der goes with --out"))
        }
    }

    /// What a browser on this computer and in the office may call this node, besides what a person names.
    private static func hosts(of folder: NodeFolder, _ named: [String]) -> [String] {
        var letters = [CChar](repeating: 0, count: 256)
        let isNamed = gethostname(&letters, letters.count - 1) == 0
        let bytes = letters.prefix { $0 != 0 }.map(UInt8.init(bitPattern:))
        let own = isNamed ? [String(decoding: bytes, as: UTF8.self)] : []
        let listen = HostPort(folder.config.listen).map { [$0.host] } ?? []
        let fixed = ["localhost", "127.0.0.1", "::1"]
        let found = (own + listen).filter { HostPort($0 + ":1") != nil && $0 != "0.0.0.0" }
        return (named + fixed + found).reduce(into: []) { all, host in if !all.contains(host) { all.append(host) } }
    }

    private static func answer(_ folder: NodeFolder) throws -> Answer {
        var rows = [JSONValue]()
        rows.append(row("root", try CertificateFacts(pem: folder.authorityCertificate())))
        if let web = try folder.webFacts() { rows.append(row("web", web)) }
        return Answer(try Received(JSONValue.array(rows).json()), columns, rows)
    }

    private static func row(_ what: String, _ facts: CertificateFacts) -> JSONValue {
        .object([
            "what": .text(what), "name": .text(facts.name), "hosts": .array(facts.hosts.map { .text($0) }),
            "end": .integer(facts.end * 1_000),
            "fingerprint": .text(
                facts.fingerprint.map { Hex.encode([$0]).uppercased() }.joined(separator: ":")),
        ])
    }
}
