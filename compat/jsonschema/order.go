package jsonschema

import "unicode/utf16"

// hashOrder sorts names the way the reference server happens to list them: by the bucket they take in a hash table. It makes
// the order of messages the same. room is the capacity the table was made with; 0 means the usual one.
func hashOrder(names []string, room int) []string {
	capacity := 16
	for capacity < room {
		capacity *= 2
	}
	for len(names)*4 > capacity*3 {
		capacity *= 2
	}
	// Names of one bucket keep their order: counted first, each is put at its place at once.
	buckets := make([]uint32, len(names))
	next := make([]int, capacity+1) // the place of the next name of each bucket
	for i, name := range names {
		h := hash(name)
		buckets[i] = (h ^ h>>16) & uint32(capacity-1)
		next[buckets[i]+1]++
	}
	for i := range capacity {
		next[i+1] += next[i]
	}
	out := make([]string, len(names))
	for i, name := range names {
		out[next[buckets[i]]] = name
		next[buckets[i]]++
	}
	return out
}

// unionOrder lists the names of both in hash order.
func unionOrder(a, b []string) []string {
	a, b = hashOrder(a, 0), hashOrder(b, 0)
	in := make(map[string]bool, len(a))
	for _, s := range a {
		in[s] = true
	}
	all := append([]string(nil), a...)
	for _, s := range b {
		if !in[s] {
			all = append(all, s)
		}
	}
	return hashOrder(all, len(a)*4/3+1)
}

// hash is Java's String.hashCode.
func hash(s string) uint32 {
	var h uint32
	for _, c := range s {
		if c > 0xFFFF {
			high, low := utf16.EncodeRune(c)
			h = (h*31+uint32(high))*31 + uint32(low)
		} else {
			h = h*31 + uint32(c)
		}
	}
	return h
}
