import Foundation
import NodeCore
import Testing

/// The n-th call to the disk fails, for every n: what was committed is there, what was not is not, and the node says what is
/// wrong.
@Suite struct FailingDiskTests {
    private struct Run {
        let disk: FailingDisk
        let stage: DiskScene.Stage
        let before: String
        let after: String

        init(_ act: DiskScene.Act) throws {
            disk = try FailingDisk("fail-\(act.rawValue)")
            guard let stage = try DiskScene.shared.get().stages[act] else { throw NodeError(.notFound, "没有", "no stage") }
            self.stage = stage
            let path = disk.path + "/reference.db"
            try FileManager.default.copyItem(atPath: stage.file, toPath: path)
            let store = try Store(path: path, charter: DiskScene.charter, key: .known)
            before = try DiskScene.state(store)
            try Run.perform(stage, store)
            after = try DiskScene.state(store)
            try store.close()
        }

        static func perform(_ stage: DiskScene.Stage, _ store: Store) throws {
            let engine = try DiskScene.engine(stage, store)
            let event = try stage.event(engine)
            _ = try store.write(DiskScene.moment) { try engine.handle(event, in: $0) }
        }

        /// One run with a failing call; whether it was reached.
        func fail(_ fault: FailingDisk.Fault, at count: Int64) throws -> Bool {
            let path = disk.path + "/store.db"
            for suffix in ["", "-wal", "-shm"] where FileManager.default.fileExists(atPath: path + suffix) {
                try FileManager.default.removeItem(atPath: path + suffix)
            }
            try FileManager.default.copyItem(atPath: stage.file, toPath: path)
            let store = try Store(path: path, charter: DiskScene.charter, key: .known)
            disk.arm(fault, at: count)
            let refusal = outcome { try Run.perform(stage, store) }
            let isReached = disk.failures > 0
            disk.disarm()
            let name = "\(fault) at call \(count)"
            try check(store, refusal, name)
            try store.close()
            let again = try Store(path: path, charter: DiskScene.charter, key: .known)
            let state = try DiskScene.state(again)
            // A commit whose sync failed may be found whole in the log; nobody was told that it was there.
            #expect(state == before || state == after, "\(name): the state is between the two")
            if refusal == nil { #expect(state == after, "\(name): what was acknowledged is lost") }
            #expect(try again.integrity() == ["ok"], "\(name)")
            try again.close()
            return isReached
        }

        private func outcome(_ body: () throws -> Void) -> (any Error)? {
            do {
                try body()
                return nil
            } catch { return error }
        }

        /// What the node says, and what it does before it is started again.
        private func check(_ store: Store, _ refusal: (any Error)?, _ name: String) throws {
            guard let refusal else {
                #expect(store.failure == nil, "\(name)")
                return
            }
            guard let refusal = refusal as? NodeError else {
                Issue.record("\(name): \(refusal)")
                return
            }
            switch refusal.code {
            case .diskFull:
                // There is room again: it goes on, without a start.
                #expect(store.failure == nil && refusal.code.status == 507, "\(name)")
                #expect(try DiskScene.state(store) == before, "\(name)")
                try Run.perform(stage, store)
                #expect(try DiskScene.state(store) == after, "\(name)")
            case .diskFailed:
                #expect(refusal.code.status == 503, "\(name)")
                // A failed read alone puts nothing in doubt; after all else nothing is written any more.
                guard store.failure != nil else {
                    #expect(name.contains("read"), "\(name)")
                    return
                }
                #expect(throws: NodeError(.diskFailed, "", "")) { try Run.perform(stage, store) }
                #expect(try DiskScene.state(store) == before, "\(name): reading goes on")
            default: Issue.record("\(name): \(refusal)")
            }
        }
    }

    @Test(arguments: DiskScene.Act.allCases) func `whichever call fails, an act happens wholly or not at all`(
        act: DiskScene.Act
    ) throws {
        let run = try Run(act)
        #expect(run.before != run.after)
        for fault in FailingDisk.faults {
            var count: Int64 = 1
            while try run.fail(fault, at: count), count < 5_000 { count += 1 }
            print("\(act): \(fault) at each of \(count - 1) calls")
            #expect(count > 1, "\(fault)")
        }
    }

    @Test func `after a failed sync nothing is written until the store is opened anew`() throws {
        let run = try Run(.report)
        let sync = try #require(FailingDisk.faults.first { $0.description == "an error of a sync" })
        let path = run.disk.path + "/sync.db"
        try FileManager.default.copyItem(atPath: run.stage.file, toPath: path)
        let store = try Store(path: path, charter: DiskScene.charter, key: .known)
        run.disk.arm(sync, at: 1)
        #expect(throws: NodeError(.diskFailed, "", "")) { try Run.perform(run.stage, store) }
        run.disk.disarm()
        // The next sync would succeed, and mean nothing.
        #expect(throws: NodeError(.diskFailed, "", "")) { try Run.perform(run.stage, store) }
        #expect(try #require(store.failure).message.en.contains("start the node again"))
        try store.close()
        let again = try Store(path: path, charter: DiskScene.charter, key: .known)
        #expect(again.failure == nil)
        if try DiskScene.state(again) == run.before { try Run.perform(run.stage, again) }
        #expect(try DiskScene.state(again) == run.after)
        try again.close()
    }
}
