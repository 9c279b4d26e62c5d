import SyncProtocol
import Testing

/// Both halves of one hello between county and city.
struct Greeting {
    let union: Union
    let childKey, parentKey: ExchangeKey
    let question, answer: Hello

    /// The suites of city and county; the exchange keys are of the session's.
    init(nonce: UInt8 = 5, city: Suite = .international, county: Suite = .international) throws {
        union = try Union([.international, .international, city, county])
        let session = Suite.session(city, county)
        childKey = try ExchangeKey(seed: [UInt8](repeating: 0x11, count: 32), suite: session)
        parentKey = try ExchangeKey(seed: [UInt8](repeating: 0x22, count: 32), suite: session)
        let challenge = [UInt8](repeating: nonce, count: 32)
        question = try Greeting.hello(union, union.county, union.city, challenge, childKey, answering: nil)
        answer = try Greeting.hello(union, union.city, union.county, challenge, parentKey, answering: question)
    }

    static func hello(
        _ union: Union, _ node: Member, _ peer: Member, _ nonce: [UInt8], _ exchange: ExchangeKey, answering: Hello?,
        key: SigningKey? = nil
    ) throws -> Hello {
        let life = LogLife(incarnation: node.incarnation, next: 7, hash: Digest(Array(0...31)))
        let positions = LinkPositions(up: [life], down: [])
        return try Hello(
            node: node.node, incarnation: node.incarnation, peer: peer.node, nonce: nonce, exchangeKey: exchange.publicBytes,
            positions: positions, trustDigest: Trust.digest(of: []), answering: answering, federation: union.federation,
            key: key ?? node.key)
    }
}

@Suite struct HelloTests {
    let greeting: Greeting
    var union: Union { greeting.union }

    init() throws { greeting = try Greeting() }

    func read(_ hello: Hello, to receiver: Member) throws -> Hello {
        try Hello(verifying: hello.message.encoded[...], to: receiver.node, trust: union.trust)
    }

    @Test func `question and answer are read as they were written`() throws {
        #expect(try read(greeting.question, to: union.city) == greeting.question)
        #expect(try read(greeting.answer, to: union.county) == greeting.answer)
        #expect(greeting.question.transcript == nil)
        try greeting.answer.checkAnswers(greeting.question)
    }

    @Test func `a hello for another node is refused`() {
        expectRefusal(.wrongReceiver) { _ = try read(greeting.question, to: union.province) }
    }

    @Test func `a hello in another node's name is refused`() throws {
        let nonce = greeting.question.nonce
        let forged = try Greeting.hello(
            union, union.county, union.city, nonce, greeting.childKey, answering: nil, key: union.province.key)
        expectRefusal(.notEntitled) { _ = try read(forged, to: union.city) }
        let unknown = try Greeting.hello(
            union, union.county, union.city, nonce, greeting.childKey, answering: nil, key: union.stranger().key)
        expectRefusal(.unknownKey) { _ = try read(unknown, to: union.city) }
    }

    @Test func `an answer belongs to one question`() throws {
        let other = try Greeting(nonce: 6)
        expectRefusal(.badSignature) { try greeting.answer.checkAnswers(other.question) }
        expectRefusal(.badSignature) { try greeting.question.checkAnswers(greeting.question) }
        let nonce = greeting.question.nonce
        let renonced = try Greeting.hello(
            union, union.city, union.county, [1], greeting.parentKey, answering: greeting.question)
        expectRefusal(.badSignature) { try renonced.checkAnswers(greeting.question) }
        let byOther = try Greeting.hello(
            union, union.province, union.county, nonce, greeting.parentKey, answering: greeting.question)
        expectRefusal(.badSignature) { try byOther.checkAnswers(greeting.question) }
        let rekeyed = try Greeting.hello(union, union.county, union.city, nonce, greeting.parentKey, answering: nil)
        expectRefusal(.badSignature) { try greeting.answer.checkAnswers(rekeyed) }
    }

    @Test func `every flipped bit of a hello is refused`() throws {
        var bytes = greeting.answer.message.encoded
        for bit in 0..<bytes.count * 8 {
            bytes[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(throws: ProtocolError.self) {
                try Hello(verifying: bytes[...], to: union.county.node, trust: union.trust)
            }
            bytes[bit / 8] ^= 1 << UInt8(bit % 8)
        }
    }

    @Test func `a signed hello of another shape is refused`() throws {
        let payload = Array(greeting.question.message.payload)
        for wrong in [payload + [0xF6], payload.dropLast(), [0x87] + payload.dropFirst(), []] as [[UInt8]] {
            let message = try SignedMessage(signing: wrong, as: .hello, in: union.federation, with: union.county.key)
            expectRefusal(.malformed) {
                _ = try Hello(verifying: message.encoded[...], to: union.city.node, trust: union.trust)
            }
        }
    }

    @Test(arguments: Suite.allCases, Suite.allCases)
    func `a session is national as soon as one end is`(_ city: Suite, _ county: Suite) throws {
        let greeting = try Greeting(city: city, county: county), union = greeting.union
        let expected: Suite = city == .international && county == .international ? .international : .national
        let question = try Hello(
            verifying: greeting.question.message.encoded[...], to: union.city.node, trust: union.trust)
        let answer = try Hello(
            verifying: greeting.answer.message.encoded[...], to: union.county.node, trust: union.trust)
        try answer.checkAnswers(question)
        #expect(question.session == expected && answer.session == expected)
        let child = SealedLine(
            secret: try greeting.childKey.sharedSecret(with: answer.exchangeKey), question: question, answer: answer)
        let parent = SealedLine(
            secret: try greeting.parentKey.sharedSecret(with: question.exchangeKey), question: question, answer: answer)
        let binding = SealedLine.Binding(counter: 1, method: "POST", target: "/sync/up")
        let sealed = try child.seal([1, 2, 3], from: .child, binding)
        #expect(sealed.count == 19)
        #expect(try parent.open(sealed, from: .child, binding) == [1, 2, 3])
        expectRefusal(.badSignature) { _ = try parent.open(sealed, from: .parent, binding) }
        for index in sealed.indices {
            var altered = sealed
            altered[index] ^= 1
            expectRefusal(.badSignature) { _ = try parent.open(altered, from: .child, binding) }
        }
    }

    @Test(arguments: Suite.allCases, Suite.allCases)
    func `neither end chooses another suite for the session`(_ city: Suite, _ county: Suite) throws {
        let greeting = try Greeting(city: city, county: county), union = greeting.union
        let other: Suite = Suite.session(city, county) == .national ? .international : .national
        let key = try ExchangeKey(seed: [UInt8](repeating: 0x11, count: 32), suite: other)
        let lowered = try Greeting.hello(union, union.county, union.city, [5], key, answering: nil)
        expectRefusal(.malformed) {
            _ = try Hello(verifying: lowered.message.encoded[...], to: union.city.node, trust: union.trust)
        }
    }

    @Test func `an exchange key that gives no secret is the peer's fault`() throws {
        let national = try Greeting(city: .national)
        for wrong in [[UInt8](repeating: 0, count: 33), [2] + [UInt8](repeating: 0xFF, count: 32)] {
            expectRefusal(.weakKey) { _ = try national.parentKey.sharedSecret(with: wrong) }
        }
        for small in [[UInt8](repeating: 0, count: 32), [1] + [UInt8](repeating: 0, count: 31)] {
            expectRefusal(.weakKey) { _ = try greeting.parentKey.sharedSecret(with: small) }
        }
    }

    @Test func `a hello whose exchange key has no 32 bytes is refused`() throws {
        let positions = LinkPositions(up: [], down: [])
        let short = try Hello(
            node: union.county.node, incarnation: union.county.incarnation, peer: union.city.node, nonce: [1],
            exchangeKey: [1, 2, 3], positions: positions, trustDigest: Trust.digest(of: []), answering: nil,
            federation: union.federation,
            key: union.county.key)
        expectRefusal(.malformed) { _ = try read(short, to: union.city) }
    }
}
