package message

import (
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
)

// ParseHex reads hexadecimal digits as tools show them: with blanks, colons, commas or dashes between, or \x or 0x in front.
func ParseHex(text string) ([]byte, error) {
	digits := strings.NewReplacer(`\x`, "", "0x", "", "0X", "", ":", "", ",", "", "-", "").Replace(withoutBlanks(text))
	data, err := hex.DecodeString(digits)
	if err != nil {
		return nil, fmt.Errorf("these are no hexadecimal digits: %w", err)
	}
	return data, nil
}

// ParseBase64 reads base64 in either alphabet, with or without padding and line breaks.
func ParseBase64(text string) ([]byte, error) {
	standard := strings.NewReplacer("-", "+", "_", "/").Replace(withoutBlanks(text))
	data, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(standard, "="))
	if err != nil {
		return nil, fmt.Errorf("this is no base64: %w", err)
	}
	return data, nil
}

// ParseText reads bytes that are written as text in either way. What could be both is hexadecimal.
func ParseText(text string) ([]byte, error) {
	if data, err := ParseHex(text); err == nil {
		return data, nil
	}
	if data, err := ParseBase64(text); err == nil {
		return data, nil
	}
	return nil, errors.New("this is neither hex nor base64")
}

func withoutBlanks(text string) string { return strings.Join(strings.Fields(text), "") }
