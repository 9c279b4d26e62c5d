import BusinessModules
import Foundation
import NIOHTTP1
import NodeCore
import NodeFiles
import SyncProtocol
import Testing

@testable import NodeDaemon

@Suite struct ProcessTests {
    private static func refusal(_ arguments: [String], in scratch: Scratch) async throws -> (code: Int32?, errors: String) {
        let process = try NodedProcess(arguments, in: scratch)
        let code = await process.exitCode(within: .seconds(20))
        return (code, process.errors)
    }

    @Test func `wrong use and a folder without a node end with 2 and a sentence`() async throws {
        let scratch = try Scratch()
        for arguments in [[], ["--dir"], ["--folder", scratch.path], ["--dir", scratch.path, "more"]] {
            let ended = try await Self.refusal(arguments, in: scratch)
            #expect(ended.code == 2 && ended.errors.contains("usage: noded --dir"), "\(arguments)")
        }
        let empty = try await Self.refusal(["--dir", scratch.path], in: scratch)
        #expect(empty.code == 2 && empty.errors.contains("nodectl init"))
    }

    @Test func `a config.json that is not right ends with 2 and names what is wrong`() async throws {
        let scratch = try Scratch()
        let folder = try TestFolder.make(try Template.shared().image("370200"), in: scratch)
        let cases = [
            ("{", "JSON"), ("{\"seat\":\"370200\"}", "listen"),
            ("{\"seat\":\"370200\",\"listen\":\"nowhere\"}", "host:port"),
            ("{\"seat\":\"3702\",\"listen\":\"127.0.0.1:1\"}", "six digits"),
            ("{\"seat\":\"370200\",\"listen\":\"127.0.0.1:1\",\"lissten\":1}", "lissten"),
            ("{\"seat\":\"370200\",\"listen\":\"127.0.0.1:1\",\"logLevel\":\"loud\"}", "logLevel"),
        ]
        for (text, word) in cases {
            try Data(text.utf8).write(to: URL(fileURLWithPath: folder.configPath))
            let ended = try await Self.refusal(["--dir", folder.path], in: scratch)
            #expect(ended.code == 2, "\(text): \(ended)")
            #expect(ended.errors.contains("config.json") && ended.errors.contains(word), "\(text): \(ended)")
        }
    }

    @Test func `a secret that others can read ends with 2 and a sentence`() async throws {
        let scratch = try Scratch()
        let folder = try TestFolder.make(try Template.shared().image("370200"), in: scratch)
        for path in [folder.keyPath, folder.tlsKeyPath] {
            try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: path)
            let ended = try await Self.refusal(["--dir", folder.path], in: scratch)
            #expect(ended.code == 2 && ended.errors.contains("chmod 600"), "\(ended)")
            #expect(!FileManager.default.fileExists(atPath: folder.socketPath))
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
        }
        try Data("no key\n".utf8).write(to: URL(fileURLWithPath: folder.keyPath))
        let ended = try await Self.refusal(["--dir", folder.path], in: scratch)
        #expect(ended.code == 2 && ended.errors.contains("no wrapped key"), "\(ended)")
    }

    @Test func `a second daemon in one folder ends with 2 and leaves the first alone`() async throws {
        let scratch = try Scratch()
        try await RunningDaemon.run("370200", in: scratch) { first in
            let ended = try await Self.refusal(["--dir", first.folder.path], in: scratch)
            #expect(ended.code == 2 && ended.errors.contains("already"), "\(ended)")
            #expect(try await first.api.get("/healthz").status == 200)
            #expect(try first.folder.processID() == first.process.identifier)
            first.process.signal(SIGTERM)
            #expect(await first.process.exitCode(within: .seconds(10)) == 0)
        }
    }

    @Test func `a port that is taken ends the daemon with a sentence`() async throws {
        let scratch = try Scratch()
        try await TestNode.run("370200") { node in
            let folder = try TestFolder.make(try Template.shared().image("370000"), in: scratch)
            let config = try JSONEncoder().encode(
                NodeConfig(
                    seat: "370000", listen: node.folder.config.listen, passphraseFile: folder.config.passphraseFile))
            try config.write(to: URL(fileURLWithPath: folder.configPath))
            let ended = try await Self.refusal(["--dir", folder.path], in: scratch)
            #expect(ended.code == 1 && !ended.errors.isEmpty, "\(ended)")
        }
    }

    @Test func `a daemon that is told to stop ends in order while children wait`() async throws {
        let scratch = try Scratch()
        let template = try Template.shared()
        try await RunningDaemon.run("370200", in: scratch) { daemon in
            let gateways = [
                try await daemon.gateway(template.county.peer), try await daemon.gateway(template.sibling.peer),
            ]
            try await withThrowingTaskGroup(of: Void.self) { group in
                for gateway in gateways {
                    group.addTask {
                        // Answered as empty, or cut when it came too late: either is a poll that will be tried again.
                        do { #expect(try await gateway.call(.GET, "/sync/down?after=0&wait=25").status == 200) } catch {}
                    }
                }
                for _ in 0..<30 { #expect(try await daemon.api.get("/healthz").status == 200) }
                let start = ContinuousClock.now
                daemon.process.signal(SIGTERM)
                #expect(await daemon.process.exitCode(within: .seconds(15)) == 0, "\(daemon.process.errors)")
                #expect(ContinuousClock.now - start < .seconds(12))
                try await group.waitForAll()
            }
            #expect(!FileManager.default.fileExists(atPath: daemon.folder.socketPath))
            #expect(!FileManager.default.fileExists(atPath: daemon.folder.pidPath))
        }
    }

    @Test func `a daemon that was killed starts again over what it left`() async throws {
        let scratch = try Scratch()
        let template = try Template.shared()
        let folder = try await RunningDaemon.run("370200", in: scratch) { daemon in
            let gateway = try await daemon.gateway(template.county.peer)
            let changeset = try template.county.changesets(toward: template.city.peer.node)[0]
            #expect(try await gateway.upload(changeset.encoded).status == 200)
            daemon.process.signal(SIGKILL)
            #expect(await daemon.process.exitCode(within: .seconds(10)) == -1)
            #expect(FileManager.default.fileExists(atPath: daemon.folder.socketPath))
            return daemon.folder
        }
        let again = try NodedProcess(["--dir", folder.path], in: scratch)
        let api = LocalAPI(socket: folder.socketPath)
        try await api.waitUntilHealthy()
        #expect(try await api.recordCount() == 4)
        again.signal(SIGTERM)
        #expect(await again.exitCode(within: .seconds(10)) == 0)
    }
}
