import Foundation
import NodeCore

/// The language of messages and headings: Chinese when the locale for messages begins with zh (POSIX, 8.2).
enum Language: Sendable {
    case chinese, english

    static var current: Language { Language(environment: ProcessInfo.processInfo.environment) }

    init(environment: [String: String]) {
        let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].compactMap { environment[$0] }.first { !$0.isEmpty }
        self = locale?.lowercased().hasPrefix("zh") == true ? .chinese : .english
    }

    func pick(_ label: Label) -> String {
        switch self {
        case .chinese: label.zh
        case .english: label.en
        }
    }
}

/// The one of two wordings that fits it.
func say(_ zh: String, _ en: String) -> String { Language.current.pick(Label(zh, en)) }
