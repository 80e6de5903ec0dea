package message

// allowed lists the rows of the collection that differ from what their source expects, each with the reason why
// baosong's reading is the right one for it.
var allowed = map[string]string{}
