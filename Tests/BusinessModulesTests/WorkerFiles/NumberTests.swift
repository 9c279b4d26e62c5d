import NodeCore
import Testing

@testable import BusinessModules

struct NumberTests {
    let field = WorkerFiles.idNumber.definition

    private func rules(_ text: String, _ field: FieldDefinition? = nil) -> [String] {
        let field = field ?? self.field
        switch field.parse(text, codes: Samples.codes) {
        case .success(let value): return field.check(value, today: Samples.today).map(\.rule)
        case .failure(let finding): return [finding.rule]
        }
    }

    @Test(arguments: [
        ("370285197602299979", "1", "1976-02-29", "370285"), ("370282198503149962", "2", "1985-03-14", "370282"),
        ("110108199001019997", "1", "1990-01-01", "110108"), ("441900197910059962", "2", "1979-10-05", "441900"),
        ("500233200511309986", "2", "2005-11-30", "500233"), ("37028519880705999X", "1", "1988-07-05", "370285"),
    ])
    func `worked examples of citizen numbers`(text: String, sex: String, birth: String, division: String) throws {
        let number = try #require(CitizenNumber(text))
        #expect(number.checkFits)
        #expect(number.sex == sex && number.division == division && number.birthDate?.description == birth)
        #expect(rules(text).isEmpty)
    }

    @Test func `a fitting check character does not make 30 February a day`() throws {
        let number = try #require(CitizenNumber("370285197602309970"))
        #expect(number.checkFits && number.birthDate == nil)
        #expect(rules("370285197602309970") == ["I-03"])
    }

    @Test func `a wrong check character is found, and the right one known`() throws {
        #expect(rules("370285197602299970") == ["I-02"])
        #expect(CitizenNumber("370285197602299970")?.checkCharacter == "9")
    }

    @Test(arguments: [
        ("37028519760229997", "I-01"), ("A7028519760229997X", "I-01"), ("111111111111111111", "I-11"),
        ("123456789012345678", "I-11"), ("", "R-01"), ("3702851976022999799", "R-03"),
    ])
    func `form, patterns and dates are told apart`(text: String, rule: String) {
        #expect(rules(text) == [rule])
    }

    @Test func `sequence 000 is not issued`() throws {
        #expect(rules("37028519711013000X") == ["I-11"])
    }

    @Test func `birth dates ahead and over 120 years back are refused`() throws {
        for body in ["37028520260701999", "37028519050629999"] {
            let check = try #require(CitizenNumber(body + "0")).checkCharacter
            #expect(rules(body + check) == ["I-03"])
        }
    }

    @Test func `blanks, full-width digits and a small x are read as meant`() throws {
        let typed = " ３７０２８５ 19880705 999x　"
        guard case .success(let value) = field.parse(typed, codes: Samples.codes) else {
            Issue.record("not read")
            return
        }
        #expect(value == .text("37028519880705999X"))
        #expect(CitizenNumber.normal(typed) == "37028519880705999X")
    }

    @Test func `an old number of 15 digits is accepted with a warning and compared as 18`() throws {
        let old = "370285760229997"
        #expect(CitizenNumber.normal(old) == "370285197602299979")
        guard case .success(let value) = field.parse(old, codes: Samples.codes) else {
            Issue.record("not read")
            return
        }
        #expect(value == .text(old))
        let findings = field.check(value, today: Samples.today)
        #expect(findings.map(\.rule) == ["I-08"] && findings.map(\.severity) == [.warning])
    }

    @Test func `lists and messages show first six and last four`() {
        #expect(CitizenNumber.mask("370285197602299979") == "370285********9979")
        #expect(CitizenNumber.mask("3702851976") == "**********")
        for finding in field.check(.text("370285197602299970"), today: Samples.today) {
            #expect(!finding.message.zh.contains("197602") && !finding.message.en.contains("197602"))
        }
    }

    @Test(arguments: [
        ("9137028500000001A3", true), ("81370285MJE000001H", true), ("91370285MJ9000959A", false),
        ("9137028500000001A", false), ("9137028500000001I3", false),
    ])
    func `credit codes`(text: String, fits: Bool) {
        #expect(CreditCode.fits(text) == fits)
        #expect(rules(text, WorkerFiles.employerCreditCode.definition) == (fits ? [] : ["N-02"]))
    }

    @Test(arguments: [
        ("15412345678", true), ("１５４ 1234 5678", true), ("12412345678", false), ("1541234567", false),
        ("11111111111", false),
    ])
    func `mobile numbers`(text: String, fits: Bool) {
        #expect(rules(text, WorkerFiles.phone.definition) == (fits ? [] : ["N-01"]))
    }

    @Test func `card numbers`() {
        #expect(CardNumber.fits("9999990000000123451"))
        #expect(CardNumber.fits("9999 9900 0000 0123 451"))
        #expect(!CardNumber.fits("9999990000000123452"))
        #expect(!CardNumber.fits("99999900000"))
    }
}
