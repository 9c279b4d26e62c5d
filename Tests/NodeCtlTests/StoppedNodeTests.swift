import ArgumentParser
import BusinessModules
import Foundation
import NodeCore
import NodeFiles
import Testing

@testable import NodeCtl

/// A folder for one test, removed with its owner.
final class Scratch: Sendable {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.path + "/ctl-" + UUID().uuidString.prefix(8)
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit {
        do { try FileManager.default.removeItem(atPath: path) } catch { Issue.record(error) }
    }

    func mode(_ name: String) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: path + "/" + name)
        return try #require(attributes[.posixPermissions] as? NSNumber).intValue
    }

    static var topology: String {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("topology.example.json").path
    }
}

@Suite struct StoppedNodeTests {
    private func made(_ scratch: Scratch, seat: String = "000000") async -> Int32 {
        await Nodectl.execute([
            "init", "--dir", scratch.path + "/n", "--topology", Scratch.topology, "--seat", seat, "--root",
            scratch.path + "/root",
        ])
    }

    @Test func `init makes a folder for its owner alone and refuses to do it twice`() async throws {
        let scratch = try Scratch()
        #expect(await made(scratch) == 0)
        #expect(try scratch.mode("n") == 0o700)
        for name in ["config.json", "node.key", "store.key", "tls.key", "store.db"] {
            #expect(try scratch.mode("n/" + name) == 0o600)
        }
        let key = try NodeFolder.open(scratch.path + "/n").keyText()
        #expect(await made(scratch) == 1)
        #expect(try NodeFolder.open(scratch.path + "/n").keyText() == key)
    }

    @Test func `init of a seat that is not in the topology leaves nothing behind`() async throws {
        let scratch = try Scratch()
        #expect(await made(scratch, seat: "110000") == 1)
        #expect(!FileManager.default.fileExists(atPath: scratch.path + "/n"))
    }

    @Test func `a stopped node answers questions`() async throws {
        let scratch = try Scratch()
        #expect(await made(scratch) == 0)
        let answer = try await FilesList.parse(["--dir", scratch.path + "/n"]).perform()
        #expect(answer.table?.rows.isEmpty == true)
        #expect(answer.rendered(as: .json) == "{\"items\":[]}\n")
        let seats = try await TopologyCommand.Show.parse(["--dir", scratch.path + "/n"]).perform()
        #expect(seats.table?.rows.count == 5)
        let found = try await FindBytesCommand.parse(["--dir", scratch.path + "/n", "山东省总工会", "nowhere at all"]).perform()
        #expect(found.text?.hasPrefix("found=1 searched=2\n") == true)
        for line in [["doctor"], ["digest"], ["sync", "status"], ["log", "verify"], ["files", "counts"]] {
            #expect(await Nodectl.execute(line + ["--dir", scratch.path + "/n"]) == 0)
        }
    }

    @Test func `without its passphrase or its store key a node answers nothing, and says what is missing`() async throws {
        let scratch = try Scratch()
        #expect(await made(scratch) == 0)
        let question = ["--dir", scratch.path + "/n"]
        let listed = try await KeysCommand.List.parse(question).perform()
        #expect(listed.table?.rows.isEmpty == true)
        for name in ["n.passphrase", "n/store.key"] {
            try FileManager.default.moveItem(atPath: scratch.path + "/" + name, toPath: scratch.path + "/away")
            await #expect(throws: NodeError(.badConfiguration, "", "")) {
                try await DigestCommand.parse(question).perform()
            }
            #expect(await Nodectl.execute(["digest"] + question) == 1)
            try FileManager.default.moveItem(atPath: scratch.path + "/away", toPath: scratch.path + "/" + name)
        }
        #expect(await Nodectl.execute(["digest"] + question) == 0)
    }

    @Test func `a stopped node takes no writes`() async throws {
        let scratch = try Scratch()
        #expect(await made(scratch) == 0)
        for line in [["report", "--all"], ["sync", "now"], ["enrol", "invite", "--seat", "370000"]] {
            #expect(await Nodectl.execute(line + ["--dir", scratch.path + "/n"]) == 3)
        }
    }

    @Test func `a folder without a node is refused`() async throws {
        let scratch = try Scratch()
        #expect(await Nodectl.execute(["digest", "--dir", scratch.path]) == 1)
    }

    @Test func `a rebuilt store equals the live one`() async throws {
        let scratch = try Scratch()
        #expect(await made(scratch) == 0)
        let line = ["rebuild", "--dir", scratch.path + "/n", "--into", scratch.path + "/r.db"]
        #expect(await Nodectl.execute(line) == 0)
        #expect(try scratch.mode("r.db") == 0o600)
        #expect(await Nodectl.execute(line) == 1)
    }

    @Test func `a process is taken for a daemon only by its name and folder`() {
        #expect(NodeProcess.names(["/usr/bin/noded", "--dir", "/a/b"], "/a/b", working: "/"))
        #expect(NodeProcess.names(["noded", "--dir=b"], "/a/b/", working: "/a"))
        #expect(!NodeProcess.names(["/usr/bin/noded", "--dir", "/a/c"], "/a/b", working: "/"))
        #expect(!NodeProcess.names(["/usr/bin/other", "--dir", "/a/b"], "/a/b", working: "/"))
        #expect(!NodeProcess.names(["noded"], "/a/b", working: "/a/b"))
        #expect(!NodeProcess.names([], "/a/b", working: "/"))
    }

    @Test func `an unused socket is told at once`() throws {
        let scratch = try Scratch()
        #expect(!SocketProbe.isListening(scratch.path + "/api.sock"))
        #expect(!SocketProbe.isListening("/" + String(repeating: "a", count: 200)))
    }
}
