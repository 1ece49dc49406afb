package registry

import (
	"math"
	"strconv"
	"strings"

	"github.com/concord-registry/concord/storage"
)

// latest is the version number that stands for the highest live version.
const latest = -1

// parseVersion reads the version of a path: a number from 1 to 2^31-1, "latest" in any case, or "-1".
func parseVersion(text string) (int, error) {
	s := strings.TrimSpace(text)
	if strings.EqualFold(s, "latest") {
		return latest, nil
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n != latest && (n < 1 || n > math.MaxInt32) {
		return 0, errorf(InvalidVersion, "The specified version '%s' is not a valid version id. Allowed values are between [1, 2^31-1] and the string \"latest\"", text)
	}
	return int(n), nil
}

// findRow returns a version of a subject that is visible, or the error that says what is missing. latest is the highest
// live version even when soft-deleted ones are visible.
func findRow(v storage.View, subject string, version int, withDeleted bool) (*storage.Row, error) {
	var row *storage.Row
	var err error
	if version == latest {
		row, err = v.Latest(subject)
	} else {
		row, err = v.Row(subject, version)
	}
	if err != nil {
		return nil, err
	}
	if row != nil && (withDeleted || !row.Deleted) {
		return row, nil
	}
	visible, err := hasVisible(v, subject, withDeleted)
	if err != nil {
		return nil, err
	}
	if !visible {
		return nil, subjectNotFound(subject)
	}
	return nil, versionNotFound(version)
}

// hasVisible reports whether a subject has any version at all under the deleted flag.
func hasVisible(v storage.View, subject string, withDeleted bool) (bool, error) {
	s, err := v.Subject(subject)
	if err != nil || s == nil {
		return false, err
	}
	return s.Live > 0 || withDeleted && s.Deleted > 0, nil
}

func subjectNotFound(subject string) error {
	return errorf(SubjectNotFound, "Subject '%s' not found.", subject)
}

func versionNotFound(version int) error {
	return errorf(VersionNotFound, "Version %d not found.", version)
}
