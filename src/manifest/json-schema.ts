import { z } from "zod";
import { manifestSchema } from "./schema.js";

/** The JSON Schema (draft 7, which editors know best) of `paas.yaml`, as text of the file that is shipped. */
export function manifestJsonSchema(): string {
  const schema = z.toJSONSchema(manifestSchema, { target: "draft-7", io: "input", reused: "inline" });
  return `${JSON.stringify(schema, null, 2)}\n`;
}
