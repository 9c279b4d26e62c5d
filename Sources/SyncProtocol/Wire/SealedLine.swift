/// The secrecy of one session above TLS: each request and answer is sealed under keys that only the two nodes know, bound
/// to direction, counter, method, path, query and status. Gateways may end TLS and still read and change nothing.
public struct SealedLine: Sendable {
    public enum Side: UInt8, Sendable { case child = 1, parent = 2 }

    /// What a sealed message is bound to. `status` is 0 in a request.
    public struct Binding: Sendable {
        public let counter: UInt64
        public let method: String
        public let target: String
        public let status: Int

        /// `target`: path and query as sent.
        public init(counter: UInt64, method: String, target: String, status: Int = 0) {
            self.counter = counter
            self.method = method
            self.target = target
            self.status = status
        }
    }

    /// Names the session on the wire: 16 bytes, of no secrecy.
    public let session: [UInt8]
    private let suite: Suite
    private let childKey: [UInt8]
    private let parentKey: [UInt8]

    /// Both ends call this with the same two hellos and get the same keys.
    public init(secret: [UInt8], question: Hello, answer: Hello) {
        let suite = question.session
        var builder = DigestBuilder(suite)
        builder.append(question.message.encoded)
        builder.append(answer.message.encoded)
        let extracted = KeyDerivation.extract(secret: secret, salt: builder.finish().bytes, suite)
        self.suite = suite
        childKey = KeyDerivation.expand(extracted, info: SealedLine.info("child"), count: AEAD.keySize(suite))
        parentKey = KeyDerivation.expand(extracted, info: SealedLine.info("parent"), count: AEAD.keySize(suite))
        session = KeyDerivation.expand(extracted, info: SealedLine.info("session"), count: 16)
    }

    private static func info(_ name: String) -> [UInt8] { Array("bangfu/1/line/\(name)".utf8) }

    /// One key and counter seal one message only; counters strictly rise, which the caller keeps.
    public func seal(_ body: [UInt8], from side: Side, _ binding: Binding) throws -> [UInt8] {
        try AEAD.seal(
            body, key: key(side), nonce: nonce(side, binding), authenticating: header(side, binding), suite: suite)
    }

    public func open(_ sealed: [UInt8], from side: Side, _ binding: Binding) throws -> [UInt8] {
        // Too short for a tag: the sender's fault, not that of the cipher.
        guard sealed.count >= AEAD.tagSize else { throw ProtocolError(.badSignature, "the message carries no seal") }
        return try AEAD.open(
            sealed, key: key(side), nonce: nonce(side, binding), authenticating: header(side, binding), suite: suite)
    }

    private func key(_ side: Side) -> [UInt8] { side == .child ? childKey : parentKey }

    /// 4 bytes of side and 8 of counter.
    private func nonce(_ side: Side, _ binding: Binding) -> [UInt8] {
        [0, 0, 0, side.rawValue]
            + stride(from: 56, through: 0, by: -8).map { UInt8(truncatingIfNeeded: binding.counter >> UInt64($0)) }
    }

    private func header(_ side: Side, _ binding: Binding) -> [UInt8] {
        var writer = CanonicalWriter()
        writer.array(5)
        writer.unsigned(UInt64(side.rawValue))
        writer.unsigned(binding.counter)
        writer.text(binding.method)
        writer.text(binding.target)
        writer.integer(Int64(binding.status))
        return writer.bytes
    }
}
