import ArgumentParser
import NodeCore
import NodeFiles

/// Says what is wrong with a node, if anything.
struct DoctorCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: say("体检：库、日志、链路", "Check store, journal and links"))

    @OptionGroup var options: Options

    func perform() async throws -> Answer {
        let answered = try await Progress.during(say("检查中", "checking")) { try await options.client.get("doctor") }
        let received = try Received(JSONValue.array(answered.value.items + (try webCertificate())).json())
        let isGood = received.value.items.allSatisfy { $0["isGood"].isTrue }
        var answer = Answer(
            received,
            [
                Table.Column("name", "项目", "check"), Table.Column("isGood", "正常", "good", .flag),
                Table.Column(say("zh", "en"), "详情", "detail"),
            ])
        answer.exitCode = isGood ? 0 : 1
        return answer
    }

    /// The console's certificate lies in the folder, where a node does not look for itself.
    private func webCertificate() throws -> [JSONValue] {
        let folder = try NodeFolder.open(options.dir)
        guard let found = try WebCertificate.health(of: folder, at: Moment.now.milliseconds) else { return [] }
        return [
            .object([
                "name": .text("web certificate"), "isGood": .flag(found.isGood), "zh": .text(found.detail.zh),
                "en": .text(found.detail.en),
            ])
        ]
    }
}
