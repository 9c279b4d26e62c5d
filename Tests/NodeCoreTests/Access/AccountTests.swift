import SyncProtocol
import Testing

@testable import NodeCore

@Suite struct AccountTests {
    private static func principal(_ id: AccountID, _ role: Role) -> Principal {
        Principal(account: id, name: "\(role)", grants: [Grant(role)], session: nil, source: "10.0.0.1")
    }

    @Test func `a right takes force when the security administrator approves it, and not by who asked`() throws {
        var people = try People()
        let system = Self.principal(try people.make("system", .sysadmin), .sysadmin)
        let security = Self.principal(try people.make("security", .secadmin), .secadmin)
        let clerk = try people.make("clerk")
        let asked = try people.write { try Accounts.ask(.init(clerk, .clerk), by: system, in: $0) }
        #expect(asked.state(on: people.moment().today) == .asked)
        #expect(try people.store.read { try $0.grants.inForce(clerk, on: people.moment().today) }.isEmpty)
        #expect(throws: NodeError(.notAllowed, "", "")) {
            try people.write { try Accounts.approve(asked.id, by: system, in: $0) }
        }
        #expect(try people.write { try Accounts.approve(asked.id, by: security, in: $0) }.approvedBy == "secadmin")
        #expect(try people.store.read { try $0.grants.inForce(clerk, on: people.moment().today) } == [Grant(.clerk)])
        #expect(throws: NodeError(.conflict, "", "")) {
            try people.write { try Accounts.approve(asked.id, by: security, in: $0) }
        }
        _ = try people.write { try Accounts.revoke(asked.id, by: security, in: $0) }
        #expect(try people.store.read { try $0.grants.inForce(clerk, on: people.moment().today) }.isEmpty)
    }

    @Test func `nobody gives, approves or locks for themselves`() throws {
        var people = try People()
        let system = Self.principal(try people.make("system", .sysadmin), .sysadmin)
        guard let own = system.account else { return }
        #expect(throws: NodeError(.notAllowed, "", "")) {
            try people.write { try Accounts.ask(.init(own, .sysadmin, scope: "000000"), by: system, in: $0) }
        }
        #expect(throws: NodeError(.notAllowed, "", "")) {
            try people.write { try Accounts.setLocked(true, own, by: system, in: $0) }
        }
        #expect(throws: NodeError(.notAllowed, "", "")) { try people.write { try Accounts.reset(own, by: system, in: $0) } }
    }

    @Test func `the three administrators exclude each other and all business, who pays decides nothing`() throws {
        for role in Role.administrative {
            for other in Role.allCases where other != role { #expect(Separation.conflict(role, with: other) != nil) }
        }
        for other in Role.reviewers + [.approver, .unitHead] {
            #expect(Separation.conflict(.finance, with: other) != nil && Separation.conflict(other, with: .finance) != nil)
        }
        #expect(Separation.conflict(.clerk, with: .petitionOfficer) == nil)
        #expect(Separation.conflict(.worker, with: .clerk) != nil && Separation.conflict(.worker, with: .volunteer) == nil)

        var people = try People()
        let id = try people.make("clerk", .clerk)
        for role in Role.administrative + [.worker] {
            #expect(throws: NodeError(.conflict, "", "")) {
                try people.write { try Accounts.ask(.init(id, role), by: People.owner, in: $0) }
            }
        }
        // Asked for side by side, the second is refused when it would take force.
        let system = Self.principal(try people.make("system", .sysadmin), .sysadmin)
        #expect(throws: NodeError(.conflict, "", "")) {
            try people.write { tx in
                _ = try Accounts.ask(.init(id, .finance), by: system, in: tx)
                _ = try Accounts.ask(.init(id, .approver), by: system, in: tx)
            }
        }
    }

    @Test func `rights begin and end on their days, and reach only down the tree`() throws {
        var people = try People()
        let id = try people.make("reviewer")
        let today = people.moment().today
        let tomorrow = CalendarDay(number: today.number + 1)
        let grant = try people.write {
            try Accounts.ask(
                .init(id, .provinceReviewer, scope: "370000", from: tomorrow, to: tomorrow), by: People.owner, in: $0)
        }
        #expect(grant.state(on: today) == .later && grant.state(on: tomorrow) == .inForce)
        let held = try people.store.read { snapshot in
            try (0...2).map { try snapshot.grants.inForce(id, on: CalendarDay(number: today.number + $0)) }
        }
        #expect(held == [[], [Grant(.provinceReviewer, scope: "370000")], []])
        #expect(
            try people.store.read { try Accounts.holders(of: .provinceReviewer, on: tomorrow, in: $0) }.map(\.id) == [id])
        #expect(throws: NodeError(.badRequest, "", "")) {
            try people.write { try Accounts.ask(.init(id, .clerk, scope: "999999"), by: People.owner, in: $0) }
        }
        #expect(throws: NodeError(.badRequest, "", "")) {
            try people.write { try Accounts.ask(.init(id, .clerk, from: tomorrow, to: today), by: People.owner, in: $0) }
        }
    }

    @Test func `a change of rights ends the sessions that were open`() throws {
        var people = try People()
        let id = try people.make("clerk", .clerk)
        guard let opened = try people.signIn("clerk", code: try people.currentCode(id)).opened else { return }
        let grants = try people.store.read { try Accounts.grants(of: id, in: $0) }
        _ = try people.write { try Accounts.revoke(grants[0].id, by: People.owner, in: $0) }
        #expect(try people.find(opened) == nil)
    }

    @Test(arguments: ["ab", "with space", "a\u{0}b c", "", String(repeating: "x", count: 51), "zhang<san>"])
    func `a login that is none is refused`(login: String) throws {
        let people = try People()
        #expect(throws: NodeError(.badRequest, "", "")) {
            try people.write { try Accounts.invite(.init(login: login, name: "A"), by: People.owner, in: $0) }
        }
    }

    @Test func `a login is taken once, whatever its case and width`() throws {
        let people = try People()
        _ = try people.write { try Accounts.invite(.init(login: "zhang", name: "A"), by: People.owner, in: $0) }
        for login in ["ZHANG", "ｚｈａｎｇ"] {
            #expect(throws: NodeError(.conflict, "", "")) {
                try people.write { try Accounts.invite(.init(login: login, name: "A"), by: People.owner, in: $0) }
            }
        }
    }

    @Test func `a link is good for three days, and only the newest`() throws {
        var people = try People()
        let first = try people.write { try Accounts.invite(.init(login: "zhang", name: "A"), by: People.owner, in: $0) }
        let second = try people.write(1) { try Accounts.reset(first.account, by: People.owner, in: $0) }
        #expect(throws: NodeError(.codeUsed, "", "")) { try people.accept(first.token) }
        people.now += Account.linkMilliseconds - 1
        #expect(try people.store.read { try Welcome.account(second.token, at: people.now, in: $0) }.login == "zhang")
        people.now += 1
        #expect(throws: NodeError(.codeUsed, "", "")) { try people.accept(second.token) }
        for token in ["", "zz", String(repeating: "0", count: 64)] {
            #expect(throws: NodeError(.codeUsed, "", "")) { try people.accept(token) }
        }
    }

    @Test func `tokens are for programs: shown once, for a time, with a purpose`() throws {
        var people = try People()
        let id = try people.make("clerk", .clerk)
        let token = try people.write { try Sessions.token(for: id, label: "nightly", days: 2, by: People.owner, in: $0) }
        #expect(token.session.isToken && token.session.principal?.roles == [.clerk])
        people.now += 2 * 86_400_000 - 1
        #expect(try people.find(token) != nil)
        people.now += 1
        #expect(try people.find(token) == nil)
        for days in [0, Sessions.tokenDaysMax + 1] {
            #expect(throws: NodeError(.badRequest, "", "")) {
                try people.write { try Sessions.token(for: id, label: "x", days: days, by: People.owner, in: $0) }
            }
        }
    }

    @Test(arguments: [
        ("short1A", false), ("Abcdef12", true), ("abcdefgh12", false), ("P@ssw0rd123", false), ("1234567890123", false),
        ("abcdefghijklm", false), ("aaaaaaaaaaaaa", false), ("zhang-is-my-name", false), ("四月的风吹过青岛的海上", false),
        ("四月的风吹过青岛的海上啊", true), ("correct horse battery", true), (String(repeating: "ab3X", count: 33), false),
    ])
    func `passwords are long, or of three kinds, and none that everybody tries`(password: String, isGood: Bool) {
        #expect((PasswordRules.problem(password, login: "zhang") == nil) == isGood)
    }

    @Test func `a password fits its hash and nothing else does`() throws {
        let encoded = try PasswordHash.make("correct horse", salt: [UInt8](repeating: 1, count: 16))
        #expect(encoded.hasPrefix("$argon2id$v=19$m=65536,t=3,p=1$"))
        #expect(try PasswordHash.fits("correct horse", encoded))
        #expect(try !PasswordHash.fits("correct horsf", encoded))
        #expect(try !PasswordHash.fits("", PasswordHash.decoy))
        #expect(throws: NodeError.self) { try PasswordHash.make("x", salt: []) }
    }
}
