internal import NodeCore
internal import SyncProtocol

/// What a node does with a file from a stick, step by step, as the daemon does it: statements before the manifest's
/// signature is checked, lives and gaps before anything is taken.
struct StickIntake {
    let node: NodeID
    let key: SigningKey

    /// `engine`: as it is by then, since statements may change whom the node believes. `item`: a receipt or a changeset.
    func take(
        _ bytes: [UInt8], engine: () throws -> SyncEngine, handle: (Event) throws -> Void,
        gaps: (Link, BundleManifest) throws -> Void, item take: (BundleItem, Link) throws -> Void
    ) throws -> BundleManifest {
        var opener = try BundleOpener(BytesSource(bytes)) { head in
            guard head.receiver == node, head.receiverKey == key.publicKey.id else {
                throw ProtocolError(.wrongReceiver, "a bundle for another node, or for an earlier key")
            }
            return try key.exchangeKey()
        }
        let (manifest, sender) = (opener.manifest, opener.manifest.content.sender)
        var statements = [TrustStatement]()
        var item = try opener.next()
        while case .statement(let bytes) = item {
            statements.append(try TrustStatement(decoding: bytes[...]))
            item = try opener.next()
        }
        if !statements.isEmpty { try handle(.statements(statements, from: sender)) }
        try manifest.verify(opener.head, trust: engine().trust)
        try handle(.bundle(manifest))
        guard let link = Link(try engine(), peer: sender) else {
            throw ProtocolError(.notEntitled, "the bundle's sender is no neighbour of this node")
        }
        try gaps(link, manifest)
        while let next = item {
            try take(next, link)
            item = try opener.next()
        }
        try handle(.bundleTaken(manifest))
        return manifest
    }
}
