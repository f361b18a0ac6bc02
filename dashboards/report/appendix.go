package report

// glossary are the words that the appendix explains, in its order.
var glossary = []string{"wave", "group", "cutover", "centre", "agreement", "goals", "proven", "answered", "snapshot", "hash"}

// appendix is section 14: assumptions, how complete the data are, words, and what changed.
func (b *builder) appendix() Section {
	quality := Table{Caption: b.t("quality.caption"), Head: b.columns("municipality", "#targets", "#ok", "#partial", "#failed", "#read")}
	for _, m := range b.Municipalities {
		c := m.Targets
		read := b.l.T("unknown")
		if c.Targets > 0 {
			read = b.l.Percent(float64(c.OK) / float64(c.Targets))
		}
		quality.Rows = append(quality.Rows, []Cell{
			text(m.Name), number(b.int(c.Targets)), number(b.int(c.OK)), number(b.int(c.Partial)), number(b.int(c.Failed)), number(read),
		})
	}
	words := Table{Caption: b.t("glossary.caption"), Head: b.columns("word", "meaning")}
	for _, w := range glossary {
		words.Rows = append(words.Rows, []Cell{text(b.t("word." + w)), text(b.t("word." + w + ".means"))})
	}
	assumptions := Block{Heading: b.t("appendix.assumptions"), List: b.reasons(b.Assumptions), Small: true}
	if len(b.Assumptions) == 0 {
		assumptions = Block{Heading: b.t("appendix.assumptions"), Text: b.t("appendix.noassumptions")}
	}
	return b.section("appendix",
		assumptions,
		Block{Heading: b.t("appendix.thresholds"), List: []string{b.t("threshold.time"), b.t("threshold.economy"), b.t("threshold.uptime"), b.t("threshold.benefit"), b.t("threshold.whole")}},
		Block{Heading: b.t("appendix.quality"), Text: b.t("quality.basis", "stale", b.Partial.StaleAssets), Table: &quality},
		Block{Heading: b.t("appendix.glossary"), Table: &words},
		Block{Heading: b.t("appendix.changes"), List: b.changes()},
	)
}

// changes is the log of this report and the one before it.
func (b *builder) changes() []string {
	list := []string{b.t("change.this", "period", b.period(b.Period), "date", b.l.DateLong(b.CutOff))}
	if p := b.Previous; p != nil {
		list = append(list, b.t("change.previous", "period", b.period(p.Period), "date", b.l.DateLong(p.CutOff)))
	}
	return list
}
