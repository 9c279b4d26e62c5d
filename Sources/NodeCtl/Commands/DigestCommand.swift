import ArgumentParser
import NodeCore

/// One digest over all records: two nodes agree when theirs do.
struct DigestCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "digest", abstract: say("全部档案的数据摘要", "One digest over all records"))

    @OptionGroup var options: Options

    func perform() async throws -> Answer {
        let received = try await options.client.get("digest")
        return Answer(
            table: Table([Table.Column("digest", "摘要", "digest")], objects: [received.value]),
            text: received.value["digest"].plain + "\n", json: received.bytes)
    }
}
