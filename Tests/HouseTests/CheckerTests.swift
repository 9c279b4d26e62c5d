import Testing

/// That the checks themselves can fail: each sees what it is there for, and leaves alone what only looks like it.
@Suite struct CheckerTests {
    private func file(_ text: String, _ path: String = "Sources/NodeCore/Journey/Draft.swift") -> TextFile {
        TextFile(path: path, text: text)
    }

    private func body(lines: Int) -> String {
        String(repeating: "    let a = 1\n", count: lines)
    }

    // MARK: Reading Swift

    @Test func `comments and strings are no code`() {
        let text = SwiftText("let a = \"{ try! \\(b(\"x\")) }\" // try!\n/* { /* { */ */ let c = 1\n")
        #expect(!text.lines.contains { $0.contains("{") || $0.contains("try!") })
        #expect(text.lines[0].contains("b("))
        #expect(text.lines[1].hasSuffix("let c = 1"))
    }

    @Test func `raw and multi-line strings end where they end`() {
        let text = SwiftText("let a = #\"one \" \\n two\"#\nlet b = \"\"\"\n  three \"four\"\n  \"\"\"\nlet c = 5\n")
        #expect(text.literals.map(\.line) == [1, 2])
        #expect(text.literals.first?.text == "one \" \\n two")
        #expect(text.lines[4] == "let c = 5")
    }

    // MARK: Arrows

    @Test func `an import is read through attributes, access and kind`() {
        let source = """
            // import Commented
            public import SyncProtocol
            @testable import NodeCore
            import struct Foundation.Date
            let text = "import Quoted"
            """
        let found = Arrows.imports(in: SwiftText(source))
        #expect(found.map(\.text) == ["SyncProtocol", "NodeCore", "Foundation"])
        #expect(found.map(\.line) == [2, 3, 4])
    }

    @Test func `an import against the arrows is found`() {
        let found = Arrows.violations(in: file("import Foundation\nimport NIOCore\n"))
        #expect(found.map(\.line) == [2])
        #expect(Arrows.violations(in: file("import NIOCore", "Sources/NodeDaemon/Node.swift")).isEmpty)
        #expect(Arrows.violations(in: file("import NodeDaemon", "Sources/NodeCtl/Init.swift")).count == 1)
        #expect(Arrows.violations(in: file("import SyncProtocol", "Sources/BusinessModules/Aid/Aid.swift")).count == 1)
        #expect(Arrows.violations(in: file("let a = 1", "Sources/Newcomer/A.swift")).count == 1)
    }

    @Test func `the database library outside the store is found`() {
        #expect(Arrows.storeViolations(in: file("internal import GRDB")).count == 1)
        #expect(Arrows.storeViolations(in: file("import GRDB", "Sources/NodeCore/Store/Store.swift")).isEmpty)
    }

    // MARK: Sizes

    @Test func `a function is measured from its keyword to its brace`() {
        let source = """
            struct A {
                var stored = [1].map { $0 }
                var computed: Int {
                    1
                }
                init(_ a: Int = { 2 }()) where Bool == Bool {
                    self.init()
                }
                func short<T>(_ a: (T) -> Void) throws -> [T] { [] }
                func long() {
                    if true {
                        // }
                    }
                }
            }
            protocol P { func required(); var needed: Int { get } }
            """
        let found = Sizes.functions(in: SwiftText(source)).filter { $0.name != "needed" }
        #expect(
            found == [
                .init(name: "computed", line: 3, lines: 3), .init(name: "init", line: 6, lines: 3),
                .init(name: "short", line: 9, lines: 1), .init(name: "long", line: 10, lines: 5),
            ])
    }

    @Test func `a function over the limit is found, one at the limit is not`() {
        let limit = Sizes.functionLines
        #expect(Sizes.functionViolations(in: file("func a() {\n\(body(lines: limit - 2))}\n")).isEmpty)
        #expect(Sizes.functionViolations(in: file("func a() {\n\(body(lines: limit - 1))}\n")).map(\.line) == [1])
    }

    @Test func `a requirement does not borrow the next body`() {
        let source = "protocol P {\n    func a()\n}\nstruct S {\n\(body(lines: 100))}\n"
        #expect(Sizes.functions(in: SwiftText(source)).isEmpty)
    }

    @Test func `files and lines over the limit are found`() {
        #expect(Sizes.fileViolations(in: file(body(lines: Sizes.fileLines))).isEmpty)
        #expect(Sizes.fileViolations(in: file(body(lines: Sizes.fileLines + 1))).count == 1)
        let line = String(repeating: "县", count: Sizes.lineCharacters)
        #expect(Sizes.lineViolations(in: file("\(line)\n")).isEmpty)
        #expect(Sizes.lineViolations(in: file("\n\(line)县\n")).map(\.line) == [2])
    }

    // MARK: Words

    @Test func `a banned word is found as a word`() {
        let source = "let a = try! b()\nlet asynchronous = \"async\"\n// async\nfunc c() async {}\nlet d = asyncSequence\n"
        #expect(Words.violations(in: file(source)).map(\.line) == [1, 4])
    }

    @Test func `the daemon may wait and read the clock, the core may not`() {
        let source = "try? await Task.sleep(for: pause)\nlet now = Date()\n"
        #expect(Words.violations(in: file(source, "Sources/NodeDaemon/Node.swift")).isEmpty)
        #expect(Words.violations(in: file(source)).map(\.line) == [1, 1, 2])
        #expect(Words.violations(in: file("let a = try? b()", "Sources/NodeDaemon/Node.swift")).count == 1)
    }

    @Test func `a name that says nothing is found`() {
        #expect(Words.nameViolations(in: file("enum DateUtils {}\nstruct Manager2 {}\n")).map(\.line) == [1])
        #expect(Words.nameViolations(in: file("extension FileManager {}")).isEmpty)
        #expect(Words.nameViolations(in: file("", "Sources/NodeCore/Store+Helpers.swift")).count == 1)
    }

    @Test func `SQL is told from a sentence`() {
        #expect(Words.sqlStatement(in: "\n  UPDATE record\n  SET status = ?") == "UPDATE ... SET")
        #expect(Words.sqlStatement(in: "INSERT  INTO entry VALUES (?)") == "INSERT INTO")
        #expect(Words.sqlStatement(in: "select a file, then update the SETTINGS") == nil)
        #expect(Words.sqlViolations(in: file("let a = \"SELECT 1\"\n// SELECT\n")).map(\.line) == [1])
        #expect(Words.sqlViolations(in: file("let a = \"SELECT 1\"", "Sources/NodeCore/Store/A.swift")).isEmpty)
    }

    @Test func `notes and machine paths are found in any text`() {
        #expect(Words.noteViolations(in: file("a\n// \(Words.notes[0]) later\n", "docs/a.md")).map(\.line) == [2])
        #expect(Words.noteViolations(in: file("\(Words.notes[0])S", "docs/a.md")).isEmpty)
        #expect(Words.pathViolations(in: file("see \(Words.machinePaths[0])x", "docs/a.md")).count == 1)
    }

    // MARK: Documents

    @Test func `a dead link is found`() {
        let text =
            "[a](b.md#top) [w](https://example.org) ![i](../i.png)\n`[c](d.md)`\n```\n[e](f.md)\n```\n[g](#here)\n[h]: j.md\n"
        let document = file(text, "docs/a.md")
        #expect(Documents.linkViolations(in: document) { _ in true }.isEmpty)
        let dead = Documents.linkViolations(in: document) { $0 == "i.png" }
        #expect(dead.map(\.line) == [1, 7])
        #expect(dead.first?.message == "b.md leads to no file (docs/b.md)")
        #expect(Documents.linkViolations(in: file("[a](../b.md)", "README.md")) { _ in true }.count == 1)
    }

    @Test func `a gap between decisions is found`() {
        #expect(Documents.decisionViolations(names: ["001-a.md", "002-b-c.md"]).isEmpty)
        #expect(Documents.decisionViolations(names: ["001-a.md", "003-b.md"]).count == 1)
        #expect(Documents.decisionViolations(names: ["001-a.md", "001-b.md"]).count == 1)
        #expect(Documents.decisionViolations(names: ["001-a.md", "notes.md"]).count == 1)
    }

    @Test func `a module without contents or with a neighbour is found`() {
        #expect(Documents.shapeViolations(folder: "Aid", names: ["Aid.swift"]).isEmpty)
        #expect(Documents.shapeViolations(folder: "Aid", names: ["Aid+Records.swift"]).count == 1)
        #expect(Documents.shapeViolations(folder: "Shape", names: []).isEmpty)
        let source = file("let a = Jobs.module\nlet b = Aid.module\n", "Sources/BusinessModules/Aid/Aid.swift")
        #expect(Documents.neighbourViolations(in: source, modules: ["Aid", "Jobs"]).map(\.line) == [1])
    }
}
