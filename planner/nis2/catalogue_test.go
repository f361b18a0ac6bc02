package nis2_test

import (
	"testing"

	"github.com/samdrift/samdrift/planner/nis2"
)

func TestLoad(t *testing.T) {
	cat, err := nis2.Load()
	if err != nil {
		t.Fatal(err)
	}
	if len(cat.Controls) != 80 {
		t.Errorf("%d controls, want 80", len(cat.Controls))
	}
}
