internal import NodeCore

/// Chinese first, English second.
enum Language: String, Sendable {
    case chinese = "zh"
    case english = "en"

    func text(_ label: Label) -> String { self == .chinese ? label.zh : label.en }

    func text(_ zh: String, _ en: String) -> String { self == .chinese ? zh : en }

    /// As HTML names it.
    var tag: String { self == .chinese ? "zh-Hans" : "en" }
}
