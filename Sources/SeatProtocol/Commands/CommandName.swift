/// Every command by its name.
package enum CommandName: String, Sendable, CaseIterable {
  case hello, auth, whoami, ping, quit, help, status
  case tenantAdd = "tenant.add"
  case tenantList = "tenant.list"
  case schoolAdd = "school.add"
  case schoolList = "school.list"
  case programAdd = "program.add"
  case programList = "program.list"
  case testAdd = "test.add"
  case testList = "test.list"
  case grantAdd = "grant.add"
  case grantList = "grant.list"
  case grantRemove = "grant.remove"
  case tokenIssue = "token.issue"
  case tokenRevoke = "token.revoke"
  case tokenList = "token.list"
  case purchase, `return`, transfer, reverse, hold, release, eligibility, reserve, schedule, approve, start, result,
    cancel
  case noShow = "no-show"
  case attempts, balance, statement, costs, forecast, runway, reconcile, rebalance, rollover
  case rolloverReport = "rollover.report"
  case yearList = "year.list"
  case yearSeal = "year.seal"
  case lookup, verify, watch, unwatch, metrics
  case batchBegin = "batch.begin"
  case batchCommit = "batch.commit"
  case batchAbort = "batch.abort"
  case clockSet = "clock.set"
}
