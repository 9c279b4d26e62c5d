import ArgumentParser
import BusinessModules
import Foundation
import NodeCore
import NodeFiles

/// Makes a backup of a running node.
struct BackupCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "backup", abstract: say("备份运行中的节点，并试恢复一次", "Back a running node up, and restore the backup once"),
        discussion: say(
            "备份只能用恢复密钥（建节点时写出的文件）打开。config.json 的 backupTo 可设每日自动备份。",
            "A backup opens only with the recovery key, a file that init wrote. backupTo in config.json: one every day."
        ))

    @OptionGroup var options: Options

    @Option(help: ArgumentHelp(say("备份目录", "The folder for backups"), valueName: "folder")) var to: String

    func perform() async throws -> Answer {
        let target = URL(fileURLWithPath: to).standardizedFileURL.path
        let received = try await options.client.send("POST", "backups", body: ["into": target].json())
        return Answer(
            received,
            [
                Table.Column("path", "备份文件", "backup"), Table.Column("bytes", "字节", "bytes", .number),
                Table.Column("madeMilliseconds", "时间", "made", .time),
            ], [received.value])
    }
}

/// Makes a node's folder from a backup.
struct RestoreCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "restore", abstract: say("由备份恢复节点目录", "Make a node's folder from a backup"),
        discussion: say(
            "恢复到新目录（--dir，不得已存在）。启动 noded 后节点只读，确认没有其他拷贝在运行，再运行 nodectl recover。",
            """
            Restores into a new folder (--dir, which must not exist). Started, the node only reads; make sure that no other
            copy of it runs, then run nodectl recover.
            """))

    @OptionGroup var options: Options

    @Argument(help: ArgumentHelp(say("备份文件", "The backup"))) var file: String

    @Option(help: ArgumentHelp(say("恢复密钥文件", "The recovery key's file"), valueName: "file")) var key: String

    func perform() async throws -> Answer {
        try options.armFailpoint()
        let folder = URL(fileURLWithPath: options.dir).standardizedFileURL.path
        let key = try RecoveryKey.open(InputFile.bytes(key))
        let restored = try await Progress.during(say("恢复中", "restoring")) {
            try Backup.restore(file, with: key, into: folder)
        }
        let table = Table(
            [
                Table.Column("seat", "单位", "seat"), Table.Column("made", "备份时间", "made"),
                Table.Column("folder", "目录", "folder"),
            ], rows: [[restored.manifest.seat, Table.time(restored.manifest.milliseconds), folder]])
        let secret = restored.passphrasePath.map { path in
            say(
                "打开密钥的口令写在 \(path)：请移到只有服务能读的地方，并在 config.json 的 passphraseFile 写明，不要与目录放在一起",
                """
                The passphrase that opens its keys stands in \(path): put it where only the service reads it, named as \
                passphraseFile in config.json, and not with the folder
                """)
        }
        return Answer(
            table: table, json: try table.json(),
            notes: (secret.map { [$0] } ?? []) + [
                say(
                    "下一步：启动 noded --dir \(folder)，再运行 nodectl recover",
                    "Next: start noded --dir \(folder), then run nodectl recover")
            ])
    }
}
