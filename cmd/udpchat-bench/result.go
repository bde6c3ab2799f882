package main

import (
	"encoding/json"
	"math"
	"slices"
	"time"
)

// result is one line of output.
type result struct {
	Case string             `json:"case"`
	V    map[string]float64 `json:"v"`
	Note string             `json:"note,omitempty"`
}

func (b *bench) report(name, note string, v map[string]float64) error {
	return json.NewEncoder(b.out).Encode(result{name, v, note})
}

// latencies are the times that things took.
type latencies []time.Duration

// values are quantiles in microseconds.
func (l latencies) values() map[string]float64 {
	if len(l) == 0 {
		return map[string]float64{}
	}
	sorted := slices.Sorted(slices.Values(l))
	at := func(q float64) float64 {
		i := min(len(sorted)-1, int(math.Ceil(q*float64(len(sorted))))-1)
		return float64(sorted[max(i, 0)]) / 1000
	}
	return map[string]float64{"p50_us": at(0.5), "p99_us": at(0.99), "p999_us": at(0.999)}
}
