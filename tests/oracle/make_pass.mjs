// Reads {members, wwdr, signerCert, signerKey} from standard input, members and certificates in base64, and writes the
// pass that passkit-generator makes of them, in base64.
import { readFileSync } from "node:fs";
import { PKPass } from "passkit-generator";

const given = JSON.parse(readFileSync(0, "utf8"));
const bytes = (text) => Buffer.from(text, "base64");
const members = Object.fromEntries(Object.entries(given.members).map(([name, text]) => [name, bytes(text)]));
const certificates = { wwdr: bytes(given.wwdr), signerCert: bytes(given.signerCert), signerKey: bytes(given.signerKey) };
process.stdout.write(new PKPass(members, certificates).getAsBuffer().toString("base64"));
