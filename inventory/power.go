package inventory

import (
	"regexp"
	"strings"
)

// PowerDrawn gives the watts that the machines of one municipality draw, by id, as far as sensors tell
// at the time of the look. A machine's own sensors come first, then those of the management processor
// that carries its serial, then the outlets of power strips that are labelled with its name. A virtual
// machine has no figure of its own, and a machine that nothing tells of is not in the answer.
func PowerDrawn(assets []*Asset) map[string]float64 {
	drawn, bySerial := map[string]float64{}, map[string]float64{}
	shared := map[string]bool{} // serials that several management processors carry
	for _, a := range assets {
		if a.Kind != KindBMC || a.Serial == "" {
			continue
		}
		serial := strings.ToLower(a.Serial)
		_, twice := bySerial[serial]
		shared[serial] = shared[serial] || twice
		bySerial[serial], _ = a.powerDrawn()
	}
	outlets := outletsByName(assets)
	for _, a := range assets {
		if a.Kind != KindServer && a.Kind != KindHypervisor {
			continue
		}
		watts, known := a.powerDrawn()
		if serial := strings.ToLower(a.Serial); !known && serial != "" && !shared[serial] {
			watts = bySerial[serial]
		}
		if watts == 0 {
			watts = outlets[plainName(a.Name)]
		}
		if watts > 0 {
			drawn[a.ID] = watts
		}
	}
	return drawn
}

// How makers call what a whole machine draws and what one of its supplies draws. Other readings in watts
// are parts of these, limits, averages and peaks, and are left out: added up they would count twice.
var (
	drawnInAll    = regexp.MustCompile(`(?i)^(in use|total|consumption|board input|present system power|(system board )?(pwr|power) consumption)$`)
	drawnBySupply = regexp.MustCompile(`(?i)^(power supply|psu|ps)[ .]?\d[\d.]*( (input|power|input power))?$`)
)

// powerDrawn is what the asset's own sensors say that it draws: the whole, or else the sum of its power
// supplies. Nothing at all is taken for not known: what answers draws something.
func (a *Asset) powerDrawn() (watts float64, known bool) {
	var all, supplies float64
	for _, s := range a.Sensors {
		switch {
		case s.Class != "power" || s.Unit != "watts":
		case drawnInAll.MatchString(s.Name):
			all = max(all, s.Value)
		case drawnBySupply.MatchString(s.Name):
			supplies += max(0, s.Value)
		}
	}
	if all == 0 {
		all = supplies
	}
	return all, all > 0
}

// apparent marks outlets' readings in volt-amperes.
var apparent = regexp.MustCompile(`(?i)\(VA\)|\bapparent\b`)

// outletsByName sums the outlets of all power strips by the machine that their label names. A label
// that names several machines, or a name that several have, tells of none of them.
func outletsByName(assets []*Asset) map[string]float64 {
	named := map[string]int{}
	for _, a := range assets {
		if name := plainName(a.Name); (a.Kind == KindServer || a.Kind == KindHypervisor) && strings.ContainsAny(name, "abcdefghijklmnopqrstuvwxyz") {
			named[name]++
		}
	}
	sums := map[string]float64{}
	for _, a := range assets {
		if a.Kind != KindPDU {
			continue
		}
		for _, s := range a.Sensors {
			label, isOutlet := cutAny(s.Name, "Outlet ", "Receptacle ")
			if s.Class != "power" || s.Unit != "watts" || !isOutlet || apparent.MatchString(label) {
				continue
			}
			if name := onlyName(label, named); name != "" {
				sums[name] += max(0, s.Value)
			}
		}
	}
	return sums
}

func cutAny(text string, prefixes ...string) (string, bool) {
	for _, p := range prefixes {
		if rest, found := strings.CutPrefix(text, p); found {
			return rest, true
		}
	}
	return text, false
}

// onlyName finds the one machine that a label names, as a word of its own.
func onlyName(label string, named map[string]int) string {
	found := ""
	words := strings.FieldsFunc(label, func(r rune) bool { return strings.ContainsRune(" \t:;,+/()[]|", r) })
	for _, word := range words {
		if name := plainName(word); named[name] == 1 && name != found {
			if found != "" {
				return ""
			}
			found = name
		}
	}
	return found
}
