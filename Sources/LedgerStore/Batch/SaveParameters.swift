internal import Postgres
internal import SeatLedger

// What `Save` writes, column by column.

extension Save {
  func entryRows(_ type: RowType) -> RowsParameter {
    var rows = RowsParameter(type, capacity: entries, bytesOfARow: 900)
    for one in changed {
      one.forEachPosted { entry, hash in
        rows.append { row in
          row.append(one.tenant.id)
          row.append(entry.number.value)
          row.append(EntryColumns.kinds.ordinal(of: entry.kind))
          row.append(entry.from?.pool.value)
          row.append(EntryColumns.buckets.ordinal(of: entry.from?.bucket))
          row.append(entry.to?.pool.value)
          row.append(EntryColumns.buckets.ordinal(of: entry.to?.bucket))
          row.append(entry.amount.seats)
          row.append(entry.amount.cents)
          row.append(entry.attempt?.value)
          row.append(entry.reverses?.value)
          row.append(entry.effective.microseconds)
          row.append(entry.recorded.microseconds)
          hash.withBytes { row.append($0) }
          row.append(entry.principal)
          row.append(entry.actor)
          row.append(entry.reason)
          row.append(entry.detailText)
          row.append(entry.kept?.key)
          row.append(entry.kept?.request)
          row.append(entry.kept?.answer)
        }
      }
    }
    return rows
  }

  func newPoolRows(_ type: RowType) -> RowsParameter {
    var rows = RowsParameter(type, capacity: newPools.count, bytesOfARow: 600)
    for (id, pool) in newPools {
      rows.append { row in
        row.append(id)
        row.append(pool.number.value)
        Self.appendChanging(pool, &row)
        row.append(date: pool.identity.expires.day)
        row.append(PoolColumns.kinds.ordinal(of: pool.identity.kind))
        row.append(pool.identity.school.text)
        row.append(pool.identity.program.text)
        row.append(pool.identity.fund.text)
      }
    }
    return rows
  }

  static func poolRows(_ pools: [(Int32, Pool)], _ type: RowType) -> RowsParameter {
    var rows = RowsParameter(type, capacity: pools.count, bytesOfARow: 450)
    for (id, pool) in pools {
      rows.append { row in
        row.append(id)
        row.append(pool.number.value)
        Self.appendChanging(pool, &row)
      }
    }
    return rows
  }

  /// The columns that change in a pool's life.
  private static func appendChanging(_ pool: Pool, _ row: inout RowsParameter.Columns) {
    PoolColumns.forEach(of: pool.balance) { amount in
      row.append(amount.seats)
      row.append(amount.cents)
    }
    row.append(pool.thirdTries)
    row.append(pool.uses)
    row.append(pool.isClosed)
  }

  func newAttemptRows(_ type: RowType) -> RowsParameter {
    var rows = RowsParameter(type, capacity: newAttempts.count, bytesOfARow: 500)
    for (id, attempt, candidateSeq) in newAttempts {
      rows.append { row in
        row.append(id)
        row.append(attempt.number.value)
        Self.appendChanging(attempt, &row)
        row.append(attempt.facts.seatOf?.value)
        row.append(attempt.facts.pool?.value)
        row.append(attempt.facts.approval?.value)
        row.append(attempt.seat?.cents)
        row.append(Int16(attempt.facts.ordinal))
        row.append(attempt.facts.isThirdTry)
        row.append(attempt.facts.school.text)
        row.append(attempt.facts.candidate.token)
        row.append(attempt.facts.test.text)
        row.append(attempt.facts.program.text)
        row.append(candidateSeq)
      }
    }
    return rows
  }

  func changedAttemptRows(_ type: RowType) -> RowsParameter {
    var rows = RowsParameter(type, capacity: changedAttempts.count)
    for (id, attempt) in changedAttempts {
      rows.append { row in
        row.append(id)
        row.append(attempt.number.value)
        Self.appendChanging(attempt, &row)
      }
    }
    return rows
  }

  /// The columns that change in an attempt's life.
  private static func appendChanging(_ attempt: Attempt, _ row: inout RowsParameter.Columns) {
    row.append(attempt.appointment?.begins.microseconds)
    row.append(attempt.started?.microseconds)
    row.append(date: attempt.completed?.day)
    row.append(Int16(attempt.minutes))
    row.append(Int16(attempt.year.start))
    row.append(attempt.appointment?.isWholeDay ?? false)
    row.append(AttemptColumns.states.ordinal(of: attempt.state))
    row.append(EntryColumns.buckets.ordinal(of: attempt.seat?.bucket))
    row.append(attempt.reserved.microseconds)
  }

  func headMoves(_ type: RowType) -> RowsParameter {
    var rows = RowsParameter(type, capacity: changed.count)
    for one in changed {
      let head = one.ledger.head
      rows.append { row in
        row.append(one.tenant.id)
        row.append(head.number.value)
        row.append(head.recorded.microseconds)
        row.append(one.lastAudit + Int64(one.ledger.audited.count))
        head.hash.withBytes { row.append($0) }
        row.append(one.lastAudit)
        one.ledger.loaded.hash.withBytes { row.append($0) }
      }
    }
    return rows
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

  var closedPoolParameters: Parameters {
    let closed = turnedPools.filter(\.1.isClosed)
    return Parameters([ArrayParameter(.int4, closed) { $0.0 }, ArrayParameter(.int8, closed) { $0.1.number.value }])
  }

  var holdParameters: Parameters {
    Parameters([
      ArrayParameter(.int4, holds) { $0.0 }, ArrayParameter(.int8, holds) { $0.1.number.value },
      ArrayParameter(.int8, holds) { $0.1.pool.value }, ArrayParameter(.int4, holds) { $0.1.until.day },
      ArrayParameter(.int8, holds) { $0.1.seats },
    ])
  }

  var sealedYearParameters: Parameters {
    Parameters([
      ArrayParameter(.int4, sealedYears) { $0.0 }, ArrayParameter(.text, sealedYears) { $0.1.program.text },
      ArrayParameter(.int4, sealedYears) { Int32($0.1.year.start) },
    ])
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
