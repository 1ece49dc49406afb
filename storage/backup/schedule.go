package backup

import (
	"fmt"
	"time"
)

// Schedule says when backups are made: every so often, or once a day. The zero Schedule is never.
type Schedule struct {
	every time.Duration
	daily bool
	at    time.Duration // since midnight, UTC
}

// shortest keeps backups from being all that a server does.
const shortest = time.Minute

// UnmarshalText reads "6h" (at least a minute), "03:30" (every day, UTC), or nothing.
func (s *Schedule) UnmarshalText(text []byte) error {
	word := string(text)
	if word == "" {
		*s = Schedule{}
		return nil
	}
	if at, err := time.Parse("15:04", word); err == nil {
		*s = Schedule{daily: true, at: time.Duration(at.Hour())*time.Hour + time.Duration(at.Minute())*time.Minute}
		return nil
	}
	every, err := time.ParseDuration(word)
	if err != nil || every < shortest {
		return fmt.Errorf("%q is not a schedule; write an interval of a minute or more such as 6h, or a time of day such as 03:30 (UTC)", word)
	}
	*s = Schedule{every: every}
	return nil
}

// MarshalText writes what UnmarshalText reads.
func (s Schedule) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// String writes what UnmarshalText reads.
func (s Schedule) String() string {
	switch {
	case s.daily:
		return fmt.Sprintf("%02d:%02d", int(s.at.Hours()), int(s.at.Minutes())%60)
	case s.every > 0:
		return s.every.String()
	}
	return ""
}

// IsZero reports whether no backups are asked for.
func (s Schedule) IsZero() bool { return s == Schedule{} }

// Next returns when the backup after the one at last is due, which may be in the past. The zero time stands for no backup
// yet; then one is due now.
func (s Schedule) Next(last, now time.Time) time.Time {
	if last.IsZero() {
		return now
	}
	if !s.daily {
		return last.Add(s.every)
	}
	next := last.UTC().Truncate(24 * time.Hour).Add(s.at)
	if !next.After(last) {
		next = next.Add(24 * time.Hour)
	}
	return next
}
