import SyncProtocol
import Testing

@Suite struct SignedMessageTests {
    let union: Union

    init() throws { union = try Union() }

    @Test func `the message has the one shape of this protocol`() throws {
        let key = union.city.key
        let message = try SignedMessage(signing: [1, 2, 3], as: .receipt, in: union.federation, with: key)
        let start = "d28455a201270450" + key.publicKey.id.description + "a0430102035840"
        #expect(Hex.encode(message.encoded).hasPrefix(start))
        #expect(message.encoded.count == start.count / 2 + 64)
        let read = try SignedMessage(decoding: message.encoded[...])
        #expect(read == message)
        try read.verify(as: .receipt, in: union.federation, with: key.publicKey)
    }

    @Test func `the signature is over the Sig_structure of RFC 9052 with purpose and federation`() throws {
        let key = union.city.key
        let message = try SignedMessage(signing: [1, 2, 3], as: .hello, in: union.federation, with: key)
        var writer = CanonicalWriter()
        writer.array(4)
        writer.text("Signature1")
        writer.byteString(try hex("a201270450") + key.publicKey.id.bytes)
        writer.byteString(Array("bangfu/1/hello".utf8) + Union.federationBytes)
        writer.byteString([1, 2, 3])
        #expect(key.publicKey.isValid(message.signature, of: writer.bytes))
    }

    @Test func `the names of the purposes are fixed`() {
        let purposes: [SignedMessage.Purpose] = [.seal, .cover, .certificate, .receipt, .hello, .enrolment, .bundle]
        #expect(purposes.map(\.rawValue) == ["seal", "cover", "cert", "receipt", "hello", "enrol", "bundle"])
    }

    @Test func `another purpose, federation or key is refused`() throws {
        let message = try SignedMessage(signing: [1], as: .seal, in: union.federation, with: union.city.key)
        let other = try #require(FederationID([UInt8](repeating: 1, count: 16)))
        let key = union.city.key.publicKey
        expectRefusal(.badSignature) { try message.verify(as: .cover, in: union.federation, with: key) }
        expectRefusal(.badSignature) { try message.verify(as: .seal, in: other, with: key) }
        expectRefusal(.unknownKey) {
            try message.verify(as: .seal, in: union.federation, with: union.county.key.publicKey)
        }
    }

    /// With "k" for the 16 bytes of a key's name and "s" for a signature.
    @Test(arguments: [
        "8455a201270450ka041015840s", "d18455a201270450ka041015840s", "d28355a201270450ka04101",
        "d28455a201270450ka1010041015840s", "d28455a201270450ka041015840s00",
        "d28455a101270450ka041015840s",
        "d28455a204270150ka041015840s", "d28447a20127044101aaa041015840s", "d28446a20127044100a041015840s",
        "d28446a10127f6f6f6a041015840s",
        "d2d28455a201270450ka041015840s", "d28455a201270450ka0f65840s", "d28455a201270450ka04101f6", "d284", "d2", "",
    ]) func `another shape is refused`(_ pattern: String) throws {
        let key = String(repeating: "11", count: 16), signature = String(repeating: "22", count: 64)
        let bytes = try hex(pattern.replacing("k", with: key).replacing("s", with: signature))
        expectRefusal(.malformed) { _ = try SignedMessage(decoding: bytes[...]) }
    }

    @Test(arguments: [
        "26", "28", "08", "00", "39ffff", "3a00010001", "3b7fffffffffffffff", "3bffffffffffffffff",
        "1bffffffffffffffff",
    ])
    func `another algorithm is refused by name`(_ algorithm: String) throws {
        var header = CanonicalWriter()
        header.map(2)
        header.unsigned(1)
        header.encoded(try hex(algorithm))
        header.unsigned(4)
        header.byteString(union.city.key.publicKey.id)
        var writer = CanonicalWriter()
        writer.tag(18)
        writer.array(4)
        writer.byteString(header.bytes)
        writer.map(0)
        writer.byteString([1])
        writer.byteString([UInt8](repeating: 0, count: 64))
        expectRefusal(.unsupportedSuite) { _ = try SignedMessage(decoding: writer.bytes[...]) }
    }

    @Test func `a message over its limit is refused before it is read`() {
        let bytes = [UInt8](repeating: 0, count: Limits.messageBytes + 1)
        expectRefusal(.tooLarge) { _ = try SignedMessage(decoding: bytes[...]) }
        expectRefusal(.tooLarge) { _ = try SignedMessage(decoding: bytes[..<101], atMost: 100) }
    }
}
