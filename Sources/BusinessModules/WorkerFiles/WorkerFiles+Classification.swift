internal import NodeCore

/// Rule set C: what the figures of a household make of it. It proposes; a person decides.
struct Classification: Equatable {
    /// The figures of rules, in fen a year, and the local standard in fen a month.
    struct Figures {
        var income: Int64
        var recurring: Int64
        var work: Int64
        var event: Int64
        var size: Int64
        var hasEvent: Bool
        var minimumLiving: Int64
        /// Multiples of the standard, in hundredths.
        var relativeMultiple: Int64
        var accidentMultiple: Int64
    }

    let category: String
    /// Rounded half up to fen, for show; the comparisons are made unrounded.
    let perHead: Int64
    let net: Int64
    let netEvent: Int64
    /// C-05: over the ceiling after an event, so savings decide, and those a person must look at.
    let asksPerson: Bool

    init(_ figures: Figures) {
        let months = 12 * figures.size
        let left = figures.income - figures.recurring - figures.work
        let leftEvent = left - figures.event
        perHead = Household.rounded(figures.income, by: months)
        net = Household.rounded(left, by: months)
        netEvent = Household.rounded(leftEvent, by: months)
        let line = figures.minimumLiving * months
        let isOverCeiling = figures.income * 100 > figures.accidentMultiple * line
        var asks = false
        if left < line {
            category = "1"
        } else if left * 100 < figures.relativeMultiple * line {
            category = "2"
        } else if figures.hasEvent && !isOverCeiling && leftEvent < line {
            category = "3"
        } else {
            category = "9"
            asks = figures.hasEvent && isOverCeiling
        }
        asksPerson = asks
    }
}

extension Household {
    /// C-90.
    func classification() -> [Finding] {
        guard let stored = record[WorkerFiles.hardshipCategory], let computed = categoryByRule, stored != computed,
            !(stored == "8" && computed == "9"),
            PlainText.trimmed(record[WorkerFiles.categoryOverrideReason] ?? "").count < 10
        else { return [] }
        let label = surroundings.codes.label(computed, in: "hardship_category") ?? Label(computed, computed)
        return found(
            "C-90", .warning, WorkerFiles.hardshipCategory.definition,
            "按规则应为“\(label.zh)”，请采用，或填写不少于10个字的人工调整理由",
            "by the rules this is \"\(label.en)\": take it, or give a reason of at least 10 characters")
    }

    /// Nil where no local standard is known: nothing is guessed.
    var categoryByRule: String? {
        guard let minimum = parameter("minimum_living_monthly"), let relative = parameter("relative_multiple"),
            let accident = parameter("accident_multiple"), max(relative, accident) <= 10_000, minimum <= 100_000_000
        else { return nil }
        if isOutside { return "9" }
        return Classification(
            Classification.Figures(
                income: income, recurring: recurring, work: work, event: event, size: size,
                hasEvent: ["07", "08"].contains(record[WorkerFiles.mainCause] ?? ""), minimumLiving: minimum,
                relativeMultiple: relative, accidentMultiple: accident)
        ).category
    }

    /// C-00, as far as the file shows it: a student as head, or neither member nor in any work relation.
    private var isOutside: Bool {
        if record[WorkerFiles.employmentStatus] == "10" { return true }
        return record[WorkerFiles.unionMember] == false && record[WorkerFiles.employerName] == nil
            && record[WorkerFiles.newFormJob] == nil
    }
}
