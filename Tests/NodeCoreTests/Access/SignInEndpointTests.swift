import Foundation
import SyncProtocol
import Testing

@testable import NodeCore

/// The whole way of a person through the API, as a program or a page goes it.
@Suite struct SignInEndpointTests {
    private static let api = API(SignInEndpoints.all + AccountEndpoints.all + AuditEndpoints.all)

    private struct Opened: Decodable {
        let session, csrf: String
        let duty: String?
        let recovery: [String]?
    }

    private struct Caller {
        var people: People
        let engine: SyncEngine

        init() throws {
            people = try People()
            engine = try Fixtures.national().engine
        }

        func call(
            _ method: String, _ path: String, _ body: [String: String] = [:], secret: String? = nil, owner: Bool = false
        ) throws -> Reply {
            let bytes = body.isEmpty ? [] : [UInt8](try JSONEncoder().encode(body))
            let session = try secret.flatMap { secret in
                try people.store.read { try Sessions.find(secret, source: "10.0.0.1", at: people.now, in: $0) }
            }
            var request = API.Request(method, path, body: bytes, session: session, source: "10.0.0.1")
            if owner { request.principal = People.owner }
            let host = HostFacts(address: "", tlsCertificate: "", version: "", files: [])
            return try api.answer(
                request, engine: engine, charter: Fixtures.charter, host: host, store: people.store, moment: people.moment()
            ).0
        }

        func opened(_ method: String, _ path: String, _ body: [String: String], secret: String? = nil) throws -> Opened {
            let reply = try call(method, path, body, secret: secret)
            return try JSONDecoder().decode(Opened.self, from: Data(reply.json))
        }
    }

    @Test func `from the invitation to the first work and out again`() throws {
        struct Link: Decodable { let path: String }
        struct Offer: Decodable { let link, secret: String }
        var caller = try Caller()
        let invited = try caller.call("POST", "accounts", ["login": "zhang", "name": "张三"], owner: true)
        let token = String(try JSONDecoder().decode(Link.self, from: Data(invited.json)).path.dropFirst("/welcome/".count))
        #expect(try caller.call("POST", "accounts/zhang/grants", ["role": "sysadmin"], owner: true).status == 201)
        #expect(try caller.call("POST", "welcome/lookups", ["token": token]).status == 200)
        #expect(try caller.call("POST", "welcome", ["token": token, "password": "short"]).status == 422)
        let first = try caller.opened("POST", "welcome", ["token": token, "password": People.password])
        #expect(first.duty == "factor")
        #expect(try caller.call("POST", "welcome/lookups", ["token": token]).status == 403)
        // With a duty nothing else goes.
        #expect(try caller.call("GET", "accounts", secret: first.session).status == 401)
        #expect(try caller.call("GET", "own", secret: first.session).status == 200)
        let reply = try caller.call("POST", "own/factor", secret: first.session)
        let offer = try JSONDecoder().decode(Offer.self, from: Data(reply.json))
        #expect(offer.link.hasPrefix("otpauth://totp/Bangfu:zhang?secret=\(offer.secret)&"))
        #expect(try caller.call("POST", "own/factor/confirmations", ["code": "000000"], secret: first.session).status == 422)
        let code = try caller.people.currentCode(AccountID(1), isOffer: true)
        let second = try caller.opened("POST", "own/factor/confirmations", ["code": code], secret: first.session)
        #expect(second.duty == nil && second.recovery?.count == 10 && second.csrf != first.csrf)
        #expect(try caller.call("GET", "accounts", secret: second.session).status == 200)
        #expect(try caller.call("GET", "audit", secret: second.session).status == 403)
        #expect(try caller.call("DELETE", "sign-in", secret: second.session).status == 200)
        #expect(try caller.call("GET", "accounts", secret: second.session).status == 401)

        caller.people.now += 60_000
        #expect(try caller.call("POST", "sign-in", ["login": "zhang", "password": "wrong password"]).status == 401)
        let half = try caller.opened("POST", "sign-in", ["login": "ZHANG", "password": People.password])
        #expect(half.duty == "code")
        // Half a sign-in sets no second factor of its own.
        #expect(try caller.call("POST", "own/factor", secret: half.session).status == 401)
        let next = try caller.people.currentCode(AccountID(1))
        let whole = try caller.opened("POST", "sign-in/code", ["code": next], secret: half.session)
        #expect(whole.duty == nil)
        let list = try caller.call("GET", "own/sessions", secret: whole.session)
        #expect(list.status == 200 && String(decoding: list.json, as: UTF8.self).contains("10.0.0.1"))
    }

    @Test func `a failure is counted though it is answered, and nobody's session opens what needs one`() throws {
        let caller = try Caller()
        for _ in 0..<30 {
            #expect(try caller.call("POST", "sign-in", ["login": "nobody", "password": "wrong"]).status == 401)
            if try caller.people.store.read({ try $0.sessions.failures("10.0.0.1", since: 0) }) >= 3 { break }
        }
        #expect(try caller.people.store.read { try $0.sessions.failures("10.0.0.1", since: 0) } == 3)
        for secret in ["", "zz", String(repeating: "a", count: 64)] {
            #expect(try caller.call("GET", "own", secret: secret).status == 401)
        }
    }
}
