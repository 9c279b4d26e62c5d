internal import NodeCore

/// Invariant 13: what is published never goes back, and is obeyed whole or not at all.
extension Simulation {
    mutating func checkPublished(_ index: Int) throws {
        guard let parameters = sites[index].engine?.draft.parameters else { return }
        let code = sites[index].seat.code
        for seat in tree.path(from: code) {
            let values = Sheet.parameters.map {
                parameters.value($0, path: [seat.code], on: CalendarDay(milliseconds: Simulation.start)).flatMap { Int($0) }
            }
            guard values[0] == values[1] else {
                throw Violation(13, "\(code) obeys half of what \(seat.code) published: \(values)")
            }
            let name = "\(code) \(seat.code)"
            let (now, before) = (values[0] ?? 0, ledger.obeyed[name] ?? 0)
            guard now >= before || [turnedBack, restored, cloned, twin?.copy].contains(index) else {
                throw Violation(13, "\(code) went back from value \(before) of \(seat.code) to \(now)")
            }
            ledger.obeyed[name] = now
        }
    }

    /// At rest every seat obeys the last value of each publisher above it.
    mutating func checkAllPublished() throws {
        for index in sites.indices where index != turnedBack {
            // What only a lost disk knew is lost.
            let forgotten = restored.map { sites[$0].seat.code }
            try checkPublished(index)
            for seat in tree.path(from: sites[index].seat.code) where seat.code != forgotten {
                let (held, last) = (
                    ledger.obeyed["\(sites[index].seat.code) \(seat.code)"] ?? 0, ledger.published[seat.code] ?? 0
                )
                guard held >= last else {
                    throw Violation(
                        13, "\(sites[index].seat.code) obeys value \(held) of \(seat.code), published was \(last)")
                }
            }
        }
    }
}
