package jsonschema

import "strconv"

func (l *list) arrays(w, r *shape) {
	l.at("items", func() { l.compare(w.array.all, r.array.all) })
	l.items(w, r)
	l.additionalItems(w, r)
	l.unevaluated("unevaluatedItems", "UNEVALUATED_ITEMS", w, r, w.array.unevaluated, r.array.unevaluated)
	l.bound("maxItems", "MAX_ITEMS", w, r, w.array.maxItems, r.array.maxItems)
	l.bound("minItems", "MIN_ITEMS", w, r, w.array.minItems, r.array.minItems)
	if w.array.unique != r.array.unique {
		if w.array.unique {
			l.addAt("uniqueItems", "UNIQUE_ITEMS_REMOVED", w, r)
		} else {
			l.addAt("uniqueItems", "UNIQUE_ITEMS_ADDED", w, r)
		}
	}
	l.bound("maxContains", "MAX_CONTAINS", w, r, w.array.maxContains, r.array.maxContains)
	l.bound("minContains", "MIN_CONTAINS", w, r, w.array.minContains, r.array.minContains)
}

// items compares schemas for single places of the array.
func (l *list) items(w, r *shape) {
	before, after := w.array.items, r.array.items
	for i := range max(len(before), len(after)) {
		l.at("items/"+strconv.Itoa(i), func() {
			switch {
			case i >= len(after):
				l.itemRemoved(w, r, before[i], strconv.Itoa(i))
			case i >= len(before):
				l.itemAdded(w, r, after[i], strconv.Itoa(i))
			default:
				l.compare(before[i], after[i])
			}
		})
	}
}

func (l *list) itemRemoved(w, r, was *shape, index string) {
	cover := r.array.cover()
	switch {
	case r.array.open():
		l.add("ITEM_REMOVED_FROM_OPEN_CONTENT_MODEL", w, r, "items", index)
	case cover != nil && l.covered(was, cover):
		l.add("ITEM_REMOVED_IS_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL", w, r, "items", index)
	case cover != nil:
		l.add("ITEM_REMOVED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL", w, r, "items", index)
	case was.kind == nothing:
		l.add("ITEM_WITH_FALSE_REMOVED_FROM_CLOSED_CONTENT_MODEL", w, r, "items", index)
	default:
		l.add("ITEM_REMOVED_FROM_CLOSED_CONTENT_MODEL", w, r, "items", index)
	}
}

func (l *list) itemAdded(w, r, is *shape, index string) {
	cover := w.array.cover()
	switch {
	case w.array.open() && is.kind == anything:
		l.add("ITEM_WITH_EMPTY_SCHEMA_ADDED_TO_OPEN_CONTENT_MODEL", w, r, "items", index)
	case w.array.open():
		l.add("ITEM_ADDED_TO_OPEN_CONTENT_MODEL", w, r, "items", index)
	case cover != nil && l.covered(cover, is):
		l.add("ITEM_ADDED_IS_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL", w, r, "items", index)
	case cover != nil:
		l.add("ITEM_ADDED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL", w, r, "items", index)
	default:
		l.add("ITEM_ADDED_TO_CLOSED_CONTENT_MODEL", w, r, "items", index)
	}
}

// cover is the schema that items beyond the declared ones are held to; nil when there is none.
func (a *arrayRules) cover() *shape {
	if a.additional != nil {
		return a.additional
	}
	if !a.closed && a.unevaluated != nil && a.unevaluated.kind != nothing {
		return a.unevaluated
	}
	return nil
}

func (l *list) additionalItems(w, r *shape) {
	l.at("additionalItems", func() {
		switch was, is := w.array, r.array; {
		case was.closed != is.closed && was.closed:
			l.add("ADDITIONAL_ITEMS_ADDED", w, r, "additionalItems", "")
		case was.closed != is.closed:
			l.add("ADDITIONAL_ITEMS_REMOVED", w, r, "additionalItems", "")
		case was.additional == nil && is.additional != nil:
			l.add("ADDITIONAL_ITEMS_NARROWED", w, r, "additionalItems", "")
		case was.additional != nil && is.additional == nil:
			l.add("ADDITIONAL_ITEMS_EXTENDED", w, r, "additionalItems", "")
		default:
			l.compare(was.additional, is.additional)
		}
	})
}
