internal import BusinessModules
internal import Foundation
internal import Logging
internal import NodeCore
internal import NodeFiles
internal import ServiceLifecycle
internal import SyncProtocol
internal import UnixSignals

/// `noded --dir FOLDER`: one seat's daemon; `noded --list-failpoints`: what a test may arm.
/// Exit codes: 0 stopped in order, 2 wrong use or configuration, 1 anything else.
@main
enum Noded {
    static let version = Catalog.version

    static func main() async {
        // Nothing this process makes is open to others.
        umask(0o077)
        do {
            if CommandLine.arguments.dropFirst() == ["--list-failpoints"] { return listFailpoints() }
            guard let path = directory(CommandLine.arguments) else {
                complain("usage: noded --dir FOLDER")
                exit(2)
            }
            try await run(try NodeFolder.open(path))
        } catch let error as NodeError {
            complain("noded: \(error.message.zh)\nnoded: \(error.message.en)")
            exit(error.code == .badConfiguration ? 2 : 1)
        } catch {
            complain("noded: \(error)")
            exit(1)
        }
    }

    private static func directory(_ arguments: [String]) -> String? {
        guard arguments.count == 3, arguments[1] == "--dir" else { return nil }
        return arguments[2]
    }

    /// A line a point: name, scene, place, sentence.
    private static func listFailpoints() {
        for point in Failpoint.allCases {
            let about = point.about
            print(point.rawValue, about.scene.rawValue, about.place.rawValue, about.sentence, separator: "\t")
        }
    }

    private static func arm(_ folder: NodeFolder, _ logger: Logger) throws {
        switch try FailpointArming.fromEnvironment(ProcessInfo.processInfo.environment, folder: folder.path) {
        case .unarmed: break
        case .armed(let point): logger.warning("a failpoint is armed", metadata: ["point": "\(point.rawValue)"])
        case .refused(let name):
            logger.error(
                "a failpoint was asked for and refused: this is no folder for tests",
                metadata: ["point": "\(name)", "missing": "\(FailpointArming.marker)"])
        }
    }

    /// A node has to come up on a full disk too, since it is there to read: the store's own files need a little room.
    private static func giveUpReserve(of folder: NodeFolder, _ limits: PressureLimits, _ logger: Logger) {
        guard let room = Pressure.room(of: folder.path), room.freeBytes < PressureLimits.roomToWork else { return }
        guard ReserveFile(folder, bytes: limits.reserveBytes).release() else { return }
        logger.error("the disk is full: the reserve is given up", metadata: ["freeBytes": "\(room.freeBytes)"])
    }

    private static func complain(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }

    /// A passphrase costs a quarter of a second for each file: both are opened at once.
    private static func keys(of folder: NodeFolder) async throws -> (own: SigningKey, store: StoreKey?) {
        async let store = Offload.run {
            FileManager.default.fileExists(atPath: folder.storeKeyPath) ? try folder.storeKey() : nil
        }
        let own = try await Offload.run { try folder.current() }
        return (own: own, store: try await store)
    }

    /// `storeKey`: nil where the store is of an earlier program, which had none.
    private static func openStore(
        of folder: NodeFolder, _ key: SigningKey, _ storeKey: StoreKey?, _ logger: Logger
    ) throws -> Store {
        if try StoreUpgrade.run(folder, Catalog.charter, key, at: Node.moment()) {
            logger.notice("the store of an earlier program was taken over")
        }
        return try Store(path: folder.storePath, charter: Catalog.charter, key: storeKey ?? folder.storeKey())
    }

    /// The console and the portal, where the configuration asks for them.
    private static func webListener(_ node: Node, _ folder: NodeFolder, _ logger: Logger) throws -> (any Service)? {
        guard let address = folder.config.web, let web = HostPort(address) else { return nil }
        let assets = try AssetStore(folder: AssetStore.folder(folder.config.assets))
        if !assets.missing.isEmpty {
            logger.warning(
                "pages work without these files, plainer: fetch them with scripts/web-assets",
                metadata: ["missing": "\(assets.missing.joined(separator: ", "))"])
        }
        guard let certificate = try folder.webCertificate() else {
            throw NodeError(
                .badConfiguration, "控制台还没有证书：请先运行 nodectl tls init",
                "the console has no certificate yet: run nodectl tls init first")
        }
        return try WebListener(node: node, assets: assets).application(
            host: web.host, port: web.port, certificate: certificate.certificatePEM, key: certificate.keyPEM, logger: logger)
    }

    private static func run(_ folder: NodeFolder) async throws {
        try folder.checkSocketPath()
        guard let listen = HostPort(folder.config.listen),
            let level = Logger.Level(rawValue: folder.config.logLevel.rawValue)
        else {
            throw NodeError(.badConfiguration, "config.json 无效", "config.json is not valid")
        }
        let lock = try FolderLock(folder.path)
        folder.clearScratch()
        var logger = Logger(label: "noded") { JSONLog(logLevel: level, label: $0) }
        logger[metadataKey: "seat"] = "\(folder.config.seat)"
        try arm(folder, logger)
        let certificate = try folder.tlsCertificate()
        let limits = folder.config.limits
        giveUpReserve(of: folder, limits, logger)
        let (key, storeKey) = try await keys(of: folder)
        let node = try Node(
            store: openStore(of: folder, key, storeKey, logger),
            key: key, folder: folder,
            host: HostFacts(
                address: folder.config.listen, tlsCertificate: certificate, version: version, files: folder.storeFiles),
            pressure: Pressure(
                limits, reserve: ReserveFile(folder, bytes: limits.reserveBytes),
                measure: { [path = folder.path] in Pressure.room(of: path) }),
            metrics: Metrics(), logger: logger)
        Failpoint.storeOpened.reach()
        try await node.finishRotation()
        try await node.followDeclarations()
        try await node.checkToken()
        let uplink = Uplink(
            node: node, addressPath: folder.path + "/parent.json", pollSeconds: min(folder.config.pollSeconds, 25),
            logger: logger)
        // A socket left by a killed process would refuse the new one its name; the lock says that nobody uses it.
        unlink(folder.socketPath)
        var quiet = logger
        quiet.logLevel = .warning
        var services: [any Service] = [
            try SyncListener(service: SyncService(node: node, sessions: Sessions())).application(
                host: listen.host, port: listen.port, certificate: certificate, key: folder.tlsKey(), logger: quiet),
            LocalListener(node: node, uplink: uplink).application(socket: folder.socketPath, logger: quiet),
            uplink, Reloader(node: node, folder: folder),
            Keeper(node: node, uplink: uplink, config: folder.config, logger: logger),
            DiskWatch(node: node, logger: logger),
            Resealer(node: node, logger: logger),
        ]
        if let web = try webListener(node, folder, quiet) { services.append(web) }
        try folder.writeProcessID(getpid())
        logger.info("started", metadata: ["version": "\(version)", "listen": "\(folder.config.listen)"])
        let group = ServiceGroup(
            configuration: .init(
                services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: quiet))
        try await group.run()
        Failpoint.stopping.reach()
        try node.store.close()
        Failpoint.storeClosed.reach()
        try folder.removeProcessID()
        unlink(folder.socketPath)
        logger.info("stopped")
        lock.release()
    }
}

/// One daemon a folder: the lock goes with the process, however it ends.
struct FolderLock {
    private let descriptor: Int32

    init(_ path: String) throws {
        descriptor = open(path + "/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            let reason = String(cString: strerror(errno))
            throw NodeError(.badConfiguration, "\(path)/lock：\(reason)", "\(path)/lock: \(reason)")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            throw NodeError(.badConfiguration, "此目录已有 noded 在运行：\(path)", "a noded runs in this folder already: \(path)")
        }
    }

    func release() { close(descriptor) }
}

/// SIGHUP: codes, parameters and certificates are read again from the store; a wrong `config.json` is named and
/// changes nothing.
struct Reloader: Service {
    let node: Node
    let folder: NodeFolder

    func run() async throws {
        for await _ in await UnixSignalsSequence(trapping: .sighup).cancelOnGracefulShutdown() {
            do {
                _ = try NodeFolder.open(folder.path)
                try await node.reload()
                node.logger.info("reloaded")
            } catch {
                node.logger.error("reload refused", metadata: ["error": "\(error)"])
            }
        }
    }
}
