internal import NodeCore

/// Address, postcode, names as written, bank card.
extension Household {
    func contacts() -> [Finding] { elsewhere() + address() + postcode() + writing() + bankCard() }

    ///
    private func elsewhere() -> [Finding] {
        guard let code = countiesInAddress.first, let named = surroundings.codes.label(code, in: "divisions"),
            let residence = record[WorkerFiles.residenceDivision],
            let stated = surroundings.codes.label(residence, in: "divisions")
        else { return [] }
        return found(
            "A-01", .warning, WorkerFiles.address.definition, "住址写的是\(named.zh)，居住地区划却是\(stated.zh)，请核对",
            "the address names \(named.en), the place of residence is \(stated.en): check which is right")
    }

    /// Counties that stand in the address where the county of the residence would: behind province and city, if these are
    /// named. Further on a street may be called after any place. Those of the residence's own city come first.
    var countiesInAddress: [String] {
        guard let residence = record[WorkerFiles.residenceDivision], let own = division(residence) else { return [] }
        let (province, city) = (residence.prefix(2), residence.prefix(4))
        var rest = Substring(PlainText.trimmed(record[WorkerFiles.address] ?? ""))
        for code in [province + "0000", city + "00"] {
            if let name = division(String(code)), rest.hasPrefix(name) { rest = rest.dropFirst(name.count) }
        }
        // Rules run in bulk: what begins with the own county, or with no place at all, is not looked up.
        if rest.hasPrefix(own) || !Household.mayNamePlace(rest) { return [] }
        let here = surroundings.codes.codes(of: "divisions").filter { $0.code.hasPrefix(province) }
        let named = here.first { $0.code.hasSuffix("00") && !$0.code.hasSuffix("0000") && rest.hasPrefix($0.label.zh) }
        if let named { rest = rest.dropFirst(named.label.zh.count) }
        let within = named?.code.prefix(4) ?? province
        let counties = here.filter {
            $0.code.hasPrefix(within) && !$0.code.hasSuffix("00") && rest.hasPrefix($0.label.zh)
                && !isPart($0.code, of: residence)
        }.map(\.code)
        return counties.filter { $0.hasPrefix(city) } + counties.filter { !$0.hasPrefix(city) }
    }

    /// Whether the first characters may be a city's or county's name: it ends in one of four, of which 区 also ends estates.
    private static func mayNamePlace(_ text: Substring) -> Bool {
        var before: Character?
        for character in text.prefix(12) {
            switch character {
            case "市", "县", "旗": return before != nil
            case "区" where before != "小" && before != "社" && before != "园": return before != nil
            default: before = character
            }
        }
        return false
    }

    /// A residence that is a whole city or province has its counties as parts.
    private func isPart(_ county: String, of residence: String) -> Bool {
        guard residence.hasSuffix("00") else { return false }
        return county.hasPrefix(residence.prefix(residence.hasSuffix("0000") ? 2 : 4))
    }

    private func division(_ code: String) -> String? { surroundings.codes.label(code, in: "divisions")?.zh }

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
