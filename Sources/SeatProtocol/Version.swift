/// What the programs call themselves, and the daemon in its greeting's fields.
package enum Version {
  package static let current = "1.0"
}
