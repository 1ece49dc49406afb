// What a registry holds besides what one would expect: names that are hard to write, schemas that are large, histories that are
// long, and much that refers to one type. All of it is in the context .odd.

export const longName = "com.example.warehouse.fulfilment.parcels.events.v2.".repeat(4).slice(0, 200);
export const arabic = "طرود-القيمة";
export const names = ["a/b", "a%2Fb", "📦 parcels", "<b>parcels</b>&amp;", "parcels?x=1&y=2#z", "parcels with spaces", arabic, longName];

const record = (/** @type {string} */ name, /** @type {object[]} */ fields) => JSON.stringify({ type: "record", name, namespace: "odd", fields });

/** @param {(subject: string, body: any) => Promise<any>} register */
export async function seedOdd(register) {
  for (const name of names) await register(`:.odd:${name}`, { schema: record("Parcel", [{ name: "id", type: "long", doc: `Of ${name}` }]), metadata: { properties: { owner: "a team whose name is a whole sentence", doc: name } } });
  const kinds = ["string", "long", { type: "array", items: "double" }, ["null", "string"], { type: "long", logicalType: "timestamp-millis" }];
  const many = Array.from({ length: 500 }, (_, i) => ({ name: `measurement_of_sensor_number_${i}`, type: kinds[i % kinds.length], doc: i % 7 ? undefined : "What the sensor measured, averaged over the minute that ended when the message was written." }));
  await register(":.odd:many-fields", { schema: record("Measurements", many) });
  for (let i = 1; i <= 200; i++) await register(":.odd:many-versions", { schema: record("Parcel", Array.from({ length: 1 + (i % 40) }, (_, n) => ({ name: `f${n}`, type: "string", default: String(i) }))) });
  await register(":.odd:shared", { schema: record("Shared", [{ name: "id", type: "long" }]) });
  for (let i = 1; i <= 60; i++) {
    await register(`:.odd:uses-${i}`, {
      schema: record(`Uses${i}`, [{ name: "shared", type: "Shared" }, ...(i > 1 && i % 3 === 0 ? [{ name: "other", type: `Uses${i - 1}` }] : [])]),
      references: [{ name: "odd.Shared", subject: ":.odd:shared", version: 1 }, ...(i > 1 && i % 3 === 0 ? [{ name: `odd.Uses${i - 1}`, subject: `:.odd:uses-${i - 1}`, version: 1 }] : [])],
    });
  }
  await register(":.odd:all", {
    schema: record("All", Array.from({ length: 60 }, (_, i) => ({ name: `u${i + 1}`, type: `Uses${i + 1}` }))),
    references: [{ name: "odd.Shared", subject: ":.odd:shared", version: 1 }, ...Array.from({ length: 60 }, (_, i) => ({ name: `odd.Uses${i + 1}`, subject: `:.odd:uses-${i + 1}`, version: 1 }))],
  });
}
