// Package locale holds the words, numbers and dates of the users' languages: Danish, which is the
// default, and English.
//
// Words lie in YAML files of flat keys, one per room and language: words_* for the nouns of the
// estate and the planner's reasons, pages_* for the pages, gap_* for the
// forms of the gap analysis, report_* for the half-year report, replan_* for what holds and changes dates. Both
// languages have the same keys; a test fails otherwise. A text has places {name} that T fills, and
// choices that follow a number: {n|server|servere} for one and for more, {n|ingen|én|flere} with
// words of their own for none. The words of a choice may hold places.
package locale

import (
	"cmp"
	"embed"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"
	"gopkg.in/yaml.v3"
)

//go:embed *_da.yaml *_en.yaml
var files embed.FS

// Languages lists the languages, the default first.
var Languages = []string{"da", "en"}

// Locale is one language. It is safe for concurrent use.
type Locale struct {
	Lang  string // da or en
	words map[string]string

	collating sync.Mutex // a collator is not safe for concurrent use
	collator  *collate.Collator
}

// Get gives a language; anything but "en" gives Danish.
func Get(lang string) *Locale { return load()[cmp.Or(map[string]string{"en": "en"}[lang], "da")] }

var load = sync.OnceValue(func() map[string]*Locale {
	all := map[string]*Locale{}
	for _, lang := range Languages {
		words, err := read(lang)
		if err != nil {
			panic("embedded words: " + err.Error()) // a test loads them: this cannot reach a user
		}
		all[lang] = &Locale{Lang: lang, words: words, collator: collate.New(language.Make(lang), collate.Numeric)}
	}
	return all
})

// read reads every file of a language. A key that stands twice is an error.
func read(lang string) (map[string]string, error) {
	names, err := files.ReadDir(".")
	if err != nil {
		return nil, err
	}
	words := map[string]string{}
	for _, f := range names {
		if !strings.HasSuffix(f.Name(), "_"+lang+".yaml") {
			continue
		}
		data, err := files.ReadFile(f.Name())
		if err != nil {
			return nil, err
		}
		var part map[string]string
		if err := yaml.Unmarshal(data, &part); err != nil {
			return nil, fmt.Errorf("%s: %w", f.Name(), err)
		}
		for key, text := range part {
			if _, twice := words[key]; twice {
				return nil, fmt.Errorf("%s: key %q stands in another file too", f.Name(), key)
			}
			words[key] = text
		}
	}
	return words, nil
}

// Keys lists every key of the language, sorted.
func (l *Locale) Keys() []string {
	keys := make([]string, 0, len(l.words))
	for key := range l.words {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

// Has tells whether the language has words for a key.
func (l *Locale) Has(key string) bool {
	_, ok := l.words[key]
	return ok
}

// T gives the words of a key. Arguments are pairs of place and value: T("page.of", "n", 1, "all", 9).
// A key without words shows itself in brackets, which a test over all pages looks for.
func (l *Locale) T(key string, args ...any) string {
	text, ok := l.words[key]
	if !ok {
		return "⟦" + key + "⟧"
	}
	if len(args) == 0 {
		return text
	}
	pairs := make([]string, 0, len(args))
	for i := 0; i+1 < len(args); i += 2 {
		pairs = append(pairs, "{"+fmt.Sprint(args[i])+"}", l.value(args[i+1]))
	}
	return fill(text, pairs)
}

var choice = regexp.MustCompile(`\{(\w+)((?:\|(?:[^|{}]|\{\w+\})*){2,3})\}`)

// fill makes the choices of a text and fills its places; pairs are places in braces and their values.
func fill(text string, pairs []string) string {
	if strings.Contains(text, "|") {
		text = choice.ReplaceAllStringFunc(text, func(whole string) string {
			m := choice.FindStringSubmatch(whole)
			forms := strings.Split(m[2], "|")[1:]
			value := ""
			if i := slices.Index(pairs, "{"+m[1]+"}"); i >= 0 {
				value = pairs[i+1]
			}
			switch {
			case value == "0" && len(forms) == 3:
				return forms[0]
			case value == "1":
				return forms[len(forms)-2]
			}
			return forms[len(forms)-1]
		})
	}
	return strings.NewReplacer(pairs...).Replace(text)
}

// value writes whole numbers with separators and leaves everything else as it is.
func (l *Locale) value(v any) string {
	switch n := v.(type) {
	case int:
		return l.Int(int64(n))
	case int64:
		return l.Int(n)
	case fmt.Stringer:
		return n.String()
	}
	return fmt.Sprint(v)
}

// Compare orders two texts as the language does: æ, ø, å last, and aa as å.
func (l *Locale) Compare(a, b string) int {
	l.collating.Lock()
	defer l.collating.Unlock()
	return l.collator.CompareString(a, b)
}

// Or gives the words of prefix+key, or the key itself where a value has no word of its own (a
// platform, a vendor). An empty key gives the word for unknown.
func (l *Locale) Or(prefix, key string) string {
	if key == "" {
		return l.T("unknown")
	}
	if text, ok := l.words[prefix+key]; ok {
		return text
	}
	return key
}
