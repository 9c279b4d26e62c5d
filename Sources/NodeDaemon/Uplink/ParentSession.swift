internal import AsyncHTTPClient
internal import NIOCore
internal import NIOHTTP1
internal import NodeCore
internal import SyncProtocol

/// What came back from the parent: a refusal by code, or that it could not be reached.
struct ParentRefusal: Error {
    let status: Int
    let code: String
    let reason: String
    /// The signed seal or receipt that proves it, with refusals by position.
    var proof: [UInt8]?
    /// Seconds after which it makes sense to ask again, as the parent said.
    var retryAfter: Int?
}

/// Calls to the parent before there is a session: challenge, hello, enrolment.
struct ParentClient: Sendable {
    let client: HTTPClient
    let address: String

    static let timeout = TimeAmount.seconds(40)
    private static let answerBytesMax = 16 * 1_024 * 1_024

    func call(_ method: HTTPMethod, _ target: String, _ body: [UInt8], headers: HTTPHeaders = [:]) async throws -> (
        status: Int, sealed: Bool, body: [UInt8], retryAfter: Int?
    ) {
        var request = HTTPClientRequest(url: "https://\(address)\(target)")
        request.method = method
        request.headers = headers
        if method != .GET { request.body = .bytes(ByteBuffer(bytes: body)) }
        let response = try await client.execute(request, timeout: ParentClient.timeout)
        let bytes = [UInt8](buffer: try await response.body.collect(upTo: ParentClient.answerBytesMax))
        let retryAfter = response.headers.first(name: "Retry-After").flatMap { Int($0) }
        return (Int(response.status.code), response.headers.contains(name: "Bangfu-Sealed"), bytes, retryAfter)
    }

    func plain(_ method: HTTPMethod, _ target: String, _ body: [UInt8] = []) async throws -> [UInt8] {
        let answer = try await call(method, target, body)
        guard answer.status == 200 else { throw ParentClient.refusal(answer.status, answer.body, answer.retryAfter) }
        return answer.body
    }

    static func refusal(_ status: Int, _ body: [UInt8], _ retryAfter: Int? = nil) -> ParentRefusal {
        var refusal = refusal(of: status, body)
        refusal.retryAfter = retryAfter
        return refusal
    }

    private static func refusal(of status: Int, _ body: [UInt8]) -> ParentRefusal {
        do {
            if case .array(let items) = try CanonicalValue(decoding: body[...]), (2...3).contains(items.count),
                case .text(let code) = items[0], case .text(let reason) = items[1]
            {
                var refusal = ParentRefusal(status: status, code: code, reason: reason)
                if items.count == 3, case .bytes(let proof) = items[2] { refusal.proof = proof }
                return refusal
            }
        } catch {}
        return ParentRefusal(status: status, code: "http-\(status)", reason: "the parent answered \(status)")
    }

    /// Greets the parent; both sides have signed the transcript, and the thread goes on, when this returns.
    func hello(_ engine: SyncEngine, _ link: Link, node: Node) async throws -> ParentSession {
        let nonce = try await plain(.GET, "/sync/challenge")
        let suite = Suite.session(engine.identity.suite, link.peer.key.suite)
        let exchange = try ExchangeKey(seed: Node.moment().entropy(32), suite: suite)
        let question = try await node.ask(link, nonce: nonce, exchangeKey: exchange.publicBytes)
        let bytes = try await plain(.POST, "/sync/hello", question.message.encoded)
        let answer = try Hello(verifying: bytes[...], to: engine.identity.node, trust: engine.trust)
        try answer.checkAnswers(question)
        let line = SealedLine(
            secret: try exchange.sharedSecret(with: answer.exchangeKey), question: question, answer: answer)
        try await node.accept(answer, link)
        return ParentSession(client: self, line: line, answer: answer)
    }
}

/// One sealed session with the parent. Its counter rises with each request, so one task uses it at a time.
actor ParentSession {
    private let client: ParentClient
    private let line: SealedLine
    let answer: Hello
    private var counter: UInt64 = 0

    init(client: ParentClient, line: SealedLine, answer: Hello) {
        self.client = client
        self.line = line
        self.answer = answer
    }

    /// The opened answer; a refusal is thrown with its code.
    func call(_ method: HTTPMethod, _ target: String, _ body: [UInt8] = [], accepting: Set<Int> = [200]) async throws -> (
        status: Int, body: [UInt8]
    ) {
        counter += 1
        let own = counter
        let sealed = try line.seal(body, from: .child, .init(counter: own, method: method.rawValue, target: target))
        var headers: HTTPHeaders = ["Bangfu-Session": Hex.encode(line.session), "Bangfu-Counter": String(own)]
        if method == .GET { headers.add(name: "Bangfu-Seal", value: Hex.encode(sealed)) }
        let reply = try await client.call(method, target, sealed, headers: headers)
        guard reply.sealed else { throw ParentClient.refusal(reply.status, reply.body, reply.retryAfter) }
        let plain = try line.open(
            reply.body, from: .parent,
            .init(counter: own, method: method.rawValue, target: target, status: reply.status))
        guard accepting.contains(reply.status) else {
            throw ParentClient.refusal(reply.status, plain, reply.retryAfter)
        }
        return (reply.status, plain)
    }

    /// Uploads one changeset in parts, going on where an earlier attempt ended. Returns the parent's receipt.
    func upload(_ bytes: [UInt8], cover: Digest) async throws -> [UInt8] {
        // A changeset of one part goes at once; only for a larger one is it worth asking what is there.
        var offset = bytes.count > ParentSession.partBytes ? try await held(cover) : 0
        if offset >= bytes.count { offset = 0 }
        while true {
            let end = min(offset + ParentSession.partBytes, bytes.count)
            let target = "/sync/up?cover=\(cover)&offset=\(offset)&size=\(bytes.count)"
            let reply = try await call(.POST, target, Array(bytes[offset..<end]), accepting: [200, 202, 416])
            if reply.status == 200 { return reply.body }
            guard case .integer(let next) = try CanonicalValue(decoding: reply.body[...]), let next = Int(exactly: next),
                next >= 0, next < bytes.count
            else { throw ProtocolError(.malformed, "the parent's answer to an upload") }
            offset = next
        }
    }

    private func held(_ cover: Digest) async throws -> Int {
        let reply = try await call(.GET, "/sync/up?cover=\(cover)")
        guard case .integer(let held) = try CanonicalValue(decoding: reply.body[...]) else { return 0 }
        return Int(clamping: max(held, 0))
    }

    private static let partBytes = 256 * 1_024
}
