internal import NodeCore

/// Address, postcode, names as written, bank card.
extension Household {
    func contacts() -> [Finding] { address() + postcode() + writing() + bankCard() }

    ///
    private func address() -> [Finding] {
        guard let address = record[WorkerFiles.address] else { return [] }
        let signs: Set<Character> = ["路", "街", "巷", "道", "弄", "胡", "村", "庄", "屯", "组", "队", "号", "楼", "区", "苑", "园"]
        if address.count >= 6 && address.contains(where: { signs.contains($0) || $0.isNumber }) { return [] }
        return found(
            "A-02", .hint, WorkerFiles.address.definition, "住址过于简单，请补充街道、村或门牌号",
            "the address is short: add street, village or number")
    }

    /// First two digits of the postcodes by the first two of the division; from general knowledge, so only a warning.
    private static let postcodes: [String: Set<String>] = [
        "11": ["10"], "12": ["30"], "13": ["05", "06", "07"], "14": ["03", "04"], "15": ["01", "02"], "21": ["11", "12"],
        "22": ["13"], "23": ["15", "16"], "31": ["20"], "32": ["21", "22"], "33": ["31", "32"], "34": ["23", "24"],
        "35": ["35", "36"], "36": ["33", "34"], "37": ["25", "26", "27"], "41": ["45", "46", "47"], "42": ["43", "44"],
        "43": ["41", "42"], "44": ["51", "52"], "45": ["53", "54"], "46": ["57"], "50": ["40"],
        "51": ["61", "62", "63", "64"], "52": ["55", "56"], "53": ["65", "66", "67"], "54": ["85"], "61": ["71", "72"],
        "62": ["73", "74"], "63": ["81"], "64": ["75"], "65": ["83", "84"], "66": ["83", "84"],
    ]

    ///
    private func postcode() -> [Finding] {
        guard let postcode = record[WorkerFiles.postcode], let division = record[WorkerFiles.residenceDivision],
            let known = Household.postcodes[String(division.prefix(2))], !known.contains(String(postcode.prefix(2)))
        else { return [] }
        return found(
            "A-03", .warning, WorkerFiles.postcode.definition, "邮政编码不属于居住地所在省份，请核对或清空",
            "the postcode is not one of this province: check or clear it")
    }

    /// what the eye does not see and every search misses.
    private func writing() -> [Finding] {
        let odd = people.filter { PlainText.halfWidth($0.name) != $0.name || $0.name.contains(where: \.isWhitespace) }
        let names = odd.flatMap {
            found("A-06", .hint, $0, "name", "姓名中有空格或全角字符，请改正", "blanks or full-width characters in the name: correct it")
        }
        // Commas and brackets are full-width in any Chinese address; letters and digits are not.
        let wide = (record[WorkerFiles.address] ?? "").unicodeScalars.contains {
            switch $0.value {
            case 0xFF10...0xFF19, 0xFF21...0xFF3A, 0xFF41...0xFF5A, 0x3000: true
            default: false
            }
        }
        return names
            + (wide
                ? found(
                    "A-06", .hint, WorkerFiles.address.definition, "住址中有全角数字、字母或空格，请改为半角",
                    "full-width digits, letters or blanks in the address: write them half-width") : [])
    }

    /// N-03.
    private func bankCard() -> [Finding] {
        guard let account = record[WorkerFiles.bankAccount] else { return [] }
        if !CardNumber.fits(account) {
            return found(
                "N-03", .warning, WorkerFiles.bankAccount.definition, "银行卡号须为12至19位且校验位相符，请对照银行卡",
                "a card number has 12 to 19 digits and a fitting last one: compare the card")
        }
        guard let holder = record[WorkerFiles.bankHolder], holder != record[WorkerFiles.name] else { return [] }
        return found(
            "N-03", .warning, WorkerFiles.bankHolder.definition, "户名不是本人，使用亲属账户须有签字的理由",
            "the account is not the worker's: a relative's needs a signed reason")
    }
}
