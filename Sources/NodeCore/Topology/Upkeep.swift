public import SyncProtocol

/// What is due from time to time: since when the present key signs, when a backup was last made and restored once, when the
/// parent last got the copy of what stays at home.
/// In milliseconds since 1970; they move nothing but reminders and the renewal of the key.
public enum Upkeep {
    private static let (keyName, backupName, copyName) = ("key-since", "backup-made", "copy-sent")
    private static let remindersName = "reminders-noted"

    /// Since when this node signs with its key; now, when it is a new one.
    public static func keySince(_ key: KeyID, in tx: borrowing Transaction) throws -> Int64 {
        if let since = try tx.withSnapshot({ try known(key, in: $0) }) { return since }
        try tx.meta.set(keyName, key.bytes + bytes(tx.moment.milliseconds))
        return tx.moment.milliseconds
    }

    /// Nil while nobody has asked yet.
    public static func known(_ key: KeyID, in snapshot: borrowing Snapshot) throws -> Int64? {
        guard let value = try snapshot.meta.value(keyName), value.starts(with: key.bytes) else { return nil }
        return number(value.dropFirst(key.bytes.count))
    }

    public static func noteBackup(at milliseconds: Int64, in tx: borrowing Transaction) throws {
        try tx.meta.set(backupName, bytes(milliseconds))
    }

    /// Nil when there was none.
    public static func lastBackup(in snapshot: borrowing Snapshot) throws -> Int64? {
        try snapshot.meta.value(backupName).map { number($0[...]) }
    }

    public static func noteCopy(at milliseconds: Int64, in tx: borrowing Transaction) throws {
        try tx.meta.set(copyName, bytes(milliseconds))
    }

    /// Nil when there was none.
    public static func lastCopy(in snapshot: borrowing Snapshot) throws -> Int64? {
        try snapshot.meta.value(copyName).map { number($0[...]) }
    }

    static func noteReminders(on day: CalendarDay, in tx: borrowing Transaction) throws {
        try tx.meta.set(remindersName, bytes(day.number))
    }

    /// The day up to which reminders were noted; nil when there was no run.
    public static func lastReminders(in snapshot: borrowing Snapshot) throws -> CalendarDay? {
        try snapshot.meta.value(remindersName).map { CalendarDay(number: number($0[...])) }
    }

    private static func bytes(_ number: Int64) -> [UInt8] { withUnsafeBytes(of: number.bigEndian) { Array($0) } }

    private static func number(_ bytes: ArraySlice<UInt8>) -> Int64 {
        Int64(bitPattern: bytes.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
    }
}
