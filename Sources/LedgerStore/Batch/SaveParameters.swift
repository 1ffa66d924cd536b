internal import Postgres
internal import SeatLedger

// What `Save` writes, column by column.

extension Save {
  var entryParameters: Parameters {
    let count = entries.count
    var tenant = ArrayParameter(.int4, capacity: count)
    var seq = ArrayParameter(.int8, capacity: count)
    var kind = ArrayParameter(.text, capacity: count)
    var fromPool = ArrayParameter(.int8, capacity: count)
    var fromBucket = ArrayParameter(.text, capacity: count)
    var toPool = ArrayParameter(.int8, capacity: count)
    var toBucket = ArrayParameter(.text, capacity: count)
    var seats = ArrayParameter(.int4, capacity: count)
    var cents = ArrayParameter(.int8, capacity: count)
    var attempt = ArrayParameter(.int8, capacity: count)
    var reverses = ArrayParameter(.int8, capacity: count)
    var effective = ArrayParameter(.int8, capacity: count)
    var recorded = ArrayParameter(.int8, capacity: count)
    var principal = ArrayParameter(.text, capacity: count)
    var actor = ArrayParameter(.text, capacity: count)
    var reason = ArrayParameter(.text, capacity: count)
    var detail = ArrayParameter(.text, capacity: count)
    var key = ArrayParameter(.text, capacity: count)
    var request = ArrayParameter(.text, capacity: count)
    var answer = ArrayParameter(.text, capacity: count)
    var hashes = ArrayParameter(.bytea, capacity: count)
    for (id, entry, hash) in entries {
      tenant.append(id)
      seq.append(entry.number.value)
      kind.append(entry.kind.rawValue)
      fromPool.append(entry.from?.pool.value)
      fromBucket.append(entry.from?.bucket.rawValue)
      toPool.append(entry.to?.pool.value)
      toBucket.append(entry.to?.bucket.rawValue)
      seats.append(Int32(clamping: entry.amount.seats))
      cents.append(entry.amount.cents)
      attempt.append(entry.attempt?.value)
      reverses.append(entry.reverses?.value)
      effective.append(entry.effective.microseconds)
      recorded.append(entry.recorded.microseconds)
      principal.append(entry.principal)
      actor.append(entry.actor)
      reason.append(entry.reason)
      detail.append(entry.detailText)
      key.append(entry.kept?.key)
      request.append(entry.kept?.request)
      answer.append(entry.kept?.answer)
      hashes.append(hash.bytes)
    }
    return Parameters([
      tenant, seq, kind, fromPool, fromBucket, toPool, toBucket, seats, cents, attempt, reverses, effective, recorded,
      principal, actor, reason, detail, key, request, answer, hashes,
    ])
  }

  var newPoolParameters: Parameters {
    var names = [ArrayParameter](repeating: ArrayParameter(.text), count: 4)
    var expires = ArrayParameter(.int4)
    for (_, pool) in newPools {
      names[0].append(pool.identity.school.text)
      names[1].append(pool.identity.program.text)
      names[2].append(pool.identity.kind.rawValue)
      names[3].append(pool.identity.fund.text)
      expires.append(pool.identity.expires.day)
    }
    return Parameters(changing(newPools) + names + [expires])
  }

  var changedPoolParameters: Parameters { Parameters(changing(changedPools)) }

  /// The columns that change in a pool's life, behind its key.
  func changing(_ pools: [(Int32, Pool)]) -> [ArrayParameter] {
    var tenant = ArrayParameter(.int4)
    var number = ArrayParameter(.int8)
    var amounts = [ArrayParameter](repeating: ArrayParameter(.int8), count: 2 * PoolColumns.amounts.count)
    var thirdTries = ArrayParameter(.int8)
    var uses = ArrayParameter(.int8)
    var closed = ArrayParameter(.bool)
    for (id, pool) in pools {
      tenant.append(id)
      number.append(pool.number.value)
      for (index, amount) in PoolColumns.values(of: pool.balance).enumerated() {
        amounts[2 * index].append(amount.seats)
        amounts[2 * index + 1].append(amount.cents)
      }
      thirdTries.append(pool.thirdTries)
      uses.append(pool.uses)
      closed.append(pool.isClosed)
    }
    return [tenant, number] + amounts + [thirdTries, uses, closed]
  }

  var newAttemptParameters: Parameters {
    let count = newAttempts.count
    var changing = ChangingColumns(capacity: count)
    var school = ArrayParameter(.text, capacity: count)
    var candidate = ArrayParameter(.text, capacity: count)
    var test = ArrayParameter(.text, capacity: count)
    var program = ArrayParameter(.text, capacity: count)
    var number = ArrayParameter(.int4, capacity: count)
    var reserved = ArrayParameter(.int8, capacity: count)
    var seatOf = ArrayParameter(.int8, capacity: count)
    var pool = ArrayParameter(.int8, capacity: count)
    var approval = ArrayParameter(.int8, capacity: count)
    var thirdTry = ArrayParameter(.bool, capacity: count)
    var seatCents = ArrayParameter(.int8, capacity: count)
    for (id, attempt) in newAttempts {
      changing.append(id, attempt)
      school.append(attempt.facts.school.text)
      candidate.append(attempt.facts.candidate.token)
      test.append(attempt.facts.test.text)
      program.append(attempt.facts.program.text)
      number.append(Int32(attempt.facts.ordinal))
      reserved.append(attempt.reserved.microseconds)
      seatOf.append(attempt.facts.seatOf?.value)
      pool.append(attempt.facts.pool?.value)
      approval.append(attempt.facts.approval?.value)
      thirdTry.append(attempt.facts.isThirdTry)
      seatCents.append(attempt.seat?.cents)
    }
    return Parameters(
      changing.columns + [
        school, candidate, test, program, number, reserved, seatOf, pool, approval, thirdTry, seatCents,
      ])
  }

  var changedAttemptParameters: Parameters {
    var changing = ChangingColumns(capacity: changedAttempts.count)
    for (id, attempt) in changedAttempts { changing.append(id, attempt) }
    return Parameters(changing.columns)
  }

  /// The columns that change in an attempt's life, behind its key.
  struct ChangingColumns {
    private var tenant: ArrayParameter
    private var attempt: ArrayParameter
    private var state: ArrayParameter
    private var appointment: ArrayParameter
    private var wholeDay: ArrayParameter
    private var minutes: ArrayParameter
    private var started: ArrayParameter
    private var completed: ArrayParameter
    private var bucket: ArrayParameter
    private var year: ArrayParameter

    init(capacity: Int) {
      tenant = ArrayParameter(.int4, capacity: capacity)
      attempt = ArrayParameter(.int8, capacity: capacity)
      state = ArrayParameter(.text, capacity: capacity)
      appointment = ArrayParameter(.int8, capacity: capacity)
      wholeDay = ArrayParameter(.bool, capacity: capacity)
      minutes = ArrayParameter(.int4, capacity: capacity)
      started = ArrayParameter(.int8, capacity: capacity)
      completed = ArrayParameter(.int4, capacity: capacity)
      bucket = ArrayParameter(.text, capacity: capacity)
      year = ArrayParameter(.int4, capacity: capacity)
    }

    mutating func append(_ id: Int32, _ attempt: Attempt) {
      tenant.append(id)
      self.attempt.append(attempt.number.value)
      state.append(attempt.state.rawValue)
      appointment.append(attempt.appointment?.begins.microseconds)
      wholeDay.append(attempt.appointment?.isWholeDay ?? false)
      minutes.append(Int32(attempt.minutes))
      started.append(attempt.started?.microseconds)
      completed.append(attempt.completed?.day)
      bucket.append(attempt.seat?.bucket.rawValue)
      year.append(Int32(attempt.year.start))
    }

    var columns: [ArrayParameter] {
      [tenant, attempt, state, appointment, wholeDay, minutes, started, completed, bucket, year]
    }
  }

  var approvalParameters: Parameters {
    var tenant = ArrayParameter(.int4)
    var number = ArrayParameter(.int8)
    var texts = [ArrayParameter](repeating: ArrayParameter(.text), count: 4)
    var usedBy = ArrayParameter(.int8)
    for (id, approval) in approvals {
      tenant.append(id)
      number.append(approval.number.value)
      texts[0].append(approval.school.text)
      texts[1].append(approval.candidate.token)
      texts[2].append(approval.test.text)
      texts[3].append(approval.principal)
      usedBy.append(approval.usedBy?.value)
    }
    return Parameters([tenant, number] + texts + [usedBy])
  }

  var tenantParameters: Parameters {
    var tenant = ArrayParameter(.int4)
    var seq = ArrayParameter(.int8)
    var hash = ArrayParameter(.bytea)
    var recorded = ArrayParameter(.int8)
    var audit = ArrayParameter(.int8)
    for (id, head, lastAudit) in tenants {
      tenant.append(id)
      seq.append(head.number.value)
      hash.append(head.hash.bytes)
      recorded.append(head.recorded.microseconds)
      audit.append(lastAudit)
    }
    return Parameters([tenant, seq, hash, recorded, audit])
  }

  /// The audit list, and what it says was registered, in its order.
  func addAudits(to pipeline: inout Pipeline) {
    var tenant = ArrayParameter(.int4)
    var number = ArrayParameter(.int8)
    var recorded = ArrayParameter(.int8)
    var texts = [ArrayParameter](repeating: ArrayParameter(.text), count: 6)
    for (id, place, audit) in audits {
      tenant.append(id)
      number.append(place)
      recorded.append(audit.recorded.microseconds)
      texts[0].append(audit.principal)
      texts[1].append(audit.actor)
      texts[2].append(audit.request)
      texts[3].append(audit.kept?.key)
      texts[4].append(audit.kept?.request)
      texts[5].append(audit.kept?.answer)
    }
    let list = Parameters([tenant, number, recorded] + texts)
    pipeline.add(Self.insertAudits, list)
    for (id, _, audit) in audits {
      var parameters = Parameters()
      parameters.add(id)
      switch audit.registration {
      case .school(let code, let name):
        parameters.add(code.text)
        parameters.add(name)
        pipeline.add(Self.insertSchools, parameters)
      case .grant(let grant), .ungrant(let grant):
        parameters.add(grant.principal)
        parameters.add(grant.role.rawValue)
        parameters.add(grant.school?.text ?? "")
        if case .grant = audit.registration {
          pipeline.add(Self.insertGrants, parameters)
        } else {
          pipeline.add(Self.deleteGrants, parameters)
        }
      case .issue(let token):
        parameters.add(token.name.text)
        parameters.add(token.id)
        parameters.add(token.secretHash)
        parameters.add(audit.recorded.microseconds)
        pipeline.add(Self.insertTokens, parameters)
      case .revoke(let name):
        parameters.add(name.text)
        parameters.add(audit.recorded.microseconds)
        pipeline.add(Self.revokeTokens, parameters)
      }
    }
  }
}
