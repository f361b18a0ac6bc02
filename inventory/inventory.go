// Package inventory holds the nouns of samdrift: municipalities, centres, assets, systems,
// agreements, and the Snapshot that binds them into one estate at one moment.
//
// Everything left of a Snapshot touches the world: collectors produce Observations (who saw what,
// when, how completely) and Merge folds them into the next Snapshot. Everything right of it
// (planning, gap scoring, rendering, reporting) takes a Snapshot and returns values.
//
// A Snapshot is immutable once built: functions here return new values and never change their
// arguments. The zero value of a field means "not known"; no function may read it as "fine".
// The package uses the standard library only, so that every other package can depend on it.
package inventory
