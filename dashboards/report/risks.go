package report

// risks is section 11: what makes the moves risky, worst first.
func (b *builder) risks() Section {
	none := b.t("missing")
	t := Table{Caption: b.t("risk.caption"), Head: b.columns("risk", "#likelihood", "#impact", "#product", "#groups", "action", "owner", "change")}
	for _, r := range b.Risks {
		t.Rows = append(t.Rows, []Cell{
			text(b.l.T("risk." + r.Reason.Rule)), number(b.int(r.Likelihood)), number(b.int(r.Impact)), number(b.int(r.Likelihood * r.Impact)),
			number(b.int(r.Groups)), text(none), text(none), text(none),
		})
	}
	first := paragraph(b.t("line.norisk"))
	if len(t.Rows) > 0 {
		first = tabled(t)
	}
	return b.section("risks", first, Block{Text: b.t("risk.basis"), Small: true}, b.missing("risks"))
}

// staff is section 12.
func (b *builder) staff() Section {
	return b.section("staff", paragraph(b.t("staff.none")), b.missing("staff"))
}

// decided is section 13: what is bound, what is meant, and what is only thought of, kept apart.
func (b *builder) decided() Section {
	var blocks []Block
	for _, certainty := range certainties {
		t := Table{Caption: b.t("decided.caption." + certainty), Head: b.columns("municipality", "state", "window", "#waves", "#servers", "first", "last")}
		for _, m := range b.Municipalities {
			waves, servers := 0, 0
			first, last := b.LastWaveEnd, b.From
			for _, w := range b.Waves {
				if w.Municipality == m.Code && w.Certainty == certainty {
					waves, servers = waves+1, servers+w.Servers
					first, last = min(first, w.Start), max(last, w.End)
				}
			}
			if waves == 0 {
				continue
			}
			t.Rows = append(t.Rows, []Cell{
				text(m.Name), text(b.stateOf(m.State, m.Host)), text(b.l.Period(m.Window)), number(b.int(waves)), number(b.int(servers)),
				text(b.l.Date(first)), text(b.l.Date(last)),
			})
		}
		block := Block{Heading: b.t("decided." + certainty), Text: b.t("decided.means." + certainty)}
		if len(t.Rows) > 0 {
			block.Table = &t
		} else {
			block.Text += " " + b.t("decided.nothing")
		}
		blocks = append(blocks, block)
	}
	return b.section("decided", append(blocks, b.missing("decisions"))...)
}
