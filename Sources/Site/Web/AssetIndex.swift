/// Which files the pages may ask for, and under which path: one digest over all of them stands in it, so a browser keeps
/// them until they change.
public struct AssetIndex: Sendable {
    public let digest: String
    private let names: Set<String>

    public init(digest: String, names: some Sequence<String>) {
        self.digest = digest
        self.names = Set(names)
    }

    static let prefix = "/assets/"

    var path: String { AssetIndex.prefix + digest }

    func has(_ name: String) -> Bool { names.contains(name) }

    /// The file that a path names; nil for a path that is none of these.
    public func file(_ path: String) -> String? {
        guard path.hasPrefix(self.path + "/") else { return nil }
        let name = String(path.dropFirst(self.path.count + 1))
        return names.contains(name) ? name : nil
    }
}
