internal import NodeCore

/// Setting up the second factor: a secret for the app, the first code of it, and codes for paper.
struct FactorPages: Sendable {
    let frame: Frame

    static func codeField(_ visit: Visit) -> FieldView {
        var code = FieldView("code", visit.say("验证码", "Code"))
        code.isRequired = true
        code.maximum = 40
        code.autocomplete = "one-time-code"
        code.isCode = true
        return code
    }

    /// Each look makes a new secret; the one in use goes on until a code of the new one was shown.
    func offer(_ visit: Visit, _ tx: borrowing Transaction) throws -> (WebReply, [Effect]) {
        guard let session = visit.visitor?.session, session.duty != .code else { return (.see("/sign-in"), []) }
        return (try page(visit, try SecondFactor.begin(session, in: tx), nil), [])
    }

    private func page(_ visit: Visit, _ offer: SecondFactor.Offer, _ error: NodeError?) throws -> WebReply {
        let title = visit.say("设置二次认证", "Set up the second factor")
        var context = frame.bare(visit, title: title)
        context["heading"] = title
        context["lead"] = visit.say("工作人员登录须用口令和手机验证码。", "Staff sign in with a password and a code from the telephone.")
        context["action"] = "/sign-in/factor"
        context["steps"] = [
            "app": visit.say(
                "在手机上打开验证器（如 Microsoft Authenticator、FreeOTP）。", "Open an authenticator app on your telephone."),
            "scan": visit.say("扫描二维码，或手工输入下面的密钥：", "Scan the code, or type this key:"),
            "enter": visit.say("输入验证器显示的六位数字：", "Type the six digits that it shows:"),
        ]
        context["secret"] = stride(from: 0, to: offer.secret.count, by: 4)
            .map { String(offer.secret.dropFirst($0).prefix(4)) }.joined(separator: " ")
        context["address"] = offer.link
        // Four modules of quiet on each side, which the path counts in.
        context["qr"] = QRCode(offer.link).map { ["size": "\($0.size + 8)", "path": $0.path] }
        context["fields"] = [FactorPages.codeField(visit).context]
        context["button"] = visit.say("启用", "Turn on")
        context["errors"] = error.map { SignInPages.errors($0, visit) }
        return try frame.page("second-factor", context, status: error?.code.status ?? 200)
    }

    func confirm(_ visit: Visit, _ tx: borrowing Transaction) throws -> (WebReply, [Effect]) {
        guard let session = visit.visitor?.session, session.duty != .code else { return (.see("/sign-in"), []) }
        do {
            let (codes, opened) = try SecondFactor.confirm(session, code: try visit.form().filled("code") ?? "", in: tx)
            return (try recovery(visit, codes, csrf: opened.session.csrf).opening(opened), [])
        } catch let error as NodeError where error.code == .invalid {
            guard let offer = try SecondFactor.offered(session, in: tx) else { throw error }
            return (try page(visit, offer, error), [])
        }
    }

    /// Shown once, to be printed or written down.
    func recovery(_ visit: Visit, _ codes: [String], csrf: String) throws -> WebReply {
        let title = visit.say("备用码", "Codes for paper")
        var context = frame.bare(visit, title: title)
        context["heading"] = title
        context["text"] = visit.say(
            "手机遗失时，每个备用码可代替验证码用一次。只显示这一次，请打印或抄下，妥善保管。",
            "When the telephone is lost each of these stands in once. They are shown only now: print and keep them."
        )
        context["codes"] = codes
        context["action"] = "/sign-in/done"
        // The pages of the session before are void with it.
        context["csrf"] = csrf
        context["button"] = visit.say("已保存，继续", "Kept, go on")
        context["print"] = visit.say("打印", "Print")
        return try frame.page("recovery-codes", context)
    }
}
