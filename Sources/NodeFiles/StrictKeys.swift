/// Any key of a JSON object, for readers that refuse what they do not know.
struct AnyKey: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
}

extension Decoder {
    /// Keys of the object that stand in no declaration, sorted.
    func keys(besides known: [String]) throws -> [String] {
        try container(keyedBy: AnyKey.self).allKeys.map(\.stringValue).filter { !known.contains($0) }.sorted()
    }
}
