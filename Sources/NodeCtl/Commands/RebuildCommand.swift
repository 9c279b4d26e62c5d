import ArgumentParser
import BusinessModules
import Foundation
import NodeCore
import NodeFiles

/// Makes every table anew from the journal, in another file, and compares.
struct RebuildCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "rebuild", abstract: say("由日志重建全部表并比较", "Make all tables anew from the journal and compare"),
        discussion: say("节点的库只读，节点可以在运行。", "The node's store is only read; the node may run meanwhile."))

    @OptionGroup var options: Options

    @Option(help: ArgumentHelp(say("新库文件，不得已存在", "The new store's file; must not exist"), valueName: "file"))
    var into: String

    /// A node that works on while its journal is copied is asked again.
    private static let attempts = 3

    private struct Comparison {
        let rows: Int
        let before, after, rebuilt: String

        var isEqual: Bool { rebuilt == before || rebuilt == after }
        var isSettled: Bool { isEqual || before == after }
    }

    func perform() async throws -> Answer {
        try options.armFailpoint()
        let folder = try NodeFolder.open(options.dir)
        guard !FileManager.default.fileExists(atPath: into) else {
            throw NodeError(.conflict, "\(into) 已存在", "\(into) is there already")
        }
        let found = try await Progress.during(say("重建中", "rebuilding")) { try compareSettled(folder) }
        let table = Table(
            [
                Table.Column("rows", "日志行", "journal rows", .number), Table.Column("live", "现有", "live"),
                Table.Column("rebuilt", "重建", "rebuilt"), Table.Column("equal", "一致", "equal", .flag),
            ], rows: [[String(found.rows), found.after, found.rebuilt, String(found.isEqual)]])
        let json = JSONValue.object([
            "rows": .integer(Int64(found.rows)), "live": .text(found.after), "rebuilt": .text(found.rebuilt),
            "isEqual": .flag(found.isEqual),
        ])
        return Answer(table: table, json: try json.json(), exitCode: found.isEqual ? 0 : 1)
    }

    private func compareSettled(_ folder: NodeFolder) throws -> Comparison {
        var found = try compare(folder)
        for _ in 1..<RebuildCommand.attempts where !found.isSettled {
            for suffix in ["", "-wal", "-shm"] { unlink(into + suffix) }
            found = try compare(folder)
        }
        guard found.isSettled else {
            throw NodeError(
                .conflict, "节点一直在变化，无法比较：请稍后再试", "the node goes on changing, so that nothing can be compared: try later")
        }
        return found
    }

    private func compare(_ folder: NodeFolder) throws -> Comparison {
        let storeKey = try folder.storeKey()
        let live = try Store(readOnly: folder.storePath, key: storeKey)
        let key = try folder.current()
        guard let engine = try live.read({ try NodeSetup.engine(charter: Catalog.charter, key: key, in: $0) }) else {
            throw NodeError(.notEnrolled, "本节点尚未入网，没有日志", "this node is not enrolled and has no journal")
        }
        let before = try live.read { try StoreDigest.make(Catalog.charter, in: $0) }
        // Made here first: the copy is as secret as the store.
        try SecretFile.write([], to: into)
        let rows = try Rebuild.run(from: folder.storePath, into: into, engine: engine, key: storeKey, at: .now)
        let after = try live.read { try StoreDigest.make(Catalog.charter, in: $0) }
        try live.close()
        let made = try Store(readOnly: into, key: storeKey)
        let rebuilt = try made.read { try StoreDigest.make(Catalog.charter, in: $0) }
        try made.close()
        return Comparison(rows: rows, before: before, after: after, rebuilt: rebuilt)
    }
}
