import ArgumentParser
import BusinessModules
import NodeCore

/// The files of hardship, and every other kind of record.
struct FilesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "files", abstract: say("档案", "Files"),
        subcommands: [
            FilesList.self, FilesShow.self, FilesHistory.self, FilesEdit.self, FilesFindings.self, FilesAccept.self,
            FilesStep.self, FilesCounts.self,
        ])
}

/// Which kind of record a command is about.
struct KindOption: ParsableArguments {
    @Option(name: .customLong("kind"), help: ArgumentHelp(say("记录种类", "The kind of record")))
    var code = WorkerFiles.kind.code

    func kind() throws -> RecordKind {
        guard let kind = Catalog.charter.kind(code: code) else {
            throw ValidationError(say("没有这种记录：\(code)", "there is no such kind of record: \(code)"))
        }
        return kind
    }
}
