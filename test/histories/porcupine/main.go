// Asks Porcupine about recorded histories: `go run . FILE...`, each as `npm run histories -- --keep` writes it. Prints a line
// for each: "linearizable", or "not linearizable" and the items that are not.
package main

import (
	"encoding/json"
	"fmt"
	"log"
	"math"
	"os"
	"sort"
	"strings"
	"time"

	"github.com/anishathalye/porcupine"
)

type access struct {
	Item  string `json:"item"`
	Saw   *int   `json:"saw"`
	Left  *int   `json:"left"`
	Needs any    `json:"needs"`
}

type operation struct {
	Client      int      `json:"client"`
	InvokedMs   float64  `json:"invokedMs"`
	CompletedMs *float64 `json:"completedMs"`
	Outcome     string   `json:"outcome"`
	Accesses    []access `json:"accesses"`
}

type history struct {
	Operations []operation `json:"operations"`
}

type step struct {
	access
	outcome string
}

// The state is the version that the item holds, 0 if there is none.
var model = porcupine.Model{
	Init: func() any { return 0 },
	Step: func(state, input, _ any) (bool, any) {
		version, s := state.(int), input.(step)
		fits := (s.Saw == nil || *s.Saw == version) && (s.outcome == "refused" || holds(s.Needs, version))
		if s.outcome == "unknown" && !fits {
			// It may not have happened.
			return true, version
		}
		if fits && s.Left != nil && s.outcome != "refused" {
			return true, *s.Left
		}
		return fits, version
	},
}

func holds(needs any, version int) bool {
	switch needed := needs.(type) {
	case string:
		return version != 0
	case float64:
		return version == int(needed)
	}
	return true
}

func check(h history) string {
	items := map[string][]porcupine.Operation{}
	for _, o := range h.Operations {
		end := int64(math.MaxInt64)
		if o.CompletedMs != nil {
			end = nanoseconds(*o.CompletedMs)
		}
		for _, a := range o.Accesses {
			items[a.Item] = append(items[a.Item], porcupine.Operation{
				ClientId: o.Client, Input: step{a, o.Outcome}, Call: nanoseconds(o.InvokedMs), Return: end,
			})
		}
	}
	wrong := []string{}
	for item, operations := range items {
		switch porcupine.CheckOperationsTimeout(model, operations, time.Minute) {
		case porcupine.Illegal:
			wrong = append(wrong, item)
		case porcupine.Unknown:
			return "undecided: " + item
		}
	}
	if len(wrong) == 0 {
		return "linearizable"
	}
	sort.Strings(wrong)
	return "not linearizable: " + strings.Join(wrong, ", ")
}

func nanoseconds(ms float64) int64 { return int64(math.Round(ms * 1e6)) }

func main() {
	for _, path := range os.Args[1:] {
		bytes, err := os.ReadFile(path)
		if err != nil {
			log.Fatal(err)
		}
		var h history
		if err := json.Unmarshal(bytes, &h); err != nil {
			log.Fatal(path, ": ", err)
		}
		fmt.Println(check(h))
	}
}
