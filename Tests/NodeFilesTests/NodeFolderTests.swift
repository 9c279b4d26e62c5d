import Foundation
import NodeCore
import Testing

@testable import NodeFiles

@Suite struct NodeFolderTests {
    private static let refused = NodeError(.badConfiguration, "", "")

    private func contents() throws -> NodeFolder.Contents {
        NodeFolder.Contents(
            config: try NodeConfig(seat: "370285", listen: "127.0.0.1:7003"), keyText: String(repeating: "ab", count: 32),
            storeKeyText: "sealed", tlsCertificate: "certificate", tlsKey: "key")
    }

    private func withPath(_ body: (String) throws -> Void) throws {
        let path = FileManager.default.temporaryDirectory.path + "/nf-" + UUID().uuidString.prefix(8)
        defer {
            do { try FileManager.default.removeItem(atPath: path) } catch { /* not every test makes it */  }
        }
        try body(path)
    }

    private func mode(_ path: String) throws -> Int {
        try #require(FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? NSNumber).intValue
    }

    @Test func `a folder is made, and opened again`() throws {
        try withPath { path in
            var isMade = false
            let folder = try NodeFolder.create(path, contents()) { folder in
                isMade = FileManager.default.fileExists(atPath: folder.storePath)
                #expect(!FileManager.default.fileExists(atPath: folder.configPath))
            }
            #expect(isMade)
            #expect(try mode(path) == 0o700)
            #expect(try mode(folder.keyPath) == 0o600)
            let opened = try NodeFolder.open(path + "/")
            #expect(opened.path == folder.path)
            #expect(opened.config == folder.config)
            #expect(try opened.keyText() == String(repeating: "ab", count: 32))
            #expect(try opened.tlsCertificate() == "certificate")
            #expect(try opened.tlsKey() == "key")
        }
    }

    @Test func `a second node in one folder is refused`() throws {
        try withPath { path in
            _ = try NodeFolder.create(path, contents()) { _ in }
            #expect(throws: NodeError(.conflict, "", "")) { try NodeFolder.create(path, contents()) { _ in } }
        }
    }

    @Test func `what failed half-way leaves nothing behind`() throws {
        try withPath { path in
            #expect(throws: NodeFolderTests.refused) {
                try NodeFolder.create(path, contents()) { _ in throw NodeFolderTests.refused }
            }
            #expect(!FileManager.default.fileExists(atPath: path))
        }
    }

    @Test func `secrets that others may read are refused`() throws {
        try withPath { path in
            let folder = try NodeFolder.create(path, contents()) { _ in }
            for file in [folder.keyPath, folder.tlsKeyPath] {
                try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: file)
            }
            #expect(throws: NodeFolderTests.refused) { try folder.keyText() }
            #expect(throws: NodeFolderTests.refused) { try folder.tlsKey() }
        }
    }

    @Test func `the number of the process is kept`() throws {
        try withPath { path in
            let folder = try NodeFolder.create(path, contents()) { _ in }
            #expect(try folder.processID() == nil)
            try folder.writeProcessID(1_234)
            try folder.writeProcessID(99)
            #expect(try folder.processID() == 99)
            try folder.removeProcessID()
            try folder.removeProcessID()
            #expect(try folder.processID() == nil)
        }
    }

    @Test func `a path that is too long for the socket is refused`() throws {
        try withPath { path in
            #expect(throws: NodeFolderTests.refused) {
                try NodeFolder.create(path + String(repeating: "a", count: 100), contents()) { _ in }
            }
        }
    }

    @Test func `an empty folder is no node`() throws {
        #expect(throws: NodeFolderTests.refused) { try NodeFolder.open("/nowhere") }
    }

    private func config(_ text: String) throws -> NodeConfig {
        try JSONDecoder().decode(NodeConfig.self, from: Data(text.utf8))
    }

    @Test func `a configuration has defaults`() throws {
        let config = try config(#"{"seat":"370285","listen":"[::1]:7003"}"#)
        #expect(config.logLevel == .info)
        #expect(config.pollSeconds == 25 && !config.slowLine)
    }

    @Test(arguments: [
        #"{"seat":"370285","listen":"a:1","poll":3}"#, #"{"seat":"37","listen":"a:1"}"#, #"{"seat":"370285","listen":"a"}"#,
        #"{"seat":"370285","listen":"a:1","logLevel":"loud"}"#, #"{"seat":"370285","listen":"a:1","pollSeconds":0}"#,
    ]) func `an unknown key or value in a configuration is refused`(_ text: String) {
        #expect(throws: NodeFolderTests.refused) { try config(text) }
    }
}
