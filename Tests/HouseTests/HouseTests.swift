import Testing

/// The rules of the house, read from the tree itself. Each check lists all it found as file:line.
@Suite struct HouseTests {
    @Test func `the checks see the sources`() {
        #expect(!SourceTree.sources.isEmpty, "no Swift file under \(SourceTree.root)/Sources")
        #expect(!SourceTree.documents.isEmpty)
    }

    @Test func `each target imports only what its arrows reach`() {
        report(SourceTree.sources.flatMap(Arrows.violations))
    }

    @Test func `only the store knows the database library`() {
        report(SourceTree.sources.flatMap(Arrows.storeViolations))
    }

    @Test func `SQL is written only in the store`() {
        report(SourceTree.sources.flatMap(Words.sqlViolations))
    }

    @Test func `no file is too long`() {
        report(SourceTree.sources.flatMap(Sizes.fileViolations))
    }

    @Test func `no function is too long`() {
        report(SourceTree.sources.flatMap(Sizes.functionViolations))
    }

    @Test func `no line is too long`() {
        report(SourceTree.sources.flatMap(Sizes.lineViolations))
    }

    @Test func `no banned word stands in the code`() {
        report(SourceTree.sources.flatMap(Words.violations))
    }

    @Test func `no name ends in a word that says nothing`() {
        report(SourceTree.sources.flatMap(Words.nameViolations))
    }

    @Test func `nothing is left for later`() {
        report(SourceTree.everything.flatMap(Words.noteViolations))
    }

    @Test func `no path of one machine is written down`() {
        report(SourceTree.everything.flatMap(Words.pathViolations))
    }

    @Test func `every link of the documents leads to a file`() {
        report(SourceTree.documents.flatMap { Documents.linkViolations(in: $0, exists: SourceTree.exists) })
    }

    @Test func `decisions are numbered without gaps`() {
        report(Documents.decisionViolations(names: SourceTree.names(under: "docs/decisions")))
    }

    @Test func `each business module begins with its contents file`() {
        let room = "Sources/BusinessModules"
        report(
            SourceTree.folders(under: room).flatMap { folder in
                Documents.shapeViolations(folder: folder, names: SourceTree.names(under: "\(room)/\(folder)"))
            })
    }

    @Test func `no business module speaks of another`() {
        let modules = SourceTree.folders(under: "Sources/BusinessModules").filter {
            !Documents.roomsThatAreNoModules.contains($0)
        }
        report(SourceTree.sources.flatMap { Documents.neighbourViolations(in: $0, modules: modules) })
    }

    private func report(_ violations: [Violation], sourceLocation: SourceLocation = #_sourceLocation) {
        if violations.isEmpty { return }
        let list = violations.map(\.description).joined(separator: "\n")
        Issue.record("\(violations.count) found\n\(list)", sourceLocation: sourceLocation)
    }
}
