package bolt

import (
	"encoding/binary"
	"encoding/json"
	"fmt"

	"github.com/google/uuid"
	"github.com/klauspost/compress/zstd"

	"github.com/concord-registry/concord/formats"
	"github.com/concord-registry/concord/storage"
)

// Flags of a stored content.
const (
	compressedText = 1 << iota
	hasMetadata
	hasRuleSet
)

// compressFrom is the size in bytes from which a text is worth compressing. Below it a text takes longer to decompress
// than everything else that a read of it does, and saves less than a page.
const compressFrom = 2048

// maxText bounds what a stored text may decompress to.
const maxText = 1 << 30

// The coders are stateless as they are used here and safe for concurrent use.
var (
	compressor, _   = zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1), zstd.WithLowerEncoderMem(true), zstd.WithEncoderCRC(false))
	decompressor, _ = zstd.NewReader(nil, zstd.WithDecoderConcurrency(0), zstd.WithDecoderMaxMemory(maxText))
)

// appendContent encodes a content.
func appendContent(b []byte, c *storage.Content) ([]byte, error) {
	text, flags := []byte(c.Schema), byte(0)
	if len(text) > compressFrom {
		if small := compressor.EncodeAll(text, nil); len(small) < len(text) {
			text, flags = small, compressedText
		}
	}
	var metadata, ruleSet []byte
	var err error
	if c.Metadata != nil {
		flags |= hasMetadata
		if metadata, err = json.Marshal(c.Metadata); err != nil {
			return nil, err
		}
	}
	if c.RuleSet != nil {
		flags |= hasRuleSet
		if ruleSet, err = json.Marshal(c.RuleSet); err != nil {
			return nil, err
		}
	}
	guid, err := uuid.Parse(c.GUID)
	if err != nil {
		return nil, err
	}
	b = append(b, typeCodes[c.Type], flags)
	b = append(b, guid[:]...)
	b = binary.AppendUvarint(b, uint64(len(c.References)))
	for _, ref := range c.References {
		b = appendBlock(appendBlock(b, ref.Name), ref.Subject)
		b = appendNumber(b, ref.Version)
	}
	if metadata != nil {
		b = appendBlock(b, metadata)
	}
	if ruleSet != nil {
		b = appendBlock(b, ruleSet)
	}
	return append(b, text...), nil
}

// decodeContent is the inverse of appendContent. Nothing of body is kept.
func decodeContent(body []byte) (*storage.Content, error) {
	d := decoder{rest: body}
	code, flags := d.byte(), d.byte()
	if code == 0 || int(code) >= typeCount {
		return nil, fmt.Errorf("schema type %d is unknown", code)
	}
	c := &storage.Content{Type: codeTypes[code]}
	var guid uuid.UUID
	copy(guid[:], d.bytes(len(guid)))
	c.GUID = guid.String()
	n := d.uvarint()
	if n > len(d.rest) {
		return nil, fmt.Errorf("%d references do not fit", n)
	}
	for range n {
		c.References = append(c.References, formats.Reference{Name: string(d.block()), Subject: string(d.block()), Version: int(int32(d.uint32()))})
	}
	if flags&hasMetadata != 0 {
		if err := json.Unmarshal(d.block(), &c.Metadata); err != nil {
			return nil, fmt.Errorf("metadata: %w", err)
		}
	}
	if flags&hasRuleSet != 0 {
		if err := json.Unmarshal(d.block(), &c.RuleSet); err != nil {
			return nil, fmt.Errorf("rule set: %w", err)
		}
	}
	if d.bad {
		return nil, fmt.Errorf("content is cut short")
	}
	if flags&compressedText == 0 {
		c.Schema = string(d.rest)
		return c, nil
	}
	text, err := decompressor.DecodeAll(d.rest, nil)
	if err != nil {
		return nil, fmt.Errorf("compressed text: %w", err)
	}
	c.Schema = string(text)
	return c, nil
}
