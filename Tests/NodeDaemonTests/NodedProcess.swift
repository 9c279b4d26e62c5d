import AsyncHTTPClient
import BusinessModules
import Foundation
import NodeCore
import NodeFiles
import SyncProtocol
import Synchronization

@testable import NodeDaemon

/// The built `noded` as a process of its own; it stands beside the test bundle.
final class NodedProcess: Sendable {
    let identifier: Int32
    private let errorPath: String
    private let ends: AsyncStream<Int32>
    private let isOver = Mutex(false)

    init(_ arguments: [String], in scratch: Scratch) throws {
        let bundle = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let process = Process()
        process.executableURL = URL(fileURLWithPath: bundle).deletingLastPathComponent().appending(path: "noded")
        process.arguments = arguments
        errorPath = scratch.path + "/stderr-" + UUID().uuidString.prefix(8)
        guard FileManager.default.createFile(atPath: errorPath, contents: nil) else {
            throw NodeError(.notFound, "无法建立文件", "\(errorPath) cannot be made")
        }
        process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: errorPath))
        let (stream, continuation) = AsyncStream<Int32>.makeStream()
        ends = stream
        process.terminationHandler = { ended in
            // A process that a signal ended has no code of its own.
            continuation.yield(ended.terminationReason == .exit ? ended.terminationStatus : -1)
            continuation.finish()
        }
        try process.run()
        identifier = process.processIdentifier
    }

    deinit {
        if !isOver.withLock({ $0 }) { kill(identifier, SIGKILL) }
    }

    var errors: String { String(decoding: FileManager.default.contents(atPath: errorPath) ?? Data(), as: UTF8.self) }

    func signal(_ number: Int32) { kill(identifier, number) }

    /// The exit code; nil when the process still runs after that time.
    func exitCode(within time: Duration) async -> Int32? {
        let code = await withTaskGroup(of: Int32?.self) { [ends] group in
            group.addTask { await ends.first { _ in true } }
            group.addTask {
                do { try await Task.sleep(for: time) } catch { /* the process ended first */  }
                return nil
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            return first
        }
        if code != nil { isOver.withLock { $0 = true } }
        return code
    }

    /// The most memory it ever held, in bytes.
    func memoryMax() throws -> Int {
        let status = try String(contentsOfFile: "/proc/\(identifier)/status", encoding: .utf8)
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") } ?? ""
        return (line.split(separator: " ").compactMap { Int($0) }.first ?? 0) * 1_024
    }
}

/// A process over a copy of an enrolled node, with its API and its line.
struct RunningDaemon: Sendable {
    let process: NodedProcess
    let folder: NodeFolder
    let api: LocalAPI
    let line: ParentClient

    static func run<Result: Sendable>(
        _ seat: String, in scratch: Scratch, body: @Sendable (RunningDaemon) async throws -> Result
    ) async throws -> Result {
        let folder = try TestFolder.make(try Template.shared().image(seat), in: scratch)
        let process = try NodedProcess(["--dir", folder.path], in: scratch)
        let address = ParentAddress(address: folder.config.listen, tlsCertificate: try folder.tlsCertificate())
        let client = try Uplink.client(address)
        let made = RunningDaemon(
            process: process, folder: folder, api: LocalAPI(socket: folder.socketPath),
            line: ParentClient(client: client, address: address.address))
        do {
            try await made.api.waitUntilHealthy()
            let result = try await body(made)
            try await client.shutdown()
            return result
        } catch {
            try await client.shutdown()
            throw error
        }
    }

    func gateway(_ peer: Peer) async throws -> Gateway {
        let node = try await api.get("/api/v1/node").decode(NodeEndpoints.NodeView.self).node
        guard let id = NodeID(hex: node) else { throw NodeError(.notFound, "此处还没有节点", "there is no node here") }
        return try await Gateway(line, to: id, as: peer)
    }
}
