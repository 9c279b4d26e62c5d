import Foundation
import NodeCore
import Testing

@testable import NodeFiles

@Suite struct TopologyFileTests {
    /// A small tree; `change` spoils one seat.
    private func tree(_ change: (inout [[String: Any]]) -> Void = { _ in }) throws -> NodeTree {
        var seats: [[String: Any]] = [
            seat("000000", "national", nil, 1, []), seat("370000", "province", "000000", 2, []),
            seat("370200", "city", "370000", 3, ["370000"]), seat("370285", "county", "370200", 4, ["370200", "370000"]),
        ]
        change(&seats)
        return try TopologyFile.tree(json: [UInt8](try JSONSerialization.data(withJSONObject: ["seats": seats])))
    }

    private func seat(_ code: String, _ level: String, _ parent: String?, _ port: Int, _ chain: [String]) -> [String: Any] {
        var seat: [String: Any] = [
            "code": code, "name": "总工会", "level": level, "address": "127.0.0.1:\(7000 + port)", "reviewChain": chain,
        ]
        if let parent { seat["parent"] = parent }
        return seat
    }

    private func problems(_ change: (inout [[String: Any]]) -> Void) -> [String] {
        do {
            _ = try tree(change)
            return []
        } catch let error as NodeError {
            #expect(error.code == .badConfiguration)
            #expect(error.message.zh.split(separator: "\n").count == error.message.en.split(separator: "\n").count)
            return error.message.en.split(separator: "\n").dropFirst().map(String.init)
        } catch {
            return ["\(error)"]
        }
    }

    @Test func `the example is right`() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let tree = try TopologyFile.read(root.appendingPathComponent("topology.example.json").path)
        #expect(tree.seats.map(\.code) == ["000000", "370000", "370200", "370285", "370211"])
        #expect(tree.path(from: "370211").map(\.code) == ["370211", "370200", "370000", "000000"])
        #expect(tree.seat("370285")?.reviewChain == ["370200", "370000"])
    }

    @Test func `a small tree is right`() throws {
        #expect(try tree().seats.count == 4)
    }

    @Test func `each rule has its sentence`() {
        #expect(problems { $0[3]["code"] = "37028" }.contains("37028: a code has six digits"))
        #expect(problems { $0[3]["code"] = "990101" }.contains("990101: the division table has no such code"))
        #expect(problems { $0[3]["code"] = "370200" }.contains("370200: the code stands twice"))
        #expect(problems { $0[3]["level"] = "village" }.first?.contains("level village") == true)
        #expect(problems { $0[3]["level"] = "city" } == ["370285: the level must be below that of the parent 370200"])
        #expect(problems { $0[3]["parent"] = "370300" }.contains("370285: the topology has no parent 370300"))
        #expect(problems { $0[3]["parent"] = nil }.contains("370285: the parent is missing"))
        #expect(problems { $0[0]["parent"] = "370000" }.contains("000000: the national seat has no parent"))
        #expect(problems { $0[3]["address"] = "127.0.0.1" } == ["370285: the address 127.0.0.1 is not host:port"])
        #expect(problems { $0[3]["address"] = "127.0.0.1:7003" } == ["370285: another seat has the address 127.0.0.1:7003"])
        #expect(problems { $0[3]["reviewchain"] = [] as [String] } == ["370285: unknown key reviewchain"])
        #expect(problems { $0[3]["name"] = " " } == ["370285: a name has 1 to 100 characters"])
        #expect(problems { $0.removeFirst() }.first == "there must be one national seat and only one, with the code 000000")
    }

    @Test func `reviewers are ancestors, nearest first, and no relays`() {
        #expect(problems { $0[3]["reviewChain"] = ["370211"] } == ["370285: the reviewer 370211 does not stand above it"])
        #expect(
            problems { $0[3]["reviewChain"] = ["370000", "370200"] } == ["370285: the reviewer 370200 is not nearest first"])
        #expect(problems { $0[2]["isRelay"] = true } == ["370285: 370200 only relays and cannot review"])
        #expect(problems { $0[3]["reviewChain"] = ["370000"] }.isEmpty)
    }

    @Test func `a circle of parents is found and ends`() {
        let found = problems {
            $0[1]["parent"] = "370200"
            $0[2]["parent"] = "370000"
        }
        #expect(found.contains("370000: its parents go round in a circle"))
    }

    @Test func `all problems are listed at once`() {
        #expect(
            problems {
                $0[1]["address"] = "nowhere"
                $0[3]["code"] = "x"
            }.count == 2)
    }

    @Test(arguments: ["", "[]", "{}", "{\"seats\": 1}", "{\"seats\": [{}]}"])
    func `what is no topology is refused`(_ text: String) {
        #expect(throws: NodeError(.badConfiguration, "", "")) { try TopologyFile.tree(json: Array(text.utf8)) }
    }

    @Test(arguments: [
        ("127.0.0.1:7000", "127.0.0.1"), ("node.example.cn:1", "node.example.cn"), ("[::1]:65535", "::1"), ("a:1", "a"),
    ]) func `an address is host and port`(_ text: String, _ host: String) throws {
        let address = try #require(HostPort(text))
        #expect(address.host == host)
        #expect(address.description == text)
    }

    @Test(arguments: [
        "", ":1", "a", "a:", "a:0", "a:65536", "a:+1", "a b:1", "-a:1", "a..b:1", "1.2.3:1", "1.2.3.256:1", "::1:1", "[a]:1",
    ])
    func `what is no address is refused`(_ text: String) {
        #expect(HostPort(text) == nil)
    }
}
