internal import GRDB
internal import SyncProtocol

/// The data keys of one transaction or one view of the store: the one place where values are sealed and opened. Keys are
/// read from the store that they belong to, so a ring is never behind it.
final class KeyRing {
    let database: Database
    private let key: StoreKey
    /// Nil where nothing is written.
    private let moment: Moment?
    private var states: [DataKeyState]?
    private var ciphers: [Int64: CellCipher] = [:]
    private var lookups: [Int64: MessageKey] = [:]
    private var currentLookup: MessageKey?
    private var inUse: [KeyPurpose: KeyInUse] = [:]
    /// Begins anywhere and counts up, so that no two messages of a key share one: not after a rollback, not after a copy of
    /// the store was put back.
    private var nonce: [UInt8] = []
    private var uses: [Int64: Int64] = [:]
    // Memory that the cells of a bulk write share.
    private var plain = CanonicalWriter()
    private var header: [UInt8] = []
    private var sealed: [UInt8] = []

    init(_ database: Database, _ key: StoreKey, _ moment: Moment?) {
        self.database = database
        self.key = key
        self.moment = moment
    }

    var suite: Suite { key.suite }

    private static let numberSize = 4
    /// What a sealed value has more than a plain one.
    static let overhead = numberSize + StoreKey.nonceSize + AEAD.tagSize

    // MARK: Keys

    private func all() throws -> [DataKeyState] {
        if let states { return states }
        let states = try DataKeyTable(database: database).all()
        self.states = states
        return states
    }

    /// What was learned in a part of a transaction that was taken back is forgotten.
    func forget() {
        for key in inUse.values { uses[key.number, default: 0] += key.uses }
        states = nil
        inUse = [:]
        ciphers = [:]
        lookups = [:]
        currentLookup = nil
    }

    /// Opens every data key: throws `store-locked` when this is not their store key.
    func check() throws { for state in try all() { _ = try key.unwrap(state.wrapped, as: state.name) } }

    /// The key in use, drawn when there is none.
    private func current(_ purpose: KeyPurpose) throws -> DataKeyState {
        try all().first { $0.purpose == purpose && $0.retiredMilliseconds == nil } ?? draw(purpose)
    }

    /// The same with its cipher, for as long as the ring is.
    private func keyInUse(_ purpose: KeyPurpose) throws -> KeyInUse {
        if let known = inUse[purpose] { return known }
        let state = try current(purpose)
        let made = KeyInUse(number: state.number, cipher: try cipher(state.number))
        inUse[purpose] = made
        return made
    }

    private final class KeyInUse {
        let number: Int64
        let cipher: CellCipher
        /// Messages sealed since the ring was made.
        var uses: Int64 = 0

        init(number: Int64, cipher: CellCipher) {
            self.number = number
            self.cipher = cipher
        }
    }

    @discardableResult
    func draw(_ purpose: KeyPurpose) throws -> DataKeyState {
        guard let moment else { throw KeyRing.readOnly }
        let table = DataKeyTable(database: database)
        let number = try table.nextNumber()
        let name = "\(number)/\(purpose.rawValue)"
        let state = DataKeyState(
            number: number, purpose: purpose, suite: key.suite,
            wrapped: try key.wrap(
                moment.nonces(purpose == .lookup ? 32 : AEAD.keySize(key.suite)), as: name,
                nonce: moment.nonces(StoreKey.nonceSize)),
            createdMilliseconds: moment.milliseconds, retiredMilliseconds: nil, uses: 0)
        try table.insert(state)
        states = nil
        return state
    }

    private static let readOnly = NodeError(.notAllowed, "此库只读打开，不能写入", "this store is open for reading only")

    private func cipher(_ number: Int64) throws -> CellCipher {
        if let known = ciphers[number] { return known }
        guard let state = try all().first(where: { $0.number == number && $0.purpose != .lookup }) else {
            throw NodeError(
                .cellAltered, "数据库引用了不存在的数据密钥 \(number)", "the store names a data key that is not there: \(number)")
        }
        let cipher = try CellCipher(key: key.unwrap(state.wrapped, as: state.name), suite: state.suite)
        ciphers[number] = cipher
        return cipher
    }

    /// Notes at the end of a transaction how many messages each key sealed.
    func finish() throws {
        forget()
        for (number, count) in uses.sorted(by: { $0.key < $1.key }) {
            try DataKeyTable(database: database).add(uses: count, of: number)
        }
        uses = [:]
    }

    private func step() throws {
        if nonce.isEmpty {
            guard let moment else { throw KeyRing.readOnly }
            nonce = moment.nonces(StoreKey.nonceSize)
            guard nonce.count == StoreKey.nonceSize else {
                throw ProtocolError(.cryptography, "the source of randomness gave too little")
            }
            return
        }
        for index in nonce.indices.reversed() {
            nonce[index] &+= 1
            if nonce[index] != 0 { break }
        }
    }

    // MARK: Single values

    func seal(_ plain: some Sequence<UInt8>, in column: SealedColumn, _ row: SealedColumn.Part...) throws -> [UInt8] {
        try seal(Array(plain), in: column, row)
    }

    func seal(_ plain: [UInt8], in column: SealedColumn, _ row: [SealedColumn.Part]) throws -> [UInt8] {
        var output = [UInt8]()
        output.reserveCapacity(plain.count + KeyRing.overhead)
        try plain.withUnsafeBytes { try seal($0, column.purpose, column.header(row), onto: &output) }
        return output
    }

    private func seal(_ plain: UnsafeRawBufferPointer, _ purpose: KeyPurpose, _ header: [UInt8], onto output: inout [UInt8])
        throws
    {
        let key = try keyInUse(purpose)
        try step()
        key.uses += 1
        withUnsafeBytes(of: UInt32(clamping: key.number).bigEndian) { output.append(contentsOf: $0) }
        output.append(contentsOf: nonce)
        try nonce.withUnsafeBytes { nonce in
            try header.withUnsafeBytes { try key.cipher.seal(plain, nonce: nonce, authenticating: $0, onto: &output) }
        }
    }

    func open(_ sealed: some Collection<UInt8>, in column: SealedColumn, _ row: SealedColumn.Part...) throws -> [UInt8] {
        try open(Array(sealed), in: column, row)
    }

    func open(_ sealed: [UInt8], in column: SealedColumn, _ row: [SealedColumn.Part]) throws -> [UInt8] {
        let start = KeyRing.numberSize + StoreKey.nonceSize
        guard sealed.count >= KeyRing.overhead else { throw KeyRing.altered(column) }
        let cipher = try cipher(KeyRing.number(sealed))
        var plain = [UInt8]()
        plain.reserveCapacity(sealed.count - KeyRing.overhead)
        do {
            try sealed.withUnsafeBytes { bytes in
                let nonce = UnsafeRawBufferPointer(rebasing: bytes[KeyRing.numberSize..<start])
                try column.header(row).withUnsafeBytes {
                    try cipher.open(
                        UnsafeRawBufferPointer(rebasing: bytes[start...]), nonce: nonce, authenticating: $0, onto: &plain)
                }
            }
        } catch is ProtocolError {
            throw KeyRing.altered(column)
        }
        return plain
    }

    /// Of the data key under which a value is sealed.
    static func number(_ sealed: some Sequence<UInt8>) -> Int64 {
        sealed.prefix(numberSize).reduce(0) { $0 << 8 | Int64($1) }
    }

    func isCurrent(_ sealed: [UInt8], _ purpose: KeyPurpose) throws -> Bool {
        try KeyRing.number(sealed) == keyInUse(purpose).number
    }

    private static func altered(_ column: SealedColumn) -> NodeError {
        NodeError(
            .cellAltered, "数据库中 \(column.table).\(column.column) 的密文被改动或移位：请由备份恢复，或重建",
            "a sealed value of \(column.table).\(column.column) was altered or moved: restore a backup, or rebuild")
    }

    // MARK: Cells of typed tables

    /// The sealed cell of one row, where it stays until the next one is made: nil when the row has nothing to seal.
    func withCell(
        _ table: TypedShape.Table, _ cells: ArraySlice<TypedRows.Cell>, _ parts: borrowing TypedRows.Parts,
        row: (Int64, Int64?), _ bind: (UnsafeRawBufferPointer?) throws -> Void
    ) throws {
        let count = table.sealed.count { cells[cells.startIndex + $0] != .empty }
        guard count > 0, let column = table.sealedColumn else { return try bind(nil) }
        plain.removeAll()
        plain.map(count)
        for place in table.sealed {
            switch cells[cells.startIndex + place] {
            case .empty: continue
            case .integer(let value):
                plain.unsigned(table.columns[place].tag)
                plain.integer(value)
            case .text(let part, let start, let count):
                plain.unsigned(table.columns[place].tag)
                plain.text(utf8: parts.bytes(part, start, count))
            }
        }
        column.header(row, into: &header)
        sealed.removeAll(keepingCapacity: true)
        try plain.bytes.withUnsafeBytes { try seal($0, column.purpose, header, onto: &sealed) }
        try sealed.withUnsafeBytes { try bind($0) }
    }

    /// What `withCell` sealed: values by tag, as numbers and texts.
    func openCell(_ sealed: [UInt8], _ table: TypedShape.Table, row: [SealedColumn.Part]) throws -> [(
        tag: UInt64, value: Value
    )] {
        guard let column = table.sealedColumn else { return [] }
        var reader = CanonicalReader(try open(sealed, in: column, row))
        return try (0..<(try reader.map())).map { _ in
            let tag = try reader.unsigned()
            switch try reader.head() {
            case .unsigned(let value): return (tag: tag, value: .integer(Int64(clamping: value)))
            case .negative(let value): return (tag: tag, value: .integer(~Int64(clamping: value)))
            case .text(let count): return (tag: tag, value: .text(try reader.string(count)))
            default: throw KeyRing.altered(column)
            }
        }
    }

    // MARK: Look-ups

    static let lookupSize = 16

    /// Under the key in use, for a row that is written.
    func lookup(_ place: [UInt8], _ value: UnsafeRawBufferPointer) throws -> Digest {
        let key = try currentLookup ?? lookup(current(.lookup))
        currentLookup = key
        return place.withUnsafeBytes { key.digest($0, value) }
    }

    /// Under every key that rows may have been written with.
    func lookups(_ place: [UInt8], _ value: String) throws -> [[UInt8]] {
        let value = Array(value.utf8)
        return try all().filter { $0.purpose == .lookup }.map { state in
            let digest = try place.withUnsafeBytes { place in
                try value.withUnsafeBytes { try lookup(state).digest(place, $0) }
            }
            return Array(digest.bytes.prefix(KeyRing.lookupSize))
        }
    }

    private func lookup(_ state: DataKeyState) throws -> MessageKey {
        if let known = lookups[state.number] { return known }
        let made = MessageKey(try key.unwrap(state.wrapped, as: state.name), state.suite)
        lookups[state.number] = made
        return made
    }
}
