import CFailingDisk
import Foundation
import NodeCore
import Synchronization
import Testing

@testable import NodeFiles

/// The n-th call to the disk fails while a backup is made or restored, for every n.
extension BackupTests {
    private static let calls: [(call: bangfu_failing_call, failure: bangfu_failure, name: String)] = [
        (BANGFU_FAILS_READ, BANGFU_FAILURE_ERROR, "read error"), (BANGFU_FAILS_READ, BANGFU_FAILURE_SHORT, "short read"),
        (BANGFU_FAILS_WRITE, BANGFU_FAILURE_FULL, "full"), (BANGFU_FAILS_WRITE, BANGFU_FAILURE_SHORT, "short write"),
        (BANGFU_FAILS_WRITE, BANGFU_FAILURE_ERROR, "write error"), (BANGFU_FAILS_SYNC, BANGFU_FAILURE_ERROR, "sync error"),
    ]

    private static let codes: [NodeError.Code] = [.diskFull, .diskFailed, .storeBroken, .invalid]

    /// Whether `body` was refused for a reason that a disk gives.
    private func isRefused(_ name: String, _ body: () throws -> Void) throws -> Bool {
        do {
            try body()
            return false
        } catch let error as NodeError {
            #expect(Self.codes.contains(error.code), "\(name): \(error)")
            return true
        }
    }

    /// The calls that SQLite makes, one after another; how many were made to fail.
    func exhaustStore(
        _ name: String, _ act: () throws -> Void, then check: (String, _ isRefused: Bool) throws -> Void
    ) throws -> Int {
        let number = bangfu_failing_watch(root.path)
        #expect(number > 0)
        var failures = 0
        for (call, failure, kind) in Self.calls {
            var isReached = true
            var count: Int64 = 1
            while isReached {
                let name = "\(name), \(kind) at call \(count)"
                bangfu_failing_arm(number, call, failure, count, 0)
                let wasRefused = try isRefused(name, act)
                isReached = bangfu_failing_failures(number) > 0
                bangfu_failing_disarm(number)
                try check(name, wasRefused)
                failures += isReached ? 1 : 0
                count += 1
            }
        }
        return failures
    }

    /// The calls for the backup's own file and the files that come out of it.
    func exhaustFiles(
        _ name: String, _ act: () throws -> Void, then check: (String, _ isRefused: Bool) throws -> Void
    ) throws -> Int {
        var failures = 0
        for (call, error) in [(Files.Call.write, ENOSPC), (.write, EIO), (.sync, EIO)] {
            var isReached = true
            var count = 1
            while isReached {
                let rest = Mutex(count)
                let name = "\(name), error \(error) of \(call) \(count)"
                let wasRefused = try Files.$failing.withValue({ made, _ in
                    guard made == call else { return 0 }
                    return rest.withLock { rest in
                        rest -= 1
                        return rest == 0 ? error : 0
                    }
                }) { try isRefused(name, act) }
                try check(name, wasRefused)
                isReached = rest.withLock { $0 } <= 0
                failures += isReached ? 1 : 0
                count += 1
            }
        }
        return failures
    }

    @Test func `whichever call fails, there is a whole backup or none, and the node works on`() throws {
        let target = root.path + "/b"
        var made = 0
        let act = { _ = try backUp() }
        let check = { (name: String, isRefused: Bool) in
            let names = try FileManager.default.contentsOfDirectory(atPath: target)
            // When the folder's own sync fails, the backup has its name already, and is whole.
            if isRefused, let left = names.first {
                _ = try Backup.restore(target + "/" + left, with: privateKey, into: root.path + "/left")
                try FileManager.default.removeItem(atPath: root.path + "/left")
            }
            #expect(names.count == 1 || (isRefused && names.isEmpty), "\(name): \(names)")
            #expect(!FileManager.default.fileExists(atPath: folder.scratchPath), "\(name)")
            if !isRefused { made += 1 }
            for name in names { try FileManager.default.removeItem(atPath: target + "/" + name) }
            #expect(store.failure == nil, "\(name): a backup that fails stops nobody")
        }
        let failures = try exhaustStore("backup", act, then: check) + exhaustFiles("backup", act, then: check)
        print("backup: \(failures) failing calls, \(made) backups")
        #expect(failures > 20 && made >= 9)
        let last = try backUp()
        _ = try Backup.restore(last.path, with: privateKey, into: root.path + "/again")
    }

    @Test func `whichever call fails, there is a whole restored folder or none`() throws {
        let backup = try backUp().path
        let target = root.path + "/again"
        let act = { _ = try Backup.restore(backup, with: privateKey, into: target) }
        let check = { (name: String, isRefused: Bool) in
            #expect(!FileManager.default.fileExists(atPath: target + ".restoring"), "\(name)")
            guard FileManager.default.fileExists(atPath: target) else {
                #expect(isRefused, "\(name)")
                return
            }
            let restored = try Store(readOnly: try NodeFolder.open(target).storePath, key: .known)
            #expect(try restored.integrity() == ["ok"], "\(name)")
            try restored.close()
            try FileManager.default.removeItem(atPath: target)
        }
        let failures = try exhaustStore("restore", act, then: check) + exhaustFiles("restore", act, then: check)
        print("restore: \(failures) failing calls")
        #expect(failures > 8)
    }
}
