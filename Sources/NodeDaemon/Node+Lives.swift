internal import BusinessModules
internal import Foundation
internal import Logging
internal import NodeCore
internal import NodeFiles
internal import SyncProtocol

/// Who the node is to its neighbours: hellos, keys, lives.
extension Node {
    // MARK: Hellos

    /// Answers a child's hello: what it says of the logs counts, and the answer is its next place in the thread.
    /// `challenge`: the number of the one it answers. A child that asked again since is not the one that is late: a hello
    /// that was held up on its way must not look like that of a copy.
    func greet(_ question: Hello, _ challenge: UInt64, exchangeKey: [UInt8]) throws -> Hello {
        guard let engine else { throw NodeError(.notEnrolled, "本节点尚未入网", "this node is not enrolled yet") }
        // Made here: a new life may have begun since the hello came in, and its thread is another.
        guard let link = Link(engine, peer: question.node), !link.isToParent else {
            throw ProtocolError(.notEntitled, "the node is not directly below this one")
        }
        guard challenge > answered[question.node] ?? 0 else {
            throw ProtocolError(.notEntitled, "a later hello of this node was answered")
        }
        answered[question.node] = challenge
        do {
            let (effects, answer) = try commit { tx in
                try tx.withSnapshot { try link.follow(question, in: $0) }
                // The child may hold more than its last receipt said: what waits for that is sealed now.
                let effects = try engine.handle(.met(question.node, question.incarnation, question.positions), in: tx)
                let answer = try Hello(
                    node: engine.identity.node, incarnation: engine.identity.incarnation, peer: question.node,
                    nonce: question.nonce, exchangeKey: exchangeKey,
                    positions: try tx.withSnapshot {
                        try link.positions(peerIncarnation: question.incarnation, in: $0)
                    },
                    trustDigest: link.trustDigest, answering: question, federation: engine.identity.federation,
                    key: engine.identity.key)
                try link.answered(question, with: answer, in: tx)
                return (effects, answer)
            }
            Failpoint.helloAnswered.reach()
            try perform(effects)
            return answer
        } catch let copied as Link.Copied {
            try stop(link, question.incarnation, copied.refusal, evidence: question.message.encoded)
            throw copied
        } catch let error as ProtocolError where error.code == .recoverFirst {
            // Only this link stands still: what a child says of itself proves nothing about this node.
            try stop(link, question.incarnation, error, evidence: question.message.encoded)
            throw error
        }
    }

    /// `evidence`: the signed hello, where there is one: people look at what it claims before the link goes on.
    func stop(_ link: Link, _ life: Incarnation, _ error: ProtocolError, evidence: [UInt8]? = nil) throws {
        try commit { try link.freeze(life, error, in: $0) }
        try refuse(error, from: link.peer.node, subject: "hello of life \(life)", forked: nil, evidence: evidence)
    }

    /// Both ends of a link have given back what the other lacked. Said under a life that ended meanwhile it means nothing:
    /// what has to be given back to the new one is another matter.
    func settle(_ peer: NodeID, under life: Incarnation) throws {
        guard engine?.identity.incarnation == life else {
            throw ProtocolError(.notEntitled, "the session is of a life that ended: greet anew")
        }
        try handle(.settled(peer))
    }

    /// This node's question to its parent: noted before it leaves.
    func ask(_ link: Link, nonce: [UInt8], exchangeKey: [UInt8]) throws -> Hello {
        guard engine?.identity.incarnation == link.identity.incarnation else {
            throw ProtocolError(.notEntitled, "a new life began: the one that ended asks nothing more")
        }
        let question = try commit { tx in
            let question = try tx.withSnapshot { snapshot in
                try Hello(
                    node: link.identity.node, incarnation: link.identity.incarnation, peer: link.peer.node, nonce: nonce,
                    exchangeKey: exchangeKey, positions: try link.positions(peerIncarnation: nil, in: snapshot),
                    trustDigest: link.trustDigest, thread: try link.thread(in: snapshot), answering: nil,
                    federation: link.identity.federation, key: link.identity.key)
            }
            try link.asked(question, in: tx)
            return question
        }
        Failpoint.helloAsked.reach()
        return question
    }

    func accept(_ answer: Hello, _ link: Link) throws {
        try commit { try link.accepted(answer, in: $0) }
    }

    /// A sealed request came under the last answer.
    func used(_ session: Sessions.Session) throws {
        guard let engine, let link = Link(engine, peer: session.peer) else { return }
        try commit { try link.used(session.answer, session.incarnation, in: $0) }
    }

    /// Reads go on, nothing is written any more, until a person runs `nodectl recover`. `life`: of which it was said; what
    /// was said of one that ended meanwhile does not count.
    func standStill(_ zh: String, _ en: String, life: Incarnation) throws {
        guard engine?.identity.incarnation == life else { return }
        try commit { try Standstill.set(Label(zh, en), in: $0) }
        Failpoint.standstillSet.reach()
        try reload()
        metrics.add("bangfu_standstills_total")
        logger.error("this node stands still until nodectl recover", metadata: ["reason": "\(en)"])
    }

    func request(for invitation: Invitation) throws -> EnrolmentRequest {
        let place = try store.read { try NodeSetup.place(in: $0) }
        guard let place, place.seat == invitation.seat else {
            throw NodeError(.invalid, "邀请是给 \(invitation.seat) 的", "the invitation is for seat \(invitation.seat)")
        }
        if engine != nil {
            guard invitation.node == place.node else {
                throw NodeError(.conflict, "本节点已经入网", "this node is enrolled already")
            }
            return try EnrolmentRequest(invitation, node: place.node, key: try nextKey())
        }
        return try EnrolmentRequest(invitation, node: invitation.node ?? place.node, key: key)
    }

    func complete(_ invitation: Invitation, _ statements: [TrustStatement]) throws {
        guard let place = try store.read({ try NodeSetup.place(in: $0) }) else {
            throw NodeError(.notFound, "此处还没有节点", "there is no node here")
        }
        let isAgain = engine != nil || invitation.node != nil
        let new = engine == nil ? key : try nextKey()
        try commit { tx in
            try Enrolment.complete(
                invitation, statements, node: invitation.node ?? place.node, key: new, again: engine, in: tx)
            // Until the new life below has begun: a crash in between must not leave one that goes on under the old.
            if isAgain { try Standstill.set(Label("重新入网未完成", "enrolment was cut short"), in: tx) }
            Failpoint.joinInTransaction.reach()
        }
        Failpoint.joinCommitted.reach()
        if engine != nil { try promote(new) }
        try reload()
        // Noted while the tables are empty: the next start would fill them all again.
        try followDeclarations()
        // Its name has been at work before: it says nothing under the old life.
        if isAgain { _ = try recover(by: Principal("enrolment")) }
        logger.info("enrolled", metadata: ["seat": "\(place.seat)"])
    }

    // MARK: Keys

    /// The key that is to be this node's next.
    func nextKey() throws -> SigningKey {
        guard let keys else { throw NodeError(.badConfiguration, "没有密钥存放处", "there is nowhere to keep a key") }
        let next = try keys.next(key.suite, entropy: Node.moment().entropy)
        Failpoint.nextKeyWritten.reach()
        return next
    }

    func promote(_ new: SigningKey) throws {
        Failpoint.keyPromoting.reach()
        try keys?.promote()
        Failpoint.keyPromoted.reach()
        key = new
    }

    /// The next key is the current one as soon as it is certified, however that became known here. Where the present one was
    /// taken away that is no rotation: the enrolment is completed by the one who asked for it, and begins a new life.
    func finishRotation() throws {
        guard let engine, let waiting = try keys?.waiting(),
            engine.trust.certificate(of: engine.identity.node)?.key == waiting.publicKey,
            engine.standstill != nil || engine.trust.revocation(of: engine.identity.key.publicKey.id) == nil
        else { return }
        try promote(waiting)
        try reload()
        logger.notice("the key was changed", metadata: ["key": "\(waiting.publicKey.id)"])
    }

    /// For how long this node has signed with its present key, in milliseconds; nil before it is enrolled.
    func keyAge() throws -> Int64? {
        guard let engine else { return nil }
        let moment = Node.moment()
        let since = try commit { try Upkeep.keySince(engine.identity.key.publicKey.id, in: $0) }
        return max(0, moment.milliseconds - since)
    }

    /// This node's wish for a new key, by both.
    func rotation() throws -> Rotation {
        guard let engine else { throw NodeError(.notEnrolled, "本节点尚未入网", "this node is not enrolled yet") }
        return try Rotation(
            node: engine.identity.node, present: key, new: try nextKey(), federation: engine.identity.federation)
    }

    // MARK: The national node's key

    /// The statements that this node asks the root to sign for its next key.
    func rootRequest(theft: String?, by principal: Principal) throws -> RootRequest {
        guard let engine else { throw NodeError(.notEnrolled, "本节点尚未入网", "this node is not enrolled yet") }
        let next = try nextKey()
        return try commit {
            try RootRequest(engine, key: next, theft: theft, by: principal, in: $0)
        }
    }

    /// Puts the new key to use that the root has certified; returns its name. After a theft a new life begins.
    func admit(_ statements: [TrustStatement], by principal: Principal) throws -> KeyID {
        guard let waiting = try keys?.waiting() else {
            throw NodeError(.notFound, "没有等待根密钥签发的新密钥", "no new key waits for the root: nodectl root request first")
        }
        let renewed = try store.read {
            try NodeSetup.engine(charter: Catalog.charter, key: waiting, isLineSlow: isLineSlow, in: $0)
        }
        guard let renewed else { throw NodeError(.notEnrolled, "本节点尚未入网", "this node is not enrolled yet") }
        let effects: [Effect]
        do {
            effects = try commit { try RootRequest.admit(statements, renewed, by: principal, in: $0) }
        } catch let error as ProtocolError {
            throw NodeError(.invalid, "根的答复无效：\(error.reason)", "the root's answer is not valid: \(error.reason)")
        }
        try promote(waiting)
        try reload()
        try perform(effects)
        if statements.count > 1 { _ = try recover(by: principal) }
        logger.notice("the root certified a new key", metadata: ["key": "\(waiting.publicKey.id)"])
        return waiting.publicKey.id
    }

    // MARK: Upgrades

    /// What this program knows of record kinds and the one before did not: tables show it, and what waited goes on.
    func followDeclarations() throws {
        guard let engine, try store.read({ try Reprojection.isDue(engine, in: $0) }) else { return }
        let (records, effects) = try commit { try Reprojection.run(engine, in: $0) }
        try perform(effects)
        if records > 0 { logger.notice("the declarations changed", metadata: ["records": "\(records)"]) }
    }

    // MARK: Backups

    /// Writes a backup into a folder and restores it once beside it. The node works on meanwhile.
    nonisolated func backUp(into target: String) async throws -> Backup.Made {
        guard let engine, let folder else { throw NodeError(.notEnrolled, "本节点尚未入网", "this node is not enrolled yet") }
        try pressure.checkRoom(forCopiesOf: folder.storeBytes)
        let made = try await Offload.run { [store] in
            try Backup.make(of: folder, store, engine.identity, into: target, at: Node.moment())
        }
        try await note(backup: made.manifest.milliseconds)
        metrics.add("bangfu_backups_total")
        logger.info("backup made and restored once", metadata: ["path": "\(made.path)", "bytes": "\(made.bytes)"])
        return made
    }

    private func note(backup milliseconds: Int64) throws {
        try commit { try Upkeep.noteBackup(at: milliseconds, in: $0) }
    }

    // MARK: Recovery

    /// Compares the database with the token of its life: a copy of it, or one from a backup, is not the same file.
    func checkToken() throws {
        guard let folder, let engine, engine.standstill == nil else { return }
        guard let problem = try LifeToken.problem(folder, engine.identity.incarnation) else { return }
        try standStill(problem.zh, problem.en, life: engine.identity.incarnation)
    }

    /// Begins a new life of this database: a person has made sure that no other copy of the node will go on.
    func recover(by principal: Principal) throws -> NewLife.Beginning {
        guard let engine else { throw NodeError(.notEnrolled, "本节点尚未入网", "this node is not enrolled yet") }
        guard let incarnation = Incarnation(Node.moment().entropy(Incarnation.size)) else {
            throw NodeError(.storeBroken, "随机数不足", "the source of randomness gave too little")
        }
        // On the disk before the life begins: a crash between the two leaves a node that stands still, never one too many.
        try folder.map { try LifeToken.write($0, incarnation) }
        Failpoint.tokenWritten.reach()
        let beginning = try commit { try NewLife.begin(incarnation, engine, by: principal, in: $0) }
        Failpoint.lifeCommitted.reach()
        try reload()
        wakeAll()
        logger.notice("a new life begins", metadata: ["life": "\(incarnation)"])
        return beginning
    }
}
