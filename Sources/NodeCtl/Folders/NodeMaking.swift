import BusinessModules
import Foundation
import NodeCore
import NodeFiles
import SyncProtocol

/// Makes the folder of a new node: key, certificate, store.
enum NodeMaking {
    private static let certificateSeconds: Int64 = 10 * 365 * 86_400
    /// A neighbour's clock may be behind.
    private static let clockSlackSeconds: Int64 = 86_400

    /// How the root key of a new federation is kept.
    struct Root {
        let folder: String
        let needed: Int
        let count: Int
    }

    static func make(
        _ path: String, seat code: String, tree: NodeTree, suite: Suite, root: Root? = nil,
        passphraseFile: String? = nil, web: String? = nil, assets: String? = nil, at moment: Moment
    ) throws -> (folder: NodeFolder, first: [First]) {
        guard let seat = tree.seat(code), let address = HostPort(seat.address) else {
            throw NodeError(.badConfiguration, "拓扑中没有单位 \(code)", "the topology has no seat \(code)")
        }
        let seconds = moment.milliseconds / 1_000
        let certificate = try TLSCertificate(
            host: address.host, name: "bangfu \(code)", serial: moment.entropy(16), begin: seconds - clockSlackSeconds,
            end: seconds + certificateSeconds)
        let keyText = NodeSetup.keyText(suite, entropy: moment.entropy)
        let place = passphraseFile ?? NodeFolder.passphrasePath(beside: path)
        let isGiven = FileManager.default.fileExists(atPath: place)
        let passphrase = try isGiven ? InputFile.passphrase(place) : Array(Hex.encode(moment.entropy(16)).utf8)
        let recovery = try RecoveryKey.make(suite, entropy: moment.entropy)
        let storeSeed = moment.entropy(NodeSetup.seedSize)
        let contents = NodeFolder.Contents(
            config: try NodeConfig(
                seat: code, listen: seat.address, recoveryKey: recovery.key.text, passphraseFile: place, web: web,
                assets: assets),
            keyText: try KeyFile.wrap(keyText, passphrase, entropy: moment.entropy),
            storeKeyText: try KeyFile.wrap(storeSeed, suite, .store, passphrase, entropy: moment.entropy),
            tlsCertificate: certificate.certificatePEM, tlsKey: certificate.keyPEM)
        let key = try NodeSetup.makeKey(text: keyText)
        let plan = NodeSetup.Plan(
            seat: code, tree: tree, codes: try BundledData.codes(), parameters: try BundledData.parameters())
        let made = try seat.parent == nil ? makeRoot(root, suite, moment) : nil
        var secrets = [(path: recoveryPath(path), text: recovery.file)]
        if !isGiven { secrets.append((path: place, text: String(decoding: passphrase, as: UTF8.self) + "\n")) }
        for file in made?.files ?? [] { secrets.append((path: (root?.folder ?? "") + "/" + file.name, text: file.text)) }
        var first = [First]()
        let folder = try NodeFolder.create(path, contents) { folder in
            try writing(secrets) {
                let store = try Store(
                    path: folder.storePath, charter: Catalog.charter, key: StoreKey(seed: storeSeed, suite: suite))
                let life = try store.write(moment) { tx in
                    try NodeSetup.create(plan, key: key, root: made?.key, in: tx)
                    first = try Accounts.first(by: Principal("init"), in: tx).map {
                        First(role: $0.role, login: $0.login, path: $0.link.path)
                    }
                    return try tx.withSnapshot { try NodeSetup.incarnation(in: $0) }
                }
                try store.close()
                try LifeToken.write(folder, life)
            }
        }
        return (folder: folder, first: first)
    }

    /// An administrator who is still to set a password.
    struct First: Sendable {
        let role: Role
        let login: String
        /// Behind the console's address; good once.
        let path: String
    }

    /// Secrets that people carry away are on the disk before anything rests on them, and gone again when nothing does.
    private static func writing(_ secrets: [(path: String, text: String)], _ body: () throws -> Void) throws {
        var written = [String]()
        do {
            for secret in secrets {
                let folder = URL(fileURLWithPath: secret.path).deletingLastPathComponent().path
                try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
                try SecretFile.write([UInt8](secret.text.utf8), to: secret.path)
                written.append(secret.path)
            }
            try body()
        } catch {
            for path in written { unlink(path) }
            throw error
        }
    }

    /// Beside the folder, to be carried away.
    static func recoveryPath(_ folder: String) -> String {
        URL(fileURLWithPath: folder).standardizedFileURL.path + ".recovery.json"
    }

    /// The key itself is never on a disk.
    private static func makeRoot(_ root: Root?, _ suite: Suite, _ moment: Moment) throws -> (
        key: SigningKey, files: [(name: String, text: String)]
    ) {
        guard let root else {
            throw NodeError(
                .badRequest, "建立全国节点须用 --root 指明根密钥各份的存放目录",
                "name the folder for the parts of the root key with --root")
        }
        return try RootParts.make(suite, needed: root.needed, count: root.count, entropy: moment.entropy)
    }
}
