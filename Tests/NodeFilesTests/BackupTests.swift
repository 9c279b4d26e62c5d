import Foundation
import NodeCore
import SyncProtocol
import Testing

@testable import NodeFiles

/// Backups of a national node that stands alone.
@Suite struct BackupTests {
    let folder: NodeFolder
    let store: Store
    let identity: NodeIdentity
    let recovery: (key: RecoveryKey, file: String)
    let root: Directory

    final class Directory: Sendable {
        let path = FileManager.default.temporaryDirectory.path + "/bk-" + UUID().uuidString.prefix(8)

        init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }

        deinit {
            do { try FileManager.default.removeItem(atPath: path) } catch { Issue.record(error) }
        }
    }

    static let charter = Charter([])

    static func moment(_ byte: UInt8) -> Moment {
        Moment(milliseconds: 1_795_000_000_000 + Int64(byte), entropy: { [UInt8](repeating: byte, count: $0) })
    }

    init() throws {
        root = try Directory()
        recovery = try RecoveryKey.make(.international, entropy: { [UInt8](repeating: 3, count: $0) })
        let tree = NodeTree([
            TreeSeat(
                code: "000000", name: "全国", level: .national, parent: nil, address: "127.0.0.1:7000", reviewChain: [],
                isRelay: false)
        ])
        let keyText = NodeSetup.keyText(entropy: { [UInt8](repeating: 4, count: $0) })
        let key = try NodeSetup.makeKey(text: keyText)
        let offline = try SigningKey(suite: .international, seed: [UInt8](repeating: 5, count: 32))
        let config = try NodeConfig(
            seat: "000000", listen: "127.0.0.1:7000", recoveryKey: recovery.key.text,
            passphraseFile: root.path + "/passphrase")
        let passphrase = Array("correct horse battery".utf8)
        #expect(
            FileManager.default.createFile(
                atPath: root.path + "/passphrase", contents: Data(passphrase), attributes: [.posixPermissions: 0o600]))
        let storeKeyText = try KeyFile.wrap(
            [UInt8](repeating: 0, count: 32), .international, .store, passphrase, cost: 1_024,
            entropy: Self.moment(2).entropy)
        folder = try NodeFolder.create(
            root.path + "/n",
            .init(
                config: config, keyText: keyText, storeKeyText: storeKeyText, tlsCertificate: "certificate", tlsKey: "key")
        ) { folder in
            let store = try Store(path: folder.storePath, charter: Self.charter, key: .known)
            let plan = NodeSetup.Plan(seat: "000000", tree: tree, codes: [:], parameters: [])
            try store.write(Self.moment(6)) { try NodeSetup.create(plan, key: key, root: offline, in: $0) }
            try store.close()
        }
        store = try Store(path: folder.storePath, charter: Self.charter, key: .known)
        identity = try #require(
            try store.read { try NodeSetup.identity(charter: Self.charter, key: key, in: $0) })
        try FileManager.default.createDirectory(atPath: root.path + "/b", withIntermediateDirectories: true)
    }

    var privateKey: ExchangeKey { get throws { try RecoveryKey.open([UInt8](recovery.file.utf8)) } }

    func backUp(_ byte: UInt8 = 7) throws -> Backup.Made {
        try Backup.make(of: folder, store, identity, into: root.path + "/b", at: Self.moment(byte))
    }

    private func bytes(_ path: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: URL(fileURLWithPath: path))) }

    @Test func `the token of a life fits for as long as the file lives, whatever is done to it`() throws {
        try LifeToken.write(folder, identity.incarnation)
        func changed() throws -> Int {
            var status = stat()
            #expect(stat(folder.storePath, &status) == 0)
            return status.st_ctim.tv_sec
        }
        // Until the second of its last change is another than that of its birth.
        let first = try changed()
        while try changed() == first { #expect(chmod(folder.storePath, 0o600) == 0) }
        try store.foldLog()
        #expect(try LifeToken.problem(folder, identity.incarnation)?.en == nil)
    }

    @Test func `what was backed up comes back whole, and without the token of its life`() throws {
        try LifeToken.write(folder, identity.incarnation)
        #expect(try LifeToken.problem(folder, identity.incarnation) == nil)
        let made = try backUp()
        let manifest = try Backup.restore(made.path, with: privateKey, into: root.path + "/again").manifest
        #expect(manifest.node == identity.node && manifest.seat == "000000")
        let again = try NodeFolder.open(root.path + "/again")
        #expect(try again.keyText() == folder.keyText() && again.config == folder.config)
        let restored = try Store(readOnly: again.storePath, key: .known)
        #expect(try restored.read { try NodeSetup.place(in: $0)?.node } == identity.node)
        try restored.close()
        #expect(try LifeToken.problem(again, identity.incarnation) != nil)
        #expect(try FileManager.default.contentsOfDirectory(atPath: root.path + "/b").count == 1)
    }

    @Test func `the passphrase comes out beside the folder, never in it`() throws {
        let made = try backUp()
        func isThere(_ name: String) -> Bool { FileManager.default.fileExists(atPath: root.path + name) }
        // The machine has it where the configuration says.
        #expect(try Backup.restore(made.path, with: privateKey, into: root.path + "/same").passphrasePath == nil)
        #expect(!isThere("/same/passphrase") && !isThere("/same.passphrase"))
        // Another machine.
        try FileManager.default.moveItem(atPath: root.path + "/passphrase", toPath: root.path + "/moved")
        for _ in 1...2 {
            let restored = try Backup.restore(made.path, with: privateKey, into: root.path + "/again")
            #expect(restored.passphrasePath == root.path + "/again.passphrase")
            #expect(!isThere("/again/passphrase"))
            let mode = try FileManager.default.attributesOfItem(atPath: root.path + "/again.passphrase")[.posixPermissions]
            #expect(mode as? Int == 0o600)
            _ = try NodeFolder.open(root.path + "/again").storeKey()
            // The second restore finds it there.
            try FileManager.default.removeItem(atPath: root.path + "/again")
        }
        try Data("another one altogether\n".utf8).write(to: URL(fileURLWithPath: root.path + "/again.passphrase"))
        #expect(throws: NodeError(.conflict, "", "")) {
            try Backup.restore(made.path, with: privateKey, into: root.path + "/again")
        }
        #expect(!isThere("/again") && !isThere("/again.restoring"))
    }

    @Test func `another key opens nothing, and nothing is left behind`() throws {
        let made = try backUp()
        let other = try ExchangeKey(seed: [UInt8](repeating: 9, count: 32))
        #expect(throws: NodeError(.notAllowed, "", "")) {
            try Backup.restore(made.path, with: other, into: root.path + "/again")
        }
        #expect(!FileManager.default.fileExists(atPath: root.path + "/again"))
        #expect(!FileManager.default.fileExists(atPath: root.path + "/again.restoring"))
    }

    @Test func `a folder that is there is never written over`() throws {
        let made = try backUp()
        #expect(throws: NodeError(.conflict, "", "")) { try Backup.restore(made.path, with: privateKey, into: folder.path) }
    }

    @Test func `no cut and no flipped bit is taken for a backup`() throws {
        let whole = try bytes(backUp().path)
        let path = root.path + "/altered.bgbk"
        func refused(_ altered: [UInt8]) throws -> Bool {
            try Data(altered).write(to: URL(fileURLWithPath: path))
            do {
                _ = try Backup.restore(path, with: privateKey, into: root.path + "/again")
                try FileManager.default.removeItem(atPath: root.path + "/again")
                return false
            } catch is NodeError { return true } catch is ProtocolError { return true }
        }
        #expect(try !refused(whole))
        #expect(try refused(whole + [0]))
        for cut in stride(from: 0, to: whole.count, by: max(1, whole.count / 40)) {
            #expect(try refused(Array(whole[..<cut])), "cut at \(cut)")
        }
        for place in stride(from: 0, to: whole.count, by: max(1, whole.count / 60)) {
            var altered = whole
            altered[place] ^= 1 << UInt8(place % 8)
            #expect(try refused(altered), "a bit at \(place)")
        }
    }

    @Test func `nothing of the node stands readable in a backup`() throws {
        let whole = Data(try bytes(backUp().path))
        for secret in [try folder.keyText(), "certificate"] {
            #expect(whole.range(of: Data(secret.utf8)) == nil)
        }
        #expect(whole.range(of: Data(identity.key.seed)) == nil)
    }

    @Test func `of two backups at once one is made, and what a killed one left is cleared`() throws {
        try FileManager.default.createDirectory(atPath: folder.scratchPath, withIntermediateDirectories: false)
        #expect(throws: NodeError(.conflict, "", "")) { try backUp() }
        #expect(try FileManager.default.contentsOfDirectory(atPath: root.path + "/b").isEmpty)
        folder.clearScratch()
        _ = try backUp()
        #expect(!FileManager.default.fileExists(atPath: folder.scratchPath))
        #expect(try FileManager.default.contentsOfDirectory(atPath: root.path + "/b").count == 1)
    }

    @Test func `a node without a recovery key makes no backup`() throws {
        let plain = NodeFolder(path: folder.path, config: try NodeConfig(seat: "000000", listen: "127.0.0.1:7000"))
        #expect(throws: NodeError(.badConfiguration, "", "")) {
            try Backup.make(of: plain, store, identity, into: root.path + "/b", at: Self.moment(8))
        }
    }
}
