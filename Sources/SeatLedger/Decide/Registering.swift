// Schools, grants and tokens: kept beside the journal, in the audit list.

extension TenantLedger {
  mutating func register(_ registration: Registration, _ work: inout Work) throws(Stop) -> Fields {
    let answer = try answer(to: registration)
    switch registration {
    case .school(let code, _): registry.schools.insert(code)
    case .grant(let grant): registry.grants.insert(grant)
    case .ungrant(let grant): registry.grants.remove(grant)
    case .issue(let token): registry.tokens[token.name] = false
    case .revoke(let name): registry.tokens[name] = true
    }
    work.audits.append(
      Audit(
        registration: registration, recorded: work.now, principal: work.caller.principal, actor: work.actor,
        request: work.request.lines[work.line].canonical, kept: nil))
    return answer
  }

  private func answer(to registration: Registration) throws(Stop) -> Fields {
    var answer = Fields()
    switch registration {
    case .school(let code, let name):
      guard !registry.schools.contains(code) else { throw .refusal(.exists("school \(code)")) }
      answer.add(.school, code)
      answer.add(.name, name)
    case .grant(let grant):
      if let school = grant.school { try requireSchool(school) }
      guard !registry.grants.contains(grant) else { throw .refusal(.exists("this grant")) }
      answer.add(grant)
    case .ungrant(let grant):
      guard registry.grants.contains(grant) else {
        throw .refusal(Refusal(.noEntry, nil, "no such grant; grant.list shows the grants"))
      }
      answer.add(grant)
    case .issue(let token):
      guard registry.tokens[token.name] == nil else { throw .refusal(.exists("token \(token.name)")) }
      answer.add(.name, token.name)
      answer.add(.principal, "token:\(token.name)")
    case .revoke(let name):
      guard registry.tokens[name] == false else {
        throw .refusal(Refusal(.noToken, nil, "no token \(name) that is still good; token.list shows the tokens"))
      }
      answer.add(.name, name)
    }
    return answer
  }
}

extension Refusal {
  package static func exists(_ what: String) -> Self {
    Refusal(.exists, .sameRequestTwice, "\(what) exists already; nothing was changed")
  }
}

extension Fields {
  package mutating func add(_ grant: Grant) {
    add(.principal, grant.principal)
    add(.role, grant.role.rawValue)
    if let school = grant.school { add(.school, school) }
  }
}
