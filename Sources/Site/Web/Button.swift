/// A link that looks like a button, or a button that sends a form, as `parts/button` wants it.
struct Button {
    var label: String
    var href: String?
    var name: String?
    var value: String?
    var action: String?
    var confirm: String?
    var isPrimary = false
    var isDanger = false
    var isUnchecked = false
    var icon: String?

    static func link(_ label: String, _ href: String, isPrimary: Bool = false, icon: String? = nil) -> Button {
        Button(label: label, href: href, isPrimary: isPrimary, icon: icon)
    }

    static func submit(
        _ label: String, name: String? = nil, value: String? = nil, action: String? = nil, confirm: String? = nil,
        isPrimary: Bool = false, isDanger: Bool = false
    ) -> Button {
        Button(
            label: label, name: name, value: value, action: action, confirm: confirm, isPrimary: isPrimary,
            isDanger: isDanger)
    }

    var context: Context {
        var context: Context = [
            "label": label, "isLink": href != nil, "isPrimary": isPrimary, "isDanger": isDanger, "isUnchecked": isUnchecked,
            "hasIcon": icon != nil,
        ]
        context["href"] = href
        context["name"] = name
        context["value"] = value
        context["action"] = action
        context["confirm"] = confirm
        context["icon"] = icon
        return context
    }
}
