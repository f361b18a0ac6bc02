package terraform

// ReadEvent reads a line of an engine's output.
var ReadEvent = readEvent
