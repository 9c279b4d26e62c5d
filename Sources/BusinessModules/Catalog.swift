public import NodeCore

/// Every business module of this node. A new module is one folder and one entry here.
public enum Catalog {
    public static let kinds: [RecordKind] = [WorkerFiles.kind]

    public static let charter = Charter(kinds)
}
