public import NodeCore

/// What this program knows: every business module, once, in a literal list.
public enum Catalog {
    public static let kinds: [RecordKind] = [WorkerFiles.kind]
    public static let charter = Charter(kinds)
    public static let api = API(RecordEndpoints.all + JourneyEndpoints.all + NodeEndpoints.all + [ImportEndpoint.endpoint])
}
