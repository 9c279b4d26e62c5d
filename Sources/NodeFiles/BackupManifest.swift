internal import Foundation
internal import NodeCore
public import SyncProtocol

/// What a backup holds and whose it is, signed by the node: purpose `backup`, `array(10): 1, node (bstr 16), federation
/// (bstr 16), seat (tstr), incarnation (bstr 8), made (ms, uint), suite (uint), ephemeral key (bstr), recovery key (bstr),
/// files (array of array(3): name (tstr), bytes (uint), SHA-256 (bstr 32))`.
public struct BackupManifest: Sendable {
    public struct Part: Sendable, Hashable {
        public let name: String
        public let size: Int
        public let digest: Digest
    }

    public let node: NodeID
    public let federation: FederationID
    public let seat: String
    public let incarnation: Incarnation
    public let milliseconds: Int64
    public let suite: Suite
    let ephemeralKey: [UInt8]
    let recoveryKey: [UInt8]
    public let parts: [Part]
    public let message: SignedMessage

    static let partsMax = 16

    init(
        _ identity: NodeIdentity, milliseconds: Int64, recovery: RecoveryKey, ephemeral: ExchangeKey, parts: [Part]
    ) throws {
        node = identity.node
        federation = identity.federation
        seat = identity.seat.code
        incarnation = identity.incarnation
        self.milliseconds = milliseconds
        suite = recovery.suite
        ephemeralKey = ephemeral.publicBytes
        recoveryKey = recovery.bytes
        self.parts = parts
        var writer = CanonicalWriter()
        writer.array(10)
        writer.unsigned(1)
        writer.byteString(node)
        writer.byteString(federation)
        writer.text(seat)
        writer.byteString(incarnation)
        writer.unsigned(UInt64(clamping: milliseconds))
        writer.unsigned(UInt64(suite.rawValue))
        writer.byteString(ephemeralKey)
        writer.byteString(recoveryKey)
        writer.array(parts.count)
        for part in parts {
            writer.array(3)
            writer.text(part.name)
            writer.unsigned(UInt64(part.size))
            writer.byteString(part.digest)
        }
        message = try SignedMessage(signing: writer.bytes, as: .backup, in: federation, with: identity.key)
    }

    /// Checks shape and limits; whose signature it is shows once the trust log in it can be read.
    init(decoding bytes: ArraySlice<UInt8>) throws {
        message = try SignedMessage(decoding: bytes)
        var reader = CanonicalReader(message.payload)
        try reader.array(exactly: 10)
        guard try reader.unsigned() == 1 else { throw ProtocolError(.unsupportedVersion, "a backup of another format") }
        node = try reader.fixed()
        federation = try reader.fixed()
        seat = try reader.text()
        incarnation = try reader.fixed()
        milliseconds = Int64(clamping: try reader.unsigned())
        suite = try Suite(number: reader.unsigned())
        ephemeralKey = Array(try reader.byteString())
        recoveryKey = Array(try reader.byteString())
        parts = try (0..<(try reader.array(atMost: BackupManifest.partsMax))).map { _ in
            try reader.array(exactly: 3)
            return Part(name: try reader.text(), size: try reader.int(), digest: try reader.fixed())
        }
        try reader.expectEnd()
        let isPlain = parts.allSatisfy { part in
            !part.name.isEmpty && !part.name.contains("/") && !part.name.hasPrefix(".") && part.name.utf8.count < 100
        }
        guard isPlain, Set(parts.map(\.name)).count == parts.count else {
            throw ProtocolError(.malformed, "the names of a backup's files")
        }
    }

    /// The key of the sealed chunks.
    func chunkKey(_ secret: [UInt8]) -> [UInt8] {
        KeyDerivation.hkdf(
            secret: secret, salt: ephemeralKey + recoveryKey, info: Array("bangfu/1/backup".utf8),
            count: AEAD.keySize(suite), suite: suite)
    }
}
