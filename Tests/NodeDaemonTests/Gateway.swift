import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import NodeCore
import Synchronization
import SyncProtocol

@testable import NodeDaemon

/// A child's session with every lever in the caller's hand: counters, seals and bytes may be whatever a test wants.
actor Gateway {
    let client: ParentClient
    let line: SealedLine
    let answer: Hello
    private(set) var counter: UInt64 = 0
    /// Where each child is with each parent: who names another place is a copy.
    private static let threads = Mutex<[String: HelloThread]>([:])

    struct Reply: Sendable {
        let status: Int
        /// Opened when it was sealed.
        let body: [UInt8]
        let isSealed: Bool

        var code: String { ParentClient.refusal(status, body).code }

        /// The one number of an answer to a part.
        var number: Int? {
            get throws {
                guard case .integer(let number) = try CanonicalValue(decoding: body[...]) else { return nil }
                return Int(exactly: number)
            }
        }
    }

    /// A request as it goes over the wire.
    struct Sealed: Sendable {
        var method: HTTPMethod
        var target: String
        var counter: UInt64
        var session: [UInt8]
        var bytes: [UInt8]
    }

    init(_ client: ParentClient, to parent: NodeID, as peer: Peer) async throws {
        let nonce = try await client.plain(.GET, "/sync/challenge")
        let exchange = try ExchangeKey(seed: Node.moment().entropy(32))
        let place = "\(client.address) \(peer.node) \(peer.incarnation)"
        let question = try Gateway.question(
            nonce, exchange, to: parent, as: peer, thread: Gateway.threads.withLock { $0[place] })
        let bytes = try await client.plain(.POST, "/sync/hello", question.message.encoded)
        let answer = try Hello(verifying: bytes[...], to: peer.node, trust: peer.trust)
        try answer.checkAnswers(question)
        Gateway.threads.withLock { threads in
            threads[place] = HelloThread(
                life: answer.incarnation, number: (threads[place]?.number ?? 0) + 1, digest: answer.digest)
        }
        self.client = client
        self.answer = answer
        line = SealedLine(
            secret: try exchange.sharedSecret(with: answer.exchangeKey), question: question, answer: answer)
    }

    static func question(
        _ nonce: [UInt8], _ exchange: ExchangeKey, to parent: NodeID, as peer: Peer, thread: HelloThread? = nil
    ) throws -> Hello {
        try Hello(
            node: peer.node, incarnation: peer.incarnation, peer: parent, nonce: nonce, exchangeKey: exchange.publicBytes,
            positions: LinkPositions(up: [], down: []), trustDigest: Trust.digest(of: []), thread: thread, answering: nil,
            federation: peer.federation, key: peer.key)
    }

    /// Seals a request under the next counter, or a given one.
    func seal(_ method: HTTPMethod, _ target: String, _ body: [UInt8] = [], counter given: UInt64? = nil) throws -> Sealed {
        if given == nil { counter += 1 }
        let own = given ?? counter
        let sealed = try line.seal(body, from: .child, .init(counter: own, method: method.rawValue, target: target))
        return Sealed(method: method, target: target, counter: own, session: line.session, bytes: sealed)
    }

    func send(_ sealed: Sealed) async throws -> Reply {
        var headers: HTTPHeaders = [
            "Bangfu-Session": Hex.encode(sealed.session), "Bangfu-Counter": String(sealed.counter),
        ]
        if sealed.method == .GET { headers.add(name: "Bangfu-Seal", value: Hex.encode(sealed.bytes)) }
        let reply = try await client.call(sealed.method, sealed.target, sealed.bytes, headers: headers)
        guard reply.sealed else { return Reply(status: reply.status, body: reply.body, isSealed: false) }
        let plain = try line.open(
            reply.body, from: .parent,
            .init(counter: sealed.counter, method: sealed.method.rawValue, target: sealed.target, status: reply.status))
        return Reply(status: reply.status, body: plain, isSealed: true)
    }

    func call(_ method: HTTPMethod, _ target: String, _ body: [UInt8] = []) async throws -> Reply {
        try await send(try seal(method, target, body))
    }

    /// One part of an upload.
    func part(_ bytes: ArraySlice<UInt8>, cover: String, offset: Int, size: Int) async throws -> Reply {
        try await call(.POST, "/sync/up?cover=\(cover)&offset=\(offset)&size=\(size)", Array(bytes))
    }

    /// The whole of something that claims to be a changeset.
    func upload(_ bytes: [UInt8]) async throws -> Reply {
        let cover = Gateway.name(bytes)
        var offset = 0
        while true {
            let end = min(offset + 256 * 1_024, bytes.count)
            let reply = try await part(bytes[offset..<end], cover: cover, offset: offset, size: bytes.count)
            if reply.status != 202 { return reply }
            offset = end
        }
    }

    static func name(_ bytes: some Collection<UInt8>) -> String {
        var builder = DigestBuilder()
        builder.append(bytes)
        return builder.finish().description
    }
}

extension TestNode {
    /// A session of `peer` with this node.
    func gateway(_ peer: Peer) async throws -> Gateway { try await Gateway(line, to: try await id, as: peer) }
}
