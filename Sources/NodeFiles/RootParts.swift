internal import NodeCore
internal import Foundation
public import SyncProtocol

/// The root key in files for several people: `root-1.json` and so on. Each goes to another person and another place.
public struct RootParts: Sendable {
    private struct File: Codable {
        let holder, needed, count: Int
        let suite: UInt8
        let fingerprint: String
        /// By the holders who lack them, joined by commas; hexadecimal.
        let pieces: [String: String]
    }

    /// A new root key and its parts.
    public static func make(_ suite: Suite, needed: Int, count: Int, entropy: (Int) -> [UInt8]) throws -> (
        key: SigningKey, files: [(name: String, text: String)]
    ) {
        let seed = entropy(NodeSetup.seedSize)
        let key = try SigningKey(suite: suite, seed: seed)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        let files = try SplitKey.split(seed, needed: needed, count: count, entropy: entropy).map { part in
            let pieces = part.pieces.map { ($0.key.map(String.init).joined(separator: ","), Hex.encode($0.value)) }
            let file = File(
                holder: part.holder, needed: needed, count: count, suite: suite.rawValue,
                fingerprint: key.publicKey.id.description, pieces: Dictionary(uniqueKeysWithValues: pieces))
            return (
                name: "root-\(part.holder).json", text: String(decoding: try encoder.encode(file), as: UTF8.self) + "\n"
            )
        }
        return (key: key, files: files)
    }

    /// The key from as many files as are needed.
    public static func join(_ texts: [[UInt8]]) throws -> SigningKey {
        let files = try texts.map { text in
            do { return try JSONDecoder().decode(File.self, from: Data(text)) } catch {
                throw NodeError(.badRequest, "不是根密钥的份", "that is no part of a root key")
            }
        }
        guard let first = files.first, files.allSatisfy({ $0.fingerprint == first.fingerprint }) else {
            throw NodeError(.badRequest, "这些份不属于同一把根密钥", "these are parts of different root keys")
        }
        let seed = try SplitKey.join(
            files.map { file in
                var pieces = [[Int]: [UInt8]]()
                for (name, text) in file.pieces {
                    guard let piece = Hex.decode(text) else {
                        throw NodeError(.badRequest, "根密钥的份已损坏", "a part of the root key is damaged")
                    }
                    pieces[name.split(separator: ",").compactMap { Int($0) }] = piece
                }
                return SplitKey.Part(holder: file.holder, needed: file.needed, count: file.count, pieces: pieces)
            })
        let key = try SigningKey(suite: Suite(number: UInt64(first.suite)), seed: seed)
        guard key.publicKey.id.description == first.fingerprint else {
            throw NodeError(.badRequest, "根密钥的份已损坏", "a part of the root key is damaged")
        }
        return key
    }
}
