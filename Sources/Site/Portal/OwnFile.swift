internal import BusinessModules
internal import NodeCore
internal import SyncProtocol

/// The visitor's own record: the one that their account names, and no other.
struct OwnFile {
    let pages: RecordPages
    let item: Inquiry.Summary
    let id: RecordID

    /// Nil while no file is linked to the account.
    init?(_ visit: Visit, _ frame: Frame, _ snapshot: borrowing Snapshot) throws {
        guard let id = visit.visitor?.session.account.record else { return nil }
        for pages in frame.modules.flatMap(\.records) {
            guard let item = try Inquiry(visit.surroundings.charter).find(id.description, pages.kind, in: snapshot) else {
                continue
            }
            self.pages = pages
            self.item = item
            self.id = id
            return
        }
        return nil
    }

    /// For pages that can do nothing without one.
    static func needed(_ visit: Visit, _ frame: Frame, _ snapshot: borrowing Snapshot) throws -> OwnFile {
        guard let own = try OwnFile(visit, frame, snapshot) else {
            throw NodeError(
                .conflict, "您的账号还没有关联档案：请带身份证到窗口办理",
                "no file is linked to your account: come to the counter with your ID card")
        }
        return own
    }

    func shown(_ visit: Visit) throws -> Shown {
        Shown(codes: try visit.codes(), language: visit.language, kind: pages.kind)
    }

    func sections(_ visit: Visit, isCopy: Bool = false) throws -> [Context] {
        RecordSections(pages: pages, area: Area(pages.kind.code), own: isCopy ? .copy : .page)
            .context(item, visit, try shown(visit), opened: [:])
    }
}
