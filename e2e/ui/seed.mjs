import { seedOdd } from "./odd.mjs";

// A registry as one would find it: a shop, its payments and its telemetry, in three formats and two contexts.

const record = (name, fields, more = {}) => JSON.stringify({ type: "record", name, namespace: "com.example.shop", ...more, fields });
const field = (name, type, doc, more = {}) => ({ name, type, ...(doc ? { doc } : {}), ...more });
const owner = (name, doc) => ({ properties: { owner: name, ...(doc ? { doc } : {}) } });

const money = record("Money", [field("amount", { type: "bytes", logicalType: "decimal", precision: 12, scale: 2 }, "In the currency's own unit."), field("currency", "string", "ISO 4217, three letters.")], { doc: "An amount of money in one currency." });
const address = record("Address", [field("street", "string"), field("city", "string"), field("postcode", ["null", "string"], "Missing where there are none.", { default: null }), field("country", "string", "ISO 3166, two letters.")]);

const orderFields = [
  field("id", "long", "Never reused, not even after a cancellation."),
  field("placedAt", { type: "long", logicalType: "timestamp-millis" }, "When the customer pressed the button, by the server's clock."),
  field("customerId", "string", "The customer's number in the CRM."),
  field("status", { type: "enum", name: "OrderStatus", symbols: ["PLACED", "PAID", "SHIPPED", "CANCELLED"], default: "PLACED" }, "Where the order is on its way."),
  field("total", "Money", "What the customer pays, shipping and taxes included."),
  field("shipTo", "Address"),
];
const lines = field("lines", { type: "array", items: { type: "record", name: "OrderLine", doc: "One article in an order.", fields: [field("sku", "string", "The article's number."), field("quantity", "int"), field("price", "Money", "Of one piece.")] } }, "What was bought, in the order in which it was put into the basket.");
const order = (...more) => record("Order", [...orderFields.slice(0, 5), lines, orderFields[5], ...more], { doc: "An order of a customer, from the moment it is placed." });

const references = [{ name: "com.example.shop.Money", subject: "com.example.shop.Money", version: 1 }, { name: "com.example.shop.Address", subject: "com.example.shop.Address", version: 1 }];

const customer = `syntax = "proto3";
package shop.crm;

import "google/protobuf/timestamp.proto";
import "shop/contact.proto";

message Customer {
  string id = 1 [(confluent.field_meta).doc = "The customer's number."];
  string name = 2;
  repeated Contact contacts = 3;
  Tier tier = 4;
  google.protobuf.Timestamp since = 5;
  map<string, string> attributes = 6;
  oneof billing {
    string invoice_email = 7;
    Card card = 8;
  }
  message Card {
    string token = 1;
    int32 expires_year = 2;
  }
  enum Tier {
    TIER_UNKNOWN = 0;
    TIER_BASIC = 1;
    TIER_PLUS = 2;
  }
}
`;
const contact = `syntax = "proto3";
package shop.crm;

message Contact {
  string email = 1;
  string phone = 2;
  bool preferred = 3;
}
`;
const shipment = {
  $schema: "https://json-schema.org/draft/2020-12/schema", $id: "https://example.com/shipment.json", title: "Shipment", type: "object", description: "A parcel on its way.",
  required: ["trackingId", "orderId", "carrier"],
  properties: {
    trackingId: { type: "string", format: "uuid", description: "Given by the carrier." },
    orderId: { type: "string", description: "The order that it carries." },
    carrier: { enum: ["dhl", "ups", "post"] },
    weight: { type: "number", exclusiveMinimum: 0, description: "In kilograms." },
    stops: { type: "array", items: { $ref: "#/$defs/stop" } },
  },
  $defs: { stop: { type: "object", required: ["at"], properties: { at: { type: "string", format: "date-time" }, place: { type: "string" } } } },
};

/**
 * @param {string} url
 * @param {{ odd: boolean }} more whether what is hard to show is to be there, too
 */
export async function seed(url, more) {
  const call = async (/** @type {string} */ method, /** @type {string} */ path, /** @type {any} */ body) => {
    const answer = await fetch(url + path, { method, headers: { "Content-Type": "application/json", "User-Agent": "shop-deploy/1.4" }, body: body && JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  };
  const register = (/** @type {string} */ subject, /** @type {any} */ body) => call("POST", `/subjects/${encodeURIComponent(subject)}/versions`, { ...body, schema: typeof body.schema === "string" ? body.schema : JSON.stringify(body.schema) });

  await register("com.example.shop.Money", { schema: money, metadata: owner("payments", "The one way to write an amount of money.") });
  await register("com.example.shop.Address", { schema: address, metadata: owner("checkout") });
  const team = owner("checkout", "Every order, from the moment it is placed. One message for each change of its status.");
  await register("orders-value", { schema: record("Order", [...orderFields.slice(0, 5), orderFields[5]], { doc: "An order of a customer." }), references, metadata: team });
  await register("orders-value", { schema: order(), references, metadata: team }).catch(async () => {
    await call("PUT", "/config/orders-value", { compatibility: "NONE" });
    await register("orders-value", { schema: order(), references, metadata: team });
    await call("PUT", "/config/orders-value", { compatibility: "BACKWARD_TRANSITIVE" });
  });
  await call("PUT", "/config/orders-value", { compatibility: "FULL" });
  await register("orders-value", { schema: order(field("note", ["null", "string"], "What the customer wrote.", { default: null })), references, metadata: team });
  await register("orders-value", {
    schema: order(field("note", ["null", "string"], "What the customer wrote.", { default: null }), field("couponCode", ["null", "string"], "", { default: null })), references,
    metadata: { ...team, tags: { "com.example.shop.Order.customerId": ["PII"] }, sensitive: ["customerId"] },
    ruleSet: { domainRules: [{ name: "positiveTotal", doc: "An order costs something.", kind: "CONDITION", mode: "WRITE", type: "CEL", expr: "message.total.amount > 0", onFailure: "DLQ" }] },
  });
  await register("orders-key", { schema: '"long"' });
  await register("shop/contact.proto", { schemaType: "PROTOBUF", schema: contact, metadata: owner("crm") });
  await register("customers-value", { schemaType: "PROTOBUF", schema: customer, references: [{ name: "shop/contact.proto", subject: "shop/contact.proto", version: 1 }], metadata: owner("crm", "Who buys from us.") });
  await register("shipments-value", { schemaType: "JSON", schema: shipment, metadata: owner("logistics") });
  await register("payments-value", { schema: record("Payment", [field("id", "string", "The payment provider's number."), field("orderId", "long"), field("amount", "Money"), field("paidAt", { type: "long", logicalType: "timestamp-micros" })]), references: references.slice(0, 1), metadata: owner("payments") });
  await register("refunds-value", { schema: record("Refund", [field("id", "string"), field("payment", "string", "The payment that is given back."), field("amount", "Money")]), references: references.slice(0, 1), metadata: owner("payments") });
  await register("basket-value", { schemaType: "JSON", schema: { title: "Basket", type: "object", properties: { customerId: { type: "integer" }, items: { type: "array", items: { type: "object", properties: { sku: { type: "string" }, quantity: { type: "integer", minimum: 1 } } } } } }, metadata: owner("checkout") });
  for (const [name, team] of [["page-views", "web"], ["searches", "web"], ["clicks", "web"], ["sessions", "web"], ["stock-levels", "logistics"], ["price-changes", "pricing"], ["reviews", "web"], ["invoices", "payments"], ["returns", "logistics"]]) {
    await register(`${name}-value`, { schema: record(name.replace(/(^|-)(.)/g, (_, __, c) => c.toUpperCase()), [field("id", "string"), field("at", { type: "long", logicalType: "timestamp-millis" }), field("customerId", ["null", "string"], "", { default: null })]), metadata: owner(team) });
  }
  await register("legacy-orders-value", { schema: record("LegacyOrder", [field("no", "int")]) });
  await call("DELETE", "/subjects/legacy-orders-value");
  await register(":.eu:orders-value", { schema: record("EuOrder", [field("id", "string"), field("vatId", ["null", "string"], "", { default: null })]), metadata: owner("checkout") });
  await register(":.eu:invoices-value", { schema: record("EuInvoice", [field("id", "string"), field("net", "double")]) });
  await call("PUT", "/mode/clicks-value", { mode: "READONLY" });
  if (more.odd) await seedOdd(register);

  // Consumers that have asked for versions, as the page of usage shows them.
  const read = (/** @type {string} */ path, /** @type {string} */ agent) => fetch(url + path, { headers: { "User-Agent": agent } });
  await read("/subjects/orders-value/versions/3", "fraud-check/2.1 confluent-kafka-python");
  await read("/subjects/orders-value/versions/latest", "warehouse/7.0 (Java 21)");
  await read("/subjects/orders-value/versions/latest", "billing/3.2 (Java 21)");
}
