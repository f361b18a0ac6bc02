package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/samdrift/samdrift/hub"
	"github.com/samdrift/samdrift/hub/store"
	"github.com/samdrift/samdrift/inventory"
)

// Exit codes are part of the contract; docs/cli.md lists them.
const (
	exitOK             = 0
	exitError          = 1
	exitUsage          = 2
	exitFindings       = 3
	exitNotFound       = 4
	exitConflict       = 5
	exitPermission     = 6
	exitNotInitialised = 10
)

// usageError is a fault of the command line itself.
type usageError struct{ error }

// findingsError says that the command worked and found something that needs a look.
type findingsError struct{ error }

// exit prints the error, with the next thing to do where there is one, and gives its code.
func exit(err error, w io.Writer) int {
	if err == nil {
		return exitOK
	}
	code, hint := classify(err)
	_, _ = fmt.Fprintf(w, "samdrift: %v\n", err)
	if hint != "" {
		_, _ = fmt.Fprintf(w, "  → %s\n", hint)
	}
	return code
}

func classify(err error) (code int, hint string) {
	var usage usageError
	var findings findingsError
	switch {
	case errors.As(err, &findings):
		return exitFindings, ""
	case errors.As(err, &usage), unknownCommand(err):
		return exitUsage, "run the command with --help to see how it is used"
	case errors.Is(err, store.ErrNotInitialised), errors.Is(err, hub.ErrNotReady):
		return exitNotInitialised, "collect something first: samdrift demo --once --dir DIR shows how a filled directory looks"
	case errors.Is(err, store.ErrLocked), errors.Is(err, store.ErrConflict), errors.Is(err, inventory.ErrNotPossible), errors.Is(err, hub.ErrInvalid):
		return exitConflict, ""
	case errors.Is(err, hub.ErrForbidden):
		return exitPermission, ""
	case errors.Is(err, hub.ErrNotFound), errors.Is(err, store.ErrNotFound):
		return exitNotFound, "samdrift inventory list shows what there is"
	case errors.Is(err, context.Canceled):
		return exitError, "stopped; what was stored until then is kept"
	default:
		return exitError, ""
	}
}

// unknownCommand recognises what cobra says about words it does not know; it has no type for it.
func unknownCommand(err error) bool {
	return strings.HasPrefix(err.Error(), "unknown command")
}
