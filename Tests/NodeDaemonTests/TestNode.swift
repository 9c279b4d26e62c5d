import AsyncHTTPClient
import BusinessModules
import Foundation
import Hummingbird
import Logging
import NIOHTTP1
import NodeCore
import NodeFiles
import ServiceLifecycle
import Synchronization
import SyncProtocol
import Testing

@testable import NodeDaemon

/// A folder for one test, removed with its owner.
final class Scratch: Sendable {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.path + "/nd-" + UUID().uuidString.prefix(8)
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit {
        do { try FileManager.default.removeItem(atPath: path) } catch {
            FileHandle.standardError.write(Data("\(path) could not be removed: \(error)\n".utf8))
        }
    }
}

/// Ports that nobody listens on, below those that the system gives to calls going out.
enum FreePort {
    private static let taken = Mutex(Set<Int>())

    static func take() throws -> Int {
        for _ in 0..<200 {
            let port = Int.random(in: 20_000..<32_000)
            guard taken.withLock({ $0.insert(port).inserted }) else { continue }
            let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            defer { close(descriptor) }
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = in_port_t(port).bigEndian
            address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
            let size = socklen_t(MemoryLayout<sockaddr_in>.size)
            let isBound = withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, size) == 0 }
            }
            if isBound { return port }
        }
        throw NodeError(.unreachable, "没有空闲端口", "no port is free")
    }
}

/// The folders of nodes for tests, as `nodectl init` makes them.
enum TestFolder {
    static let certificate = Result {
        try TLSCertificate(
            host: "127.0.0.1", name: "bangfu test", serial: Node.moment().entropy(16),
            begin: Node.moment().milliseconds / 1_000 - 86_400, end: Node.moment().milliseconds / 1_000 + 86_400)
    }

    /// A copy of an enrolled node.
    static func make(_ image: Template.Image, in scratch: Scratch) throws -> NodeFolder {
        try make(image.seat, image.keyText, in: scratch) { folder in
            for (suffix, data) in image.files { try data.write(to: URL(fileURLWithPath: folder.storePath + suffix)) }
        }
    }

    /// A new node that is not enrolled yet.
    static func make(new seat: String, in scratch: Scratch) throws -> NodeFolder {
        let keyText = NodeSetup.keyText(entropy: Node.moment().entropy)
        let key = try NodeSetup.makeKey(text: keyText)
        let plan = NodeSetup.Plan(seat: seat, tree: Template.tree, codes: [:], parameters: [])
        return try make(seat, keyText, in: scratch) { folder in
            let store = try Store(path: folder.storePath, charter: Catalog.charter, key: .known)
            let root = seat == "000000" ? try SigningKey(suite: .international, seed: Node.moment().entropy(32)) : nil
            try store.write(Node.moment()) { try NodeSetup.create(plan, key: key, root: root, in: $0) }
            try store.close()
        }
    }

    private static func make(
        _ seat: String, _ keyText: String, in scratch: Scratch, fill: (NodeFolder) throws -> Void
    ) throws -> NodeFolder {
        let tls = try certificate.get()
        let place = scratch.path + "/passphrase"
        let passphrase = Array("correct horse battery".utf8)
        if !FileManager.default.fileExists(atPath: place) {
            let isMade = FileManager.default.createFile(
                atPath: place, contents: Data(passphrase), attributes: [.posixPermissions: 0o600])
            #expect(isMade)
        }
        let config = try NodeConfig(
            seat: seat, listen: "127.0.0.1:\(FreePort.take())", logLevel: .critical, passphraseFile: place)
        // Cheap: a hundred nodes start in these tests.
        let wrapped = try KeyFile.wrap(keyText, passphrase, cost: 1_024, entropy: Node.moment().entropy)
        let folder = try NodeFolder.create(
            scratch.path + "/" + seat,
            .init(
                config: config, keyText: wrapped,
                storeKeyText: try KeyFile.wrap(
                    [UInt8](repeating: 0, count: 32), .international, .store, passphrase, cost: 1_024,
                    entropy: Node.moment().entropy), tlsCertificate: tls.certificatePEM, tlsKey: tls.keyPEM),
            makeStore: fill)
        let store = try Store(readOnly: folder.storePath, key: .known)
        try LifeToken.write(folder, try store.read { try NodeSetup.incarnation(in: $0) })
        try store.close()
        return folder
    }
}

/// A node with its two listeners on real sockets, in this process.
struct TestNode: Sendable {
    let folder: NodeFolder
    let node: Node
    let api: LocalAPI
    let line: ParentClient

    var id: NodeID {
        get async throws {
            let store = await node.store
            guard let place = try store.read({ try NodeSetup.place(in: $0) }) else {
                throw NodeError(.notFound, "此处还没有节点", "there is no node here")
            }
            return place.node
        }
    }

    /// Runs a copy of an enrolled node while `body` does.
    static func run<Result: Sendable>(
        _ seat: String, body: @escaping @Sendable (TestNode) async throws -> Result
    ) async throws -> Result {
        let scratch = try Scratch()
        let result = try await run(try TestFolder.make(try Template.shared().image(seat), in: scratch), body: body)
        withExtendedLifetime(scratch) {}
        return result
    }

    static func run<Result: Sendable>(
        _ folder: NodeFolder, withUplink: Bool = false, limits: PressureLimits = PressureLimits(),
        room: @escaping @Sendable () -> DiskRoom? = { nil }, body: @escaping @Sendable (TestNode) async throws -> Result
    ) async throws -> Result {
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let certificate = try folder.tlsCertificate()
        let node = try Node(
            store: Store(path: folder.storePath, charter: Catalog.charter, key: .known),
            key: folder.current(), folder: folder,
            host: HostFacts(
                address: folder.config.listen, tlsCertificate: certificate, version: Noded.version,
                files: folder.storeFiles),
            pressure: Pressure(limits, measure: room), metrics: Metrics(), logger: logger)
        let uplink = Uplink(node: node, addressPath: folder.path + "/parent.json", pollSeconds: 5, logger: logger)
        guard let listen = HostPort(folder.config.listen) else { throw NodeError(.badConfiguration, "地址无效", "no address") }
        let services: [any Service] = [
            try SyncListener(service: SyncService(node: node, sessions: Sessions())).application(
                host: listen.host, port: listen.port, certificate: certificate, key: folder.tlsKey(), logger: logger),
            LocalListener(node: node, uplink: uplink).application(socket: folder.socketPath, logger: logger),
        ]
        let group = ServiceGroup(configuration: .init(services: services + (withUplink ? [uplink] : []), logger: logger))
        let client = try Uplink.client(ParentAddress(address: folder.config.listen, tlsCertificate: certificate))
        let made = TestNode(
            folder: folder, node: node, api: LocalAPI(socket: folder.socketPath),
            line: ParentClient(client: client, address: folder.config.listen))
        do {
            let result = try await made.whileServing(group, body)
            try await node.store.close()
            return result
        } catch {
            // A client must not go unclosed; the failure itself is what is told.
            do { try await client.shutdown() } catch { logger.debug("closed already") }
            throw error
        }
    }

    private func whileServing<Result: Sendable>(
        _ services: ServiceGroup, _ body: @escaping @Sendable (TestNode) async throws -> Result
    ) async throws -> Result {
        try await withThrowingTaskGroup(of: Result?.self) { group in
            group.addTask {
                try await services.run()
                return nil
            }
            group.addTask {
                try await api.waitUntilHealthy()
                _ = try await line.plain(.GET, "/healthz")
                return try await body(self)
            }
            var result: Result?
            // A listener that fails ends the test at once.
            while result == nil, let ended = try await group.next() { result = ended }
            // First the callers: a server would wait seconds for each of them to take leave.
            try await line.client.shutdown()
            await node.endWaits()
            await services.triggerGracefulShutdown()
            try await group.waitForAll()
            guard let result else { throw NodeError(.unreachable, "节点自行停止", "the node stopped by itself") }
            return result
        }
    }
}
