import { isObject, type Json, type JsonObject, listOf, same } from "./json.js";

/** One leg of a matrix; a job without a matrix has one leg, null. */
export type Leg = JsonObject | null;

/** More legs than this GitHub does not start. */
const MOST_LEGS = 256;

/**
 * The legs of an evaluated `strategy.matrix`, in GitHub's order.
 * @throws Error when a vector is no list, when there is nothing in the matrix, or too much
 */
export function legsOf(matrix: Json | undefined): Leg[] {
  if (matrix === undefined || matrix === null) return [null];
  if (!isObject(matrix)) throw new Error("the matrix is no mapping");
  const { include, exclude, ...vectors } = matrix;
  const kept = product(vectors).filter((leg) => !listOf(exclude).some((other) => contains(leg, other)));
  const legs = listOf(include).filter(isObject).reduce(included(kept), kept);
  if (legs.length === 0) throw new Error("Matrix vector does not contain any values");
  if (legs.length > MOST_LEGS) throw new Error(`the matrix has ${legs.length} legs, GitHub allows ${MOST_LEGS}`);
  return legs;
}

/** `build (linux, 20)`: how GitHub names the leg of a job that has no name of its own. */
export function legName(job: string, leg: Leg): string {
  const values = Object.values(leg ?? {}).flatMap((value) => (isObject(value) ? Object.values(value) : [value]));
  return values.length === 0 ? job : `${job} (${values.map(String).join(", ")})`;
}

function product(vectors: JsonObject): JsonObject[] {
  const entries = Object.entries(vectors);
  if (entries.length === 0) return [];
  return entries.reduce<JsonObject[]>(
    (legs, [name, values]) => {
      if (!Array.isArray(values)) throw new Error(`matrix.${name} is no list`);
      return legs.flatMap((leg) => values.map((value) => ({ ...leg, [name]: value })));
    },
    [{}],
  );
}

/** Adds to every leg whose own values it leaves as they are, else becomes a leg itself. */
function included(original: JsonObject[]) {
  return (legs: JsonObject[], addition: JsonObject): JsonObject[] => {
    const fits = (index: number) =>
      index < original.length &&
      Object.entries(addition).every(([key, value]) => {
        const own = original[index]?.[key];
        return own === undefined || same(own, value);
      });
    if (!legs.some((_, index) => fits(index))) return [...legs, addition];
    return legs.map((leg, index) => (fits(index) ? { ...leg, ...addition } : leg));
  };
}

function contains(leg: JsonObject, part: Json): boolean {
  return isObject(part) && Object.entries(part).every(([key, value]) => same(leg[key], value));
}
