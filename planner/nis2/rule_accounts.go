package nis2

import "slices"

// idleDays is how long a user may go without signing in.
const idleDays = 90

// accounts calls f for the enabled accounts among some. One of which it is not told whether it is enabled
// is unknown.
func (e *estate) accounts(t *tally, among func(*Account) bool, f func(*Account)) {
	list := e.facts[DatasetDirectory].Accounts
	for i := range list {
		a := &list[i]
		switch {
		case !among(a), isNot(a.Enabled):
		case a.Enabled == nil:
			t.unknown(a.Account)
		default:
			f(a)
		}
	}
}

// account counts one account.
func (e *estate) account(t *tally, a *Account, fails, unknown bool) {
	if unknown && !fails {
		t.unknown(a.Account)
		return
	}
	t.judge(a.Account, e.facts[DatasetDirectory].TakenAt, fails)
}

// usersClosed is 21i-04: users whose employment ended more than a day ago, or who have not signed in for 90
// days. An account that is not linked to HR, or whose kind is not told, is unknown.
func usersClosed(e *estate, t *tally) {
	taken := e.facts[DatasetDirectory].TakenAt
	users := func(a *Account) bool { return a.Kind == accountUser || a.Kind == "" }
	e.accounts(t, users, func(a *Account) {
		left := a.HREnd.Known() && a.HREnd < taken.AddDays(-1)
		idle := a.LastSignIn.Known() && !within(a.LastSignIn, taken, idleDays)
		e.account(t, a, a.Kind != "" && (left || idle), a.Kind == "" || !a.HREnd.Known() || !a.LastSignIn.Known())
	})
}

// privilegedPersonal is 21i-06: accounts with extended rights that are shared, are a person's everyday
// account, or have no owner. Emergency accounts may be shared.
func privilegedPersonal(e *estate, t *tally) {
	owned := slices.ContainsFunc(e.facts[DatasetDirectory].Accounts, func(a Account) bool { return a.Owned })
	e.privileged(t, func(a *Account) {
		ownerless := owned && !a.Owned
		shared := is(a.Shared) && !is(a.BreakGlass)
		e.account(t, a, shared || a.Kind == accountUser || ownerless, !owned || a.Kind == "" || a.Shared == nil)
	})
}

// privileged calls f for the enabled accounts with extended rights; one of which that is not told is
// unknown.
func (e *estate) privileged(t *tally, f func(*Account)) {
	e.accounts(t, func(a *Account) bool { return a.Kind != accountApplication && !isNot(a.Privileged) }, func(a *Account) {
		if a.Privileged == nil {
			t.unknown(a.Account)
			return
		}
		f(a)
	})
}

// adminMFA is 21j-01: accounts with extended rights, apart from emergency accounts, that sign in with one
// factor.
func adminMFA(e *estate, t *tally) {
	e.privileged(t, func(a *Account) {
		if !is(a.BreakGlass) {
			e.account(t, a, isNot(a.MFA), a.MFA == nil)
		}
	})
}

// remoteMFA is 21j-02: remote access and applications towards the internet where staff can sign in with one
// factor.
func remoteMFA(e *estate, t *tally) {
	applications := func(a *Account) bool { return a.Kind == accountApplication }
	e.accounts(t, applications, func(a *Account) { e.account(t, a, isNot(a.MFA), a.MFA == nil) })
}

// supplierAccess is 21d-05: suppliers' accounts that are open after their end or without one, or that sign
// in with one factor. Accounts whose kind is not told are unknown.
func supplierAccess(e *estate, t *tally) {
	f := e.facts[DatasetDirectory]
	kept := slices.ContainsFunc(f.Accounts, func(a Account) bool { return a.End.Known() })
	for i := range f.Accounts {
		a := &f.Accounts[i]
		switch {
		case a.Kind == "":
			t.unknown(a.Account)
		case a.Kind != accountSupplier:
		case isNot(a.Enabled):
			e.account(t, a, false, false)
		default:
			endless := kept && !a.End.Known()
			ended := a.End.Known() && a.End < f.TakenAt
			e.account(t, a, is(a.Enabled) && (endless || ended || isNot(a.MFA)), a.Enabled == nil || !kept || a.MFA == nil)
		}
	}
}
