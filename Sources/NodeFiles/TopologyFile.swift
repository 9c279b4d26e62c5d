internal import BusinessModules
internal import Foundation
public import NodeCore

/// The file that says which seats there are: `{"seats": [{code, name, level, parent, address, reviewChain, isRelay}]}`.
public enum TopologyFile {
    /// Reads and checks a file. One error names every problem.
    public static func read(_ path: String) throws -> NodeTree {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw NodeError(.notFound, "无法读取拓扑文件 \(path)", "the topology file \(path) cannot be read")
        }
        return try tree(json: [UInt8](data))
    }

    /// The same from the file's bytes.
    public static func tree(json: [UInt8]) throws -> NodeTree {
        guard json.count <= NodeLimits.importBytes else {
            throw NodeError(.tooLarge, "拓扑文件过大", "the topology file is too large")
        }
        let content: Content
        do {
            content = try JSONDecoder().decode(Content.self, from: Data(json))
        } catch let error as DecodingError {
            throw NodeError(
                .badConfiguration, "拓扑文件不是所需的 JSON：\(error.place)",
                "the topology file is not the JSON that is asked for: \(error.place)")
        }
        return try TopologyCheck(content, divisions: divisions()).tree()
    }

    /// The codes of the division table in force.
    private static func divisions() throws -> Set<String> {
        Set(try BundledData.rows("divisions.csv", ["code"]).map { $0[0] })
    }

    /// As it stands in the file.
    struct Content: Decodable {
        let seats: [Seat]
        let unknown: [String]

        private enum CodingKeys: String, CodingKey { case seats }

        init(from decoder: any Decoder) throws {
            seats = try decoder.container(keyedBy: CodingKeys.self).decode([Seat].self, forKey: .seats)
            unknown = try decoder.keys(besides: ["seats"])
        }
    }

    struct Seat: Decodable {
        let code: String
        let name: String
        let level: String
        let parent: String?
        let address: String
        let reviewChain: [String]
        let isRelay: Bool
        let unknown: [String]

        private enum CodingKeys: String, CodingKey, CaseIterable {
            case code, name, level, parent, address, reviewChain, isRelay
        }

        init(from decoder: any Decoder) throws {
            let values = try decoder.container(keyedBy: CodingKeys.self)
            code = try values.decode(String.self, forKey: .code)
            name = try values.decode(String.self, forKey: .name)
            level = try values.decode(String.self, forKey: .level)
            parent = try values.decodeIfPresent(String.self, forKey: .parent)
            address = try values.decode(String.self, forKey: .address)
            reviewChain = try values.decodeIfPresent([String].self, forKey: .reviewChain) ?? []
            isRelay = try values.decodeIfPresent(Bool.self, forKey: .isRelay) ?? false
            unknown = try decoder.keys(besides: CodingKeys.allCases.map(\.rawValue))
        }
    }
}

extension DecodingError {
    /// Where the reader stopped, and why.
    var place: String {
        let context: Context? =
            switch self {
            case .typeMismatch(_, let context), .valueNotFound(_, let context), .keyNotFound(_, let context): context
            case .dataCorrupted(let context): context
            @unknown default: nil
            }
        let keys = (context?.codingPath ?? []).map { key in key.intValue.map { "[\($0)]" } ?? key.stringValue }
        let path = keys.joined(separator: ".")
        let reason = context?.debugDescription ?? "unreadable"
        return path.isEmpty ? reason : "\(path): \(reason)"
    }
}
