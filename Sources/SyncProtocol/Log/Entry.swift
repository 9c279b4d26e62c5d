/// One part of an entry: there with its bytes, or withheld and stood for by its digest.
public struct Section: Sendable, Hashable {
    public let reach: Reach
    public let digest: Digest
    /// Nil when withheld.
    public let bytes: ArraySlice<UInt8>?
    /// Nil when withheld.
    public let salt: [UInt8]?

    public init(reach: Reach, bytes: ArraySlice<UInt8>, salt: [UInt8], suite: Suite = .international) {
        self.reach = reach
        self.bytes = bytes
        self.salt = salt
        digest = DigestBuilder.digest(.section, salt[...], bytes, suite: suite)
    }

    public init(withheld reach: Reach, digest: Digest) {
        self.reach = reach
        self.digest = digest
        bytes = nil
        salt = nil
    }

    public var withheld: Section { Section(withheld: reach, digest: digest) }
}

/// One immutable fact. Core and section bytes stay as their author wrote them.
public struct Entry: Sendable, Hashable {
    public let core: EntryCore
    public let coreBytes: ArraySlice<UInt8>
    /// 16 bytes from which the salts follow; present only when every section is, and there is one.
    public let seed: [UInt8]?
    /// In the order of the core's reach list.
    public let sections: [Section]

    /// A new entry of this node: `seed` is 16 random bytes, `sections` in the order of `core.reaches`.
    public init(core: EntryCore, seed: [UInt8], sections: [(Reach, [UInt8])]) {
        precondition(core.reaches == sections.map(\.0) && seed.count == 16)
        self.core = core
        coreBytes = core.encoded[...]
        self.seed = sections.isEmpty ? nil : seed
        let salts = Entry.salts(seed, sections.count, core.suite)
        self.sections = zip(sections, salts).map { section, salt in
            Section(reach: section.0, bytes: section.1[...], salt: salt, suite: core.suite)
        }
    }

    /// An entry as read: the caller has matched sections and reaches.
    init(core: EntryCore, coreBytes: ArraySlice<UInt8>, seed: [UInt8]?, sections: [Section]) {
        self.core = core
        self.coreBytes = coreBytes
        self.seed = seed
        self.sections = sections
    }

    /// salt_i = HKDF(seed, i), first 16 bytes; `info` is the one byte i.
    public static func salt(_ seed: [UInt8], _ index: Int, suite: Suite = .international) -> [UInt8] {
        KeyDerivation.hkdf(secret: seed, info: [UInt8(truncatingIfNeeded: index)], count: 16, suite: suite)
    }

    /// The salts of all sections: the first half of HKDF is done once for them.
    static func salts(_ seed: [UInt8], _ count: Int, _ suite: Suite) -> [[UInt8]] {
        guard count > 0 else { return [] }
        let extracted = KeyDerivation.extract(secret: seed, suite)
        return (0..<count).map { index in
            KeyDerivation.expand(extracted, info: [UInt8(truncatingIfNeeded: index)], count: 16)
        }
    }

    /// The entry hash, with the suite of the core for the context as well.
    public func hash(in context: EntryContext) -> Digest { hash(in: context.digest(core.suite)) }

    /// entryHash: H(0x00 || context digest || length of core || core || section digests). The context digest is one of the
    /// core's suite.
    public func hash(in context: Digest) -> Digest {
        var builder = DigestBuilder(.leaf, core.suite)
        builder.append(context)
        let count = UInt32(clamping: coreBytes.count)
        builder.append([
            UInt8(truncatingIfNeeded: count >> 24), UInt8(truncatingIfNeeded: count >> 16),
            UInt8(truncatingIfNeeded: count >> 8), UInt8(truncatingIfNeeded: count),
        ])
        builder.append(coreBytes)
        for section in sections { builder.append(section.digest) }
        return builder.finish()
    }

    public func section(_ reach: Reach) -> Section? { sections.first { $0.reach == reach } }

    /// The same entry with only the sections in `shown`; its hash does not change. The seed goes with the first one
    /// withheld.
    public func reduced(to shown: Set<Reach>) -> Entry {
        guard sections.contains(where: { $0.bytes != nil && !shown.contains($0.reach) }) else { return self }
        return Entry(
            core: core, coreBytes: coreBytes, seed: nil,
            sections: sections.map { shown.contains($0.reach) ? $0 : $0.withheld })
    }

    public var isComplete: Bool { sections.allSatisfy { $0.bytes != nil } }

    /// Bytes of core and shown sections: what `Limits.entryBytes` bounds.
    public var size: Int { sections.reduce(coreBytes.count) { $0 + ($1.bytes?.count ?? 0) } }
}
