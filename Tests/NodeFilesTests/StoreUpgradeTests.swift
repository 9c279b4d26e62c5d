import BusinessModules
import Foundation
import NodeCore
import SyncProtocol
import Testing

@testable import NodeFiles

/// Stores as the program of commit 2336b3b wrote them: a county with working copies, a return and entries that wait for the
/// line, and its city.
@Suite struct StoreUpgradeTests {
    struct Old: Sendable, CustomTestStringConvertible {
        let file: String
        let seed: String
        /// Of the content, as that program computed it.
        let digest: String
        /// What stands in its file in plain.
        let secrets: [String]

        var testDescription: String { file }
    }

    private static let shared = [
        "370211197408209998", "15444061047", "青岛市黄岛区槐荫里279号12号楼4单元1215", "370211197502069987",
        "家庭住址缺少门牌号，请核对后补充完整",
    ]
    static let stores = [
        Old(
            file: "county", seed: "a877749d76daaa5278333f5be7e208fae419ed7388bc392b7d69052aed757950",
            digest: "305bf776987e8fefad213081ca8fd72f6435ffe38c91334d765e9cfdb337befc",
            secrets: shared + ["9999993972918986905", "已电话联系", "因病致困，仍在治疗"]),
        Old(
            file: "city", seed: "2defafe9010b3654d48923b904fc1516abe7609762a6afb573fa7808a228a3e8",
            digest: "4387b121a3b5280892af1076b7dc36b4bf1e866b2e462e2ee7876e0295aea5d0", secrets: shared),
    ]

    private static let moment = Moment(
        milliseconds: 1_795_000_000_000,
        entropy: { count in
            (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ 3) }
        })

    /// A node's folder around such a store, as that program left it.
    private final class Node {
        let root: String
        let folder: NodeFolder
        let key: SigningKey

        init(_ old: Old) throws {
            root = FileManager.default.temporaryDirectory.path + "/su-" + UUID().uuidString.prefix(8)
            try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
            let passphrase = Array("correct horse battery".utf8)
            let made = FileManager.default.createFile(
                atPath: root + "/passphrase", contents: Data(passphrase), attributes: [.posixPermissions: 0o600])
            #expect(made)
            key = try SigningKey(suite: .international, seed: Hex.decode(old.seed) ?? [])
            let source = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path + "/Stores/\(old.file).db"
            let data = try #require(FileManager.default.contents(atPath: source))
            let config = try NodeConfig(seat: "370211", listen: "127.0.0.1:7003", passphraseFile: root + "/passphrase")
            folder = try NodeFolder.create(
                root + "/node", .init(config: config, keyText: "sealed", storeKeyText: "", tlsCertificate: "c", tlsKey: "k")
            ) { try data.write(to: URL(fileURLWithPath: $0.storePath)) }
            try FileManager.default.removeItem(atPath: folder.storeKeyPath)
            let store = try Store(readOnly: folder.storePath, key: nil)
            try LifeToken.write(folder, store.read { try NodeSetup.incarnation(in: $0) })
            try store.close()
        }

        deinit { do { try FileManager.default.removeItem(atPath: root) } catch { Issue.record(error) } }

        func upgrade() throws -> Bool { try StoreUpgrade.run(folder, Catalog.charter, key, at: StoreUpgradeTests.moment) }

        func raw(_ strings: [String]) throws -> Set<String> {
            let search = try ByteSearch(strings)
            let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasPrefix("store.db") }
            return Set(
                try names.flatMap { name in
                    let data = try Data(contentsOf: URL(fileURLWithPath: folder.path + "/" + name))
                    return search.find([UInt8](data), name).map(\.text)
                })
        }

        func check(_ old: Old) throws {
            let store = try Store(path: folder.storePath, charter: Catalog.charter, key: folder.storeKey())
            #expect(try store.read { try StoreDigest.make(Catalog.charter, in: $0) } == old.digest)
            let engine = try #require(try store.read { try NodeSetup.engine(charter: Catalog.charter, key: key, in: $0) })
            #expect(try store.read { try ProofReader(engine).verifyJournal(in: $0).failures } == [])
            let search = try ByteSearch(old.secrets)
            #expect(try Set(store.read { try search.run(in: $0) }.map(\.text)) == Set(old.secrets))
            let life = try store.read { try NodeSetup.incarnation(in: $0) }
            try store.close()
            #expect(try raw(old.secrets) == [])
            #expect(try raw(["3702112022000015"]) == ["3702112022000015"])
            #expect(try LifeToken.problem(folder, life)?.en == nil)
            #expect(try FileManager.default.attributesOfItem(atPath: folder.storePath)[.posixPermissions] as? Int == 0o600)
        }
    }

    @Test(arguments: stores) func `a store written in plain is taken over whole, and no plain byte of it stays`(_ old: Old)
        throws
    {
        let node = try Node(old)
        #expect(try node.raw(old.secrets) == Set(old.secrets))
        // Nobody reads it in between.
        #expect(throws: NodeError(.badConfiguration, "", "")) { try node.folder.storeKey() }
        #expect(throws: NodeError(.storeOlder, "", "")) { try Store(readOnly: node.folder.storePath, key: .known) }
        #expect(throws: NodeError(.storeOlder, "", "")) {
            try Store(path: node.folder.storePath, charter: Catalog.charter, key: .known)
        }
        #expect(try node.upgrade())
        try node.check(old)
        #expect(try !node.upgrade())
    }

    @Test func `cut short at any point, the taking over begins again or lacks only its last step`() throws {
        let old = Self.stores[0]
        let node = try Node(old)
        let new = node.folder.storePath + ".new"
        // The power went while the new file was written.
        #expect(FileManager.default.createFile(atPath: new, contents: Data("half".utf8)))
        #expect(FileManager.default.createFile(atPath: new + "-wal", contents: Data("half".utf8)))
        #expect(try node.upgrade())
        try node.check(old)
        // It went right before the new file took its place: its token is written.
        let again = try Node(old)
        let other = try Node(old)
        #expect(try other.upgrade())
        try Files.move(other.folder.storePath, to: again.folder.storePath + ".new")
        try Files.move(other.folder.storeKeyPath, to: again.folder.storeKeyPath)
        let key = try again.folder.storeKey()
        let made = try Store(readOnly: again.folder.storePath + ".new", key: key)
        let life = try made.read { try NodeSetup.incarnation(in: $0) }
        try made.close()
        try LifeToken.write(again.folder, life, store: again.folder.storePath + ".new")
        #expect(try LifeToken.problem(again.folder, life) != nil)
        #expect(try again.upgrade())
        try again.check(old)
    }

    @Test func `a store that did not fit its token before does not afterwards`() throws {
        let old = Self.stores[1]
        let node = try Node(old)
        let life = try #require(Incarnation([1, 2, 3, 4, 5, 6, 7, 8]))
        try LifeToken.write(node.folder, life)
        #expect(try node.upgrade())
        let store = try Store(readOnly: node.folder.storePath, key: node.folder.storeKey())
        let own = try store.read { try NodeSetup.incarnation(in: $0) }
        try store.close()
        #expect(try LifeToken.problem(node.folder, own) != nil)
    }
}
