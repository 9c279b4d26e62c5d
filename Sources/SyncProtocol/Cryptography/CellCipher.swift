internal import CLibCrypto

/// One key of `AEAD` for many small messages, the same bytes: the cipher's state and the schedule of its key are made once.
/// Stays with whoever made it; nothing of it is shared.
public final class CellCipher {
    private let suite: Suite
    private let context: OpaquePointer
    /// Nil in suite 1.
    private let mac: MessageKey?

    /// `key` has `AEAD.keySize(suite)` bytes.
    public init(key: [UInt8], suite: Suite) throws {
        guard key.count == AEAD.keySize(suite), let context = EVP_CIPHER_CTX_new() else {
            throw ProtocolError(.cryptography, "a key of \(AEAD.keySize(suite)) bytes, and memory for a cipher")
        }
        self.suite = suite
        self.context = context
        switch suite {
        case .international: mac = nil
        case .national: mac = MessageKey(Array(key[16...]), suite)
        }
        let isReady =
            switch suite {
            case .international: EVP_CipherInit_ex(context, EVP_aes_256_gcm(), nil, key, nil, 1)
            case .national: EVP_CipherInit_ex(context, SM4.cipher, nil, Array(key[..<16]), nil, 1)
            }
        guard isReady == 1 else { throw ProtocolError(.cryptography, "the cipher takes no key") }
    }

    deinit { EVP_CIPHER_CTX_free(context) }

    /// Appends ciphertext and tag to `output`. `nonce` has 12 bytes and is never used again under this key.
    public func seal(
        _ plain: UnsafeRawBufferPointer, nonce: UnsafeRawBufferPointer, authenticating header: UnsafeRawBufferPointer,
        onto output: inout [UInt8]
    ) throws {
        try check(nonce, plain.count, header)
        let start = output.count
        output.append(contentsOf: repeatElement(0, count: plain.count + AEAD.tagSize))
        switch suite {
        case .international:
            var tag: (UInt64, UInt64) = (0, 0)
            try output.withUnsafeMutableBytes {
                try galois(plain, nonce, header, into: $0.baseAddress.map { $0 + start }, 1)
            }
            let isTagged = withUnsafeMutableBytes(of: &tag) {
                bangfu_gcm_get_tag(context, Int32(AEAD.tagSize), $0.baseAddress)
            }
            guard isTagged == 1 else { throw ProtocolError(.cryptography, "AES-256-GCM gave no tag") }
            output.withUnsafeMutableBytes {
                $0.storeBytes(of: tag, toByteOffset: start + plain.count, as: (UInt64, UInt64).self)
            }
        case .national:
            try output.withUnsafeMutableBytes { try counter(plain, nonce, into: $0.baseAddress.map { $0 + start }) }
            let tag = output.withUnsafeBytes {
                authentication(UnsafeRawBufferPointer(rebasing: $0[start..<start + plain.count]), nonce, header)
            }
            tag.withBytes { tag in
                output.withUnsafeMutableBytes {
                    UnsafeMutableRawBufferPointer(rebasing: $0[(start + plain.count)...]).copyMemory(
                        from: UnsafeRawBufferPointer(rebasing: tag[..<AEAD.tagSize]))
                }
            }
        }
    }

    /// Appends what was sealed to `output`; throws `bad-signature` when anything of it is another.
    public func open(
        _ sealed: UnsafeRawBufferPointer, nonce: UnsafeRawBufferPointer, authenticating header: UnsafeRawBufferPointer,
        onto output: inout [UInt8]
    ) throws {
        guard sealed.count >= AEAD.tagSize else { throw CellCipher.altered }
        try check(nonce, sealed.count, header)
        let cipher = UnsafeRawBufferPointer(rebasing: sealed[..<(sealed.count - AEAD.tagSize)])
        let tag = UnsafeRawBufferPointer(rebasing: sealed[cipher.count...])
        if suite == .national {
            let isEqual = authentication(cipher, nonce, header).withBytes {
                CRYPTO_memcmp($0.baseAddress, tag.baseAddress, AEAD.tagSize) == 0
            }
            guard isEqual else { throw CellCipher.altered }
        }
        let start = output.count
        output.append(contentsOf: repeatElement(0, count: cipher.count))
        do {
            try output.withUnsafeMutableBytes { buffer in
                let target = buffer.baseAddress.map { $0 + start }
                if suite == .national { return try counter(cipher, nonce, into: target) }
                try galois(cipher, nonce, header, into: target, 0, tag)
            }
        } catch {
            output.removeLast(cipher.count)
            throw CellCipher.altered
        }
    }

    private static var altered: ProtocolError {
        ProtocolError(.badSignature, "the ciphertext was altered or stands elsewhere")
    }

    private func check(_ nonce: UnsafeRawBufferPointer, _ count: Int, _ header: UnsafeRawBufferPointer) throws {
        guard nonce.count == 12, count <= Int(Int32.max), header.count <= Int(Int32.max) else {
            throw ProtocolError(.cryptography, "a nonce of 12 bytes and at most 2 GiB")
        }
    }

    private func galois(
        _ bytes: UnsafeRawBufferPointer, _ nonce: UnsafeRawBufferPointer, _ header: UnsafeRawBufferPointer,
        into target: UnsafeMutableRawPointer?, _ isSealing: Int32, _ tag: UnsafeRawBufferPointer? = nil
    ) throws {
        var length: Int32 = 0
        var rest: (UInt64, UInt64) = (0, 0)
        guard EVP_CipherInit_ex(context, nil, nil, nil, CellCipher.octets(nonce), isSealing) == 1,
            EVP_CipherUpdate(context, nil, &length, CellCipher.octets(header), Int32(header.count)) == 1,
            bytes.isEmpty
                || EVP_CipherUpdate(
                    context, target?.assumingMemoryBound(to: UInt8.self), &length, CellCipher.octets(bytes),
                    Int32(bytes.count)) == 1
        else { throw ProtocolError(.cryptography, "AES-256-GCM does not work") }
        if let tag {
            var expected = Array(tag)
            guard bangfu_gcm_tag_length(context, Int32(AEAD.tagSize), &expected) == 1 else { throw CellCipher.altered }
        }
        let isDone = withUnsafeMutableBytes(of: &rest) {
            EVP_CipherFinal_ex(context, $0.baseAddress?.assumingMemoryBound(to: UInt8.self), &length)
        }
        guard isDone == 1 else { throw CellCipher.altered }
    }

    private func counter(
        _ bytes: UnsafeRawBufferPointer, _ nonce: UnsafeRawBufferPointer, into target: UnsafeMutableRawPointer?
    )
        throws
    {
        var length: Int32 = 0
        let first = Array(nonce) + [0, 0, 0, 0]
        guard EVP_CipherInit_ex(context, nil, nil, nil, first, 1) == 1,
            bytes.isEmpty
                || EVP_CipherUpdate(
                    context, target?.assumingMemoryBound(to: UInt8.self), &length, CellCipher.octets(bytes),
                    Int32(bytes.count)) == 1
        else { throw ProtocolError(.cryptography, "SM4-CTR does not work") }
    }

    /// As `AEAD` makes it: over nonce, both lengths, header and ciphertext.
    private func authentication(
        _ cipher: UnsafeRawBufferPointer, _ nonce: UnsafeRawBufferPointer, _ header: UnsafeRawBufferPointer
    ) -> Digest {
        let lengths = (UInt64(header.count).bigEndian, UInt64(cipher.count).bigEndian)
        return withUnsafeBytes(of: lengths) { lengths in
            guard let mac else { preconditionFailure("suite 2 has a key for its tags") }
            return mac.digest(nonce, lengths, header, cipher)
        }
    }

    private static func octets(_ bytes: UnsafeRawBufferPointer) -> UnsafePointer<UInt8>? {
        bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
    }
}

/// One key of HMAC (RFC 2104) for many messages.
public final class MessageKey {
    private let key: AuthenticationKey

    public init(_ key: [UInt8], _ suite: Suite) { self.key = AuthenticationKey(key, suite) }

    /// Over the parts one behind the other.
    public func digest(_ parts: UnsafeRawBufferPointer...) -> Digest {
        var message = key.begin()
        for part in parts { message.append(buffer: part) }
        return key.end(&message)
    }
}
