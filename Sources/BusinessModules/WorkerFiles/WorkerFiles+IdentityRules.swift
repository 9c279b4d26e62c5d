internal import NodeCore

/// What the ID numbers of a household say beside the rest of the file. Their own form is the field's (I-01 to I-03, I-08,
/// I-11): a number without a form has nothing to say here.
extension Household {
    func identity() -> [Finding] {
        var seen = Set<String>()
        return people.flatMap { person -> [Finding] in
            guard let text = person.number else { return [] }
            if !seen.insert(CitizenNumber.normal(text)).inserted { return double(person) }
            guard let number = CitizenNumber(text), number.checkFits else { return [] }
            return birth(person, number) + sex(person, number) + origin(person, number)
        } + disabilityCertificate()
    }

    /// F-02. Birth and sex are the other's then, so nothing more is said of them.
    private func double(_ person: Person) -> [Finding] {
        found(
            "F-02", .error, person, "id_number", "同一身份证号在本户出现两次，请核对或删除重复的成员",
            "the same ID number stands twice in this household: check it, or delete the double")
    }

    private func birth(_ person: Person, _ number: CitizenNumber) -> [Finding] {
        guard let stored = person.birth, let told = number.birthDate, stored != told else { return [] }
        return found(
            "I-04", .error, person, "birth_date", "出生日期\(stored)与身份证号中的\(told)不一致，请对照证件",
            "the birth date \(stored) is not the \(told) of the ID number: compare the card")
    }

    private func sex(_ person: Person, _ number: CitizenNumber) -> [Finding] {
        guard let stored = person.sex, stored != number.sex else { return [] }
        return found(
            "I-05", .error, person, "sex", "性别与身份证号第17位不一致，请对照证件",
            "the sex is not that of digit 17 of the ID number: compare the card")
    }

    /// I-06 and I-10. That the division is not the home's means nothing: people move (I-09).
    private func origin(_ person: Person, _ number: CitizenNumber) -> [Finding] {
        if number.isPermit {
            let type = person.child == nil ? record[WorkerFiles.idType] ?? "111" : "111"
            guard type == "111" else { return [] }
            return found(
                "I-10", .warning, person, "id_number", "这是居住证或永久居留证号码，请核对证件类型",
                "this is the number of a residence permit: check the type of document")
        }
        let isKnown = ["divisions", "divisions.history"].contains { surroundings.codes.contains(number.division, in: $0) }
        if isKnown { return [] }
        return found(
            "I-06", .warning, person, "id_number", "身份证号前6位\(number.division)不是已知的行政区划，请对照证件",
            "the first six digits \(number.division) of the ID number are no known division: compare the card")
    }

    /// N-04: the certificate number is the ID number, the kind and the grade.
    private func disabilityCertificate() -> [Finding] {
        let certificate = PlainText.compact(record[WorkerFiles.disabilityCertNo] ?? "")
        if certificate.isEmpty { return [] }
        guard certificate.uppercased() != wantedCertificate else { return [] }
        return found(
            "N-04", .error, WorkerFiles.disabilityCertNo.definition, "残疾证号应为身份证号加残疾类别和等级，请对照残疾证",
            "a disability certificate number is the ID number, the kind and the grade: compare the certificate")
    }

    /// The ID number, the kind and the grade.
    var wantedCertificate: String {
        CitizenNumber.normal(record[WorkerFiles.idNumber] ?? "") + (record[WorkerFiles.disabilityType] ?? "")
            + (record[WorkerFiles.disabilityGrade] ?? "")
    }
}
