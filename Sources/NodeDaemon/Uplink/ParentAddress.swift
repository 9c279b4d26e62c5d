internal import Foundation
internal import NodeCore

/// Where the parent is and how its TLS is recognised: kept beside the store from the invitation on.
struct ParentAddress: Codable, Sendable {
    let address: String
    let tlsCertificate: String

    static func load(_ path: String) throws -> ParentAddress? {
        guard let data = FileManager.default.contents(atPath: path) else { return nil }
        do { return try JSONDecoder().decode(ParentAddress.self, from: data) } catch {
            throw NodeError(.badConfiguration, "parent.json 无法识别，请重新入网", "parent.json is not readable: enrol again")
        }
    }

    func save(_ path: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        do { try encoder.encode(self).write(to: URL(fileURLWithPath: path), options: .atomic) } catch {
            throw NodeError(.badConfiguration, "无法写入 \(path)", "\(path) cannot be written: \(error)")
        }
    }
}
