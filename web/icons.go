package web

import (
	"fmt"
	"html/template"
)

// icons are drawn on a grid of 16 in one stroke, and take the colour of the text around them.
var icons = map[string]string{
	"search":   `<circle cx="7" cy="7" r="4.5"/><path d="m10.5 10.5 3.5 3.5"/>`,
	"sun":      `<circle cx="8" cy="8" r="3"/><path d="M8 1.5v1M8 13.5v1M1.5 8h1M13.5 8h1M3.4 3.4l.7.7M11.9 11.9l.7.7M3.4 12.6l.7-.7M11.9 4.1l.7-.7"/>`,
	"moon":     `<path d="M13.5 9.6A5.8 5.8 0 0 1 6.4 2.5a5.8 5.8 0 1 0 7.1 7.1Z"/>`,
	"copy":     `<rect x="5.5" y="5.5" width="8" height="8" rx="1.5"/><path d="M10.5 5.5V4A1.5 1.5 0 0 0 9 2.5H4A1.5 1.5 0 0 0 2.5 4v5A1.5 1.5 0 0 0 4 10.5h1.5"/>`,
	"check":    `<path d="m3 8.5 3.2 3.2L13 4.8"/>`,
	"cross":    `<path d="m4 4 8 8M12 4l-8 8"/>`,
	"warning":  `<path d="M8 2.2 14.3 13H1.7L8 2.2ZM8 6.5v3M8 11.3v.2"/>`,
	"info":     `<circle cx="8" cy="8" r="6"/><path d="M8 7.3v3.7M8 5v.2"/>`,
	"left":     `<path d="m10 3.5-4.5 4.5L10 12.5"/>`,
	"right":    `<path d="M6 3.5 10.5 8 6 12.5"/>`,
	"down":     `<path d="M8 2.5v9M4 8l4 4 4-4"/>`,
	"up":       `<path d="M8 13.5v-9M4 8l4-4 4 4"/>`,
	"out":      `<path d="M3 8h9M8.5 4.5 12 8l-3.5 3.5"/>`,
	"in":       `<path d="M13 8H4M7.5 4.5 4 8l3.5 3.5"/>`,
	"plus":     `<path d="M8 3v10M3 8h10"/>`,
	"trash":    `<path d="M2.5 4.5h11M6 4.5v-2h4v2M4 4.5l.7 9h6.6l.7-9"/>`,
	"download": `<path d="M8 2.5v7.5M4.8 7 8 10.2 11.2 7M2.5 13.5h11"/>`,
	"clock":    `<circle cx="8" cy="8" r="6"/><path d="M8 4.5V8l2.3 1.8"/>`,
	"key":      `<rect x="1.5" y="4" width="13" height="8.5" rx="1.5"/><path d="M4 7h.1M6.6 7h.1M9.3 7h.1M12 7h.1M5 10h6"/>`,
	"list":     `<path d="M5.5 4h8M5.5 8h8M5.5 12h8M2.5 4h.1M2.5 8h.1M2.5 12h.1"/>`,
	"tree":     `<path d="M3.5 2.5v9.5h4M3.5 6.5h4"/><rect x="7.5" y="4.8" width="5" height="3.4" rx="1"/><rect x="7.5" y="10.3" width="5" height="3.4" rx="1"/>`,
	"diff":     `<path d="M8 2.5v6M5 5.5h6M5 12h6"/>`,
	"bytes":    `<path d="M3 3.5h2v4H3zM11 3.5h2v4h-2zM7.5 3.5h1v4M3.5 9.5h1v4M7 9.5h2v4H7zM11.5 9.5h1v4"/>`,
	"graph":    `<circle cx="3.5" cy="8" r="1.8"/><circle cx="12.5" cy="3.5" r="1.8"/><circle cx="12.5" cy="12.5" r="1.8"/><path d="M5.2 7.2 10.8 4.3M5.2 8.8l5.6 2.9"/>`,
	"user":     `<circle cx="8" cy="5.2" r="2.7"/><path d="M2.8 13.5c.6-2.8 2.6-4.2 5.2-4.2s4.6 1.4 5.2 4.2"/>`,
	"lock":     `<rect x="3.5" y="7" width="9" height="6.5" rx="1.5"/><path d="M5.5 7V5a2.5 2.5 0 0 1 5 0v2"/>`,
	"code":     `<path d="M5.5 4.5 2 8l3.5 3.5M10.5 4.5 14 8l-3.5 3.5"/>`,
	"gear":     `<circle cx="8" cy="8" r="2.2"/><path d="M8 1.8v2M8 12.2v2M1.8 8h2M12.2 8h2M3.6 3.6 5 5M11 11l1.4 1.4M3.6 12.4 5 11M11 5l1.4-1.4"/>`,
}

// icon draws an icon; it says nothing to a screen reader, the words beside it do.
func icon(name string) (template.HTML, error) {
	shape, ok := icons[name]
	if !ok {
		return "", fmt.Errorf("there is no icon %q", name)
	}
	return template.HTML(`<svg class="icon" viewBox="0 0 16 16" width="16" height="16" fill="none" stroke="currentColor" stroke-width="1.5" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">` + shape + `</svg>`), nil
}
