package registry

import "testing"

func TestACacheKeepsToItsBound(t *testing.T) {
	c := newCache[int, int](1000)
	for i := range 500 {
		c.put(i%70, i, 10+i%30)
		if value, ok := c.get(i % 70); !ok || value != i {
			t.Fatalf("what was just put is %d, %t", value, ok)
		}
		sum := 0
		for _, entry := range c.entries {
			sum += entry.weight
		}
		if sum != c.weight || sum > 1000 {
			t.Fatalf("%d bytes are counted as %d, of 1000", sum, c.weight)
		}
	}
	c.put(1000, 0, 126)
	if _, ok := c.get(1000); ok {
		t.Error("a value that takes more than an eighth was kept")
	}
}

func TestACacheThatIsALittleTooSmallFindsMost(t *testing.T) {
	c := newCache[int, int](100)
	found := 0
	const keys, rounds = 120, 40
	for range rounds {
		for key := range keys {
			if _, ok := c.get(key); ok {
				found++
			} else {
				c.put(key, key, 1)
			}
		}
	}
	if found < keys*rounds*4/10 {
		t.Errorf("%d of %d were found", found, keys*rounds)
	}
}

func TestWhatIsRecentStaysUntilHalfTheRoomWasTaken(t *testing.T) {
	r := newRecent[int, int](100)
	for i := range 1000 {
		r.put(i, -i, 10)
		for back := range min(i+1, 5) {
			if value, ok := r.get(i - back); !ok || value != back-i {
				t.Fatalf("after %d: %d is %d, %t", i, i-back, value, ok)
			}
		}
		if n := len(r.young) + len(r.old); n > 10 {
			t.Fatalf("%d entries of 10 bytes in 100", n)
		}
	}
	if r.put(-1, 1, 51); len(r.young) > 5 {
		t.Error("a value larger than half the room is kept")
	}
}
