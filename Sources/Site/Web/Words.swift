internal import Foundation
internal import NodeCore

/// The fixed words of the templates in both languages.
struct Words: Sendable {
    private let chinese: [String: String]
    private let english: [String: String]

    init(_ file: URL) throws {
        do {
            let words = try JSONDecoder().decode([String: [String]].self, from: Data(contentsOf: file))
            chinese = words.compactMapValues(\.first)
            english = words.compactMapValues(\.last)
        } catch {
            throw NodeError(.badConfiguration, "缺少页面用语words.json，请重新安装", "words.json does not read, install again: \(error)")
        }
    }

    func all(_ language: Language) -> [String: String] { language == .chinese ? chinese : english }
}
