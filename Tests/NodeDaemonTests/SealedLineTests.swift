import NIOHTTP1
import NodeCore
import SyncProtocol
import Testing

@testable import NodeDaemon

@Suite struct SealedLineTests {
    @Test func `a request is good once, in its place and unaltered`() async throws {
        let template = try Template.shared()
        try await TestNode.run("370200") { node in
            let gateway = try await node.gateway(template.county.peer)
            let target = "/sync/down?after=0&wait=0"
            let first = try await gateway.seal(.GET, target)
            #expect(try await gateway.send(first).status == 200)
            let replayed = try await gateway.send(first)
            #expect(replayed.status == 409 && replayed.code == "position" && !replayed.isSealed)

            var changes = [(String, (inout Gateway.Sealed) -> Void)]()
            changes.append(("method", { $0.method = .POST }))
            changes.append(("path", { $0.target = "/sync/trust?after=0&wait=0" }))
            changes.append(("query", { $0.target = "/sync/down?after=1&wait=0" }))
            changes.append(("more query", { $0.target += "&wait=9" }))
            changes.append(("counter", { $0.counter += 1 }))
            changes.append(("body", { $0.bytes[0] ^= 1 }))
            changes.append(("no seal", { $0.bytes = [] }))
            for (name, change) in changes {
                var sealed = try await gateway.seal(.GET, target)
                change(&sealed)
                let reply = try await gateway.send(sealed)
                #expect(reply.status == 403 && reply.code == "bad-signature" && !reply.isSealed, "\(name): \(reply)")
            }
            let old = try await gateway.seal(.GET, target, counter: 1)
            #expect(try await gateway.send(old).code == "position")
            #expect(try await gateway.call(.GET, target).status == 200)
            #expect(try await node.api.quarantine().isEmpty)
        }
    }

    @Test func `an answer with another status does not open`() async throws {
        let template = try Template.shared()
        try await TestNode.run("370200") { node in
            let gateway = try await node.gateway(template.county.peer)
            let sealed = try await gateway.seal(.GET, "/sync/trust")
            let reply = try await gateway.client.call(
                .GET, sealed.target, [],
                headers: [
                    "Bangfu-Session": Hex.encode(sealed.session), "Bangfu-Counter": String(sealed.counter),
                    "Bangfu-Seal": Hex.encode(sealed.bytes),
                ])
            #expect(reply.status == 200 && reply.sealed)
            let line = gateway.line
            func open(_ body: [UInt8], _ status: Int, _ target: String) throws -> [UInt8] {
                try line.open(
                    body, from: .parent, .init(counter: sealed.counter, method: "GET", target: target, status: status))
            }
            #expect(try !open(reply.body, 200, sealed.target).isEmpty)
            #expect(throws: ProtocolError(.badSignature, "")) { try open(reply.body, 202, sealed.target) }
            #expect(throws: ProtocolError(.badSignature, "")) { try open(reply.body, 200, "/sync/up") }
            var altered = reply.body
            altered[altered.count - 1] ^= 1
            #expect(throws: ProtocolError(.badSignature, "")) { try open(altered, 200, sealed.target) }
        }
    }

    @Test func `an unknown session is 401, and one child's session does not serve another`() async throws {
        let template = try Template.shared()
        try await TestNode.run("370200") { node in
            let county = try await node.gateway(template.county.peer)
            let sibling = try await node.gateway(template.sibling.peer)
            var unknown = try await county.seal(.GET, "/sync/trust")
            unknown.session = [UInt8](repeating: 7, count: 16)
            #expect(try await county.send(unknown).status == 401)
            // Whom this node believes is nobody's secret.
            #expect(try await node.line.call(.GET, "/sync/trust", []).status == 200)
            #expect(try await node.line.call(.POST, "/sync/up?cover=&offset=0&size=1", [1]).status == 401)
            var crossed = try await sibling.seal(.GET, "/sync/trust")
            crossed.session = county.line.session
            #expect(try await sibling.send(crossed).code == "bad-signature")
            #expect(try await county.call(.GET, "/sync/trust").status == 200)
            #expect(try await sibling.call(.GET, "/sync/trust").status == 200)
        }
    }

    @Test func `a challenge serves one hello, and only one that was given out`() async throws {
        let template = try Template.shared()
        try await TestNode.run("370200") { node in
            let peer = template.county.peer
            let id = try await node.id
            func hello(_ nonce: [UInt8]) async throws -> (status: Int, code: String) {
                let exchange = try ExchangeKey(seed: Node.moment().entropy(32))
                let question = try Gateway.question(nonce, exchange, to: id, as: peer)
                let answer = try await node.line.call(.POST, "/sync/hello", question.message.encoded)
                return (answer.status, ParentClient.refusal(answer.status, answer.body).code)
            }
            let nonce = try await node.line.plain(.GET, "/sync/challenge")
            #expect(nonce.count == 32)
            #expect(try await hello(nonce).status == 200)
            let again = try await hello(nonce)
            #expect(again.status == 403 && again.code == "not-entitled")
            let invented = try await hello([UInt8](repeating: 3, count: 32))
            #expect(invented.status == 403 && invented.code == "not-entitled")
        }
    }

    @Test func `a hello that was held up on its way is refused, and not taken for one of a copy`() async throws {
        let template = try Template.shared()
        try await TestNode.run("370200") { node in
            let (peer, id) = (template.county.peer, try await node.id)
            let early = try await node.line.plain(.GET, "/sync/challenge")
            let held = try Gateway.question(early, try ExchangeKey(seed: Node.moment().entropy(32)), to: id, as: peer)
            let gateway = try await node.gateway(peer)
            #expect(try await gateway.call(.GET, "/sync/trust").status == 200)
            let answer = try await node.line.call(.POST, "/sync/hello", held.message.encoded)
            #expect(answer.status == 403)
            #expect(ParentClient.refusal(answer.status, answer.body).code == "not-entitled")
            #expect(try await gateway.call(.GET, "/sync/down?after=0&wait=0").status == 200)
            #expect(try await node.api.quarantine().isEmpty)
        }
    }

    @Test func `a challenge that is too old serves nobody`() async throws {
        let sessions = Sessions()
        let now = ContinuousClock.now
        #expect(await sessions.challenge([1], at: now))
        #expect(await sessions.challenge([2], at: now))
        #expect(await sessions.redeem([1], at: now + .seconds(59)) == 1)
        #expect(await sessions.redeem([1], at: now + .seconds(59)) == nil)
        #expect(await sessions.redeem([2], at: now + .seconds(61)) == nil)
    }

    @Test func `challenges are bounded, and room comes back with time`() async throws {
        let sessions = Sessions()
        let now = ContinuousClock.now
        var given = 0
        for number in 0..<5_000 where await sessions.challenge(withUnsafeBytes(of: number, Array.init), at: now) {
            given += 1
        }
        #expect(given == 4_096)
        #expect(await sessions.challenge([9], at: now + .seconds(61)))
    }
}
