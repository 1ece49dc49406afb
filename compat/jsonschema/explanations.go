package jsonschema

// tightenHere mends a difference in the new schema when that one is the writer.
const tightenHere = "Let the new schema allow here only what the old one accepts, or give the readers the new schema first."

// explanations words the incompatible differences; those of bounds are worded by explanationOf.
var explanations = map[code]explanation{
	"TYPE_CHANGED": {
		"{Reader} expects {isKind} where {writer} describes {wasKind}.",
		"Let the new schema accept the old type beside the new one, for example with \"type\": [\"string\", \"integer\"] or with anyOf; or put the new type under a new name.",
		"Keep the type, or put the new one under a new name and keep filling the old one until no reader needs it.",
	},
	"TYPE_NARROWED": {
		"{Reader} accepts whole numbers only; {writer} allows any number, such as 0.5.",
		"Keep \"type\": \"number\".",
		"Make it \"type\": \"integer\" in the new schema too.",
	},
	"SCHEMA_ADDED": {
		"{Reader} sets rules for values that {writer} leaves free.",
		"Leave this schema out, or make it accept anything ({} or true).",
		"Add the same rules to the new schema.",
	},
	"PATTERN_ADDED": {
		"{Reader} accepts only strings that match {is}; {writer} allows any string.",
		"Leave \"pattern\" out of the new schema, or first add it to the schema its data is written with.",
		"Add the same pattern to the new schema.",
	},
	"PATTERN_CHANGED": {
		"{Reader} accepts strings that match {is}, {writer} those that match {was}. Patterns are not compared by meaning here, so any change counts.",
		"Keep the pattern, or make it accept everything the old one does and register under a policy that compares by meaning.",
		"Keep the pattern.",
	},
	"MULTIPLE_OF_ADDED": {
		"{Reader} accepts only multiples of {is}; {writer} allows other numbers.",
		"Leave \"multipleOf\" out of the new schema.", "Add the same \"multipleOf\" to the new schema.",
	},
	"MULTIPLE_OF_EXPANDED": {
		"{Reader} accepts only multiples of {is}; {writer} allows every multiple of {was}.",
		"Keep \"multipleOf\" at {was} or at a number that divides it.", "Keep \"multipleOf\" at {is} or at a multiple of it.",
	},
	"MULTIPLE_OF_CHANGED": {
		"{Reader} accepts only multiples of {is}, {writer} allows multiples of {was}; neither contains the other.",
		"Keep \"multipleOf\" at {was} or at a number that divides it.", "Keep \"multipleOf\" at {is} or at a multiple of it.",
	},
	"REQUIRED_ATTRIBUTE_ADDED": {
		"{Reader} requires the property {name}; {writer} lets it be absent.",
		"Leave {name} out of \"required\". With a \"default\" for it the reference's verdict accepts the change, although data without it stays invalid.",
		"Require {name} in the new schema as well.",
	},
	"DEPENDENCY_ARRAY_ADDED": {
		"{Reader} requires other properties wherever {name} is present; {writer} does not.",
		"Leave the dependency on {name} out of the new schema.", "Add the same dependency to the new schema.",
	},
	"DEPENDENCY_ARRAY_EXTENDED": {
		"Where {name} is present, {reader} requires {is}; {writer} requires only {was}.",
		"Require no more properties beside {name} than before.", "Require the same properties beside {name} in the new schema.",
	},
	"DEPENDENCY_ARRAY_CHANGED": {
		"Where {name} is present, {reader} requires {is} and {writer} requires {was}.",
		"Require no more properties beside {name} than before.", "Require the same properties beside {name} in the new schema.",
	},
	"DEPENDENCY_SCHEMA_ADDED": {
		"{Reader} sets rules for objects that have the property {name}; {writer} does not.",
		"Leave the rules for objects with {name} out of the new schema.", "Add the same rules to the new schema.",
	},
	"OPTIONAL_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL": {
		"{Reader} declares the property {name}. {Writer} does not, but allows undeclared properties, so its data may already hold any value under that name.",
		"Make {name} accept any type ({} or true), or close the content model with \"additionalProperties\": false in a version before the one that adds it.",
		"Declare {name} in the new schema as the old one does.",
	},
	"REQUIRED_PROPERTY_WITH_DEFAULT_ADDED_TO_OPEN_CONTENT_MODEL": {
		"{Reader} requires the new property {name}, with a default. {Writer} does not declare it, but allows undeclared properties, so its data may already hold any value under that name.",
		"Make {name} accept any type, or close the content model with \"additionalProperties\": false in a version before the one that adds it.",
		"Declare {name} in the new schema as the old one does.",
	},
	"REQUIRED_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL": {
		"{Reader} requires the property {name}, which {writer} does not know: its data may lack it, or hold any value there.",
		"Leave {name} out of \"required\" and let it accept any type.",
		"Declare and require {name} in the new schema as well.",
	},
	"REQUIRED_PROPERTY_ADDED_TO_UNOPEN_CONTENT_MODEL": {
		"{Reader} requires the property {name}, which {writer} does not declare, so its data lacks it.",
		"Leave {name} out of \"required\". With a \"default\" for it the reference's verdict accepts the change, although data without it stays invalid.",
		"Declare and require {name} in the new schema as well.",
	},
	"PROPERTY_REMOVED_FROM_CLOSED_CONTENT_MODEL": {
		"{Reader} does not know the property {name} and allows no undeclared properties; {writer} may write it.",
		"Keep {name} in the new schema, or allow undeclared properties by leaving \"additionalProperties\": false out.",
		"Add {name} only after the readers have a schema that knows it or allows undeclared properties.",
	},
	"PROPERTY_REMOVED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL": {
		"{Reader} does not declare the property {name}, and what it asks of undeclared properties refuses values that {writer} allows.",
		"Keep {name} in the new schema, or let additionalProperties (or patternProperties) accept its values.",
		"Let {name} hold only what the old schema asks of undeclared properties.",
	},
	"PROPERTY_ADDED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL": {
		"{Reader} declares the property {name} more narrowly than {writer}, which does not declare it, asks of undeclared properties.",
		"Let {name} accept everything that the old schema's additionalProperties (or patternProperties) allows.",
		"Declare {name} in the new schema as the old one does.",
	},
	"ADDITIONAL_PROPERTIES_REMOVED": {
		"{Reader} allows no undeclared properties; {writer} does, so its data may hold some.",
		"Leave \"additionalProperties\": false out of the new schema.",
		"Add \"additionalProperties\": false to the new schema as well.",
	},
	"ADDITIONAL_PROPERTIES_NARROWED": {
		"{Reader} sets rules for undeclared properties; {writer} allows any.",
		"Leave the schema under \"additionalProperties\" out, or make it accept anything.",
		"Set the same rules for undeclared properties in the new schema.",
	},
	"UNEVALUATED_PROPERTIES_REMOVED": {
		"{Reader} allows no properties beyond those its keywords speak of; {writer} does.",
		"Leave \"unevaluatedProperties\": false out of the new schema.", "Add \"unevaluatedProperties\": false to the new schema as well.",
	},
	"UNEVALUATED_PROPERTIES_NARROWED": {
		"{Reader} sets rules for properties its other keywords do not speak of; {writer} allows any.",
		"Leave \"unevaluatedProperties\" out of the new schema.", "Set the same rules in the new schema.",
	},
	"UNEVALUATED_ITEMS_REMOVED": {
		"{Reader} allows no items beyond those its keywords speak of; {writer} does.",
		"Leave \"unevaluatedItems\": false out of the new schema.", "Add \"unevaluatedItems\": false to the new schema as well.",
	},
	"UNEVALUATED_ITEMS_NARROWED": {
		"{Reader} sets rules for items its other keywords do not speak of; {writer} allows any.",
		"Leave \"unevaluatedItems\" out of the new schema.", "Set the same rules in the new schema.",
	},
	"UNIQUE_ITEMS_ADDED": {
		"{Reader} refuses arrays with equal items; {writer} allows them.",
		"Leave \"uniqueItems\" out of the new schema.", "Add \"uniqueItems\": true to the new schema as well.",
	},
	"ADDITIONAL_ITEMS_REMOVED": {
		"{Reader} allows no items beyond the ones it lists; {writer} does.",
		"Allow further items in the new schema.", "Allow no further items in the new schema either.",
	},
	"ADDITIONAL_ITEMS_NARROWED": {
		"{Reader} sets rules for items beyond the ones it lists; {writer} allows any.",
		"Leave the rules for further items out, or make them accept anything.", "Set the same rules for further items in the new schema.",
	},
	"ITEM_ADDED_TO_OPEN_CONTENT_MODEL": {
		"{Reader} sets rules for the item at place {index} (counted from 0); {writer} allows anything there.",
		"Make the item accept anything, or leave its schema out.", "Describe the item in the new schema as the old one does.",
	},
	"ITEM_ADDED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL": {
		"{Reader} describes the item at place {index} (counted from 0) more narrowly than {writer} describes further items.",
		"Let the item accept everything that the old schema allows of further items.", "Describe the item in the new schema as the old one does.",
	},
	"ITEM_REMOVED_FROM_CLOSED_CONTENT_MODEL": {
		"{Reader} has no item at place {index} (counted from 0) and allows no further ones; {writer} may write it.",
		"Keep the item's schema, or allow further items.", "Add the item only after the readers have a schema that allows it.",
	},
	"ITEM_REMOVED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL": {
		"{Reader} does not describe the item at place {index} (counted from 0), and what it asks of further items refuses values that {writer} allows.",
		"Keep the item's schema, or let the schema of further items accept its values.", "Let the item hold only what the old schema asks of further items.",
	},
	"ENUM_ARRAY_NARROWED": {
		"{Reader} accepts {is}; {writer} also allows other values: {was}.",
		"Keep every value of the old list; add to it rather than take away.", "Add no value to the list before the readers know it.",
	},
	"ENUM_ARRAY_CHANGED": {
		"{Reader} accepts {is}; {writer} writes {was}.",
		"Keep every old value; use enum to list the old and the new ones.", "Keep the values that the readers know.",
	},
	"COMBINED_TYPE_CHANGED": {
		"{Reader} combines its schemas in another way ({isKind}) than {writer} ({wasKind}).",
		"Keep the keyword; only a change to anyOf is free.", "Keep the keyword.",
	},
	"COMBINED_TYPE_SUBSCHEMAS_CHANGED": {
		"Not every alternative or part of {writer} has one of its own in {reader} that accepts as much.",
		"Keep each alternative as it was or make it accept more, and add new ones beside them.", tightenHere,
	},
	"PRODUCT_TYPE_EXTENDED": {
		"{Reader} asks for more at once (more parts in allOf, or keywords of more kinds) than {writer}.",
		"Leave the additional part out of the new schema.", "Add the same part to the new schema.",
	},
	"SUM_TYPE_NARROWED": {
		"{Reader} has fewer alternatives than {writer}, so data of the missing ones is refused.",
		"Keep every alternative of the old schema.", "Add no alternative before the readers know it.",
	},
	"NOT_TYPE_EXTENDED": {
		"{Reader} forbids (\"not\") values that {writer} may allow.",
		"Forbid no more than the old schema does.", "Forbid in the new schema what the old one forbids.",
	},
}
