/// What this protocol accepts at most. Each limit bounds the work or memory that a stranger's bytes can cost.
public enum Limits {
    /// Entries in one seal: bounds the Merkle proof (10 hashes) and the work lost when one changeset is refused.
    public static let entriesPerSeal = 1_024
    /// A node closes a seal at this packed size: about two seconds on a 1 Mbit/s line, so decisions are not starved.
    public static let sealPackedBytes = 256 * 1_024
    /// Packed bytes accepted in one changeset: leaves room for nodes that close their seals later than we do.
    public static let packedBytes = 8 * 1_024 * 1_024
    /// Unpacked bytes accepted: the buffer is allocated before a single byte of it is known to be good.
    public static let unpackedBytes = 32 * 1_024 * 1_024
    /// LZ4 expands up to 255:1; honest rows stay below 10:1.
    public static let expansion = 64
    /// The cover holds the seal and is parsed before any signature was checked.
    public static let coverBytes = 4_096
    /// Contexts of one seal: with 64 bytes each they keep the cover below its own limit.
    public static let contextsPerSeal = 32
    /// One entry with all its sections.
    public static let entryBytes = 1_024 * 1_024
    /// One text or byte value inside a section.
    public static let fieldBytes = 64 * 1_024
    /// Arrays and maps inside each other; the deepest honest value is a child's list, at 3.
    public static let nesting = 16
    /// Items of one array or map inside a section.
    public static let items = 65_536
    /// Certificates, hellos and receipts are small and of fixed shape.
    public static let messageBytes = 16 * 1_024
    /// Proof hashes of one excerpt: with 1,024 leaves no set of absent subtrees is larger.
    public static let proofHashes = 1_024
    /// ID numbers sealed under one ephemeral key: bounds what a key read out of a home's memory betrays.
    public static let numbersPerEphemeralKey = 1_024
}
