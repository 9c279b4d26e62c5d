internal import Foundation
public import NodeCore

/// How a test arms a failpoint. Two things have to come together that no configuration of a working node brings along: the
/// name of the point in the environment of the process, and a file in the folder that holds the nodes' folders. Neither
/// `config.json` nor a backup can hold either.
public enum FailpointArming {
    public static let variable = "BANGFU_FAILPOINT"
    public static let marker = "failpoints-allowed"

    public enum Outcome: Sendable, Equatable {
        case unarmed
        case armed(Failpoint)
        /// Asked for where it is not allowed: the process works as if it had not been.
        case refused(String)
    }

    /// `folder`: of the node that is to die. Throws `badConfiguration` for a name that is none, where arming is allowed.
    public static func fromEnvironment(_ environment: [String: String], folder: String) throws -> Outcome {
        guard let name = environment[variable] else { return .unarmed }
        let above = URL(fileURLWithPath: folder).standardizedFileURL.deletingLastPathComponent().path
        guard FileManager.default.fileExists(atPath: above + "/" + marker) else { return .refused(name) }
        guard let point = Failpoint(rawValue: name) else {
            throw NodeError(.badConfiguration, "没有失效点 \(name)", "there is no failpoint \(name): see noded --list-failpoints")
        }
        Failpoint.arm(point) { kill(getpid(), SIGKILL) }
        return .armed(point)
    }
}
