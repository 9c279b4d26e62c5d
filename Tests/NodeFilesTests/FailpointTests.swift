import Foundation
import NodeCore
import Testing

@testable import NodeFiles

@Suite struct FailpointTests {
    private let above: String

    init() throws {
        above = FileManager.default.temporaryDirectory.path + "/fp-" + UUID().uuidString.prefix(8)
        try FileManager.default.createDirectory(atPath: above + "/node", withIntermediateDirectories: true)
    }

    private func arm(_ environment: [String: String]) throws -> FailpointArming.Outcome {
        try FailpointArming.fromEnvironment(environment, folder: above + "/node")
    }

    @Test func `neither the variable nor the file alone arms anything`() throws {
        #expect(try arm([FailpointArming.variable: "ingest-committed"]) == .refused("ingest-committed"))
        #expect(try arm([FailpointArming.variable: "no such point"]) == .refused("no such point"))
        let isMade = FileManager.default.createFile(atPath: above + "/" + FailpointArming.marker, contents: nil)
        #expect(isMade)
        #expect(try arm([:]) == .unarmed)
        #expect(throws: NodeError(.badConfiguration, "", "")) { try arm([FailpointArming.variable: "no such point"]) }
        // Nobody was armed by all that.
        for point in Failpoint.allCases { point.reach() }
        try FileManager.default.removeItem(atPath: above)
    }

    @Test func `an armed point ends the process as a kill does, and no other one`() async throws {
        let isMade = FileManager.default.createFile(atPath: above + "/" + FailpointArming.marker, contents: nil)
        #expect(isMade)
        let folder = above + "/node"
        await #expect(processExitsWith: .signal(SIGKILL)) { [folder = folder as String] in
            let outcome = try FailpointArming.fromEnvironment(
                [FailpointArming.variable: "token-written"], folder: folder)
            guard outcome == .armed(.tokenWritten) else { return }
            for point in Failpoint.allCases where point != .tokenWritten { point.reach() }
            Failpoint.tokenWritten.reach()
        }
        try FileManager.default.removeItem(atPath: above)
    }

    @Test func `every failpoint has a name of its own and a sentence`() {
        let names = Failpoint.allCases.map(\.rawValue)
        let sentences = Failpoint.allCases.map(\.about.sentence)
        #expect(Set(names).count >= 40 && Set(names).count == names.count)
        #expect(Set(sentences).count == sentences.count && sentences.allSatisfy { $0.count > 20 })
    }
}
