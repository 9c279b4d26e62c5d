import CFailingDisk
import Foundation
import NodeCore

/// A folder in which the n-th call of a kind fails: see `failing_disk.h`.
final class FailingDisk: Sendable {
    let path: String
    private let number: Int32

    init(_ name: String) throws {
        path = FileManager.default.temporaryDirectory.resolvingSymlinksInPath().path + "/\(name)-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        number = bangfu_failing_watch(path)
        guard number > 0 else { throw NodeError(.invalid, "太多目录", "too many folders are watched") }
    }

    /// What fails, how, and whether only once.
    struct Fault: Sendable, CustomStringConvertible {
        let call: bangfu_failing_call
        let failure: bangfu_failure
        var isLasting = false
        let description: String
    }

    static let faults: [Fault] = [
        Fault(call: BANGFU_FAILS_WRITE, failure: BANGFU_FAILURE_FULL, description: "no room for a write"),
        Fault(call: BANGFU_FAILS_WRITE, failure: BANGFU_FAILURE_SHORT, isLasting: true, description: "half a write, then full"),
        Fault(call: BANGFU_FAILS_WRITE, failure: BANGFU_FAILURE_ERROR, description: "an error of a write"),
        Fault(call: BANGFU_FAILS_SYNC, failure: BANGFU_FAILURE_ERROR, description: "an error of a sync"),
        Fault(call: BANGFU_FAILS_READ, failure: BANGFU_FAILURE_ERROR, description: "an error of a read"),
    ]

    func arm(_ fault: Fault, at count: Int64) {
        bangfu_failing_arm(number, fault.call, fault.failure, count, fault.isLasting ? 1 : 0)
    }

    func disarm() { bangfu_failing_disarm(number) }

    var failures: Int64 { bangfu_failing_failures(number) }

    deinit {
        do { try FileManager.default.removeItem(atPath: path) } catch {
            FileHandle.standardError.write(Data("\(path) could not be removed: \(error)\n".utf8))
        }
    }
}
