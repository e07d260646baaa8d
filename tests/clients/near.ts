// The generated client in TypeScript at work: a member signs in, says yes, asks what is here, and reads their points.
// Called with the address of a server, the brand, the member's e-mail address and the mailbox of development.

import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { argv } from "node:process";
import createClient from "openapi-fetch";
import type { components, paths } from "./ici.js";

const [baseUrl = "", brand = "", email = "", mailbox = ""] = argv.slice(2);
const api = createClient<paths>({ baseUrl });

function answered<Data>(given: { data?: Data; error?: components["schemas"]["ProblemOut"] }): Data {
  if (given.data === undefined) throw new Error(`${given.error?.code}: ${given.error?.title}`);
  return given.data;
}

answered(await api.POST("/v1/sign-in-codes", { body: { email } }));
const last: { text: string } = JSON.parse(readFileSync(mailbox, "utf8").trim().split("\n").at(-1) ?? "{}");
const code = last.text.match(/\b\d{6}\b/g)?.at(-1) ?? "";
const signed = answered(await api.POST("/v1/sessions", { body: { email, code } }));
const headers = { Authorization: `Bearer ${signed.access_token}`, "Accept-Language": "en" };

const query = { brand, touchpoint: "geofence", purpose: "personalised_offers", locale: "en" };
const texts = answered(await api.GET("/v1/permissions/texts", { headers, params: { query } }));
const said = await api.PUT("/v1/permissions/{brand}/{touchpoint}/{purpose}", {
  headers,
  params: {
    path: { brand, touchpoint: "geofence", purpose: "personalised_offers" },
    header: { "Idempotency-Key": randomUUID() },
  },
  body: {
    level: "alert_on_request",
    evidence: {
      locale: "en", channel: "app", screen_id: "near-me", app_version: "1.0", method: "button",
      text_sha256: texts.items[0]?.sha256 ?? null,
      os_permission: { location: "while_using", reported_at: new Date().toISOString() },
    },
  },
});
if (said.error?.code === "purpose_text_superseded") console.error("Show the new words first.");
if (!answered(said).effective) throw new Error("A yes that has no effect");

const here = await api.POST("/v1/nearby-offers", { headers, body: { lat: 48.881, lon: 2.3553, accuracy_m: 20 } });
for (const { offer, store, distance_m } of answered(here).offers) {
  const told = offer.benefit.kind === "percent" ? `${offer.benefit.percent} %` : offer.benefit.kind;
  console.log(`${offer.title} (${told}), ${distance_m} m away, at ${store.name}`);
}

const points = answered(await api.GET("/v1/points", { headers }));
console.log(points.items.map((balance) => `${balance.available} ${balance.currency.name}`).join(", ") || "no points yet");
