import ArgumentParser
import NodeCore

extension AccountsCommand {
    struct Grant: Verb {
        static let configuration = CommandConfiguration(
            commandName: "grant", abstract: say("授权", "Give an account a role"))

        @OptionGroup var options: Options
        @Argument(help: ArgumentHelp(say("登录名或编号", "Login or number"))) var account: String
        @Argument(help: ArgumentHelp(say("角色代码", "Code of the role"))) var role: String
        @Option(help: ArgumentHelp(say("范围：本单位或下级的代码", "Scope: this division or one below"), valueName: "code"))
        var scope: String?
        @Option(help: ArgumentHelp(say("首日", "First day"), valueName: "date")) var from: String?
        @Option(help: ArgumentHelp(say("末日", "Last day"), valueName: "date")) var to: String?

        private struct Body: Encodable {
            let role: String
            let scope, from, to: String?
        }

        static func ask(
            _ account: String, _ role: String, scope: String?, from: String?, to: String?, _ client: Client
        ) async throws -> (received: Received, note: String) {
            let received = try await client.send(
                "POST", "accounts/\(account)/grants", body: Body(role: role, scope: scope, from: from, to: to).json())
            let isAsked = received.value["state"].plain == RoleGrant.State.asked.rawValue
            let note =
                isAsked
                ? say("\(role)：待安全管理员批准", "\(role): waits for the security administrator")
                : say("\(role)：已生效", "\(role): in force")
            return (received: received, note: note)
        }

        func perform() async throws -> Answer {
            let (received, note) = try await Self.ask(account, role, scope: scope, from: from, to: to, options.client)
            var answer = Answer(received, AccountsCommand.grantColumns, [received.value])
            answer.notes = [note]
            return answer
        }
    }

    struct Pending: Verb {
        static let configuration = CommandConfiguration(
            commandName: "pending", abstract: say("待批的授权", "Rights that wait for approval"))

        @OptionGroup var options: Options

        func perform() async throws -> Answer {
            Answer(try await options.client.get("grants", ["limit": "1000"]), AccountsCommand.grantColumns)
        }
    }

    struct Approve: Verb {
        static let configuration = CommandConfiguration(commandName: "approve", abstract: say("批准授权", "Approve a right"))

        @OptionGroup var options: Options
        @Argument(help: ArgumentHelp(say("授权编号", "Number of the right"))) var grant: Int

        func perform() async throws -> Answer {
            let received = try await options.client.send("POST", "grants/\(grant)/approvals")
            return Answer(received, AccountsCommand.grantColumns, [received.value])
        }
    }

    struct Revoke: Verb {
        static let configuration = CommandConfiguration(
            commandName: "revoke", abstract: say("终止授权，或拒绝申请", "End a right, or refuse one that was asked for"))

        @OptionGroup var options: Options
        @Argument(help: ArgumentHelp(say("授权编号", "Number of the right"))) var grant: Int

        func perform() async throws -> Answer {
            let received = try await options.client.send("DELETE", "grants/\(grant)")
            return Answer(received, AccountsCommand.grantColumns, [received.value])
        }
    }
}
