/**
 * An answer of a service to a request that fails, as it published it or as somebody saw it: names and ids are changed.
 * Where only the error code is published, `words: "ours"` says that the message is written after its neighbours.
 */
export type Recording = {
  code: string;
  /** Tells recordings of one code apart. */
  about?: string;
  status: number;
  message: string;
  /** Errors inside this one, as Resource Manager nests them. */
  details?: { code: string; message: string; details?: { code: string; message: string }[] }[];
  headers?: Record<string, string>;
  /** Where the code and its shape can be read. */
  source: string;
  words?: "ours";
};

export const SUBSCRIPTION = "3f1c8a52-0d0e-4b1f-9d43-7f7a3c1f0e11";
export const TENANT = "6d5c1f6e-51c4-4b8e-8d8d-0e2f6b1f7a90";
export const CLIENT = "a1b2c3d4-1111-4222-8333-444455556666";
export const GROUP = `/subscriptions/${SUBSCRIPTION}/resourceGroups/rg-shop-alice`;
