import SyncProtocol
import Testing

@Suite struct SigningKeyTests {
    struct Vector: Sendable {
        let seed, publicKey, message, signature: String
    }

    /// RFC 8032 section 7.1, tests 1 to 3 and that of SHA(abc).
    static let vectors = [
        Vector(
            seed: "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
            publicKey: "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", message: "",
            signature: "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555"
                + "fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"),
        Vector(
            seed: "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
            publicKey: "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", message: "72",
            signature: "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
                + "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"),
        Vector(
            seed: "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
            publicKey: "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", message: "af82",
            signature: "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
                + "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"),
        Vector(
            seed: "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
            publicKey: "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
            message: "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
                + "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
            signature: "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b589"
                + "09351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704"),
    ]

    @Test(arguments: vectors) func `the vectors of RFC 8032 are met`(_ vector: Vector) throws {
        let key = try SigningKey(suite: .international, seed: hex(vector.seed))
        #expect(Hex.encode(key.publicKey.bytes) == vector.publicKey)
        let signature = try key.sign(hex(vector.message))
        #expect(Hex.encode(signature) == vector.signature)
        #expect(try key.publicKey.isValid(signature, of: hex(vector.message)))
        #expect(try !key.publicKey.isValid(signature, of: hex(vector.message) + [0]))
    }

    @Test func `an altered, cut or longer signature is not valid`() throws {
        let key = try Union().city.key
        let signature = try key.sign([1, 2, 3])
        for bit in stride(from: 0, to: 512, by: 7) {
            var altered = signature
            altered[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(!key.publicKey.isValid(altered, of: [1, 2, 3]))
        }
        #expect(!key.publicKey.isValid(signature.dropLast(), of: [1, 2, 3]))
        #expect(!key.publicKey.isValid(signature + [0], of: [1, 2, 3]))
        #expect(!key.publicKey.isValid([], of: [1, 2, 3]))
    }

    @Test func `a signature plus the group order is not a second valid one`() throws {
        let key = try Union().city.key
        var signature = try key.sign([1])
        let order = try hex("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010")
        var carry = 0
        for index in 0..<32 {
            let sum = Int(signature[32 + index]) + Int(order[index]) + carry
            signature[32 + index] = UInt8(sum & 0xFF)
            carry = sum >> 8
        }
        #expect(!key.publicKey.isValid(signature, of: [1]))
    }

    /// The y coordinates of the points whose order divides 8, with and without the sign bit.
    @Test(arguments: [
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    ]) func `a key of small order is refused`(_ text: String) throws {
        var bytes = try hex(text)
        expectRefusal(.weakKey) { _ = try PublicKey(suite: .international, bytes: bytes) }
        bytes[31] ^= 0x80
        expectRefusal(.weakKey) { _ = try PublicKey(suite: .international, bytes: bytes) }
    }

    @Test(arguments: UInt8(0xED)...0xFF, [UInt8(0x7F), 0xFF])
    func `a key whose coordinate is not below the prime is refused`(_ low: UInt8, _ top: UInt8) {
        let bytes = [low] + [UInt8](repeating: 0xFF, count: 30) + [top]
        expectRefusal(.weakKey) { _ = try PublicKey(suite: .international, bytes: bytes) }
    }

    @Test func `the largest coordinate below the prime minus one is no reason to refuse`() throws {
        let bytes = [0xEB] + [UInt8](repeating: 0xFF, count: 30) + [0x7F]
        _ = try PublicKey(suite: .international, bytes: bytes)
    }

    @Test func `keys have 32 bytes`() throws {
        expectRefusal(.weakKey) { _ = try PublicKey(suite: .international, bytes: [1, 2, 3]) }
        expectRefusal(.cryptography) { _ = try SigningKey(suite: .international, seed: [1, 2, 3]) }
    }

    @Test func `suites have numbers, and unknown ones are refused by name`() throws {
        #expect(try Suite(number: 1) == .international)
        #expect(try Suite(number: 2) == .national)
        #expect(try Suite(algorithm: -8) == .international)
        #expect(try Suite(algorithm: -65_537) == .national)
        for number: UInt64 in [0, 3, 255, 257, 258] { expectRefusal(.unsupportedSuite) { _ = try Suite(number: number) } }
        for algorithm: Int64 in [-7, 0, 8, 65_537, -65_536, -65_538] {
            expectRefusal(.unsupportedSuite) { _ = try Suite(algorithm: algorithm) }
        }
    }
}
