import Foundation
import SyncProtocol
import Synchronization
import Testing

@testable import NodeCore
@testable import NodeFiles

/// The copy of what stays at home, as a file beside the store.
extension BackupTests {
    private static let canary = Array("canary-only-the-home-knows-this".utf8)

    /// Working copies with the canary in each, enough of them for several chunks.
    private func enter(_ count: Int, size: Int = 256 * 1_024) throws {
        try store.write(Self.moment(9)) { tx in
            for number in 0..<count {
                let bytes = (0..<size / 64).flatMap { _ in Self.canary + [UInt8](repeating: UInt8(number), count: 33) }
                try tx.home.put(
                    RecordID(words: [1, UInt64(number)]),
                    HomeBody(version: 0, kind: 1, status: "10", bytes: bytes, milliseconds: 1))
            }
        }
    }

    private func makeCopy(_ byte: UInt8 = 10) throws -> BackupManifest {
        try HomeCopyFile.make(of: folder, store, identity, at: Self.moment(byte))
    }

    /// Files below a folder that hold the canary in the open.
    private static func readable(below path: String) -> [String] {
        let names = FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? []
        return names.filter { name in
            FileManager.default.contents(atPath: path + "/" + name)?.range(of: Data(canary)) != nil
        }
    }

    @Test func `what stays at home never lies unsealed on the disk while its copy is made`() throws {
        try enter(12)
        let root = root.path
        let looks = Mutex<[Int]>([])
        let manifest = try Files.$failing.withValue({ _, _ in
            let found = Self.readable(below: root).count
            looks.withLock { $0.append(found) }
            return 0
        }) { try makeCopy() }
        #expect(looks.withLock { $0.count } > 4 && looks.withLock { $0.allSatisfy { $0 == 0 } })
        #expect(Self.readable(below: root) == [])
        #expect(!FileManager.default.fileExists(atPath: folder.scratchPath))
        // The search finds what is there: the recovery key opens the copy, and everything is in it.
        let (again, content) = try HomeCopyFile.open(HomeCopyFile.path(in: folder), with: privateKey)
        #expect(again.parts == manifest.parts)
        try Data(content).write(to: URL(fileURLWithPath: root + "/opened"))
        #expect(Self.readable(below: root) == ["opened"])
        try HomeCopyFile.verify(
            again.message.encoded, content, of: identity, trust: store.read { try NodeSetup.trust(in: $0) })
    }

    @Test func `a copy is made anew only when something has changed`() throws {
        try enter(2)
        let first = try makeCopy(10)
        let calls = Mutex(0)
        let second = try Files.$failing.withValue({ _, _ in
            calls.withLock { $0 += 1 }
            return 0
        }) { try makeCopy(11) }
        #expect(second.message == first.message && calls.withLock { $0 } == 0)
        try enter(3)
        #expect(try makeCopy(12).parts != first.parts)
    }

    @Test func `whichever call fails, the copy before it stays, or the new one is whole`() throws {
        try enter(2, size: 1_024)
        let path = HomeCopyFile.path(in: folder)
        var number: UInt8 = 20
        let act = {
            number = number == 250 ? 20 : number + 1
            // A copy of something new each time, so that there is something to write.
            try store.write(Self.moment(number)) { tx in
                let bytes = Self.canary + [number]
                try tx.home.put(
                    RecordID(words: [1, 0]), HomeBody(version: 0, kind: 1, status: "10", bytes: bytes, milliseconds: 1))
            }
            _ = try makeCopy(number)
        }
        let check = { (name: String, _: Bool) in
            #expect(!FileManager.default.fileExists(atPath: folder.scratchPath), "\(name)")
            guard FileManager.default.fileExists(atPath: path) else { return }
            let (manifest, content) = try HomeCopyFile.open(path, with: privateKey)
            let trust = try store.read { try NodeSetup.trust(in: $0) }
            try HomeCopyFile.verify(manifest.message.encoded, content, of: identity, trust: trust)
        }
        let failures = try exhaustFiles("home copy", act, then: check)
        print("home copy: \(failures) failing calls")
        #expect(failures >= 5)
    }

    @Test func `a copy that was cut or altered opens for nobody`() throws {
        try enter(1, size: 4_096)
        _ = try makeCopy()
        let path = HomeCopyFile.path(in: folder)
        let whole = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        func isRefused(_ altered: [UInt8]) throws -> Bool {
            try Data(altered).write(to: URL(fileURLWithPath: path))
            do {
                let (manifest, content) = try HomeCopyFile.open(path, with: privateKey)
                let trust = try store.read { try NodeSetup.trust(in: $0) }
                try HomeCopyFile.verify(manifest.message.encoded, content, of: identity, trust: trust)
                return false
            } catch is NodeError { return true } catch is ProtocolError { return true }
        }
        #expect(try !isRefused(whole))
        #expect(try isRefused(whole + [0]))
        for cut in stride(from: 0, to: whole.count, by: max(1, whole.count / 40)) {
            #expect(try isRefused(Array(whole[..<cut])), "cut at \(cut)")
        }
        for place in stride(from: 0, to: whole.count, by: max(1, whole.count / 60)) {
            var altered = whole
            altered[place] ^= 1 << UInt8(place % 8)
            #expect(try isRefused(altered), "a bit at \(place)")
        }
    }
}
