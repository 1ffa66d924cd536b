package import Postgres

/// What a reader's session prepares.
package enum ReaderStatements {
  package static let all =
    Directory.statements + Load.statements.filter { $0.name != "lock" } + [
      Load.beginSnapshot, Load.end, Load.selectHeads, HeadQuery.statement, BalanceQuery.page,
      BalanceQuery.totals, BalanceQuery.pageOfHistory, BalanceQuery.totalsOfHistory, HeadQuery.known, CostsQuery.now,
      CostsQuery.ofHistory, ForecastQuery.pools, Hindsight.movements, ReconcileQuery.ours, ReconcileQuery.entries,
      RebalanceQuery.pools,
      RunwayQuery.standing, RunwayQuery.lastExpiry, AttemptsQuery.page, AttemptsQuery.ofCandidate,
      StatementQuery.page, RolloverReportQuery.pools, RolloverReportQuery.sealedPrograms,
      RolloverReportQuery.tenantName,
    ] + ListQuery.all
}
