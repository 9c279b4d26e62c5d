/// The rows of a form on paper, as the template `paper` wants them.
enum PaperRows {
    /// Two values beside each other; a long one has the line for itself.
    static func rows(_ values: [(label: String, text: String, isLong: Bool)]) -> [Context] {
        var rows = [Context]()
        var open = [Context]()
        func close() {
            guard !open.isEmpty else { return }
            if open.count == 2 { open[1]["span"] = "3" }
            rows.append(["cells": open])
            open = []
        }
        for value in values {
            let cells: [Context] = [
                ["label": value.label, "isLabel": true, "span": "1", "rows": "1"],
                ["value": value.text, "isLabel": false, "span": "1", "rows": "1"],
            ]
            if value.isLong {
                close()
                open = cells
                close()
            } else {
                open += cells
                if open.count == 4 { close() }
            }
        }
        close()
        return rows
    }
}
