import Testing

@testable import SyncProtocol

@Suite struct SM2Tests {
    /// GB/T 32918.5 annex A: the private key, the nonce, and what they give for "message digest".
    static let scalar = "3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8"
    static let nonce = "59276e27d506861a16680f3ad9c02dccef3cc1fa3cdbe4ce6d54b80deac1bc21"
    static let x = "09f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020"
    static let y = "ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13"
    static let r = "f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3"
    static let s = "b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa"
    let message = Array("message digest".utf8)

    @Test func `the example of GB-T 32918 is met step by step`() throws {
        let scalar = try hex(SM2Tests.scalar), point = try SM2Curve.product(scalar)
        #expect(Hex.encode(point.x) == SM2Tests.x && Hex.encode(point.y) == SM2Tests.y)
        let prefix = SM2Signature.prefix(point)
        #expect(Hex.encode(prefix) == "b2e14c5c79c6df5b85f4fe7ed8db7a262b9da7e07ccb0ea9f4747b8ccda8a4f3")
        let digest = SM2Signature.digest(message, prefix: prefix)
        #expect(Hex.encode(digest) == "f0b43e94ba45accaace692ed534382eb17e6ab5a19ce7b31f4486fdfc0d28640")
        let signature = try SM2Signature.sign(digest, scalar: scalar, nonce: hex(SM2Tests.nonce))
        #expect(signature.map { Hex.encode($0) } == SM2Tests.r + SM2Tests.s)
        let key = try PublicKey(suite: .national, bytes: point.compressed)
        #expect(try key.isValid(hex(SM2Tests.r + SM2Tests.s), of: message))
        #expect(try !key.isValid(hex(SM2Tests.r + SM2Tests.s), of: message + [0]))
    }

    @Test func `signing is deterministic, and what is signed verifies`() throws {
        for seed in UInt8(0)...20 {
            let key = try SigningKey(suite: .national, seed: [UInt8](repeating: seed, count: 32))
            let signature = try key.sign([seed, 1, 2])
            #expect(signature.count == 64)
            #expect(try key.sign([seed, 1, 2]) == signature)
            #expect(try key.sign([seed, 1, 3]).prefix(32) != signature.prefix(32))
            #expect(key.publicKey.isValid(signature, of: [seed, 1, 2]))
            #expect(!key.publicKey.isValid(signature, of: [seed, 1, 3]))
            #expect(key.publicKey.bytes.count == 33)
        }
    }

    @Test func `an altered, cut or longer signature is not valid`() throws {
        let key = try SigningKey(suite: .national, seed: [UInt8](repeating: 3, count: 32))
        let other = try SigningKey(suite: .national, seed: [UInt8](repeating: 4, count: 32))
        let signature = try key.sign([1, 2, 3])
        for bit in stride(from: 0, to: 512, by: 7) {
            var altered = signature
            altered[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(!key.publicKey.isValid(altered, of: [1, 2, 3]))
        }
        #expect(!other.publicKey.isValid(signature, of: [1, 2, 3]))
        for wrong in [Array(signature.dropLast()), signature + [0], []] {
            #expect(!key.publicKey.isValid(wrong, of: [1, 2, 3]))
        }
    }

    /// 0, n and beyond. The sum of the last pair is n, which leaves the key out of the equation.
    @Test func `r and s lie between 0 and the order`() throws {
        let key = try SigningKey(suite: .national, seed: [UInt8](repeating: 3, count: 32))
        let signature = try key.sign([1])
        let zero = [UInt8](repeating: 0, count: 32), full = [UInt8](repeating: 0xFF, count: 32)
        let order = SM2Curve.order, one = [UInt8](repeating: 0, count: 31) + [1]
        for wrong in [zero, order, full] {
            #expect(!key.publicKey.isValid(wrong + signature.suffix(32), of: [1]))
            #expect(!key.publicKey.isValid(signature.prefix(32) + wrong, of: [1]))
            #expect(!SM2Signature.isInRange(wrong))
        }
        let last = Array(order.dropLast()) + [order[31] - 1]
        #expect(SM2Signature.isInRange(one) && SM2Signature.isInRange(last))
        #expect(!key.publicKey.isValid(one + last, of: [1]))
    }

    /// For these two digests the nonce of the example makes r zero, and r + k the order.
    @Test(arguments: [
        "fb14038d7172e8679dfbcdd97188014930a5b08d13bec91c0457e53c0bc0a6b0",
        "a1ec95659c6c624d8793be9e97c7d37c4168ee92d6e2e44d97032d2e20feea8f",
    ]) func `a nonce that gives no signature is passed over`(_ digest: String) throws {
        let scalar = try hex(SM2Tests.scalar)
        #expect(try SM2Signature.sign(hex(digest), scalar: scalar, nonce: hex(SM2Tests.nonce)) == nil)
        #expect(try SM2Signature.sign(hex(digest), scalar: scalar).count == 64)
    }

    @Test func `a key has one form, and what is no point is refused`() throws {
        let point = try SM2Curve.Coordinates(x: hex(SM2Tests.x), y: hex(SM2Tests.y))
        let compressed = point.compressed
        #expect(compressed[0] == 3)
        #expect(try SM2Curve.Coordinates(compressed: compressed) == point)
        let mirrored = try SM2Curve.Coordinates(compressed: [2] + compressed.dropFirst())
        #expect(mirrored.x == point.x && mirrored.y != point.y)
        let prime = try hex("fffffffeffffffffffffffffffffffffffffffff00000000ffffffffffffffff")
        let wrong: [[UInt8]] = [
            [4] + point.x + point.y, [0], [], [UInt8](repeating: 0, count: 33), [4] + point.x, [1] + point.x,
            [0x82] + point.x,
            [2] + prime, [2] + [UInt8](repeating: 0xFF, count: 32), Array(compressed.dropLast()), compressed + [0], point.x,
        ]
        for bytes in wrong { expectRefusal(.weakKey) { _ = try PublicKey(suite: .national, bytes: bytes) } }
        // About half of all x have no y; these are the first few that have none.
        var none = 0
        for last in UInt8(0)...40 {
            do {
                _ = try PublicKey(suite: .national, bytes: [2] + [UInt8](repeating: 0, count: 31) + [last])
            } catch let error as ProtocolError {
                #expect(error.code == .weakKey)
                none += 1
            }
        }
        #expect((10...31).contains(none))
    }

    @Test func `both ends get one secret, which is a coordinate`() throws {
        let keys = try (UInt8(1)...3).map { try ExchangeKey(seed: [UInt8](repeating: $0, count: 32), suite: .national) }
        let secret = try keys[0].sharedSecret(with: keys[1].publicBytes)
        #expect(secret.count == 32)
        #expect(try keys[1].sharedSecret(with: keys[0].publicBytes) == secret)
        #expect(try keys[2].sharedSecret(with: keys[0].publicBytes) != secret)
        for wrong in [
            [], [UInt8](repeating: 0, count: 33), keys[1].publicBytes + [0], Array(keys[1].publicBytes.dropFirst()),
        ] {
            expectRefusal(.weakKey) { _ = try keys[0].sharedSecret(with: wrong) }
        }
        expectRefusal(.cryptography) { _ = try ExchangeKey(seed: [1], suite: .national) }
    }

    @Test func `every seed gives a scalar in range`() throws {
        for seed in [[UInt8](repeating: 0, count: 32), [UInt8](repeating: 0xFF, count: 32)] {
            #expect(SM2Signature.isInRange(try SM2Curve.scalar(seed: seed)))
        }
        expectRefusal(.cryptography) { _ = try SigningKey(suite: .national, seed: [1, 2, 3]) }
    }
}
