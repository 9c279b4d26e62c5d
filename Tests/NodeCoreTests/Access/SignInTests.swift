import SyncProtocol
import Testing

@testable import NodeCore

@Suite struct SignInTests {
    @Test
    func
        `an invited clerk sets a password and a second factor, and then works until nothing happened for a quarter of an hour`()
        throws
    {
        var people = try People()
        let link = try people.write {
            try Accounts.invite(.init(login: "Zhang.San", name: "张三"), by: People.owner, in: $0)
        }
        #expect(link.path == "/welcome/" + link.token && link.token.utf8.count == 64)
        let first = try people.accept(link.token)
        #expect(first.session.duty == .factor && first.session.principal == nil)
        #expect(throws: NodeError(.codeUsed, "", "")) { try people.accept(link.token) }

        let (recovery, second) = try people.setFactor(first)
        #expect(Set(recovery).count == 10)
        #expect(second.session.duty == nil && second.session.principal?.name == "张三")
        #expect(second.secret != first.secret)
        #expect(try people.find(first) == nil)
        people.now = second.session.createdMilliseconds
        #expect(try people.find(second)?.principal?.account == link.account)

        people.now += Sessions.staffIdleMilliseconds - 1
        #expect(try people.find(second) != nil)
        people.now += 1
        #expect(try people.find(second) == nil)
    }

    @Test func `a session in use ends after eight hours`() throws {
        var people = try People()
        _ = try people.make("clerk", .clerk)
        guard let opened = try people.signIn("clerk", code: try people.currentCode(AccountID(1))).opened else {
            throw NodeError(.invalid, "", "no session")
        }
        let start = people.now
        while people.now < start + Sessions.lifetimeMilliseconds - 600_000 {
            people.now += 600_000
            #expect(try people.find(opened)?.needsTouch(at: people.now) == true)
            try people.write { try Sessions.touch(opened.session.id, in: $0) }
        }
        people.now = start + Sessions.lifetimeMilliseconds
        #expect(try people.find(opened) == nil)
    }

    @Test func `password and code may come one after the other; a code is good once`() throws {
        var people = try People()
        let id = try people.make("clerk", .clerk)
        let code = try people.currentCode(id)
        guard let half = try people.signIn("clerk").opened else { throw NodeError(.invalid, "", "no session") }
        #expect(half.session.duty == .code && half.session.principal == nil)
        let whole = try people.write { try SignIn.prove(half.session, code: code, in: $0) }
        #expect(whole.opened?.session.principal?.roles == [.clerk])
        #expect(try people.find(half) == nil)
        #expect(try people.signIn("clerk", code: code).refusal == .signInRefused)
        people.now += 30_000
        #expect(try people.signIn("clerk", code: try people.currentCode(id)).opened != nil)
        people.now += 60_000
        // A clock that is a step late is right; two steps are not.
        #expect(try people.signIn("clerk", code: try people.currentCode(id, steps: -2)).refusal == .signInRefused)
        #expect(try people.signIn("clerk", code: try people.currentCode(id, steps: -1)).opened != nil)
    }

    @Test func `a code on paper opens once`() throws {
        var people = try People()
        let link = try people.write { try Accounts.invite(.init(login: "clerk", name: "A"), by: People.owner, in: $0) }
        let (recovery, _) = try people.setFactor(try people.accept(link.token))
        #expect(try people.signIn("clerk", code: recovery[3].lowercased()).opened != nil)
        #expect(try people.signIn("clerk", code: recovery[3]).refusal == .signInRefused)
        #expect(try people.signIn("clerk", code: recovery[4]).opened != nil)
    }

    @Test func `unknown, wrong and locked look the same, five failures lock for a quarter of an hour`() throws {
        var people = try People()
        let id = try people.make("clerk", .clerk)
        let unknown = try people.store.read {
            try SignIn.begin(login: "nobody", password: "x", source: "10.0.0.9", at: people.now, in: $0)
        }
        #expect(unknown.account == nil && unknown.encoded == PasswordHash.decoy)
        #expect(try people.signIn("nobody").refusal == .signInRefused)
        for _ in 0..<5 { #expect(try people.signIn("clerk", "wrong password").refusal == .signInRefused) }
        // The right password does not help now, and does not tell.
        #expect(try people.signIn("clerk", code: try people.currentCode(id)).refusal == .signInRefused)
        people.now += Account.lockMilliseconds - 1
        #expect(try people.signIn("clerk", code: try people.currentCode(id)).refusal == .signInRefused)
        people.now += 1
        #expect(try people.signIn("clerk", code: try people.currentCode(id)).opened != nil)
    }

    @Test func `who is at work is not thrown out by a stranger who tries passwords`() throws {
        var people = try People()
        let id = try people.make("clerk", .clerk)
        guard let opened = try people.signIn("clerk", code: try people.currentCode(id)).opened else { return }
        for _ in 0..<6 { _ = try people.signIn("clerk", "wrong password", source: "10.9.9.9") }
        #expect(try people.find(opened) != nil)
        try people.write { try Accounts.setLocked(true, id, by: People.owner, in: $0) }
        #expect(try people.find(opened) == nil)
    }

    @Test func `five wrong codes lock as well`() throws {
        var people = try People()
        let id = try people.make("clerk", .clerk)
        guard let half = try people.signIn("clerk").opened else { return }
        for _ in 0..<5 {
            #expect(try people.write { try SignIn.prove(half.session, code: "000000", in: $0) }.refusal == .signInRefused)
        }
        let right = try people.currentCode(id)
        #expect(try people.write { try SignIn.prove(half.session, code: right, in: $0) }.opened == nil)
    }

    @Test func `one address may fail thirty times in a quarter of an hour, and takes no row after that`() throws {
        var people = try People()
        for _ in 0..<30 {
            try people.write { try SourceLimit.count("10.0.0.5", in: $0) }
        }
        let rows = try people.store.read { try AuditInquiry.list(AuditFilter(), in: $0) }.count
        #expect(throws: NodeError(.tooMany, "", "")) { try people.signIn("nobody", source: "10.0.0.5") }
        #expect(try people.store.read { try AuditInquiry.list(AuditFilter(), in: $0) }.count == rows)
        #expect(try people.signIn("nobody", source: "10.0.0.6").refusal == .signInRefused)
        people.now += SourceLimit.windowMilliseconds
        #expect(try people.signIn("nobody", source: "10.0.0.5").refusal == .signInRefused)
    }

    @Test(arguments: [
        ("10.1.2.3", "10.1.2.3"), ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2"), ("2001:db8::7", "2001:db8"), ("::1", ""),
    ])
    func `a line of IPv6 is one source`(source: String, prefix: String) {
        #expect(SourceLimit.prefix(source) == prefix)
    }

    @Test func `an attempt that was verified before the account was locked does not count`() throws {
        var people = try People()
        let id = try people.make("clerk", .clerk)
        let trial = try people.store.read {
            try SignIn.begin(login: "clerk", password: People.password, source: "10.0.0.1", at: people.now, in: $0)
        }
        let outcome = try trial.verify()
        try people.write { try Accounts.setLocked(true, id, by: People.owner, in: $0) }
        let code = try people.currentCode(id)
        #expect(try people.write { try SignIn.finish(outcome, code: code, in: $0) }.refusal == .signInRefused)
        try people.write { try Accounts.setLocked(false, id, by: People.owner, in: $0) }
        // Nor does one for a password that was changed since.
        try people.write { try $0.accounts.setPassword(PasswordHash.decoy, of: id, at: people.now) }
        #expect(try people.write { try SignIn.finish(outcome, code: code, in: $0) }.refusal == .signInRefused)
    }

    @Test func `people from outside may do without a second factor, staff may not`() throws {
        var people = try People()
        let worker = try people.make("worker1", .worker, isOutside: true)
        guard let opened = try people.signIn("worker1").opened else { throw NodeError(.invalid, "", "no session") }
        #expect(opened.session.principal?.roles == [.worker])
        people.now += Sessions.outsideIdleMilliseconds - 1
        #expect(try people.find(opened) != nil)
        let (_, second) = try people.setFactor(opened)
        try people.write { try SecondFactor.remove(second.session, in: $0) }
        #expect(try people.store.read { try Accounts.find(worker, in: $0)?.hasFactor } == false)
        let clerk = try people.make("clerk", .clerk)
        guard let staff = try people.signIn("clerk", code: try people.currentCode(clerk)).opened else { return }
        #expect(throws: NodeError(.notAllowed, "", "")) {
            try people.write { try SecondFactor.remove(staff.session, in: $0) }
        }
    }

    @Test func `after ninety days staff change their password before anything else, and all other sessions end`() throws {
        var people = try People()
        let id = try people.make("clerk", .clerk)
        guard let other = try people.signIn("clerk", code: try people.currentCode(id)).opened else { return }
        let token = try people.write {
            try Sessions.token(for: id, label: "export", days: 300, by: People.owner, in: $0)
        }
        #expect(try people.find(token)?.principal?.roles == [.clerk])
        people.now += PasswordRules.daysMax * 86_400_000
        #expect(try people.find(token) != nil)
        guard let opened = try people.signIn("clerk", code: try people.currentCode(id)).opened else { return }
        #expect(opened.session.duty == .password && opened.session.principal == nil)
        func change(_ old: String, _ new: String) throws -> SignIn.Result {
            let trial = try people.store.read {
                try PasswordChange.begin(opened.session, old: old, new: new, at: people.now, in: $0)
            }
            let made = try trial.work(salt: [UInt8](repeating: 3, count: 16))
            return try people.write { try PasswordChange.finish(made, in: $0) }
        }
        #expect(throws: NodeError(.weakPassword, "", "")) { try change(People.password, People.password) }
        #expect(try change("another one", "五月的雨落在黄河的岸上啊").refusal == .signInRefused)
        let changed = try change(People.password, "五月的雨落在黄河的岸上啊").opened
        #expect(changed?.session.principal?.roles == [.clerk])
        #expect(try people.find(token) == nil && people.find(other) == nil && people.find(opened) == nil)
        people.now += 60_000
        #expect(try people.signIn("clerk", code: try people.currentCode(id)).refusal == .signInRefused)
    }

    @Test func `nothing that opens an account stands in the store as it is`() throws {
        var people = try People()
        let link = try people.write { try Accounts.invite(.init(login: "clerk", name: "A"), by: People.owner, in: $0) }
        let first = try people.accept(link.token)
        let (recovery, second) = try people.setFactor(first)
        let secret = try people.store.read { try $0.accounts.factor(link.account)?.secret } ?? []
        let words =
            recovery.map { $0.filter { $0 != "-" } } + [
                link.token, first.secret, second.secret, People.password, OneTimePassword.base32(secret),
            ]
        #expect(try people.store.read { try ByteSearch(words).run(in: $0) }.isEmpty)
        let raw = try people.store.read { try $0.accounts.rawFactor(link.account) }
        #expect(!raw.isEmpty && raw.firstRange(of: secret) == nil)
    }

    @Test func `failures to sign in are audited without what was typed as a login`() throws {
        var people = try People()
        _ = try people.make("clerk", .clerk)
        _ = try people.signIn("my secret password", "x")
        _ = try people.signIn("clerk", "wrong password")
        var filter = AuditFilter()
        filter.action = "login"
        filter.result = .denied
        let rows = try people.store.read { try AuditInquiry.list(filter, in: $0) }
        #expect(rows.map(\.actor) == ["CLERK", ""] && rows.map(\.reason) == ["password", "unknown"])
        #expect(rows.allSatisfy { $0.source == "10.0.0.1" })
        #expect(try people.store.read { try ByteSearch(["my secret password"]).run(in: $0) }.isEmpty)
    }
}
