import ArgumentParser
import NodeCore

/// The people of a node. Whoever works on the node's folder is its owner: what he grants is in force at once, and audited
/// so.
struct AccountsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "accounts", abstract: say("账号与权限", "Accounts and rights"),
        subcommands: [
            List.self, Show.self, Invite.self, Link.self, Grant.self, Pending.self, Approve.self, Revoke.self, Lock.self,
            Unlock.self, Token.self, Sessions.self,
        ])

    static let columns = [
        Table.Column("id", "编号", "id", .number), Table.Column("login", "登录名", "login"),
        Table.Column("name", "姓名", "name"), Table.Column("roles", "角色", "roles"),
        Table.Column("isAccepted", "已启用", "in use", .flag), Table.Column("hasFactor", "二次认证", "second factor", .flag),
        Table.Column("isLocked", "已锁定", "locked", .flag), Table.Column("lastMilliseconds", "最近登录", "last", .time),
    ]

    static let grantColumns = [
        Table.Column("id", "编号", "id", .number), Table.Column("login", "登录名", "login"),
        Table.Column("role", "角色", "role"), Table.Column("scope", "范围", "scope"), Table.Column("from", "自", "from"),
        Table.Column("to", "至", "to"), Table.Column("state", "状态", "state"), Table.Column("askedBy", "申请人", "asked by"),
        Table.Column("approvedBy", "批准人", "approved by"),
    ]

    /// A link is shown once: it goes to the person, and nowhere else.
    static func link(_ received: Received, notes: [String] = []) -> Answer {
        let expires = received.value["expiresMilliseconds"].integer.map { Table.time($0) } ?? ""
        let note = say(
            "请把链接（接在控制台地址之后）当面或以安全方式交给本人，只能用一次，有效至 \(expires)",
            "Hand the link (behind the console's address) to the person; it is good once, until \(expires)")
        return Answer(text: received.value["path"].plain + "\n", json: received.bytes, notes: notes + [note])
    }

    struct List: Verb {
        static let configuration = CommandConfiguration(commandName: "list", abstract: say("列出账号", "List the accounts"))

        @OptionGroup var options: Options
        @Option(help: ArgumentHelp(say("自此登录名之后", "Behind this login"), valueName: "login")) var after: String?
        @Option(help: ArgumentHelp(say("最多行数", "Rows at most"), valueName: "n")) var limit = 1_000

        func perform() async throws -> Answer {
            let query = ["after": after, "limit": String(limit)].compactMapValues { $0 }
            return Answer(try await options.client.get("accounts", query), AccountsCommand.columns)
        }
    }

    struct Show: Verb {
        static let configuration = CommandConfiguration(
            commandName: "show", abstract: say("查看账号的授权", "Show the rights of an account"))

        @OptionGroup var options: Options
        @Argument(help: ArgumentHelp(say("登录名或编号", "Login or number"))) var account: String

        func perform() async throws -> Answer {
            let received = try await options.client.get("accounts/\(account)")
            return Answer(received, AccountsCommand.grantColumns, received.value["grants"].items)
        }
    }

    struct Invite: Verb {
        static let configuration = CommandConfiguration(
            commandName: "invite", abstract: say("邀请开通账号", "Invite somebody to an account"))

        @OptionGroup var options: Options
        @Argument(help: ArgumentHelp(say("登录名", "Login"))) var login: String
        @Option(help: ArgumentHelp(say("姓名", "Name"))) var name: String
        @Option(help: ArgumentHelp(say("角色代码，可多个", "Codes of roles"), valueName: "role")) var role = [String]()
        @Option(help: ArgumentHelp(say("范围：本单位或下级的代码", "Scope: this division or one below"), valueName: "code"))
        var scope: String?
        @Flag(help: ArgumentHelp(say("外部用户（职工、律师、单位等）", "Somebody from outside (worker, lawyer, employer)")))
        var outside = false
        @Option(help: ArgumentHelp(say("有效期末日", "Last day of the account"), valueName: "date")) var until: String?

        private struct Body: Encodable {
            let login, name: String
            let isOutside: Bool
            let validUntil: String?
        }

        func perform() async throws -> Answer {
            let unknown = role.filter { Role(rawValue: $0) == nil }
            guard unknown.isEmpty else {
                throw NodeError(.badRequest, "没有角色 \(unknown[0])", "there is no role \(unknown[0])")
            }
            let body = Body(login: login, name: name, isOutside: outside, validUntil: until)
            let received = try await options.client.send("POST", "accounts", body: body.json())
            var notes = [String]()
            for role in role {
                notes.append(
                    try await Grant.ask(
                        received.value["account"].plain, role, scope: scope, from: nil, to: nil, options.client
                    ).note)
            }
            return AccountsCommand.link(received, notes: notes)
        }
    }

    struct Link: Verb {
        static let configuration = CommandConfiguration(
            commandName: "link",
            abstract: say("重新发放链接（忘记口令、丢失手机）", "A new link (password forgotten, telephone lost)"))

        @OptionGroup var options: Options
        @Argument(help: ArgumentHelp(say("登录名或编号", "Login or number"))) var account: String

        func perform() async throws -> Answer {
            AccountsCommand.link(try await options.client.send("POST", "accounts/\(account)/links"))
        }
    }

    struct Lock: Verb {
        static let configuration = CommandConfiguration(
            commandName: "lock", abstract: say("锁定账号并结束其登录", "Lock an account and end its sessions"))

        @OptionGroup var options: Options
        @Argument(help: ArgumentHelp(say("登录名或编号", "Login or number"))) var account: String

        func perform() async throws -> Answer {
            let received = try await options.client.send("POST", "accounts/\(account)/locks")
            return Answer(received, AccountsCommand.columns, [received.value])
        }
    }

    struct Unlock: Verb {
        static let configuration = CommandConfiguration(commandName: "unlock", abstract: say("解锁账号", "Unlock an account"))

        @OptionGroup var options: Options
        @Argument(help: ArgumentHelp(say("登录名或编号", "Login or number"))) var account: String

        func perform() async throws -> Answer {
            let received = try await options.client.send("DELETE", "accounts/\(account)/locks")
            return Answer(received, AccountsCommand.columns, [received.value])
        }
    }

    struct Token: Verb {
        static let configuration = CommandConfiguration(
            commandName: "token", abstract: say("为程序签发令牌", "A token for a program, with the account's rights"))

        @OptionGroup var options: Options
        @Argument(help: ArgumentHelp(say("登录名或编号", "Login or number"))) var account: String
        @Option(help: ArgumentHelp(say("用途", "What it is for"))) var label: String
        @Option(help: ArgumentHelp(say("有效天数", "Days it is good for"), valueName: "n")) var days = 90

        private struct Body: Encodable {
            let label: String
            let days: Int
        }

        func perform() async throws -> Answer {
            let received = try await options.client.send(
                "POST", "accounts/\(account)/tokens", body: Body(label: label, days: days).json())
            let expires = received.value["expiresMilliseconds"].integer.map { Table.time($0) } ?? ""
            return Answer(
                text: received.value["token"].plain + "\n", json: received.bytes,
                notes: [say("令牌只显示一次，有效至 \(expires)", "The token is shown once; it is good until \(expires)")])
        }
    }

    struct Sessions: Verb {
        static let configuration = CommandConfiguration(
            commandName: "sessions", abstract: say("列出或结束账号的登录与令牌", "List or end sessions and tokens of an account"))

        @OptionGroup var options: Options
        @Argument(help: ArgumentHelp(say("登录名或编号", "Login or number"))) var account: String
        @Flag(help: ArgumentHelp(say("全部结束", "End all of them"))) var end = false

        func perform() async throws -> Answer {
            let received =
                end
                ? try await options.client.send("DELETE", "accounts/\(account)/sessions")
                : try await options.client.get("accounts/\(account)")
            return Answer(
                received,
                [
                    Table.Column("id", "编号", "id", .number), Table.Column("isToken", "令牌", "token", .flag),
                    Table.Column("label", "用途", "label"), Table.Column("source", "来源", "source"),
                    Table.Column("createdMilliseconds", "开始", "begun", .time),
                    Table.Column("usedMilliseconds", "最近使用", "used", .time),
                    Table.Column("expiresMilliseconds", "到期", "expires", .time),
                ], received.value["sessions"].items)
        }
    }
}
