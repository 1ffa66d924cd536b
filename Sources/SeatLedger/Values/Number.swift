/// The journal position at which a thing came to be, and its name ever after.
///
/// A pool, an attempt, a hold and an approval are each numbered by the entry that made them, so that their numbers are
/// the tenant's own, gapless with its journal, and the same after any restore.
package struct Number<Kind>: Hashable, Comparable, Sendable, CustomStringConvertible {
  package let value: Int64

  package init(_ value: Int64) { self.value = value }

  package var description: String { String(value) }

  package static func < (left: Self, right: Self) -> Bool { left.value < right.value }
}

package enum EntryKey {}
package enum PoolKey {}
package enum AttemptKey {}
package enum ApprovalKey {}
package enum HoldKey {}

package typealias EntryNumber = Number<EntryKey>
package typealias PoolNumber = Number<PoolKey>
package typealias AttemptNumber = Number<AttemptKey>
package typealias ApprovalNumber = Number<ApprovalKey>
package typealias HoldNumber = Number<HoldKey>
