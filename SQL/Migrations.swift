/// One numbered step of the schema. What was applied once is never edited; a change is a new step.
package struct Migration: Sendable {
  package let number: Int
  package let name: String
  package let sql: String

  package static let all: [Migration] = [
    Migration(number: 1, name: "ledger", sql: PackageResources._001_ledger_sql),
    Migration(number: 2, name: "rows", sql: PackageResources._002_rows_sql),
    Migration(number: 3, name: "holds and seals", sql: PackageResources._003_holds_and_seals_sql),
    Migration(number: 4, name: "row security", sql: PackageResources._004_row_security_sql),
    Migration(number: 5, name: "open pools", sql: PackageResources._005_open_pools_sql),
    Migration(number: 6, name: "turning pools", sql: PackageResources._006_turning_pools_sql),
    Migration(number: 7, name: "pools add up", sql: PackageResources._007_pools_add_up_sql),
    Migration(number: 8, name: "vacuum", sql: PackageResources._008_vacuum_sql),
    Migration(number: 9, name: "counting", sql: PackageResources._009_counting_sql),
    Migration(number: 10, name: "sums of money", sql: PackageResources._010_sums_of_money_sql),
    Migration(number: 11, name: "column privileges", sql: PackageResources._011_column_privileges_sql),
    Migration(number: 12, name: "head moves", sql: PackageResources._012_head_moves_sql),
    Migration(number: 13, name: "words as ordinals", sql: PackageResources._013_words_as_ordinals_sql),
    Migration(number: 14, name: "pool checks", sql: PackageResources._014_pool_checks_sql),
    Migration(number: 15, name: "numbered attempts", sql: PackageResources._015_numbered_attempts_sql),
    Migration(number: 16, name: "first attempts", sql: PackageResources._016_first_attempts_sql),
  ]

  /// What every start looks after, before the steps: the roles.
  package static let roles = String(decoding: PackageResources.roles_sql, as: UTF8.self)

  private init(number: Int, name: String, sql: [UInt8]) {
    self.number = number
    self.name = name
    self.sql = String(decoding: sql, as: UTF8.self)
  }
}
