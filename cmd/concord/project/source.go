package project

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// maxFile is how much of a file is read, in bytes: more than a schema may have.
const maxFile = 8 << 20

// Source is a tree of files: a folder on disk, or a folder in a commit.
type Source struct {
	Name  string // what messages call it
	files map[string][]byte
}

// NewSource returns a source of files in memory.
func NewSource(name string, files map[string][]byte) *Source {
	return &Source{Name: name, files: files}
}

// Skipped reports whether a folder of this name is left out of every source.
func Skipped(name string) bool {
	return strings.HasPrefix(name, ".") || slices.Contains(skipped, name)
}

// Files lists the paths in the source, with slashes, sorted.
func (s *Source) Files() []string {
	var names []string
	for name := range s.files {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// File returns a file's content; nil when there is none.
func (s *Source) File(name string) []byte { return s.files[name] }

// skipped folders hold copies and build output, not a project's own schemas.
var skipped = []string{"node_modules", "target", "build", "dist", "vendor"}

// Disk reads the candidates for schemas below a folder. Hidden folders and those of build tools are skipped.
func Disk(root string, wanted func(name string) bool) (*Source, error) {
	s := &Source{Name: root, files: map[string][]byte{}}
	err := filepath.WalkDir(root, func(file string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := entry.Name()
		if entry.IsDir() {
			if file != root && Skipped(name) {
				return fs.SkipDir
			}
			return nil
		}
		relative, err := filepath.Rel(root, file)
		if err != nil {
			return err
		}
		relative = filepath.ToSlash(relative)
		if !entry.Type().IsRegular() || !wanted(relative) {
			return nil
		}
		s.files[relative], err = readStart(file)
		return err
	})
	return s, err
}

// readStart reads a file up to maxFile. What is larger is too large for a schema, and its parser says so.
func readStart(name string) ([]byte, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return io.ReadAll(io.LimitReader(file, maxFile))
}

// Git reads the candidates for schemas from a commit. input is written as for other tools that compare with git:
// "PATH/.git#branch=main", also tag=, ref= and subdir=, separated by commas. root is the project on disk: the same folder
// of the commit is read, unless subdir names another.
func Git(ctx context.Context, input, root string, wanted func(name string) bool) (*Source, error) {
	location, ref, subdir, err := parseInput(input)
	if err != nil {
		return nil, err
	}
	dir := filepath.Dir(filepath.Clean(location))
	if !filepath.IsAbs(dir) {
		// ".git" means the repository around the project, wherever in it the project lies.
		dir = filepath.Join(root, dir)
	}
	git := repository{ctx: ctx, dir: dir}
	if subdir == nil {
		prefix, err := git.run("rev-parse", "--show-prefix")
		if err != nil {
			return nil, err
		}
		p := strings.TrimSuffix(strings.TrimSpace(string(prefix)), "/")
		subdir = &p
	}
	return git.read(input, ref, *subdir, wanted)
}

// IsGit reports whether the other side of a comparison is a commit rather than a folder.
func IsGit(input string) bool {
	location, _, _ := strings.Cut(input, "#")
	return path.Base(filepath.ToSlash(location)) == ".git"
}

// CheckInput tells what is wrong with how the other side of a comparison is written, whether or not it exists.
func CheckInput(input string) error {
	if input == "" {
		return errors.New("is empty; write .git#branch=main, or a folder")
	}
	if !IsGit(input) {
		return nil
	}
	_, _, _, err := parseInput(input)
	return err
}

// parseInput takes what Git reads apart. subdir is nil where it is not given.
func parseInput(input string) (location, ref string, subdir *string, err error) {
	location, fragment, _ := strings.Cut(input, "#")
	if ref, subdir, err = parseFragment(fragment); err != nil {
		return "", "", nil, fmt.Errorf("%q: %w", input, err)
	}
	return location, ref, subdir, nil
}

func parseFragment(fragment string) (ref string, subdir *string, err error) {
	ref = "HEAD"
	for _, part := range strings.Split(fragment, ",") {
		key, value, _ := strings.Cut(part, "=")
		switch {
		case part == "":
		case value == "":
			return "", nil, fmt.Errorf("%q has no value; write branch=main, tag=v1, ref=HEAD~1 or subdir=schemas", part)
		case key == "branch":
			ref = value
		case key == "tag":
			ref = "refs/tags/" + value
		case key == "ref" || key == "commit":
			ref = value
		case key == "subdir":
			value = strings.Trim(path.Clean(value), "/")
			subdir = &value
		default:
			return "", nil, fmt.Errorf("%q is none of branch, tag, ref and subdir", key)
		}
	}
	if strings.HasPrefix(ref, "-") {
		return "", nil, fmt.Errorf("%q is not a commit", ref)
	}
	return ref, subdir, nil
}

// repository runs git in a folder.
type repository struct {
	ctx context.Context
	dir string
}

func (r repository) run(args ...string) ([]byte, error) { return r.feed(nil, args...) }

func (r repository) feed(stdin []byte, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(r.ctx, "git", append([]string{"-C", r.dir}, args...)...)
	cmd.Stdin = bytes.NewReader(stdin)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if errors.Is(err, exec.ErrNotFound) {
		return nil, errors.New("comparing with git needs the git program, and it is not installed")
	}
	if err != nil {
		return nil, fmt.Errorf("git %s in %s: %s", strings.Join(args, " "), r.dir, strings.TrimSpace(stderr.String()))
	}
	return out, nil
}

// read collects the wanted files of a commit with two runs of git, however many files there are.
func (r repository) read(name, ref, subdir string, wanted func(string) bool) (*Source, error) {
	commit, err := r.run("rev-parse", "--verify", "--end-of-options", ref+"^{commit}")
	if err != nil {
		// A pipeline's checkout often knows a branch only as that of the remote.
		var again error
		if commit, again = r.run("rev-parse", "--verify", "--end-of-options", "refs/remotes/origin/"+ref+"^{commit}"); again != nil {
			return nil, fmt.Errorf("%w; if this is a shallow checkout, fetch the commit first (git fetch origin %s)", err, ref)
		}
	}
	tree := strings.TrimSpace(string(commit)) + ":" + subdir
	listing, err := r.run("ls-tree", "-r", "-z", "--full-tree", tree)
	if err != nil && subdir != "" && strings.Contains(err.Error(), "Not a valid object name") {
		return &Source{Name: name, files: map[string][]byte{}}, nil // the folder did not exist then
	}
	if err != nil {
		return nil, err
	}
	var names []string
	var objects bytes.Buffer
	for _, line := range strings.Split(string(listing), "\x00") {
		meta, file, ok := strings.Cut(line, "\t")
		fields := strings.Fields(meta)
		if !ok || len(fields) != 3 || fields[1] != "blob" || !wanted(file) || hidden(file) {
			continue
		}
		names = append(names, file)
		objects.WriteString(fields[2] + "\n")
	}
	contents, err := r.feed(objects.Bytes(), "cat-file", "--batch")
	if err != nil {
		return nil, err
	}
	return parseBatch(name, names, contents)
}

// hidden reports whether a file lies in a folder that Disk skips.
func hidden(file string) bool {
	for _, part := range strings.Split(path.Dir(file), "/") {
		if part != "." && Skipped(part) {
			return true
		}
	}
	return false
}

// parseBatch reads the output of git cat-file --batch: for each object a line with its size, its content, a line feed.
func parseBatch(name string, names []string, out []byte) (*Source, error) {
	s := &Source{Name: name, files: map[string][]byte{}}
	for _, file := range names {
		header, rest, ok := bytes.Cut(out, []byte{'\n'})
		var object, kind string
		var size int
		if _, err := fmt.Sscan(string(header), &object, &kind, &size); err != nil || !ok || size >= len(rest) {
			return nil, fmt.Errorf("git did not give the content of %s", file)
		}
		s.files[file], out = rest[:size], rest[size+1:]
	}
	return s, nil
}
