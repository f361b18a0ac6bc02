package report

import (
	"github.com/samdrift/samdrift/inventory"
)

// agreements is section 10: the one-to-one agreements as the parties state them, and suppliers.
func (b *builder) agreements() Section {
	return b.section("agreements",
		paragraph(b.t("agreement.basis")),
		tabled(b.agreementTable()), tabled(b.legalTable()),
		Block{Text: b.t("agreement.nojudgement"), Small: true},
		Block{Heading: b.t("contract.heading"), Figures: []Figure{
			{Label: b.t("contract.total"), Value: b.int(b.Contracts.Total)},
			{Label: b.t("contract.ending"), Value: b.int(b.Contracts.EndingIn12), Note: b.t("contract.ending.note", "date", b.l.Date(b.CutOff.AddDays(365)))},
			{Label: b.t("contract.expired"), Value: b.int(b.Contracts.Expired), Note: b.t("contract.expired.note")},
			{Label: b.t("contract.unknown"), Value: b.int(b.Contracts.UnknownEnd)},
		}},
		b.supplierBlock(),
		Block{Heading: b.t("contract.oversight"), Missing: b.missing("oversight").Missing},
	)
}

func (b *builder) agreementTable() Table {
	t := Table{Caption: b.t("agreement.caption"), Head: b.columns("customer", "host", "centre", "state", "aftermoves", "window", "signed")}
	for _, a := range b.ordered() {
		t.Rows = append(t.Rows, []Cell{
			text(b.name(a.Customer)), text(b.name(a.Host)), text(b.name(a.Centre)), text(b.l.T("state." + string(a.State))),
			text(b.operation(a.ID)), text(b.l.Period(a.Window)), text(b.l.Date(a.Signed)),
		})
	}
	return t
}

// operation tells what the recorded moves under an agreement amount to, beside what the parties state, and
// says where the two differ.
func (b *builder) operation(agreement string) string {
	for _, o := range b.Operations {
		if words := b.l.Operation(o); o.Agreement == agreement && words != "" {
			if o.Differs {
				words += " " + b.l.T("operation.differs") + "."
			}
			return words
		}
	}
	return "–"
}

func (b *builder) legalTable() Table {
	t := Table{Caption: b.t("agreement.legal"), Head: b.columns("customer", "basis", "#value", "#threshold", "assessed", "annex", "processing")}
	for _, a := range b.ordered() {
		t.Rows = append(t.Rows, []Cell{
			text(b.name(a.Customer)), text(b.or(a.LegalBasis)), number(b.amount(a.ValueDKK)), number(b.amount(a.ThresholdDKK)),
			text(b.or(a.AssessedBy)), text(b.yes(a.SecurityAnnex)), text(b.yes(a.DataProcessing)),
		})
	}
	return t
}

// ordered gives the agreements in the order of their customers' names.
func (b *builder) ordered() []inventory.Agreement {
	var list []inventory.Agreement
	for _, m := range b.Municipalities {
		for _, a := range b.Agreements {
			if a.Customer == m.Code {
				list = append(list, a)
			}
		}
	}
	return list
}

// amount writes a sum where zero means that nobody has stated it.
func (b *builder) amount(dkk int64) string {
	if dkk == 0 {
		return b.l.T("unknown")
	}
	return b.l.Money(float64(dkk))
}

func (b *builder) yes(v *bool) string {
	switch {
	case v == nil:
		return b.l.T("unknown")
	case *v:
		return b.l.T("yes")
	}
	return b.l.T("no")
}

// supplierBlock shows how much of the contract sum the largest suppliers have.
func (b *builder) supplierBlock() Block {
	heading := b.t("supplier.heading")
	if len(b.Contracts.TopSuppliers) == 0 {
		return Block{Heading: heading, Missing: b.missing("suppliers").Missing}
	}
	t := Table{Caption: b.t("supplier.caption"), Head: b.columns("supplier", "#contracts", "#annual", "#share")}
	for _, s := range b.Contracts.TopSuppliers {
		t.Rows = append(t.Rows, []Cell{text(s.Supplier), number(b.int(s.Contracts)), number(b.l.Money(float64(s.AnnualDKK))), number(b.l.Percent(s.Share))})
	}
	return Block{Heading: heading, Table: &t}
}
