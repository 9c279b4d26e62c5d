import Testing

@testable import SyncProtocol

/// The vectors of the file for a stick, made by another implementation.
@Suite struct VectorBundleTests {
    @Test(arguments: Suite.allCases) func `a bundle opens to what it states, and is made of the same`(_ suite: Suite) throws
    {
        let union = try Union(suite)
        let file = try VectorFile.load("bundle", suite, as: VectorFile.Bundle.self)
        let (sender, receiver) = (try union.member(file.sender), try union.member(file.receiver))
        var opener = try BundleOpener(BytesSource(hex(file.bytes))) { head in
            #expect(head.sender == sender.node && head.receiver == receiver.node)
            #expect(head.receiverKey.description == file.receiverKey)
            return try receiver.key.exchangeKey()
        }
        try opener.manifest.verify(opener.head, trust: union.trust)
        #expect(try opener.manifest.content == file.content(union) && opener.manifest.file == 1)
        #expect(Hex.encode(opener.manifest.message.encoded) == file.manifest)
        for stated in file.items {
            let item = try #require(try opener.next())
            #expect(item.kind.rawValue == stated.kind && Hex.encode(item.bytes) == stated.bytes)
        }
        #expect(try opener.next() == nil)

        let ephemeral = try ExchangeKey(seed: hex(file.ephemeralSeed), suite: suite)
        let theirs = try receiver.key.publicKey.exchangeBytes()
        #expect(Hex.encode(ephemeral.publicBytes) == file.ephemeralKey && Hex.encode(theirs) == file.receiverExchangeKey)
        let secret = try ephemeral.sharedSecret(with: theirs)
        #expect(Hex.encode(secret) == file.secret)
        #expect(Hex.encode(opener.head.streamKey(secret, receiverKey: theirs)) == file.streamKey)
        // Packing is each writer's own; head and manifest are not.
        var made = [UInt8]()
        let sink = { (more: [UInt8]) in made += more }
        try withoutActuallyEscaping(sink) { sink in
            let sealer = try BundleSealer(
                file.content(union), file: 1, to: receiver.certificate, ephemeral: ephemeral, federation: union.federation,
                key: sender.key, sink: sink)
            #expect(Hex.encode(sealer.manifest.message.encoded) == file.manifest)
        }
        #expect(Hex.encode(made) == Hex.encode(opener.head.encoded))
    }
}
