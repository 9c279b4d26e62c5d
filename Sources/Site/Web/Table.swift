/// A plain table, as `parts/table` wants it.
struct Table {
    struct Cell {
        let text: String
        var href: String?
        var tag: String?
        var isNumber = false
        var isCode = false

        init(_ text: String, href: String? = nil, tag: String? = nil, isNumber: Bool = false, isCode: Bool = false) {
            self.text = text
            self.href = href
            self.tag = tag
            self.isNumber = isNumber
            self.isCode = isCode
        }

        var context: Context {
            [
                "text": text, "isLink": href != nil, "href": href ?? "", "isTag": tag != nil, "kind": tag ?? "",
                "isNumber": isNumber, "isCode": isCode,
            ]
        }
    }

    let caption: String
    let columns: [String]
    let rows: [[Cell]]

    private var head: [Context] {
        columns.enumerated().map { place, label in
            [
                "label": label, "isNumber": rows.first.map { $0.indices.contains(place) && $0[place].isNumber } ?? false,
                "isLink": false, "isSorted": false, "isDown": false, "href": "",
            ]
        }
    }

    private var body: [Context] {
        rows.enumerated().map { number, cells in
            [
                "id": String(number), "name": cells.first?.text ?? "", "cells": cells.map(\.context), "actions": [Context](),
                "hasActions": false,
            ]
        }
    }

    func add(to context: inout Context, empty: String) {
        context["caption"] = caption
        context["columns"] = head
        context["rows"] = body
        context["hasRows"] = !rows.isEmpty
        context["hasRowActions"] = false
        context["canSelect"] = false
        context["empty"] = ["text": empty]
    }

    /// As one of several tables of a page.
    var context: Context {
        ["title": caption, "caption": caption, "columns": head, "rows": body, "hasRows": !rows.isEmpty]
    }
}
