package ledger

// EveryUnit stands for all units in extensions and postponements.
const EveryUnit = "*"
