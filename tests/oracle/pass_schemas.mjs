// Reads [pass.json, …] from standard input and writes what the schemas of passkit-generator say of each: null, or the
// first fault. It exports its maker of passes alone, so its schemas are taken by their file; of `barcode`, which older
// readers look for, they know nothing.
import { readFileSync } from "node:fs";
import { PassProps } from "./node_modules/passkit-generator/lib/esm/schemas/index.js";

const passes = JSON.parse(readFileSync(0, "utf8"));
const faults = passes.map(({ barcode, ...pass }) => PassProps.validate(pass, { convert: false }).error?.message ?? null);
process.stdout.write(JSON.stringify(faults));
