/// What an entry does. The number on the wire carries a must-understand bit: a reader that does not know such a type
/// keeps the entry and defers it; one without the bit it keeps and ignores.
public enum EntryType: UInt64, Sendable, Hashable, CaseIterable {
    case report = 1
    case withdraw = 2
    case approve = 3
    case `return` = 4
    case reject = 5
    case pass = 6
    /// Carries a seal of another log upward.
    case relay = 7
    /// An artefact for every seat of the publisher's subtree.
    case publish = 8
    /// Begins the log of a new life, and says where the one before ended.
    case open = 9

    public static let mustUnderstand: UInt64 = 0x80
}

/// The parts of an entry by who may read them.
public enum Reach: UInt8, Sendable, Hashable, CaseIterable, Comparable {
    case nation = 0
    case reviewers = 1
    case city = 2
    case match = 3
    /// Words of a decision, for the seats between the decider and the home.
    case path = 4

    public static func < (left: Reach, right: Reach) -> Bool { left.rawValue < right.rawValue }
}

/// One version of a record, by number and by the hash of the entry that reported it.
public struct VersionReference: Sendable, Hashable {
    public let record: RecordID
    public let version: UInt64
    public let hash: Digest

    public init(record: RecordID, version: UInt64, hash: Digest) {
        self.record = record
        self.version = version
        self.hash = hash
    }
}

/// The head of an entry: a CBOR map with integer keys, empty ones absent. Its bytes are kept as received; these are its
/// fields. Unknown keys are kept in the bytes and ignored here.
///
///     1 suite   2 type | must-understand bit   3 record id   4 version   5 hash of the previous version
///     6 review ceiling (level number)   7 reach list   8 the version a decision names (hash)   9 created (ms)
public struct EntryCore: Sendable, Hashable {
    public var suite: Suite
    /// Nil for a type this reader does not know; `typeNumber` has it.
    public var type: EntryType? { EntryType(rawValue: typeNumber & ~EntryType.mustUnderstand) }
    public var typeNumber: UInt64
    public var record: RecordID?
    public var version: UInt64?
    public var previous: Digest?
    public var ceiling: UInt64?
    public var reaches: [Reach]
    public var subject: Digest?
    /// Display only; no decision rests on it.
    public var createdMilliseconds: UInt64?

    public init(
        suite: Suite = .international, type: EntryType, record: RecordID? = nil, version: UInt64? = nil,
        previous: Digest? = nil, ceiling: Int? = nil, reaches: [Reach] = [], subject: Digest? = nil,
        createdMilliseconds: Int64? = nil
    ) {
        self.suite = suite
        typeNumber = type.rawValue | EntryType.mustUnderstand
        self.record = record
        self.version = version
        self.previous = previous
        self.ceiling = ceiling.map(UInt64.init)
        self.reaches = reaches
        self.subject = subject
        self.createdMilliseconds = createdMilliseconds.flatMap(UInt64.init(exactly:))
    }

    public var isMustUnderstand: Bool { typeNumber & EntryType.mustUnderstand != 0 }

    /// The version this entry decides, withdraws or passes on.
    public var subjectReference: VersionReference? {
        guard let record, let version, let subject else { return nil }
        return VersionReference(record: record, version: version, hash: subject)
    }

    public var encoded: [UInt8] {
        var writer = CanonicalWriter(reserving: 128)
        let present = [
            record != nil, version != nil, previous != nil, ceiling != nil, !reaches.isEmpty, subject != nil,
            createdMilliseconds != nil,
        ]
        writer.map(2 + present.count { $0 })
        writer.unsigned(1)
        writer.unsigned(UInt64(suite.rawValue))
        writer.unsigned(2)
        writer.unsigned(typeNumber)
        if let record { writer.field(3) { $0.byteString(record) } }
        if let version { writer.field(4) { $0.unsigned(version) } }
        if let previous { writer.field(5) { $0.byteString(previous) } }
        if let ceiling { writer.field(6) { $0.unsigned(ceiling) } }
        if !reaches.isEmpty {
            writer.field(7) { writer in
                writer.array(reaches.count)
                for reach in reaches { writer.unsigned(UInt64(reach.rawValue)) }
            }
        }
        if let subject { writer.field(8) { $0.byteString(subject) } }
        if let createdMilliseconds { writer.field(9) { $0.unsigned(createdMilliseconds) } }
        return writer.bytes
    }

    public init(decoding bytes: ArraySlice<UInt8>) throws {
        self.init(type: .report)
        typeNumber = 0
        var reader = CanonicalReader(bytes)
        var previousKey: UInt64?
        var hasSuite = false
        for _ in 0..<(try reader.map(atMost: 64)) {
            let key = try reader.unsigned()
            if let previousKey, key <= previousKey { throw ProtocolError(.malformed, "core keys out of order") }
            previousKey = key
            if key == 1 { hasSuite = true }
            try readField(key, &reader)
        }
        try reader.expectEnd()
        guard hasSuite, typeNumber != 0 else { throw ProtocolError(.malformed, "an entry has a suite and a type") }
    }

    private mutating func readField(_ key: UInt64, _ reader: inout CanonicalReader) throws {
        switch key {
        case 1: suite = try Suite(number: reader.unsigned())
        case 2: typeNumber = try reader.unsigned()
        case 3: record = try reader.fixed()
        case 4: version = try reader.unsigned()
        case 5: previous = try reader.fixed()
        case 6: ceiling = try reader.unsigned()
        case 7:
            for _ in 0..<(try reader.array(atMost: Reach.allCases.count)) {
                let number = try reader.unsigned()
                guard let byte = UInt8(exactly: number), let reach = Reach(rawValue: byte) else {
                    throw ProtocolError(.malformed, "reach \(number) is not known")
                }
                if let last = reaches.last, last >= reach { throw ProtocolError(.malformed, "reaches out of order") }
                reaches.append(reach)
            }
            guard !reaches.isEmpty else { throw ProtocolError(.malformed, "an empty reach list is left out") }
        case 8: subject = try reader.fixed()
        case 9: createdMilliseconds = try reader.unsigned()
        default: _ = try reader.item()
        }
    }
}

extension CanonicalWriter {
    fileprivate mutating func field(_ key: UInt64, _ write: (inout CanonicalWriter) -> Void) {
        unsigned(key)
        write(&self)
    }
}
