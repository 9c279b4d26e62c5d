import Foundation
import SyncProtocol
import Testing

/// The shape of the files in `Vectors/`: bytes as hexadecimal, fields as plain values.
enum VectorFile {
    struct Log: Decodable {
        let author, incarnation, peer: String
        let direction: UInt8

        func value() throws -> LogID {
            LogID(
                author: try #require(NodeID(hex: author)), incarnation: try #require(Incarnation(hex: incarnation)),
                direction: try #require(Direction(rawValue: direction)), peer: try #require(NodeID(hex: peer)))
        }
    }

    struct Context: Decodable {
        let author, incarnation, digest: String
        let kind, schema, placement: UInt64

        func value() throws -> EntryContext {
            EntryContext(
                author: try #require(NodeID(hex: author)), incarnation: try #require(Incarnation(hex: incarnation)),
                kind: kind, schema: schema, placement: placement)
        }
    }

    struct Cores: Decodable {
        struct Core: Decodable {
            struct Fields: Decodable {
                let suite, type: UInt64
                let version, ceiling, created: UInt64?
                let record, previous, subject: String?
                let reaches: [UInt8]?
            }
            let name, bytes: String
            let fields: Fields
        }
        let cores: [Core]
    }

    struct Entry: Decodable {
        struct Part: Decodable {
            let reach: UInt8
            let salt, section: String?
            let digest: String
        }
        let context: Int
        let core, hash: String
        let seed: String?
        let sections: [Part]
    }

    struct Block: Decodable {
        let bytes, root: String
        let contexts: [Context]
        let entries: [Entry]
    }

    struct Seals: Decodable {
        struct Seal: Decodable {
            let bytes, signer, root, hash: String
            let log: Log
            let first: UInt64
            let count: Int
            let contexts: [Context]
            let leaves: [String]
            let previous: String?
        }
        let seals: [Seal]
    }

    struct Cover: Decodable {
        let bytes, signer, sender, receiver, seal, packed, packedDigest: String
        let packedSize, unpackedSize: Int
    }

    struct Changeset: Decodable {
        let bytes, from, to, cover, packed, body, sealHash, excerptSeal: String
        let leaves: [String]
        let excerptIndexes: [Int]
    }

    struct Excerpt: Decodable {
        let bytes, seal, sealHash: String
        let log: Log
        let first: UInt64
        let indexes: [Int]
        let leaves, proof: [String]
        let entries: [Entry]
    }

    struct Certificates: Decodable {
        struct Certificate: Decodable {
            let name, bytes, signer, node, code, parent, key, keyID, seed, hash: String
            let incarnation, previous, consent: String?
            let level: Int
            let suite, number: UInt64
        }
        struct Revocation: Decodable {
            struct Bound: Decodable {
                let author, incarnation, peer: String
                let direction: UInt8
                let next: UInt64
                let hash: String?
            }
            let name, bytes, signer, hash, key, reason: String
            let previous, statementHash: String?
            let number, statements: UInt64
            let logs: [Bound]
        }
        struct Rotation: Decodable {
            let bytes, inner, node, presentKey, key: String
            let suite: UInt64
        }
        let federation: String
        let certificates: [Certificate]
        let revocations: [Revocation]
        let rotation: Rotation
    }

    struct Receipts: Decodable {
        struct Receipt: Decodable {
            let bytes, signer: String
            let log: Log
            let durable, applied, credit, number: UInt64
            let durableHash: String?
        }
        let receipts: [Receipt]
    }

    struct Audit: Decodable {
        struct Head: Decodable {
            let bytes, signer, node, incarnation, hash: String
            let number, at: UInt64
        }
        struct Witness: Decodable {
            let bytes, signer: String
            let at: UInt64
        }
        let head: Head
        let witness: Witness
    }

    struct Hellos: Decodable {
        struct Hello: Decodable {
            let bytes, signer, node, incarnation, peer, nonce, exchangeSeed, exchangeKey: String
            struct Life: Decodable {
                let incarnation: String
                let next: UInt64
                let hash: String?

                func value() throws -> LogLife {
                    LogLife(
                        incarnation: try #require(Incarnation(hex: incarnation)), next: next,
                        hash: try hash.map { try #require(Digest(hex: $0)) })
                }
            }
            struct Thread: Decodable {
                let life, digest: String
                let number: UInt64

                func value() throws -> HelloThread {
                    HelloThread(
                        life: try #require(Incarnation(hex: life)), number: number, digest: try #require(Digest(hex: digest))
                    )
                }
            }
            let up, down: [Life]
            let trustDigest: String
            let thread: Thread?
            let transcript: String?
        }
        let question, answer: Hello
        let secret, childKey, parentKey, session, method, target, body, sealed, sealedAnswer: String
        let counter: UInt64
        let status: Int
    }

    struct Match: Decodable {
        let matchingSeed, matchingKey, matchingKeyID, ephemeralSeed, ephemeralKey, record, salt, number, sealed,
            bytes: String
    }

    struct Bundle: Decodable {
        struct Channel: Decodable { let log: Log; let next: UInt64 }
        struct Run: Decodable { let log: Log; let from, next: UInt64 }
        struct Place: Decodable { let run: Int; let position: UInt64 }
        struct Item: Decodable { let kind: UInt8; let bytes: String }
        let bytes, sender, receiver, ephemeralSeed, ephemeralKey, receiverKey, receiverExchangeKey, secret, streamKey,
            manifest, life, receiverLife, export, trustDigest: String
        let made: Int64
        let up, down: [Hellos.Hello.Life]
        let channels: [Channel]
        let runs: [Run]
        let begins: [Place]
        let items: [Item]

        func content(_ union: Union) throws -> BundleManifest.Content {
            BundleManifest.Content(
                sender: try union.member(sender).node, life: try #require(Incarnation(hex: life)),
                receiver: try union.member(receiver).node, receiverLife: Incarnation(hex: receiverLife),
                milliseconds: made, export: try hex(export),
                positions: LinkPositions(up: try up.map { try $0.value() }, down: try down.map { try $0.value() }),
                channels: try channels.map { (log: try $0.log.value(), next: $0.next) },
                trustDigest: try #require(Digest(hex: trustDigest)),
                runs: try runs.map { .init(log: try $0.log.value(), from: $0.from, next: $0.next) },
                begins: begins.map { .init(run: $0.run, position: $0.position) })
        }
    }

    struct Refusals: Decodable {
        struct Refusal: Decodable, Sendable {
            let what, name, bytes, code: String
            let beside: String?
            /// Admitted before the bytes are judged.
            let statements: [String]?
        }
        let refused: [Refusal]
    }

    /// The files of suite 1 stand in `Vectors` itself, those of suite 2 in `Vectors/national`.
    static func load<File: Decodable>(_ name: String, _ suite: Suite, as type: File.Type = File.self) throws -> File {
        try load(name, folder: suite == .national ? "Vectors/national" : "Vectors")
    }

    static func load<File: Decodable>(_ name: String, folder: String, as type: File.Type = File.self) throws -> File {
        let url = try #require(Foundation.Bundle.module.url(forResource: name, withExtension: "json", subdirectory: folder))
        return try JSONDecoder().decode(File.self, from: Data(contentsOf: url))
    }
}
