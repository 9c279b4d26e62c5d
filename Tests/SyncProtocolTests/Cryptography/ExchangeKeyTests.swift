import SyncProtocol
import Testing

@Suite struct ExchangeKeyTests {
    @Test func `the vectors of RFC 7748 are met`() throws {
        let scalar = try ExchangeKey(seed: hex("a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4"))
        let point = try hex("e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c")
        let product = "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552"
        #expect(Hex.encode(try scalar.sharedSecret(with: point)) == product)
        let second = try ExchangeKey(seed: hex("4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d"))
        let high = try hex("e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493")
        let other = "95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957"
        #expect(Hex.encode(try second.sharedSecret(with: high)) == other)
        let bob = try ExchangeKey(seed: hex("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb"))
        #expect(Hex.encode(bob.publicBytes) == "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f")
        let alice = try hex("8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a")
        let shared = "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742"
        #expect(Hex.encode(try bob.sharedSecret(with: alice)) == shared)
    }

    @Test func `the thousand rounds of RFC 7748 are met`() throws {
        var scalar = [9] + [UInt8](repeating: 0, count: 31), point = scalar
        for round in 1...1_000 {
            let product = try ExchangeKey(seed: scalar).sharedSecret(with: point)
            (scalar, point) = (product, scalar)
            if round == 1 {
                #expect(Hex.encode(scalar) == "422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079")
            }
        }
        #expect(Hex.encode(scalar) == "684cf59ba83309552800ef566f2f4d3c1c3887c49360e3875f2eb94d99532c51")
    }

    @Test func `both ends get one secret and a stranger another`() throws {
        let keys = try (UInt8(1)...3).map { try ExchangeKey(seed: [UInt8](repeating: $0, count: 32)) }
        let secret = try keys[0].sharedSecret(with: keys[1].publicBytes)
        #expect(try keys[1].sharedSecret(with: keys[0].publicBytes) == secret)
        #expect(try keys[2].sharedSecret(with: keys[0].publicBytes) != secret)
    }

    @Test func `a point of small order or of another length gives no secret`() throws {
        let key = try ExchangeKey(seed: [UInt8](repeating: 1, count: 32))
        for point in [[UInt8](repeating: 0, count: 32), [1] + [UInt8](repeating: 0, count: 31), [], [1, 2, 3]] {
            expectRefusal(.weakKey) { _ = try key.sharedSecret(with: point) }
        }
        expectRefusal(.cryptography) { _ = try ExchangeKey(seed: [1]) }
    }

    @Test func `the vectors of RFC 5869 are met`() {
        let input = [UInt8](repeating: 0x0B, count: 22)
        let first = KeyDerivation.hkdf(secret: input, salt: Array(0...12), info: Array(0xF0...0xF9), count: 42)
        let firstExpected = "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"
        #expect(Hex.encode(first) == firstExpected)
        let second = KeyDerivation.hkdf(
            secret: Array(0...0x4F), salt: Array(0x60...0xAF), info: Array(0xB0...0xFF), count: 82)
        let secondExpected =
            "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e59"
            + "0e09da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87"
        #expect(Hex.encode(second) == secondExpected)
        let third = KeyDerivation.hkdf(secret: input, info: [], count: 42)
        let thirdExpected = "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8"
        #expect(Hex.encode(third) == thirdExpected)
    }
}
