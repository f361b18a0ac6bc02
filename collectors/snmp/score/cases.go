package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// testcase is one recording with what is asserted for it. Facts that are absent are not asserted.
type testcase struct {
	id     string
	folder string // where the recording lies
	rich   bool
	want   facts
}

func (c testcase) key() string { return filepath.Base(c.folder) + "/" + c.id }

// facts are those of expected/<id>.json that are compared.
type facts struct {
	OS     string `json:"os"`
	OSText string `json:"os_text"`
	Vendor string `json:"vendor"`
	Device struct {
		Hardware      string   `json:"hardware"`
		Version       string   `json:"version"`
		Serial        string   `json:"serial"`
		ChassisModels []string `json:"chassis_models"`
	} `json:"device"`
	Basis    map[string]string `json:"basis"` // literal, words or derived, per fact
	Ports    []port            `json:"ports"`
	Filtered []int             `json:"ports_in_recording_but_filtered_by_librenms"`
	IPv4     []address         `json:"ipv4"`
	IPv6     []address         `json:"ipv6"`
	VLANs    []struct {
		ID   int    `json:"id"`
		Name string `json:"name"`
	} `json:"vlans"`
	Neighbours []struct {
		LocalName  string `json:"local_ifName"`
		LocalDescr string `json:"local_ifDescr"`
		RemoteName string `json:"remote_name"`
	} `json:"neighbours"`
	Entities []struct {
		Index  int    `json:"index"`
		Model  string `json:"model"`
		Serial string `json:"serial"`
	} `json:"entities"`
	Storage []struct {
		Descr string  `json:"descr"`
		Size  float64 `json:"size"`
	} `json:"storage"`
	Sensors []struct {
		OID   string   `json:"oid"`
		Class string   `json:"class"`
		Value *float64 `json:"value"`
	} `json:"sensors"`
	Supplies []struct {
		Descr   string   `json:"descr"`
		Percent *float64 `json:"current_pct"`
	} `json:"supplies"`
}

type port struct {
	Index int     `json:"ifIndex"`
	Name  string  `json:"ifName"`
	Descr string  `json:"ifDescr"`
	Alias string  `json:"ifAlias"`
	Speed float64 `json:"ifSpeed"`
	Type  string  `json:"ifType"`
	MAC   string  `json:"mac"`
	Admin string  `json:"admin"`
	Oper  string  `json:"oper"`
	MTU   int     `json:"mtu"`
}

type address struct {
	IP     string `json:"ip"`
	Prefix int    `json:"prefix"`
}

// readCases lists the recordings of a folder with their facts, the rich ones first.
func readCases(folder string, only []string) ([]testcase, error) {
	var cases []testcase
	add := func(c testcase) {
		if len(only) == 0 || slices.Contains(only, c.id) {
			cases = append(cases, c)
		}
	}
	files, err := filepath.Glob(filepath.Join(folder, "expected", "*.json"))
	if err != nil {
		return nil, err
	}
	for _, file := range files {
		c := testcase{id: strings.TrimSuffix(filepath.Base(file), ".json"), folder: filepath.Join(folder, "recordings"), rich: true}
		if err := readJSON(file, &c.want); err != nil {
			return nil, err
		}
		add(c)
	}
	thin := map[string]facts{}
	if err := readJSON(filepath.Join(folder, "detect.json"), &thin); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	ids := make([]string, 0, len(thin))
	for id := range thin {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	for _, id := range ids {
		add(testcase{id: id, folder: filepath.Join(folder, "detect"), want: thin[id]})
	}
	if len(cases) == 0 {
		return nil, fmt.Errorf("%s has no recordings to score: want expected/*.json with recordings/*.snmprec, or detect.json with detect/*.snmprec", folder)
	}
	return cases, nil
}

func readJSON(path string, into any) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(data, into); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}
