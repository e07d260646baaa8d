// Match offers on the phone: the same offers in the same order as the server gives for the same position.
//
// A reference for apps, without dependencies; `matcher.py` is its twin and explains it. A bundle comes from
// `GET /v1/bundles/…`, the member's own facts from `GET /v1/bundle-facts`.

import { SPHERE_M, angleBetween, distanceM } from "./distances.mjs";

const PLACES_PER_BRAND = 12;
const WIDER = 8;
const MOST_SHOWN = 20;
const COARSE_M = 1000;
const DAY_MS = 86400000;
const MOST_DAYS = 99;
const STRATA = 8n;
const MOST_PERCENT = 10;
const SCOPES = { store: 2, brand: 1, area: 0 };

// What is there for the member, best first. `fix` is { lat, lon, accuracy_m, radius_m } in degrees and metres, `nowMs`
// milliseconds since 1970. Answers { matches, is_covered, is_fresh }.
export function matchOffers(bundle, facts, fix, nowMs) {
  fix = { radius_m: 2000, ...fix };
  fix.reach_m = fix.radius_m + fix.accuracy_m;
  const ends = [bundle.good_until, facts.good_until].filter((end) => end !== null);
  const judged = new Map(facts.judged.map((one) => [`${one.offer_id}/${one.version}`, one.outcome]));
  let passed = search(bundle, facts, fix, nowMs).filter((one) => one.passes && isForThem(one.offer, judged));
  passed.sort(by((one) => [-one.offer.priority, one.near.metres, one.offer.number]));
  const usual = passed.filter((one) => !one.offer.fallback);
  if (usual.length) passed = usual;
  if (facts.scores !== null) passed = orderByScores(passed, facts.scores, fix, nowMs);
  const matches = passed.slice(0, MOST_SHOWN).map((one) => ({
    offer: one.offer,
    store: one.near.store,
    metres: one.near.metres,
    is_open: one.near.isOpen,
    coupon_code: one.code,
    permission_event_id: one.near.gate.event_id,
  }));
  return { matches, is_covered: covers(bundle.covers, fix), is_fresh: ends.every((end) => nowMs < end * 1000) };
}

// --- What is near ----------------------------------------------------------------------------------------------------

function search(bundle, facts, fix, nowMs) {
  const ordered = facts.gates.map((gate) => nearestFirst(bundle, facts, gate, fix));
  for (let limit = PLACES_PER_BRAND; ; limit *= WIDER) {
    const near = [];
    facts.gates.forEach((gate, number) => {
      for (const store of ordered[number].slice(0, limit)) {
        const metres = distanceM(fix.lat, fix.lon, store.lat_e7 / 1e7, store.lon_e7 / 1e7);
        if (metres <= fix.reach_m) near.push({ gate, store, metres, isOpen: isOpen(bundle, store, nowMs) });
      }
    });
    const found = bestOfEach(bundle, facts, near, nowMs);
    if (near.length < limit || found.filter((one) => one.passes).length >= MOST_SHOWN) return found;
  }
}

function nearestFirst(bundle, facts, gate, fix) {
  return bundle.stores
    .filter((store) => isCoveredBy(store, gate) && !isShut(store, facts))
    .map((store) => ({ store, angle: angleTo(fix, store) }))
    .sort(by((one) => [one.angle, one.store.number]))
    .map((one) => one.store);
}

function isCoveredBy(store, gate) {
  if (store.brand_id !== gate.brand_id) return false;
  return gate.scope_kind === "brand" || store.id === gate.scope_id || store.areas.includes(gate.scope_id);
}

// Whether the member said no to this store, or to an area of it and not yes to the store itself.
function isShut(store, facts) {
  if (facts.closed.includes(store.id)) return true;
  return store.areas.some((area) => facts.closed.includes(area)) && !facts.opened.includes(store.id);
}

// Each offer once, at the nearest place where it is on, by the narrowest permission that allows it.
function bestOfEach(bundle, facts, near, nowMs) {
  const held = new Map(facts.held.map((one) => [one.offer_id, one]));
  const found = [];
  for (const offer of bundle.offers) {
    const here = [];
    for (const time of offer.times) {
      for (const place of near) {
        if (place.gate.brand_id !== offer.brand_id) continue;
        if (time.stores === null || time.stores.includes(place.store.number)) {
          here.push({ place, time, key: preference(place, time, nowMs) });
        }
      }
    }
    if (here.length) {
      const best = here.reduce((one, other) => (compare(other.key, one.key) < 0 ? other : one));
      found.push(judgedAt(offer, best.place, best.time, held.get(offer.id), facts.dismissed, nowMs));
    }
  }
  return found;
}

function preference(place, time, nowMs) {
  const { scope_kind, event_id } = place.gate;
  const isOn = place.isOpen !== false && isLive(time, nowMs) && fires(time, nowMs);
  const whole = scope_kind === "brand";
  return [isOn ? 0 : 1, place.metres, whole ? 1 : 0, -SCOPES[scope_kind], event_id, place.store.number];
}

// --- The gates -------------------------------------------------------------------------------------------------------

function judgedAt(offer, near, time, held, dismissed, nowMs) {
  const { used, code } = usedOf(held, nowMs);
  const stopped =
    used >= offer.per_member ||
    !isLive(time, nowMs) ||
    !fires(time, nowMs) ||
    near.isOpen === false ||
    (isBefore(nowMs, offer.sold_out_until) && code === null) ||
    isBefore(nowMs, offer.spent_until) ||
    dismissed.includes(offer.id);
  return { near, offer, code, endsAt: time.ends_at, passes: !stopped };
}

// How many coupons are used or over, and the code of one that waits.
function usedOf(held, nowMs) {
  if (held === undefined) return { used: 0, code: null };
  const waiting = held.coupons.filter((coupon) => nowMs < coupon.expires_at * 1000).map((coupon) => coupon.code);
  const code = waiting.length ? waiting.reduce((one, other) => (other > one ? other : one)) : null;
  return { used: held.used + held.coupons.length - waiting.length, code };
}

const isLive = (time, nowMs) => time.starts_at * 1000 <= nowMs && nowMs < time.ends_at * 1000;
const fires = (time, nowMs) => time.firings === null || isWithin(time.firings, nowMs);
const isOpen = (bundle, store, nowMs) => (store.hours === null ? null : isWithin(bundle.hours[store.hours], nowMs));
const isBefore = (nowMs, end, never = false) => (end === null ? never : nowMs < end * 1000);

function isWithin(intervals, nowMs) {
  return intervals.some(([start, end]) => (start === null || start * 1000 <= nowMs) && isBefore(nowMs, end, true));
}

// An offer that is not for everybody is shown to whom the server said that it is for them, in this version.
function isForThem(offer, judged) {
  const isForAll = !Object.keys(offer.for_whom).length && !Object.keys(offer.use_limits).length;
  return isForAll || judged.get(`${offer.id}/${offer.version}`) === "shown";
}

// --- The order by scores ---------------------------------------------------------------------------------------------

function orderByScores(passed, scores, fix, nowMs) {
  const said = new Map(scores.offers.map((one) => [`${one.number}/${one.version}`, one]));
  const known = passed.map((one) => said.get(`${one.offer.number}/${one.offer.version}`));
  if (known.includes(undefined) || known.every((one) => one.plain)) return passed;
  const seed = BigInt(scores.seed);
  const scored = passed.map((one, place) => scoredOf(one, known[place], scores, fix, nowMs, seed, place));
  const ordered = [];
  for (const tier of [2, 1, 0]) {
    const members = scored.filter((one) => one.tier === tier).sort(by((one) => one.key.map((part) => -part)));
    const led = ledByChance(seed, tier, members.length);
    if (led !== null) members.unshift(...members.splice(led, 1));
    ordered.push(...members);
  }
  const plain = ordered.filter((one) => one.said.plain).sort(by((one) => [-one.tier, one.place]));
  return ordered.map((one) => (one.said.plain ? plain.shift() : one).candidate);
}

function scoredOf(candidate, said, scores, fix, nowMs, seed, place) {
  const days = Math.min(Math.max(Math.floor((candidate.endsAt * 1000 - nowMs) / DAY_MS), 0), MOST_DAYS);
  const unknown = fix.accuracy_m >= COARSE_M;
  const [, band] = scores.bands.find(([most]) => unknown || most === null || candidate.near.metres <= most);
  const bits = bitsOf(seed, said.number, said.weights);
  const score =
    said.base +
    said.proximity * band +
    said.urgency * scores.urgencies[Math.min(days, scores.urgencies.length - 1)] +
    said.discovery * said.draws[Number(bits % STRATA)];
  const priority = candidate.offer.priority;
  const tier = priority >= 90 ? 2 : priority >= 10 ? 1 : 0;
  return { candidate, said, tier, place, key: [score, -days, -said.fatigue, bits >> 8n, place] };
}

const wrapped = (number) => BigInt.asUintN(64, number);

// The chance of one offer: 64 bits (splitmix64).
function bitsOf(seed, number, version) {
  let mixed = wrapped(seed + 0x9e3779b97f4a7c15n * BigInt(number + 1) + 0xd1b54a32d192ed03n * BigInt(version));
  mixed = wrapped((mixed ^ (mixed >> 30n)) * 0xbf58476d1ce4e5b9n);
  mixed = wrapped((mixed ^ (mixed >> 27n)) * 0x94d049bb133111ebn);
  return mixed ^ (mixed >> 31n);
}

function ledByChance(seed, tier, count) {
  const bits = bitsOf(seed, tier, -1);
  const percent = BigInt(count > 1 ? Math.min(count, MOST_PERCENT) : 0);
  if (((bits >> 32n) * 100n) >> 32n >= percent) return null;
  return Number(((bits & 0xffffffffn) * BigInt(count)) >> 32n);
}

// --- What the bundle covers ------------------------------------------------------------------------------------------

// Whether a bundle holds every place within reach; that of a whole brand always does.
function covers(said, fix) {
  return said === null || angleTo(fix, said) * SPHERE_M + fix.reach_m <= said.radius_m;
}

const angleTo = (fix, place) => angleBetween(fix.lat, fix.lon, place.lat_e7 / 1e7, place.lon_e7 / 1e7);

// --- Orders ----------------------------------------------------------------------------------------------------------

function by(keyOf) {
  return (one, other) => compare(keyOf(one), keyOf(other));
}

function compare(one, other) {
  for (let part = 0; part < one.length; part++) {
    if (one[part] < other[part]) return -1;
    if (one[part] > other[part]) return 1;
  }
  return 0;
}
