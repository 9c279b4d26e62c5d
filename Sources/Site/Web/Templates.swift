internal import Foundation
internal import Mustache
internal import NodeCore

/// The names and values that a template shows. Texts are escaped where they are shown, never here.
typealias Context = [String: Any]

/// All templates, read once when the program starts.
struct Templates: Sendable {
    private let library: MustacheLibrary
    let words: Words

    /// Traps in no case: what is missing or malformed is named.
    init() throws {
        guard let folder = Bundle.module.resourceURL?.appendingPathComponent("Templates") else {
            throw Templates.missing("Templates")
        }
        guard let walk = FileManager.default.enumerator(atPath: folder.path) else { throw Templates.missing("Templates") }
        var templates = [String: MustacheTemplate]()
        for name in walk.compactMap({ $0 as? String }).sorted() where name.hasSuffix(".mustache") {
            do {
                let text = try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
                templates[String(name.dropLast(".mustache".count))] = try MustacheTemplate(string: text)
            } catch {
                throw NodeError(
                    .badConfiguration, "页面模板\(name)无法读取，请重新安装", "the template \(name) does not read, install again: \(error)"
                )
            }
        }
        words = try Words(folder.appendingPathComponent("words.json"))
        library = MustacheLibrary(templates: templates)
    }

    func render(_ name: String, _ context: Context) throws -> String {
        guard let text = library.render(context, withTemplate: name) else { throw Templates.missing(name) }
        return text
    }

    private static func missing(_ name: String) -> NodeError {
        NodeError(.badConfiguration, "缺少页面模板\(name)，请重新安装", "the template \(name) is missing: install again")
    }
}
