public import SyncProtocol

/// The account with which a person looks at their own file: opened, linked and renewed by whoever has seen their ID card at
/// the counter. One file has one account. The role that comes with it opens nothing but what hangs on the file, so it takes
/// no second person, as every other role does.
public enum FileAccounts {
    public static let role = Role.worker

    /// The account of a record's head.
    public static func find(_ record: RecordID, in snapshot: borrowing Snapshot) throws -> Account? {
        try snapshot.accounts.linked(to: record)
    }

    /// Opens an account for the head of a record. `signUp`: the request that is settled with it.
    public static func open(
        _ record: RecordID, login: String, name: String, signUp: Int64?, by principal: Principal,
        in tx: borrowing Transaction
    ) throws -> Accounts.Link {
        try checkFree(record, in: tx)
        let link = try Accounts.invite(
            .init(login: login, name: name, isOutside: true, record: record), by: principal, in: tx)
        try give(link.account, by: principal, in: tx)
        try note("link-account", link.account, record, by: principal, in: tx)
        if let signUp { try SignUps.decide(signUp, .admitted, nil, by: principal, in: tx) }
        return link
    }

    /// Links an account that is there already, of somebody from outside without a file.
    public static func link(
        _ id: AccountID, to record: RecordID, signUp: Int64?, by principal: Principal, in tx: borrowing Transaction
    ) throws {
        try checkFree(record, in: tx)
        guard let account = try tx.accounts.find(id) else { throw Accounts.unknown }
        if let reason = obstacle(account) { throw reason }
        try tx.accounts.setRecord(record, of: id)
        try give(id, by: principal, in: tx)
        try note("link-account", id, record, by: principal, in: tx)
        try Sessions.endAll(of: id, by: principal, in: tx)
        if let signUp { try SignUps.decide(signUp, .admitted, nil, by: principal, in: tx) }
    }

    /// Why an account cannot be linked; nil when it can.
    public static func obstacle(_ account: Account) -> NodeError? {
        if !account.isOutside {
            return NodeError(
                .conflict, "这是工作人员账号，不能关联档案：请本人另开一个", "this is an account of the staff: the person needs another one")
        }
        if account.record != nil {
            return NodeError(
                .conflict, "这个账号已关联另一份档案，请先在那份档案上解除", "this account belongs to another file: unlink it there first")
        }
        if account.isLocked {
            return NodeError(.conflict, "这个账号已被锁定，请系统管理员先解锁", "this account is locked: the system administrator unlocks it")
        }
        return nil
    }

    /// Takes the link away; who is signed in with it is signed out.
    public static func unlink(
        _ id: AccountID, from record: RecordID, by principal: Principal, in tx: borrowing Transaction
    ) throws {
        try check(id, record, in: tx)
        try tx.accounts.setRecord(nil, of: id)
        try note("unlink-account", id, record, by: principal, in: tx)
        try Sessions.endAll(of: id, by: principal, in: tx)
    }

    /// A new one-time link for somebody who has lost the password or the telephone.
    public static func renew(
        _ id: AccountID, of record: RecordID, by principal: Principal, in tx: borrowing Transaction
    ) throws -> Accounts.Link {
        try check(id, record, in: tx)
        return try Accounts.reset(id, by: principal, in: tx)
    }

    private static func check(_ id: AccountID, _ record: RecordID, in tx: borrowing Transaction) throws {
        guard let account = try tx.accounts.find(id), account.record == record, account.isOutside else {
            throw Accounts.unknown
        }
    }

    private static func checkFree(_ record: RecordID, in tx: borrowing Transaction) throws {
        guard try tx.accounts.linked(to: record) == nil else {
            throw NodeError(
                .conflict, "这份档案已有账号：忘记密码请重发链接，换账号请先解除",
                "this file has an account: make a new link if the password was lost, or unlink it first")
        }
    }

    /// The role, unless the account has it.
    private static func give(_ id: AccountID, by principal: Principal, in tx: borrowing Transaction) throws {
        let held = try tx.grants.open(id, on: tx.moment.today)
        if let own = held.first(where: { $0.role == role && $0.scope == nil }) {
            guard own.approvedBy == nil else { return }
            try tx.grants.approve(own.id, by: principal, at: tx.moment.milliseconds)
            return try Accounts.audit("approve", own.id, role, id, by: principal, in: tx)
        }
        try Separation.check(role, with: held.map(\.role))
        let grant = try tx.grants.insert(
            .init(id, role), from: tx.moment.today, by: principal, at: tx.moment.milliseconds)
        try tx.grants.approve(grant, by: principal, at: tx.moment.milliseconds)
        try Accounts.audit("approve", grant, role, id, by: principal, in: tx)
    }

    private static func note(
        _ action: String, _ id: AccountID, _ record: RecordID, by principal: Principal, in tx: borrowing Transaction
    ) throws {
        try tx.audit.append(
            tx.moment, by: principal, action: action, record: record, area: .portal, object: "account \(id)")
    }
}
