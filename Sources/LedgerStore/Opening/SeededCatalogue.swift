internal import SeatLedger

extension Catalogue {
  /// What a new ledger knows: ASE's entry-level and professional tests as of 2024-2025.
  static let seeded: Catalogue = {
    var catalogue = Catalogue()
    let entryLevel = Program(
      code: Code(stored: "ase-entry-level"), name: "ASE Entry-Level Certification", profile: .aseEntryLevel)
    let professional = Program(
      code: Code(stored: "ase-professional"), name: "ASE Professional Certification", profile: .aseProfessional)
    for (program, tests) in [(entryLevel, entryLevelTests), (professional, professionalTests)] {
      catalogue.add(program)
      for (series, code, name) in tests {
        catalogue.add(
          Test(code: Code(stored: code), program: program.code, series: Code(stored: series), name: name, minutes: 60))
      }
    }
    return catalogue
  }()

  private static let entryLevelTests = [
    ("automobile", "maintenance-light-repair", "Maintenance & Light Repair"),
    ("automobile", "automobile-service-technology", "Automobile Service Technology"),
    ("automobile", "brakes", "Brakes"),
    ("automobile", "electrical-electronic-systems", "Electrical/Electronic Systems"),
    ("automobile", "engine-performance", "Engine Performance"),
    ("automobile", "engine-repair", "Engine Repair"),
    ("automobile", "automatic-transmission", "Automatic Transmission/Transaxle"),
    ("automobile", "manual-drive-train", "Manual Drive Train & Axles"),
    ("automobile", "suspension-steering", "Suspension & Steering"),
    ("automobile", "heating-air-conditioning", "Heating & Air Conditioning"),
    ("collision", "painting-refinishing", "Painting & Refinishing"),
    ("collision", "structural-analysis", "Structural Analysis & Damage Repair"),
    ("collision", "nonstructural-analysis", "Nonstructural Analysis & Damage Repair"),
    ("collision", "mechanical-electrical", "Mechanical & Electrical Components"),
    ("truck", "truck-diesel-engines", "Diesel Engines"),
    ("truck", "truck-electrical-electronic", "Electrical/Electronic Systems"),
    ("truck", "truck-brakes", "Brakes"),
    ("truck", "truck-steering-suspension", "Steering & Suspension"),
    ("truck", "truck-inspection-maintenance", "Inspection, Maintenance & Minor Repair"),
  ]

  private static let professionalTests = [
    ("automobile", "a1", "Engine Repair"),
    ("automobile", "a2", "Automatic Transmission/Transaxle"),
    ("automobile", "a3", "Manual Drive Train & Axles"),
    ("automobile", "a4", "Suspension & Steering"),
    ("automobile", "a5", "Brakes"),
    ("automobile", "a6", "Electrical/Electronic Systems"),
    ("automobile", "a7", "Heating & Air Conditioning"),
    ("automobile", "a8", "Engine Performance"),
    ("automobile", "g1", "Auto Maintenance & Light Repair"),
    ("collision", "b2", "Painting & Refinishing"),
    ("collision", "b3", "Non-structural Analysis & Damage Repair"),
    ("collision", "b4", "Structural Analysis & Damage Repair"),
    ("collision", "b5", "Mechanical & Electrical Components"),
    ("truck", "t2", "Diesel Engines"),
    ("truck", "t3", "Drive Train"),
    ("truck", "t4", "Brakes"),
    ("truck", "t5", "Suspension & Steering"),
    ("truck", "t6", "Electrical/Electronic Systems"),
    ("truck", "t7", "Heating, Ventilation & A/C"),
    ("truck", "t8", "Preventive Maintenance Inspection"),
    ("advanced", "l1", "Advanced Engine Performance"),
    ("advanced", "l2", "Electronic Diesel Engine Diagnosis"),
    ("advanced", "l3", "Light Duty Hybrid/Electric Vehicle"),
    ("advanced", "x1", "Undercar Specialist Exhaust Systems"),
  ]
}
