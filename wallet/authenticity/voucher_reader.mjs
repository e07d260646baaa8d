// Read a voucher without a network: what `vouchers.py` explains, for tills in a browser. No dependencies.
//
// `keys` are the items of `GET /v1/voucher-keys`, kept while there is a network. WebCrypto must know Ed25519.

const SYMBOLS = "0123456789ABCDEFGHJKLMNPQRTUVWXS";
const MINTED = 31n;
const PREFIX = "ICI1";
const RECORD_BYTES = 44;
const SIGNATURE_BYTES = 64;
const LENGTH = 173;
const VERSION = 1;
const SIGNED = new TextEncoder().encode("ici-voucher\0");

// What the voucher says, or null for a text that none of the keys signed. `expires_at` is in seconds since 1970; whether
// it has ended, whether it is of this brand and whether its number was taken before is for the till to judge.
export async function readVoucher(text, keys) {
  const bytes = bytesOf(text);
  if (bytes === null || bytes[0] !== VERSION) return null;
  const record = bytes.subarray(0, RECORD_BYTES);
  const signature = bytes.subarray(RECORD_BYTES);
  const view = new DataView(record.buffer, record.byteOffset, RECORD_BYTES);
  const said = {
    key_id: hex(record.subarray(1, 5)),
    brand: hex(record.subarray(5, 11)),
    offer: hex(record.subarray(11, 19)),
    code: codeOf(record.subarray(19, 29)),
    value_minor: view.getUint32(29) || null,
    expires_at: view.getUint32(33),
    number: BigInt(`0x${hex(record.subarray(37, 44))}`).toString(),
  };
  if (said.code === null) return null;
  for (const key of keys) {
    const trusted = key.key_id === said.key_id && said.expires_at * 1000 <= Date.parse(key.verifies_until);
    if (trusted && (await isSigned(record, signature, key.public_key))) return said;
  }
  return null;
}

// Whether a voucher is of this brand and offer: it has the ends of their ids.
export function isOf(said, brandId, offerId) {
  return brandId.replaceAll("-", "").endsWith(said.brand) && offerId.replaceAll("-", "").endsWith(said.offer);
}

async function isSigned(record, signature, publicKey) {
  const bytes = Uint8Array.from(publicKey.match(/../g), (pair) => parseInt(pair, 16));
  const key = await crypto.subtle.importKey("raw", bytes, "Ed25519", false, ["verify"]);
  const signed = new Uint8Array(SIGNED.length + RECORD_BYTES);
  signed.set(SIGNED);
  signed.set(record, SIGNED.length);
  return crypto.subtle.verify("Ed25519", key, signature, signed);
}

// The bytes of a text; null where it is no voucher, or spelled in another way.
function bytesOf(text) {
  const [prefix, body] = text.trim().toUpperCase().split("-");
  if (prefix !== PREFIX || body === undefined || body.length !== LENGTH) return null;
  let value = 0n;
  for (const symbol of body) {
    const at = SYMBOLS.indexOf(symbol);
    if (at < 0) return null;
    value = (value << 5n) | BigInt(at);
  }
  if (value & 1n) return null;
  value >>= 1n;
  const bytes = new Uint8Array(RECORD_BYTES + SIGNATURE_BYTES);
  for (let at = bytes.length - 1; at >= 0; at -= 1, value >>= 8n) bytes[at] = Number(value & 255n);
  return bytes;
}

// The code that ten bytes are of, with its check symbols: group n folds `start n; x 19 + index` modulo 31.
function codeOf(bytes) {
  let value = BigInt(`0x${hex(bytes)}`);
  let bare = "";
  for (let place = 0; place < 15; place += 1, value /= MINTED) bare = SYMBOLS[Number(value % MINTED)] + bare;
  if (value !== 0n) return null;
  const groups = bare.match(/.../g).map((part, at) => part + SYMBOLS[[...part].reduce(fold, at + 1)]);
  return groups.join("-");
}

function fold(folded, symbol) {
  return (folded * 19 + SYMBOLS.indexOf(symbol)) % 31;
}

function hex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
