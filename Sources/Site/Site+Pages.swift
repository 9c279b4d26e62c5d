internal import BusinessModules
internal import NodeCore

extension Site {
    /// All pages: those of the house, then those that each kind of record has.
    static func pages(_ frame: Frame) -> [Page] {
        var pages = house(frame)
        pages += signingIn(frame)
        pages += administration(frame)
        pages += reference(frame)
        pages += exports(frame)
        pages += portal(frame)
        pages += counter(frame)
        for kind in frame.modules.flatMap(\.records) {
            pages += reviews(kind, frame)
            pages += records(kind, frame)
            pages += counter(of: kind, frame)
        }
        return pages
    }

    private static func house(_ frame: Frame) -> [Page] {
        let workbench = Workbench(frame: frame)
        let sync = SyncPage(frame: frame)
        let lookUp = LookUpPage(frame: frame)
        let notices = NoticesPage(frame: frame)
        let statistics = StatisticsPage(frame: frame)
        return [
            Page("GET", "/", needs: .signedIn, .read { try workbench.answer($0, $1) }),
            Page("GET", "/sync", needs: .right(.view, .sync), .read { try sync.answer($0, $1) }),
            Page("GET", "/sync/badge", needs: .signedIn, .read { try sync.badge($0, $1) }),
            Page("POST", "/search", needs: .signedIn, .read { try lookUp.answer($0, $1) }),
            Page("GET", "/codes/{table}", needs: .signedIn, side: .both, .read { try CodesPage().answer($0, $1) }),
            Page("GET", "/statistics", needs: .right(.view, .statistics), .read { try statistics.answer($0, $1) }),
            Page("GET", "/notices", needs: .signedIn, .read { try notices.answer($0, $1) }),
            Page("POST", "/notices/read", needs: .signedIn, .write { try notices.markRead($0, $1) }),
            Page("GET", "/language/{language}", needs: .open, side: .both, .read { visit, _ in Switches.language(visit) }),
            Page("GET", "/display/{name}", needs: .open, side: .both, .read { visit, _ in Switches.display(visit) }),
        ]
    }

    private static func records(_ pages: RecordPages, _ frame: Frame) -> [Page] {
        let area = Area(pages.kind.code)
        let list = ListPage(pages: pages, frame: frame)
        let record = RecordPage(pages: pages, frame: frame)
        let form = FormPage(pages: pages, frame: frame)
        let saving = SavingPage(pages: pages, frame: frame)
        let acts = RecordActs(pages: pages, frame: frame)
        let opening = OpeningPage(pages: pages, frame: frame)
        let printing = PrintPage(pages: pages, frame: frame)
        let path = "/\(pages.path)"
        return [
            Page("GET", path, needs: .right(.view, area), .read { try list.answer($0, $1) }),
            Page("GET", "\(path)/new", needs: .right(.create, area), .read { try form.new($0, $1) }),
            Page("POST", "\(path)/new", needs: .right(.create, area), .write { try saving.create($0, $1) }),
            Page("POST", "\(path)/form-draft", needs: .right(.create, area), .write { try saving.keep($0, $1) }),
            Page("POST", "\(path)/form-draft/discard", needs: .right(.create, area), .write { try saving.discard($0, $1) }),
            Page("POST", "\(path)/reports", needs: .right(.report, area), .write { try acts.reportSeveral($0, $1) }),
        ] + listExtras(pages, frame) + [
            Page("GET", "\(path)/{id}", needs: .right(.view, area), .read { try record.answer($0, $1) }),
            Page("GET", "\(path)/{id}/edit", needs: .right(.update, area), .read { try form.edit($0, $1) }),
            Page("POST", "\(path)/{id}/edit", needs: .right(.update, area), .write { try saving.edit($0, $1) }),
            Page("POST", "\(path)/{id}/form-draft", needs: .right(.update, area), .write { try saving.keep($0, $1) }),
            Page(
                "POST", "\(path)/{id}/form-draft/discard", needs: .right(.update, area),
                .write { try saving.discard($0, $1) }),
            Page("POST", "\(path)/{id}/steps", needs: .right(.update, area), .write { try acts.step($0, $1) }),
            Page("POST", "\(path)/{id}/findings", needs: .right(.update, area), .write { try acts.accept($0, $1) }),
            Page("POST", "\(path)/{id}/report", needs: .right(.report, area), .write { try acts.report($0, $1) }),
            Page("POST", "\(path)/{id}/withdraw", needs: .right(.report, area), .write { try acts.withdraw($0, $1) }),
            Page("GET", "\(path)/{id}/open", needs: .right(.viewSensitive, area), .read { try opening.ask($0, $1) }),
            Page("POST", "\(path)/{id}/open", needs: .right(.viewSensitive, area), .write { try opening.open($0, $1) }),
            Page("GET", "\(path)/{id}/print", needs: .right(.print, area), .write { try printing.answer($0, $1) }),
        ]
    }

    private static func listExtras(_ pages: RecordPages, _ frame: Frame) -> [Page] {
        let area = Area(pages.kind.code)
        let export = ListExport(pages: pages, frame: frame)
        let saved = SavedFilters(pages: pages, frame: frame)
        let taking = ImportPage(pages: pages, frame: frame)
        let bin = BinPages(pages: pages, frame: frame)
        let printing = PrintPage(pages: pages, frame: frame)
        let path = "/\(pages.path)"
        return [
            Page("GET", "\(path)/export", needs: .right(.export, area), .read { try export.ask($0, $1) }),
            Page("POST", "\(path)/export", needs: .right(.export, area), .write { try export.export($0, $1) }),
            Page("GET", "\(path)/print", needs: .right(.print, area), .write { try export.print($0, $1) }),
            Page("GET", "\(path)/blank", needs: .right(.view, area), .read { try printing.blank($0, $1) }),
            Page("GET", "\(path)/import", needs: .right(.takeIn, area), .read { try taking.ask($0, $1) }),
            Page("POST", "\(path)/import", needs: .right(.takeIn, area), .staged { try taking.run($0, $1) }),
            Page("GET", "\(path)/import/{name}", needs: .right(.takeIn, area), .read { try taking.template($0, $1) }),
            Page("GET", "\(path)/deleted", needs: .right(.delete, area), .read { try bin.list($0, $1) }),
            Page(
                "POST", "\(path)/deleted/{draft}/restoration", needs: .right(.delete, area),
                .write { try bin.bringBack($0, $1) }),
            Page("POST", "\(path)/{id}/deletion", needs: .right(.delete, area), .write { try bin.delete($0, $1) }),
            Page("POST", "\(path)/filters", needs: .right(.view, area), .write { try saved.save($0, $1) }),
            Page("POST", "\(path)/filters/{filter}/remove", needs: .right(.view, area), .write { try saved.remove($0, $1) }),
        ]
    }

    private static func reviews(_ pages: RecordPages, _ frame: Frame) -> [Page] {
        let area = Area(pages.kind.code)
        let review = ReviewPage(pages: pages, frame: frame)
        let deciding = DecidingPage(pages: pages, frame: frame)
        let path = "/reviews/\(pages.path)"
        return [
            Page("GET", path, needs: .right(.review, area), .read { try review.answer($0, $1) }),
            Page("GET", "\(path)/{id}", needs: .right(.review, area), .read { try review.answer($0, $1) }),
            Page("POST", path, needs: .right(.approve, area), .write { try deciding.several($0, $1) }),
            Page("POST", "\(path)/{id}", needs: .right(.review, area), .write { try deciding.one($0, $1) }),
        ]
    }
}
