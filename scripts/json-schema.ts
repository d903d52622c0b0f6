import fs from "node:fs";
import { manifestJsonSchema } from "../src/manifest/json-schema.js";

/** Writes the JSON Schema that editors check `paas.yaml` with; run after each change of src/manifest/schema.ts. */
const file = new URL("../schema/paas.schema.json", import.meta.url);
fs.mkdirSync(new URL(".", file), { recursive: true });
fs.writeFileSync(file, manifestJsonSchema());
