// Asks the JavaScript twin of the matcher: a list of cases on standard input, what it finds in each on standard output.

import { readFileSync } from "node:fs";
import { distanceM } from "../../offers/bundles/distances.mjs";
import { matchOffers } from "../../offers/bundles/matcher.mjs";

const answers = JSON.parse(readFileSync(0, "utf8")).map((one) => {
  if (one.distance) return distanceM(...one.distance);
  const found = matchOffers(one.bundle, one.facts, one.fix, one.now_ms);
  const matches = found.matches.map((match) => ({ ...match, offer: match.offer.id, store: match.store.id }));
  return { ...found, matches };
});
process.stdout.write(JSON.stringify(answers));
