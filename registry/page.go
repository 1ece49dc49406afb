package registry

// maxSchemas bounds lists that are never returned whole (rest-contract §5.11).
const maxSchemas = 1000

// limit returns how many items a page has: most 0 means no bound.
func (p Page) limit(most int) int {
	if p.Limit <= 0 || most > 0 && p.Limit > most {
		return most
	}
	return p.Limit
}

// paged cuts a page out of a whole list.
func paged[T any](list []T, page Page, most int) []T {
	list = list[min(len(list), page.skip()):]
	if limit := page.limit(most); limit > 0 && limit < len(list) {
		list = list[:limit]
	}
	return list
}

func (p Page) skip() int { return max(0, p.Offset) }
