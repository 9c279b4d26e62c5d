import BusinessModules
import Foundation
import NodeCore
import NodeFiles
import SyncProtocol

/// The daemons of a whole tree on this machine, for trying out.
actor Fleet {
    struct Member: Sendable {
        let seat: TreeSeat
        let folder: NodeFolder
        let processID: Int32
        let isOurs: Bool
    }

    private let tree: NodeTree
    private let root: String
    private let daemon: String
    private let person: String
    /// Seats whose nodes are made in the national suite.
    private let national: Set<String>
    /// The port of the first seat's console; the others follow in the order of the file. Nil for none.
    private let webPort: Int?
    private let assets: String?
    private(set) var members = [Member]()

    /// How long a daemon may take until it answers.
    private static let patienceSeconds = 60
    private static let endSeconds = 30
    /// How many looks in a row, 50 ms apart, may find no daemon before it counts as fallen.
    private static let absencesMax = 20

    init(
        tree: NodeTree, root: String, daemon: String, person: String, national: Set<String> = [], webPort: Int? = nil,
        assets: String? = nil
    ) {
        self.webPort = webPort
        self.assets = assets
        self.tree = tree
        self.root = URL(fileURLWithPath: root).standardizedFileURL.path
        self.daemon = daemon
        self.person = person
        self.national = national
    }

    /// Every seat, parents before children.
    func start() async throws {
        let seats = tree.seats.enumerated().sorted { ($0.element.level, $0.offset) < ($1.element.level, $1.offset) }
        for (_, seat) in seats {
            let member = try await launch(seat)
            members.append(member)
            try await enrol(member)
            try await wait(for: "/readyz", member)
            Output.note(
                say(
                    "\(seat.code) \(seat.name) 已就绪（\(seat.address)）", "\(seat.code) \(seat.name) is ready (\(seat.address))")
            )
        }
    }

    /// Ends the daemons that this fleet started. Returns those that did not end.
    func stop() async throws -> [NodeFolder] {
        try await NodeProcess.end(members.filter(\.isOurs).map(\.folder), seconds: Fleet.endSeconds)
    }

    /// Our daemons that ended by themselves.
    func fallen() -> [Member] {
        members.filter { $0.isOurs && !NodeProcess.isDaemon($0.processID, of: $0.folder.path) }
    }

    private func launch(_ seat: TreeSeat) async throws -> Member {
        let path = root + "/" + seat.code
        let isThere = FileManager.default.fileExists(atPath: path + "/config.json")
        let folder = isThere ? try NodeFolder.open(path) : try make(seat, at: path)
        guard folder.config.seat == seat.code else {
            throw NodeError(
                .conflict, "\(path) 中是单位 \(folder.config.seat) 的节点",
                "the node in \(path) holds the seat \(folder.config.seat)")
        }
        if let running = try NodeProcess.find(folder), SocketProbe.isListening(folder.socketPath) {
            return Member(seat: seat, folder: folder, processID: running, isOurs: false)
        }
        guard !SocketProbe.isListening(folder.socketPath) else {
            throw NodeError(
                .conflict, "\(path) 的节点已由他人启动", "the node of \(path) runs already, started by someone else")
        }
        let process = try spawn(folder)
        let member = Member(seat: seat, folder: folder, processID: process.processIdentifier, isOurs: true)
        try folder.writeProcessID(process.processIdentifier)
        do {
            try await wait(for: "/healthz", member)
        } catch {
            // Not yet a member: end it here.
            if process.isRunning { process.terminate() }
            try folder.removeProcessID()
            throw error
        }
        return member
    }

    private func make(_ seat: TreeSeat, at path: String) throws -> NodeFolder {
        let place = tree.seats.firstIndex { $0.code == seat.code } ?? 0
        let host = HostPort(seat.address)?.host ?? "127.0.0.1"
        let folder = try NodeMaking.make(
            path, seat: seat.code, tree: tree, suite: national.contains(seat.code) ? .national : .international,
            root: .init(folder: root + "/root", needed: 2, count: 3), web: webPort.map { "\(host):\($0 + place)" },
            assets: assets, at: .now
        ).folder
        if webPort != nil { try folder.makeAuthority(hosts: ["localhost", host], replacing: false, at: .now) }
        return folder
    }

    private func spawn(_ folder: NodeFolder) throws -> Process {
        let log: FileHandle
        let process = Process()
        do {
            let descriptor = Foundation.open(folder.logPath, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
            guard descriptor >= 0 else { throw CocoaError(.fileWriteUnknown) }
            log = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
            process.executableURL = URL(fileURLWithPath: daemon)
            process.arguments = ["--dir", folder.path]
            process.standardInput = FileHandle.nullDevice
            process.standardOutput = log
            process.standardError = log
            try process.run()
        } catch {
            throw NodeError(
                .badConfiguration, "无法启动 \(daemon)（可用 --noded 指明）",
                "\(daemon) cannot be started (name it with --noded): \(error.localizedDescription)")
        }
        return process
    }

    private func client(_ folder: NodeFolder) -> Client { Client(folder: folder.path, person: person) }

    private func wait(for path: String, _ member: Member) async throws {
        let client = client(member.folder)
        let deadline = ContinuousClock.now + .seconds(Fleet.patienceSeconds)
        var absences = 0
        while ContinuousClock.now < deadline {
            if client.isRunning, try await client.status(path) == 200 { return }
            // A process that is just being made has no command line for a moment: on a busy machine one look proves nothing.
            let isThere = NodeProcess.isDaemon(member.processID, of: member.folder.path) || !member.isOurs
            absences = isThere ? 0 : absences + 1
            guard absences < Fleet.absencesMax else { break }
            try await Task.sleep(for: .milliseconds(50))
        }
        throw NodeError(
            .unreachable, "\(member.seat.code) 的节点没有就绪，见 \(member.folder.logPath)",
            "the node of \(member.seat.code) did not get ready, see \(member.folder.logPath)")
    }

    private func enrol(_ member: Member) async throws {
        let child = client(member.folder)
        guard try await !child.get("node").value["isEnrolled"].isTrue, let parent = member.seat.parent else { return }
        let above = Client(folder: root + "/" + parent, person: person)
        let invitation = try await above.send("POST", "enrolments", body: ["seat": member.seat.code].json())
        let joining = try JSONValue.object(["invitation": invitation.value]).json()
        let asked = try await child.send("POST", "enrolments/join", body: joining)
        // One person sits at both ends here: the fingerprints are the same by construction.
        guard case .text(let fingerprint) = asked.value["fingerprint"] else { return }
        _ = try await above.send(
            "POST", "enrolments/\(member.seat.code)/confirm", body: ["fingerprint": fingerprint].json())
        _ = try await child.send("POST", "enrolments/join", body: joining)
    }
}
