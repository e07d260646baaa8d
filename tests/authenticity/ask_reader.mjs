// Asks the JavaScript reader of vouchers: keys and texts on standard input, what it reads on standard output.

import { readFileSync } from "node:fs";
import { isOf, readVoucher } from "../../wallet/authenticity/voucher_reader.mjs";

const asked = JSON.parse(readFileSync(0, "utf8"));
const said = await Promise.all(asked.texts.map((text) => readVoucher(text, asked.keys)));
const ours = said.map((one) => one !== null && isOf(one, asked.brand_id, asked.offer_id));
process.stdout.write(JSON.stringify({ said, ours }));
