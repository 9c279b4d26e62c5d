internal import NodeCore

/// How an ID number is proposed: only what agrees with birth date and sex as they stand in the file, and always to be
/// compared with the card.
extension Household {
    /// I-02 to I-05 and I-08.
    func proposedNumber(_ finding: Finding) -> [Proposal]? {
        guard ["I-02", "I-03", "I-04", "I-05", "I-08"].contains(finding.rule) else { return nil }
        guard let person = person(finding), let text = person.number, let number = CitizenNumber(text) else { return [] }
        return switch finding.rule {
        case "I-04":
            number.birthDate.map { [on(person, birthField(person), .integer($0.number), confidence: 970)] } ?? []
        case "I-05": [on(person, sexField(person), .text(number.sex), confidence: 970)]
        case "I-08": [on(person, numberField(person), .text(number.text))]
        default: corrections(of: number, person)
        }
    }

    /// The check character first; else the one digit or swap of neighbours that fits everything known, or up to three.
    private func corrections(of number: CitizenNumber, _ person: Person) -> [Proposal] {
        let start = String(number.text.prefix(17))
        if let checked = CitizenNumber(start + number.checkCharacter), agrees(checked, number, person) {
            return [on(person, numberField(person), .text(checked.text))]
        }
        let fitting = Household.slips(of: number.text).compactMap(CitizenNumber.init).filter {
            $0.checkFits && !$0.isPattern && agrees($0, number, person)
        }
        let confidence = fitting.count == 1 ? 900 : 500
        return fitting.prefix(3).map { on(person, numberField(person), .text($0.text), confidence: confidence) }
    }

    /// Nothing is proposed about somebody of whom birth date or sex is not known. The division is the one that was typed, or
    /// the head's register.
    private func agrees(_ number: CitizenNumber, _ typed: CitizenNumber, _ person: Person) -> Bool {
        guard let birth = person.birth, let sex = person.sex else { return false }
        let register = person.child == nil ? record[WorkerFiles.hukouDivision] : nil
        return number.birthDate == birth && number.sex == sex
            && (number.division == typed.division || number.division == register)
    }

    /// Every number that differs by one digit, or by two neighbours in the other order, among the first 17.
    static func slips(of text: String) -> [String] {
        let characters = Array(text)
        guard characters.count == 18 else { return [] }
        var slips = [String]()
        for place in 0..<17 {
            for digit in "0123456789" where digit != characters[place] {
                var slip = characters
                slip[place] = digit
                slips.append(String(slip))
            }
            guard place < 16, characters[place] != characters[place + 1] else { continue }
            var slip = characters
            slip.swapAt(place, place + 1)
            slips.append(String(slip))
        }
        return slips
    }

    private func numberField(_ person: Person) -> FieldDefinition {
        person.child == nil ? WorkerFiles.idNumber.definition : WorkerFiles.Member.idNumber.definition
    }

    private func birthField(_ person: Person) -> FieldDefinition {
        person.child == nil ? WorkerFiles.birthDate.definition : WorkerFiles.Member.birthDate.definition
    }

    private func sexField(_ person: Person) -> FieldDefinition {
        person.child == nil ? WorkerFiles.sex.definition : WorkerFiles.Member.sex.definition
    }
}
