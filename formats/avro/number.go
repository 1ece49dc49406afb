package avro

import (
	"math"
	"regexp"
	"strconv"
	"strings"
)

// FormatDouble writes a double as the reference does, which is as Java's Double.toString does since JDK 19: the shortest
// digits that read back as the same number, plain between 10^-3 and 10^7, else with an exponent.
func FormatDouble(f float64) string { return formatFloat(f, 64) }

// FormatFloat is FormatDouble for single precision (Float.toString).
func FormatFloat(f float32) string { return formatFloat(float64(f), 32) }

func formatFloat(f float64, bits int) string {
	switch {
	case math.IsNaN(f):
		return "NaN"
	case math.IsInf(f, 1):
		return "Infinity"
	case math.IsInf(f, -1):
		return "-Infinity"
	case f == 0 && math.Signbit(f):
		return "-0.0"
	case f == 0:
		return "0.0"
	}
	text := strconv.FormatFloat(f, 'e', -1, bits)
	if !strings.Contains(text, ".") {
		// Java asks for two digits at least, and takes the two that are nearest.
		if two := strconv.FormatFloat(f, 'e', 1, bits); sameFloat(two, f, bits) {
			text = two
		}
	}
	sign := ""
	if text[0] == '-' {
		sign, text = "-", text[1:]
	}
	mantissa, exponent, _ := strings.Cut(text, "e")
	exp, _ := strconv.Atoi(exponent)
	digits := strings.Replace(mantissa, ".", "", 1)
	if a := math.Abs(f); a >= 1e-3 && a < 1e7 {
		return sign + plain(digits, exp)
	}
	return sign + point(digits, 1) + "E" + strconv.Itoa(exp)
}

func sameFloat(text string, f float64, bits int) bool {
	back, err := strconv.ParseFloat(text, bits)
	return err == nil && back == f
}

// plain writes digits, of which the first stands for 10^exp, without an exponent.
func plain(digits string, exp int) string {
	if exp < 0 {
		return "0." + strings.Repeat("0", -exp-1) + strings.TrimRight(digits, "0")
	}
	return point(digits, exp+1)
}

// point puts a decimal point after n digits and leaves at least one digit behind it, and no superfluous zeros.
func point(digits string, n int) string {
	if len(digits) < n {
		digits += strings.Repeat("0", n-len(digits))
	}
	fraction := strings.TrimRight(digits[n:], "0")
	if fraction == "" {
		fraction = "0"
	}
	return digits[:n] + "." + fraction
}

var javaNumber = regexp.MustCompile(`^[+-]?(NaN|Infinity|([0-9]+\.?[0-9]*([eE][+-]?[0-9]+)?|\.[0-9]+([eE][+-]?[0-9]+)?|0[xX]([0-9a-fA-F]+\.?[0-9a-fA-F]*|\.[0-9a-fA-F]+)[pP][+-]?[0-9]+)[fFdD]?)$`)

// parseDouble reads a double as Java's Double.parseDouble does; the reference does so with the defaults of float and
// double fields that are given as strings.
func parseDouble(text string) (float64, bool) {
	text = strings.TrimFunc(text, func(c rune) bool { return c <= ' ' })
	if len(text) > maxDigits || !javaNumber.MatchString(text) {
		return 0, false
	}
	if !strings.HasSuffix(text, "y") && !strings.HasSuffix(text, "N") {
		text = strings.TrimRight(text, "fFdD")
	}
	text = strings.TrimPrefix(text, "+")
	f, err := strconv.ParseFloat(strings.Replace(text, "-NaN", "NaN", 1), 64)
	if err != nil && !math.IsInf(f, 0) {
		return 0, false
	}
	return f, true
}

// Double returns the value of a number. Numbers beyond the range of a double are infinite.
func (v *Value) Double() float64 {
	f, _ := strconv.ParseFloat(v.Text, 64)
	return f
}

// Int64 returns the value of an integer that fits 64 bits.
func (v *Value) Int64() (int64, bool) {
	if v.Kind != IntValue {
		return 0, false
	}
	n, err := strconv.ParseInt(v.Text, 10, 64)
	return n, err == nil
}

// Int32 returns the value of an integer that fits 32 bits.
func (v *Value) Int32() (int32, bool) {
	n, ok := v.Int64()
	return int32(n), ok && int64(int32(n)) == n
}
