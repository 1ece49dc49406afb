//go:build e2e && linux

package torture

import (
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// flipServer starts a server on the sample with a bit flipped, and says what it does.
func flipServer(t *testing.T, program string, env []string, whole []byte, bit int, want string) (verdict string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "flipped.db")
	data := slices.Clone(whole)
	data[bit/8] ^= 1 << (bit % 8)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := start(program, path, env)
	if err != nil {
		return "CRASH " + err.Error()
	}
	defer s.Kill()
	got, err := everything(s)
	switch {
	case err != nil:
		return "CRASH " + err.Error()
	case s.Quarantined:
		if status, _, err := s.Do(http.MethodGet, "/health/live", nil); err != nil || status != http.StatusOK {
			return "CRASH in quarantine"
		}
		return flipDetected
	case got == want:
		return flipHarmless
	case strings.Contains(got, "Stored data is damaged"):
		return flipDetected
	}
	return flipWrong
}

// TestAServerOnAFlippedBitAnswersRightOrNotAtAll goes the whole way: it serves, or stays up and says that it cannot.
func TestAServerOnAFlippedBitAnswersRightOrNotAtAll(t *testing.T) {
	whole, want := sampled(t)
	random := rand.New(rand.NewPCG(2, 1))
	verdicts := map[string]int{}
	n := size(t, "FLIPPED_STARTS", 10, 2000)
	for range n {
		bit := random.IntN(len(whole) * 8)
		verdict := flipServer(t, binary, nil, whole, bit, want)
		verdicts[verdict]++
		if verdict != flipDetected && verdict != flipHarmless {
			t.Errorf("bit %d of byte %d: %s", bit%8, bit/8, verdict)
		}
	}
	report(t, "starts on a flipped bit: %d; %d detected, %d without effect, %d wrong or worse", n, verdicts[flipDetected], verdicts[flipHarmless], n-verdicts[flipDetected]-verdicts[flipHarmless])
}

// TestAServerWithoutChecksumsGivesWrongAnswers: the same bits find it out.
func TestAServerWithoutChecksumsGivesWrongAnswers(t *testing.T) {
	program := mutants(t)
	whole, want := sampled(t)
	random := rand.New(rand.NewPCG(3, 1))
	for n := range 300 {
		bit := random.IntN(len(whole) * 8)
		if flipServer(t, program, []string{"MUTANT=no-checksum"}, whole, bit, want) == flipWrong {
			report(t, "flipped bits without checksums: a wrong answer after %d", n+1)
			return
		}
	}
	t.Error("300 flipped bits and no wrong answer without checksums: the test of flipped bits proves nothing")
}
