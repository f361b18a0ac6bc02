package platform

import (
	"bytes"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"
)

// Layout gives the text of what was written, laid out as hclwrite.Format does, byte for byte. Format is
// made for text of any kind: it reads the text again and counts the columns of every token, which took
// four fifths of the time of rendering. Here only the blocks, attributes, objects and lists that this
// project writes are laid out; the tokens themselves, with all that is escaped in them, stay hclwrite's.
func Layout(file *hclwrite.File) []byte {
	lines := split(file.Body().BuildTokens(nil))
	indent(lines)
	size := 0
	for _, l := range lines {
		size += 24
		for _, t := range l.tokens {
			size += len(t.Bytes) + 1
		}
	}
	var out bytes.Buffer
	out.Grow(size)
	for i := 0; i < len(lines); {
		end, widest := i+1, 0
		if lines[i].equal > 0 { // assignments below each other have their equals signs there too
			for end = i; end < len(lines) && lines[end].equal > 0; end++ {
				widest = max(widest, lines[end].width())
			}
		}
		for ; i < end; i++ {
			lines[i].write(&out, widest)
		}
	}
	return bytes.Clone(out.Bytes()) // no longer than it is: thousands of them are kept
}

// line is one line of text.
type line struct {
	tokens hclwrite.Tokens
	indent int // in columns
	equal  int // index of the equals sign of an assignment that ends on the line; zero: there is none
}

func split(tokens hclwrite.Tokens) []line {
	count := 1
	for _, t := range tokens {
		if endsLine(t) {
			count++
		}
	}
	lines, start := make([]line, 0, count), 0
	for i, t := range tokens {
		if endsLine(t) {
			lines = append(lines, line{tokens: tokens[start : i+1]})
			start = i + 1
		}
	}
	if start < len(tokens) {
		lines = append(lines, line{tokens: tokens[start:]})
	}
	return lines
}

// indent finds how far each line stands in, and where its assignment begins. A line that opens several
// brackets takes what follows in by one step only, up to the line where all of them are closed.
func indent(lines []line) {
	open := make([]int, 0, 8) // for each step in: how many brackets opened it
	for i := range lines {
		l, opened, after := &lines[i], 0, 0
		for k, t := range l.tokens {
			opened += bracket(t)
			switch {
			case t.Type == hclsyntax.TokenEqual && k > 0 && l.equal == 0:
				l.equal = k
			case l.equal > 0:
				after += bracket(t)
			}
		}
		if after != 0 { // the value goes on below
			l.equal = 0
		}
		for opened < 0 && len(open) > 0 {
			last := len(open) - 1
			closed := min(-opened, open[last])
			opened += closed
			if open[last] -= closed; open[last] == 0 {
				open = open[:last]
			}
		}
		l.indent = 2 * len(open)
		if opened > 0 {
			open = append(open, opened)
		}
	}
}

// width is the number of columns before the equals sign.
func (l line) width() int {
	columns := l.indent
	for k, t := range l.tokens[:l.equal] {
		columns += l.spaceBefore(k) + utf8.RuneCount(t.Bytes)
	}
	return columns
}

// write appends the line; its equals sign goes one column past the widest of the lines around it.
func (l line) write(out *bytes.Buffer, widest int) {
	for k, t := range l.tokens {
		spaces := l.spaceBefore(k)
		switch {
		case k == 0 && t.Type != hclsyntax.TokenNewline:
			spaces = l.indent
		case k == l.equal && k > 0:
			spaces = widest - l.width() + 1
		}
		for range spaces {
			out.WriteByte(' ')
		}
		out.Write(t.Bytes)
	}
}

// spaceBefore tells how many spaces stand between a token and the one before it on the line.
func (l line) spaceBefore(k int) int {
	if k == 0 {
		return 0
	}
	before, t := l.tokens[k-1], l.tokens[k]
	switch t.Type {
	case hclsyntax.TokenNewline, hclsyntax.TokenDot, hclsyntax.TokenComma, hclsyntax.TokenQuotedLit, hclsyntax.TokenCQuote, hclsyntax.TokenCBrack:
		return 0
	case hclsyntax.TokenCBrace:
		if before.Type == hclsyntax.TokenOBrace {
			return 0
		}
	case hclsyntax.TokenOBrack: // an index, not a list
		if before.Type == hclsyntax.TokenIdent || bracket(before) < 0 {
			return 0
		}
	}
	switch before.Type {
	case hclsyntax.TokenDot, hclsyntax.TokenOQuote, hclsyntax.TokenQuotedLit, hclsyntax.TokenOBrack:
		return 0
	}
	return 1
}

// endsLine tells whether a token takes its line's end with it.
func endsLine(t *hclwrite.Token) bool {
	return t.Type == hclsyntax.TokenNewline || t.Type == hclsyntax.TokenComment
}

func bracket(t *hclwrite.Token) int {
	switch t.Type {
	case hclsyntax.TokenOBrace, hclsyntax.TokenOBrack:
		return 1
	case hclsyntax.TokenCBrace, hclsyntax.TokenCBrack:
		return -1
	default:
		return 0
	}
}
