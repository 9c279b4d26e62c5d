/// What one file of an export holds and where the sender stands, signed by the sender (purpose `bundle`). `array(14): sender
/// (bstr 16), life (bstr 8), receiver (bstr 16), receiver's life (bstr 8 or null), made (uint), export (bstr 16), up (array
/// of lives), down (array of lives), channels (array of array(2): log id, next), trust digest (bstr 32), runs (array of
/// array(3): log id, from, next), begins (array of array(2): run, position), file (uint), ephemeral key (bstr)`
public struct BundleManifest: Sendable, Hashable {
    /// A piece of a log.
    public struct Run: Sendable, Hashable {
        public let log: LogID
        public let from: UInt64
        public let next: UInt64

        public init(log: LogID, from: UInt64, next: UInt64) {
            self.log = log
            self.from = from
            self.next = next
        }
    }

    /// Where a file begins: in which run, at which position of its log.
    public struct Place: Sendable, Hashable, Comparable {
        public let run: Int
        public let position: UInt64

        public init(run: Int, position: UInt64) {
            self.run = run
            self.position = position
        }

        public static func < (left: Place, right: Place) -> Bool {
            (left.run, left.position) < (right.run, right.position)
        }
    }

    /// What all files of one export say.
    public struct Content: Sendable, Hashable {
        public let sender: NodeID
        /// The sender's present life.
        public let life: Incarnation
        public let receiver: NodeID
        /// The receiver's life that the sender met last; nil when it has met none.
        public let receiverLife: Incarnation?
        /// When it was made, in milliseconds since 1970; for display only.
        public let milliseconds: Int64
        /// 16 random bytes.
        public let export: [UInt8]
        /// How the sender holds the two logs of the link.
        public let positions: LinkPositions
        /// The channels the sender holds, and how far.
        public let channels: [(log: LogID, next: UInt64)]
        public let trustDigest: Digest
        /// What the export holds, in the order in which it is to be taken.
        public let runs: [Run]
        /// Where each of its files begins.
        public let begins: [Place]

        public init(
            sender: NodeID, life: Incarnation, receiver: NodeID, receiverLife: Incarnation?, milliseconds: Int64,
            export: [UInt8], positions: LinkPositions, channels: [(log: LogID, next: UInt64)], trustDigest: Digest,
            runs: [Run], begins: [Place]
        ) {
            self.sender = sender
            self.life = life
            self.receiver = receiver
            self.receiverLife = receiverLife
            self.milliseconds = milliseconds
            self.export = export
            self.positions = positions
            self.channels = channels
            self.trustDigest = trustDigest
            self.runs = runs
            self.begins = begins
        }

        public static func == (left: Content, right: Content) -> Bool { left.encoded == right.encoded }
        public func hash(into hasher: inout Hasher) { hasher.combine(export) }

        private var encoded: [UInt8] {
            var writer = CanonicalWriter()
            write(to: &writer)
            return writer.bytes
        }
    }

    public static let runsMax = 64
    public static let filesMax = 256
    public static let channelsMax = 64
    static let itemCount = 14

    public let content: Content
    /// Counted from 1.
    public let file: Int
    public let ephemeralKey: [UInt8]
    public let message: SignedMessage

    init(_ content: Content, file: Int, ephemeralKey: [UInt8], federation: FederationID, key: SigningKey) throws {
        var writer = CanonicalWriter()
        writer.array(BundleManifest.itemCount)
        content.write(to: &writer)
        writer.unsigned(UInt64(file))
        writer.byteString(ephemeralKey)
        self.content = content
        self.file = file
        self.ephemeralKey = ephemeralKey
        message = try SignedMessage(signing: writer.bytes, as: .bundle, in: federation, with: key)
    }

    /// Checks shape and limits, not the signature: what the sender's key rests on may come behind it.
    public init(decoding bytes: ArraySlice<UInt8>) throws {
        message = try SignedMessage(decoding: bytes)
        var reader = CanonicalReader(message.payload)
        try reader.array(exactly: BundleManifest.itemCount)
        content = try Content(from: &reader)
        file = try reader.int(atMost: BundleManifest.filesMax)
        ephemeralKey = Array(try reader.byteString())
        try reader.expectEnd()
        guard (1...content.begins.count).contains(file) else {
            throw ProtocolError(.malformed, "file \(file) of an export of \(content.begins.count)")
        }
    }

    /// The signature of the sender's current key, and that this is the manifest of that head.
    public func verify(_ head: BundleHead, trust: Trust) throws {
        let certificate = try trust.sender(of: message, as: .bundle)
        guard certificate.node == content.sender, content.sender == head.sender else {
            throw ProtocolError(.notEntitled, "a bundle signed by another node than the one it comes from")
        }
        guard content.receiver == head.receiver else {
            throw ProtocolError(.wrongReceiver, "the bundle is for another node")
        }
        guard ephemeralKey == head.ephemeralKey else {
            throw ProtocolError(.badSignature, "the manifest belongs to another bundle")
        }
    }

    /// The pieces of logs in this very file.
    public var pieces: [Run] {
        let begin = content.begins[file - 1]
        let end = file < content.begins.count ? content.begins[file] : Place(run: content.runs.count, position: 0)
        return content.runs.indices.compactMap { index in
            guard index >= begin.run, index <= end.run else { return nil }
            let run = content.runs[index]
            let piece = Run(
                log: run.log, from: index == begin.run ? begin.position : run.from,
                next: index == end.run ? end.position : run.next)
            return piece.from < piece.next ? piece : nil
        }
    }

    /// The file of this export in which a position of a log stands; nil when none has it.
    public func file(of log: LogID, at position: UInt64) -> Int? {
        guard let run = content.runs.firstIndex(where: { $0.log == log }), content.runs[run].from <= position,
            position < content.runs[run].next
        else { return nil }
        return content.begins.lastIndex { $0 <= Place(run: run, position: position) }.map { $0 + 1 }
    }
}

extension BundleManifest.Content {
    func write(to writer: inout CanonicalWriter) {
        writer.byteString(sender)
        writer.byteString(life)
        writer.byteString(receiver)
        if let receiverLife { writer.byteString(receiverLife) } else { writer.null() }
        writer.unsigned(UInt64(clamping: milliseconds))
        writer.byteString(export)
        positions.write(to: &writer)
        writer.array(channels.count)
        for channel in channels {
            writer.array(2)
            channel.log.write(to: &writer)
            writer.unsigned(channel.next)
        }
        writer.byteString(trustDigest)
        writer.array(runs.count)
        for run in runs {
            writer.array(3)
            run.log.write(to: &writer)
            writer.unsigned(run.from)
            writer.unsigned(run.next)
        }
        writer.array(begins.count)
        for place in begins {
            writer.array(2)
            writer.unsigned(UInt64(place.run))
            writer.unsigned(place.position)
        }
    }

    init(from reader: inout CanonicalReader) throws {
        sender = try reader.fixed()
        life = try reader.fixed()
        receiver = try reader.fixed()
        receiverLife = try reader.optionalFixed()
        milliseconds = Int64(clamping: try reader.unsigned())
        export = Array(try reader.byteString())
        positions = try LinkPositions(from: &reader)
        channels = try (0..<(try reader.array(atMost: BundleManifest.channelsMax))).map { _ in
            try reader.array(exactly: 2)
            return (log: try LogID(from: &reader), next: try reader.unsigned())
        }
        trustDigest = try reader.fixed()
        runs = try (0..<(try reader.array(atMost: BundleManifest.runsMax))).map { _ in
            try reader.array(exactly: 3)
            return BundleManifest.Run(
                log: try LogID(from: &reader), from: try reader.unsigned(), next: try reader.unsigned())
        }
        begins = try (0..<(try reader.array(atMost: BundleManifest.filesMax))).map { _ in
            try reader.array(exactly: 2)
            return BundleManifest.Place(run: try reader.int(), position: try reader.unsigned())
        }
        try check()
    }

    /// The runs are of different logs and hold something; the files follow each other from the beginning of the first.
    private func check() throws {
        let isPlain =
            export.count == 16 && Set(runs.map(\.log)).count == runs.count && runs.allSatisfy { $0.from < $0.next }
            && begins.first == BundleManifest.Place(run: 0, position: runs.first?.from ?? 0)
            && zip(begins, begins.dropFirst()).allSatisfy { $0 < $1 }
            && begins.dropFirst().allSatisfy { place in
                runs.indices.contains(place.run) && runs[place.run].from <= place.position
                    && place.position < runs[place.run].next
            }
        guard isPlain else { throw ProtocolError(.malformed, "the runs and files of a bundle") }
    }
}
