import Foundation
import Fuzzing

// libFuzzer's own main function calls this for every input. A broken promise stops it as a crash does, with the input in
// a file. The target is named in the environment, for libFuzzer's main function reads the arguments.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ data: UnsafePointer<UInt8>?, _ size: Int) -> Int32 {
  do {
    try target.check(UnsafeBufferPointer(start: data, count: size))
  } catch {
    fatalError("broken promise: \(error)")
  }
  return 0
}

private let target: FuzzTarget = {
  guard let target = ProcessInfo.processInfo.environment["SEATLEDGER_FUZZ"].flatMap(FuzzTarget.init(rawValue:)) else {
    fatalError("SEATLEDGER_FUZZ names one of \(FuzzTarget.allCases.map(\.rawValue).joined(separator: ", "))")
  }
  return target
}()
