package terraform

import (
	"reflect"
	"slices"
	"strconv"
	"strings"

	tfjson "github.com/hashicorp/terraform-json"
)

// changedPaths gives the attributes that differ or will only be known afterwards, sorted: the top-level
// key, or the path within it ("disk.0.size") where a rule names paths within that key. Something other
// than two objects counts as one change of everything, under the empty path.
func changedPaths(c *tfjson.Change, rules []string) []string {
	before, ok1 := c.Before.(map[string]any)
	after, ok2 := c.After.(map[string]any)
	if !ok1 || !ok2 {
		return []string{""}
	}
	unknown, _ := c.AfterUnknown.(map[string]any)
	var paths []string
	for _, key := range keysOf(before, after, unknown) {
		if !differs(before[key], after[key], unknown[key]) {
			continue
		}
		if !slices.ContainsFunc(rules, func(rule string) bool { return strings.HasPrefix(rule, key+".") }) {
			paths = append(paths, key)
			continue
		}
		paths = append(paths, within(key, before[key], after[key], unknown[key])...)
	}
	return paths
}

// within gives the changed paths below one. Lists of another length, and values that are not both lists
// or both objects, are one change.
func within(path string, before, after, unknown any) []string {
	if !differs(before, after, unknown) {
		return nil
	}
	var paths []string
	switch b := before.(type) {
	case []any:
		a, ok := after.([]any)
		if !ok || len(a) != len(b) {
			return []string{path}
		}
		u, _ := unknown.([]any)
		for i := range b {
			var below any
			if i < len(u) {
				below = u[i]
			}
			paths = append(paths, within(path+"."+strconv.Itoa(i), b[i], a[i], below)...)
		}
	case map[string]any:
		a, ok := after.(map[string]any)
		if !ok {
			return []string{path}
		}
		u, _ := unknown.(map[string]any)
		for _, key := range keysOf(b, a, u) {
			paths = append(paths, within(path+"."+key, b[key], a[key], u[key])...)
		}
	}
	if paths == nil { // plain values, or all of it known only afterwards
		return []string{path}
	}
	return paths
}

// grows tells whether a list keeps all that stands in it, and what comes to it is known.
func grows(c *tfjson.Change, key string) bool {
	before, _ := c.Before.(map[string]any)
	after, _ := c.After.(map[string]any)
	unknown, _ := c.AfterUnknown.(map[string]any)
	_, list := before[key].([]any)
	return (list || before[key] == nil) && len(beyond(before[key], after[key])) == 0 && !holdsTrue(unknown[key])
}

// beyond gives what stands in a list and not in another.
func beyond(list, other any) []any {
	all, _ := list.([]any)
	others, _ := other.([]any)
	return slices.DeleteFunc(slices.Clone(all), func(v any) bool {
		return slices.ContainsFunc(others, func(o any) bool { return reflect.DeepEqual(v, o) })
	})
}

func differs(before, after, unknown any) bool {
	return holdsTrue(unknown) || !reflect.DeepEqual(before, after)
}

// keysOf gives the keys of all objects, sorted, each once.
func keysOf(objects ...map[string]any) []string {
	var keys []string
	for _, object := range objects {
		keys = append(keys, sortedKeys(object)...)
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

// allowed tells whether a rule names the path, or something above it. A star stands for any one part.
func allowed(rules []string, path string) bool {
	parts := strings.Split(path, ".")
	return slices.ContainsFunc(rules, func(rule string) bool {
		want := strings.Split(rule, ".")
		if len(want) > len(parts) {
			return false
		}
		for i, w := range want {
			if w != "*" && w != parts[i] {
				return false
			}
		}
		return true
	})
}

// holdsTrue tells whether a tree of after_unknown marks anything.
func holdsTrue(v any) bool {
	switch v := v.(type) {
	case bool:
		return v
	case []any:
		return slices.ContainsFunc(v, holdsTrue)
	case map[string]any:
		for _, inner := range v {
			if holdsTrue(inner) {
				return true
			}
		}
	}
	return false
}
