import SyncProtocol
import Testing

/// The vectors of the signed messages that stand alone.
@Suite struct VectorMessageTests {
    @Test(arguments: [
        ("Vectors", Suite.international, Suite.international), ("Vectors/national", .national, .national),
        ("Vectors/mixed", .international, .national),
    ]) func `certificates`(_ folder: String, _ even: Suite, _ odd: Suite) throws {
        let union = try Union([even, odd, even, odd])
        let file = try VectorFile.load("certificate", folder: folder, as: VectorFile.Certificates.self)
        let federation = try #require(FederationID(hex: file.federation))
        #expect(federation == union.federation)
        let root = try Certificate(decoding: hex(file.certificates[0].bytes)[...])
        var trust = try Trust(federation: federation, root: root)
        for vector in file.certificates {
            let certificate = try Certificate(decoding: hex(vector.bytes)[...])
            try trust.admit(certificate)
            #expect(certificate.node.description == vector.node && Hex.encode(certificate.key.bytes) == vector.key)
            #expect(certificate.seat == Seat(code: vector.code, level: vector.level, parent: vector.parent))
            #expect(certificate.key.id.description == vector.keyID && certificate.hash.description == vector.hash)
            #expect(UInt64(certificate.key.suite.rawValue) == vector.suite)
            #expect(certificate.place.number == vector.number && certificate.place.previous?.description == vector.previous)
            let key = try SigningKey(suite: Suite(number: vector.suite), seed: hex(vector.seed))
            let made = try Certificate(
                certificate.place, node: #require(NodeID(hex: vector.node)),
                seat: Seat(code: vector.code, level: vector.level, parent: vector.parent), key: key.publicKey,
                consent: vector.consent.map { try hex($0) }, federation: federation,
                issuer: union.member(vector.signer).key)
            #expect(Hex.encode(made.message.encoded) == vector.bytes)
            guard let incarnation = vector.incarnation, vector.consent == nil else { continue }
            #expect(try union.member(vector.name).certificate == made)
            #expect(try union.member(vector.name).incarnation.description == incarnation)
        }
        for vector in file.revocations { try check(vector, &trust) }
        try check(file.rotation, trust)
    }

    func check(_ vector: VectorFile.Certificates.Revocation, _ trust: inout Trust) throws {
        let statement = try TrustStatement(decoding: hex(vector.bytes)[...])
        guard case .revocation(let revocation) = statement else {
            Issue.record("no revocation")
            return
        }
        #expect(revocation.key.description == vector.key && revocation.reason == vector.reason)
        #expect(revocation.hash.description == vector.hash && revocation.place.number == vector.number)
        #expect(revocation.statements == vector.statements && revocation.statementHash?.description == vector.statementHash)
        #expect(
            try revocation.bounds
                == vector.logs.map {
                    Revocation.Bound(
                        log: LogID(
                            author: try #require(NodeID(hex: $0.author)),
                            incarnation: try #require(Incarnation(hex: $0.incarnation)),
                            direction: try #require(Direction(rawValue: $0.direction)),
                            peer: try #require(NodeID(hex: $0.peer))),
                        next: $0.next, hash: try $0.hash.map { try #require(Digest(hex: $0)) })
                })
        #expect(try trust.admit(statement))
        #expect(trust.revocation(of: revocation.key) == revocation)
    }

    func check(_ vector: VectorFile.Certificates.Rotation, _ trust: Trust) throws {
        let rotation = try Rotation(
            verifying: hex(vector.bytes)[...], with: { trust.certificate(of: $0) }, in: trust.federation)
        #expect(rotation.node.description == vector.node && rotation.present.description == vector.presentKey)
        #expect(Hex.encode(rotation.key.bytes) == vector.key && Hex.encode(Array(rotation.message.payload)) == vector.inner)
    }

    @Test(arguments: Suite.allCases) func `receipts`(_ suite: Suite) throws {
        let union = try Union(suite)
        for vector in try VectorFile.load("receipt", suite, as: VectorFile.Receipts.self).receipts {
            let signer = try union.member(vector.signer)
            let receipt = try Receipt(verifying: hex(vector.bytes)[...], from: signer.node, trust: union.trust)
            #expect(try receipt.log == (vector.log.value()) && receipt.durable == vector.durable)
            #expect(receipt.durableHash?.description == vector.durableHash && receipt.applied == vector.applied)
            #expect(receipt.credit == vector.credit && receipt.number == vector.number)
            let made = try Receipt(
                issuer: signer.node, log: vector.log.value(), durable: vector.durable,
                durableHash: vector.durableHash.map { try #require(Digest(hex: $0)) }, applied: vector.applied,
                credit: vector.credit, number: vector.number, federation: union.federation, key: signer.key)
            #expect(Hex.encode(made.message.encoded) == vector.bytes)
        }
    }

    @Test(arguments: Suite.allCases) func `heads of an audit, and who has seen them`(_ suite: Suite) throws {
        let union = try Union(suite)
        let vector = try VectorFile.load("audit", suite, as: VectorFile.Audit.self)
        let (signer, seer) = (try union.member(vector.head.signer), try union.member(vector.witness.signer))
        let head = try AuditHead(verifying: hex(vector.head.bytes)[...], from: signer.node, trust: union.trust)
        #expect(head.node.description == vector.head.node && head.incarnation.description == vector.head.incarnation)
        #expect(head.number == vector.head.number && head.hash.description == vector.head.hash)
        #expect(head.milliseconds == vector.head.at)
        let made = try AuditHead(
            node: head.node, incarnation: head.incarnation, number: head.number, hash: head.hash,
            milliseconds: head.milliseconds, federation: union.federation, key: signer.key)
        #expect(Hex.encode(made.message.encoded) == vector.head.bytes)
        let witness = try AuditWitness(
            verifying: hex(vector.witness.bytes)[...], of: head, from: seer.node, trust: union.trust)
        #expect(witness.milliseconds == vector.witness.at)
        let seen = try AuditWitness(
            of: head, by: seer.node, milliseconds: witness.milliseconds, federation: union.federation, key: seer.key)
        #expect(Hex.encode(seen.message.encoded) == vector.witness.bytes)
        // Nobody speaks for another, and a word about one head is none about another.
        #expect(throws: ProtocolError.self) {
            try AuditHead(verifying: hex(vector.head.bytes)[...], from: seer.node, trust: union.trust)
        }
        #expect(throws: ProtocolError.self) {
            try AuditWitness(verifying: hex(vector.witness.bytes)[...], of: head, from: signer.node, trust: union.trust)
        }
        let other = try AuditHead(
            node: head.node, incarnation: head.incarnation, number: 3, hash: head.hash, milliseconds: 1,
            federation: union.federation, key: signer.key)
        #expect(throws: ProtocolError.self) {
            try AuditWitness(verifying: hex(vector.witness.bytes)[...], of: other, from: seer.node, trust: union.trust)
        }
    }

    func check(_ vector: VectorFile.Hellos.Hello, _ union: Union, answering question: Hello?) throws -> Hello {
        let signer = try union.member(vector.signer)
        let receiver = try #require(NodeID(hex: vector.peer))
        let hello = try Hello(verifying: hex(vector.bytes)[...], to: receiver, trust: union.trust)
        #expect(hello.node.description == vector.node && hello.incarnation.description == vector.incarnation)
        #expect(Hex.encode(hello.nonce) == vector.nonce && Hex.encode(hello.exchangeKey) == vector.exchangeKey)
        #expect(hello.trustDigest.description == vector.trustDigest && hello.transcript?.description == vector.transcript)
        let positions = LinkPositions(
            up: try vector.up.map { try $0.value() }, down: try vector.down.map { try $0.value() })
        let thread = try vector.thread?.value()
        #expect(hello.thread == thread)
        #expect(hello.positions == positions)
        let exchange = try ExchangeKey(seed: hex(vector.exchangeSeed), suite: signer.key.suite)
        let made = try Hello(
            node: signer.node, incarnation: #require(Incarnation(hex: vector.incarnation)), peer: receiver,
            nonce: hex(vector.nonce), exchangeKey: exchange.publicBytes, positions: positions,
            trustDigest: #require(Digest(hex: vector.trustDigest)),
            thread: thread,
            answering: question, federation: union.federation, key: signer.key)
        #expect(Hex.encode(made.message.encoded) == vector.bytes)
        return hello
    }

    @Test(arguments: Suite.allCases) func `a hello, its answer and the line between them`(_ suite: Suite) throws {
        let union = try Union(suite)
        let file = try VectorFile.load("hello", suite, as: VectorFile.Hellos.self)
        let question = try check(file.question, union, answering: nil)
        let answer = try check(file.answer, union, answering: question)
        try answer.checkAnswers(question)
        let secret = try ExchangeKey(seed: hex(file.question.exchangeSeed), suite: suite).sharedSecret(
            with: answer.exchangeKey)
        #expect(Hex.encode(secret) == file.secret)
        let line = SealedLine(secret: secret, question: question, answer: answer)
        #expect(Hex.encode(line.session) == file.session)
        let ask = SealedLine.Binding(counter: file.counter, method: file.method, target: file.target)
        #expect(Hex.encode(try line.seal(hex(file.body), from: .child, ask)) == file.sealed)
        #expect(Hex.encode(try line.open(hex(file.sealed), from: .child, ask)) == file.body)
        let reply = SealedLine.Binding(
            counter: file.counter, method: file.method, target: file.target, status: file.status)
        #expect(Hex.encode(try line.seal([], from: .parent, reply)) == file.sealedAnswer)
        #expect(try line.open(hex(file.sealedAnswer), from: .parent, reply) == [])
    }
}
