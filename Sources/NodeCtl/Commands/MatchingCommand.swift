import ArgumentParser
import BusinessModules
import NodeCore
import NodeFiles
import SyncProtocol

/// Finds who is registered in two places, at the national node alone.
struct MatchingCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "matching", abstract: say("跨省比对（仅全国节点）", "Match persons across provinces (national node only)"),
        subcommands: [CreateKey.self, WrapKey.self, Run.self])

    struct CreateKey: Verb {
        static let configuration = CommandConfiguration(
            commandName: "create-key",
            abstract: say(
                "生成比对密钥：私钥存入 matching.key，公钥向下发布", "Make the key: matching.key stays here, its public half goes down"),
            discussion: say(
                "各单位此后上报的身份证号即用此公钥密封。私钥只存在这一个文件里，请离线备份。",
                "ID numbers in reports are sealed to it from then on. Its private half is in that one file: keep a copy."
            ))

        @OptionGroup var options: Options

        @Option(help: ArgumentHelp(say("密码套件", "The suite"))) var suite: SuiteName = .international

        func perform() async throws -> Answer {
            let folder = try NodeFolder.open(options.dir)
            let seed = Moment.now.entropy(NodeSetup.seedSize)
            let key = try ExchangeKey(seed: seed, suite: suite.suite)
            try folder.writeMatchingKey(seed: seed, suite: suite.suite, entropy: Moment.now.entropy)
            struct Body: Encodable { let suite: Int; let key: String }
            let body = Body(suite: Int(key.suite.rawValue), key: Hex.encode(key.publicBytes))
            let received: Received
            do { received = try await options.client.send("POST", "matching/key", body: body.json()) } catch {
                // Nobody has sealed anything to it.
                try folder.removeMatchingKey()
                throw error
            }
            return Answer(text: "", json: received.bytes, notes: [say("已发布比对公钥", "the matching key is published")])
        }
    }

    struct WrapKey: Verb {
        static let configuration = CommandConfiguration(
            commandName: "wrap-key",
            abstract: say(
                "加密较早版本留下的 matching.key", "Put a matching.key that an earlier program left open under the passphrase"))

        @OptionGroup var options: Options

        func perform() async throws -> Answer {
            try NodeFolder.open(options.dir).wrapMatchingKey(entropy: Moment.now.entropy)
            return Answer(text: "", json: [], notes: [say("matching.key 已加密", "matching.key is wrapped")])
        }
    }

    struct Run: Verb {
        static let configuration = CommandConfiguration(
            commandName: "run",
            abstract: say("在内存中打开密封号码并比对，只输出档案标识", "Open the sealed numbers in memory and compare; prints records only"))

        @OptionGroup var options: Options

        func perform() async throws -> Answer {
            let key = try NodeFolder.open(options.dir).matchingKey()
            var sealed = [Matching.Sealed]()
            var after: Int64 = 0
            while true {
                let page: MatchingEndpoints.Page = try await options.client.get(
                    "matching/numbers", ["after": String(after)]
                ).decode()
                sealed += page.sealed.compactMap(\.number)
                guard let last = page.last else { break }
                after = last
            }
            let finding = try Matching.match(sealed, with: key)
            let rows = finding.duplicates.enumerated().flatMap { index, group in
                group.map { [String(index + 1), $0.record.description, $0.homeSeat] }
            }
            let table = Table(
                [
                    Table.Column("person", "序号", "person", .number), Table.Column("record", "档案标识", "record"),
                    Table.Column("seat", "单位", "seat"),
                ], rows: rows)
            let counts = say(
                "打开 \(finding.opened)，无法打开 \(finding.unreadable)，人数 \(finding.persons)，重复 \(finding.duplicates.count) 人",
                "opened \(finding.opened), unreadable \(finding.unreadable), persons \(finding.persons), "
                    + "registered twice \(finding.duplicates.count)")
            return Answer(table: table, json: try table.json(), notes: [counts])
        }
    }
}
