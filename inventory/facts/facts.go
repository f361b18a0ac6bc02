// Package facts holds the embedded facts that every installation starts from, each with its source
// and date: Denmark's 98 municipalities, product life cycles and the freeze calendar.
//
// Facts age. Each table says when it was made; what is not in a table is unknown, never fine.
package facts
