import Foundation
import NodeCore

/// The language of messages and headings: Chinese when LANG begins with zh.
enum Language: Sendable {
    case chinese, english

    static var current: Language { Language(environment: ProcessInfo.processInfo.environment) }

    init(environment: [String: String]) {
        self = environment["LANG"]?.lowercased().hasPrefix("zh") == true ? .chinese : .english
    }

    func pick(_ label: Label) -> String {
        switch self {
        case .chinese: label.zh
        case .english: label.en
        }
    }
}

/// The one of two wordings that fits LANG.
func say(_ zh: String, _ en: String) -> String { Language.current.pick(Label(zh, en)) }
