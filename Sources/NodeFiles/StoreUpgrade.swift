internal import Foundation
public import NodeCore
public import SyncProtocol

/// Takes over a store that an earlier program wrote in plain: a new file is made from it, everything in it sealed and every
/// projection made again from the journal, and takes its place whole. Needs room for both. Cut short at any point, it begins
/// again at the next start.
public enum StoreUpgrade {
    /// Whether there was something to take over. For a daemon that has the folder for itself.
    public static func run(_ folder: NodeFolder, _ charter: Charter, _ key: SigningKey, at moment: Moment) throws -> Bool {
        let old = folder.storePath
        guard try Store.isOlder(old, charter) else { return false }
        try folder.makeStoreKey(key.suite, entropy: moment.entropy)
        let (new, storeKey) = (old + ".new", try folder.storeKey())
        if try isMade(new, folder, storeKey) { return try place(new, at: old) }
        for suffix in ["", "-wal", "-shm", "-journal"] { Files.remove(new + suffix) }
        // Made here first: it is as secret as the store.
        Files.close(try Files.create(new))
        try Rebuild.takeOver(from: old, into: new, charter: charter, key: storeKey, node: key, at: moment)
        let store = try Store(readOnly: new, key: storeKey)
        let life = try store.read { try NodeSetup.incarnation(in: $0) }
        try store.close()
        // A store that did not fit its token before does not now.
        if try LifeToken.problem(folder, life) == nil { try LifeToken.write(folder, life, store: new) }
        return try place(new, at: old)
    }

    /// What SQLite still keeps beside the old file would be taken for the new one's, and the new one's would stay behind.
    private static func place(_ new: String, at old: String) throws -> Bool {
        for path in [new, old] { try Store.foldLog(of: path) }
        try Files.move(new, to: old)
        return true
    }

    /// A new file whose token was written already lacks nothing but its place.
    private static func isMade(_ new: String, _ folder: NodeFolder, _ key: StoreKey) throws -> Bool {
        guard FileManager.default.fileExists(atPath: new) else { return false }
        do {
            let store = try Store(readOnly: new, key: key)
            let life = try store.read { try NodeSetup.incarnation(in: $0) }
            try store.close()
            return try LifeToken.problem(folder, life, store: new) == nil
        } catch is NodeError {
            return false
        }
    }
}
