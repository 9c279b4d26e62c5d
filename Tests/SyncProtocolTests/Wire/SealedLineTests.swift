import SyncProtocol
import Testing

@Suite struct SealedLineTests {
    let child, parent: SealedLine
    let body = Array("申请材料".utf8)

    init() throws {
        let greeting = try Greeting()
        let mine = try greeting.childKey.sharedSecret(with: greeting.answer.exchangeKey)
        let theirs = try greeting.parentKey.sharedSecret(with: greeting.question.exchangeKey)
        child = SealedLine(secret: mine, question: greeting.question, answer: greeting.answer)
        parent = SealedLine(secret: theirs, question: greeting.question, answer: greeting.answer)
    }

    func binding(
        _ counter: UInt64 = 1, _ method: String = "POST", _ target: String = "/sync/up?offset=0", _ status: Int = 0
    ) -> SealedLine.Binding {
        SealedLine.Binding(counter: counter, method: method, target: target, status: status)
    }

    @Test func `both ends open what the other sealed`() throws {
        #expect(child.session == parent.session && child.session.count == 16)
        #expect(try parent.open(child.seal(body, from: .child, binding()), from: .child, binding()) == body)
        let status = binding(1, "POST", "/sync/up?offset=0", 409)
        #expect(try child.open(parent.seal(body, from: .parent, status), from: .parent, status) == body)
        #expect(try parent.open(child.seal([], from: .child, binding(.max)), from: .child, binding(.max)) == [])
    }

    @Test func `another counter, method, path, query, status or direction is refused`() throws {
        let sealed = try child.seal(body, from: .child, binding())
        let others = [
            binding(2), binding(0), binding(1, "GET"), binding(1, "POST", "/sync/down?offset=0"),
            binding(1, "POST", "/sync/up?offset=1"), binding(1, "POST", "/sync/up"),
            binding(1, "POST", "/sync/up?offset=0", 200),
        ]
        for other in others { expectRefusal(.badSignature) { _ = try parent.open(sealed, from: .child, other) } }
        expectRefusal(.badSignature) { _ = try parent.open(sealed, from: .parent, binding()) }
    }

    @Test func `method and path cannot run into each other`() throws {
        let sealed = try child.seal(body, from: .child, binding(1, "PUT", "/a"))
        expectRefusal(.badSignature) { _ = try parent.open(sealed, from: .child, binding(1, "PU", "T/a")) }
    }

    @Test func `an altered message is refused`() throws {
        let sealed = try child.seal(body, from: .child, binding())
        for index in sealed.indices {
            var altered = sealed
            altered[index] ^= 1
            expectRefusal(.badSignature) { _ = try parent.open(altered, from: .child, binding()) }
        }
    }

    @Test func `another session has other keys`() throws {
        let greeting = try Greeting(nonce: 6)
        let secret = try greeting.childKey.sharedSecret(with: greeting.answer.exchangeKey)
        let other = SealedLine(secret: secret, question: greeting.question, answer: greeting.answer)
        let sealed = try child.seal(body, from: .child, binding())
        #expect(other.session != child.session)
        expectRefusal(.badSignature) { _ = try other.open(sealed, from: .child, binding()) }
    }
}
