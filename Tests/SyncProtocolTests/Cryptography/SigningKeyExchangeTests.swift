import SyncProtocol
import Testing

/// A signing key as it receives what is sealed to it.
@Suite struct SigningKeyExchangeTests {
    /// Published values of another implementation of the same map (libsodium, ed25519_convert).
    @Test func `an Ed25519 key maps to the X25519 key that others make of it`() throws {
        let key = try SigningKey(
            suite: .international, seed: hex("421151a459faeade3d247115f94aedae42318124095afabe4d1451a559faedee"))
        let expected = "f1814f0e8ff1043d8a44d25babff3cedcae6c22c3edaa48f857ae70de2baae50"
        #expect(Hex.encode(try key.publicKey.exchangeBytes()) == expected)
        #expect(Hex.encode(try key.exchangeKey().publicBytes) == expected)
    }

    @Test(arguments: Suite.allCases) func `both halves fit for any seed`(suite: Suite) throws {
        for number in UInt8(0)..<40 {
            let key = try SigningKey(suite: suite, seed: (0..<32).map { number &* 37 &+ $0 })
            let ephemeral = try ExchangeKey(seed: (0..<32).map { number &+ 3 &* $0 }, suite: suite)
            let mine = try key.exchangeKey()
            #expect(try mine.publicBytes == key.publicKey.exchangeBytes())
            #expect(
                try mine.sharedSecret(with: ephemeral.publicBytes)
                    == ephemeral.sharedSecret(with: key.publicKey.exchangeBytes()))
        }
    }
}
